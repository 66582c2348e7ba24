"""What a unit of each good costs, and what is lost when it lacks: the margin of what it would have become."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from lucky_analytics.models.product_costs import load_unit_costs

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["LIMIT", "WATCHED_DAYS", "load_goods_worth"]

WATCHED_DAYS = 56
# Recipes name a share of a till roll or of sanitiser for each cup, yet nobody closes for want of them.
_AROUND = ("Packaging", "Consumable")
_VITAL = ("cup", "lid", "ice")  # last words of the names of those without which a drink cannot be handed over
LIMIT = (
    "Of packaging and supplies only cups, lids and ice are taken to stop a sale: all others are ordered so "
    "that they last 19 times in 20, and no margin hangs on them."
)


def load_goods_worth(suite: Suite) -> pd.DataFrame:
    """A row per good: ``goods_id``, ``goods_name``, ``goods_class``, ``unit``, ``pack``, ``life_days`` (null
    where it does not spoil), ``is_active``, ``cost`` (dollars of a base unit at the newest cost) and
    ``margin``, dollars of margin that a base unit carries; both null where unknown.

    The margin of a product sold is its price paid, before tax, less the default recipe at today's costs and
    its part of the payment fees; all of it hangs on every good of its recipe, because without one of them it
    is not sold. So a good's margin is that of all products with it over the quantity of it in them, in the
    last ``WATCHED_DAYS``. Two lattes that leave $3 each and take 250 ml of milk: 1.2 cents a ml. Null for
    goods of no recipe that was sold, and for those without which a product is sold all the same (``LIMIT``).
    """
    goods = suite.goods.select(
        "goods_id", "goods_name", "goods_class", "unit", "is_active",
        pack="pack_quantity", life_days="shelf_life_days",
    ).execute()  # fmt: skip
    cost = suite.costs
    newest = cost.group_by("goods_id").agg(cost=cost.unit_cost_cents.argmax(cost.start_date) / 100).execute()
    table = goods.merge(newest, on="goods_id", how="left").merge(_margins(suite), on="goods_id", how="left")
    # A good without a size of its pack comes by the unit.
    table["pack"] = table["pack"].where(table["pack"] > 0, 1.0)
    table["margin"] = table["margin"].where(_is_vital(table))
    return table.sort_values("goods_id", ignore_index=True)


def _is_vital(goods: pd.DataFrame) -> pd.Series:
    """Whether a product cannot be sold without it: what it is made of, and of the rest what holds it."""
    last = goods["goods_name"].fillna("").str.lower().str.split().str[-1]
    return ~goods["goods_class"].isin(_AROUND) | last.isin(_VITAL)


def _margins(suite: Suite) -> pd.DataFrame:
    end = suite.as_of + dt.timedelta(days=1)
    start = end - dt.timedelta(days=WATCHED_DAYS)
    item = suite.order_items
    item = item.filter((item.order_date >= start) & (item.order_date < end))
    sold = item.group_by("variant_id").agg(n=item.count(), paid=item.paid_cents.sum())
    today = item.limit(1).mutate(day=ibis.literal(suite.as_of)).select("day").distinct()
    unit = load_unit_costs(suite, today).select(
        unit_variant="variant_id", unit_cents=ibis._.ingredient_cents + ibis._.packaging_cents
    )
    recipe = suite.recipes.filter("is_default")
    recipe = recipe.filter(
        (recipe.start_date <= suite.as_of) & (recipe.end_date.isnull() | (recipe.end_date > suite.as_of))
    ).select("goods_id", "quantity", recipe_variant="variant_id")
    line = sold.join(unit, sold.variant_id == unit.unit_variant)
    line = line.join(recipe, line.variant_id == recipe.recipe_variant)
    line = (
        line.select("goods_id", "quantity", "n", "paid", "unit_cents")
        .execute()
        .astype({"quantity": float, "n": float, "paid": float, "unit_cents": float})
    )
    line["left"] = line["paid"] * (1 - _fee_rate(suite, start, end)) - line["n"] * line["unit_cents"]
    line["used"] = line["n"] * line["quantity"]
    sums = line.dropna(subset="left").groupby("goods_id")[["left", "used"]].sum().reset_index()
    margin = np.maximum(sums["left"] / sums["used"].where(sums["used"] > 0), 0.0) / 100
    return pd.DataFrame({"goods_id": sums["goods_id"], "margin": margin})


def _fee_rate(suite: Suite, start: dt.date, end: dt.date) -> float:
    """Payment fees over revenue of the orders of [start, end); 0 where no fee is known."""
    fee = suite.optional("fees")
    if fee is None:
        return 0.0
    order = suite.orders
    order = order.filter((order.order_date >= start) & (order.order_date < end))
    billed = fee.filter(fee.currency == "USD").group_by(fee_order="order_id").agg(fee=fee.fee_cents.sum())
    both = order.join(billed, order.order_id == billed.fee_order)
    sums = both.agg(fee=both.fee.sum(), paid=both.revenue_cents.sum()).execute().iloc[0].fillna(0)
    return float(sums["fee"]) / float(sums["paid"]) if float(sums["paid"]) > 0 else 0.0
