"""What a unit of each product costs to make, and what paying for it costs: recipes, goods, fees."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from lucky_analytics.errors import LuckyError

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["load_items", "load_margin_rate", "load_unit_costs"]


def load_unit_costs(suite: Suite, days: ir.Table) -> ir.Table:
    """Cost of one unit by ``variant_id`` and ``day`` (of ``days``): the default recipe at the goods' costs.

    ``ingredient_cents`` and ``packaging_cents``, fractions of a cent kept; both null when any good of the
    recipe has no cost on that day: half a recipe's cost would be a wrong margin, not a careful one.
    """
    recipe = suite.recipes.filter("is_default").select(
        "variant_id", "goods_id", "quantity", recipe_start="start_date", recipe_end="end_date"
    )
    on_day = days.cross_join(recipe).filter(
        lambda row: (row.recipe_start <= row.day) & (row.recipe_end.isnull() | (row.recipe_end > row.day))
    )
    good = suite.goods.select("goods_id", is_packaging=suite.goods.goods_class == "Packaging")
    cost = suite.costs.select(
        cost_goods="goods_id",
        unit_cost="unit_cost_cents",
        cost_start="start_date",
        cost_end=suite.costs.end_date.fill_null(dt.date(9999, 1, 1)),
    )
    line = on_day.left_join(good, "goods_id").left_join(
        cost,
        [
            ibis._.goods_id == cost.cost_goods,
            ibis._.day >= cost.cost_start,
            ibis._.day < cost.cost_end,
        ],
    )
    amount = (line.quantity * line.unit_cost).fill_null(0.0)
    is_packaging = line.is_packaging.fill_null(False)
    unit = line.group_by("variant_id", "day").agg(
        is_whole=line.unit_cost.notnull().all(),
        ingredient=ibis.ifelse(is_packaging, 0.0, amount).sum(),
        packaging=ibis.ifelse(is_packaging, amount, 0.0).sum(),
    )
    null = ibis.null("float64")
    return unit.select(
        "variant_id",
        "day",
        ingredient_cents=ibis.ifelse(unit.is_whole, unit.ingredient, null),
        packaging_cents=ibis.ifelse(unit.is_whole, unit.packaging, null),
    )


def load_items(suite: Suite, start: dt.date, end: dt.date) -> ir.Table:
    """Units sold in trading stores with order dates in [start, end), each with its costs.

    ``order_id``, ``store_id``, ``product_id``, ``category``, ``order_date``, ``week`` (its Monday),
    ``local_hour``, ``list_cents``, ``paid_cents``, ``ingredient_cents``, ``packaging_cents`` (at that week's
    costs; null where unknown), ``fee_cents`` (the unit's share of its order's payment fee, by what was paid;
    orders whose fee is not reported get the mean fee per dollar).
    """
    order = suite.orders.filter("is_trading_store").select(
        "order_id", "items_cents", "local_hour", "is_delivery"
    )
    item = suite.order_items
    item = item.filter((item.order_date >= start) & (item.order_date < end))
    item = item.mutate(week=item.order_date.truncate("W"))
    fee = suite.fees.filter(suite.fees.order_id.notnull() & (suite.fees.currency == "USD"))
    billed = fee.group_by(fee_order="order_id").agg(order_fee=fee.fee_cents.sum())
    sold = item.join(order, "order_id").left_join(billed, ibis._.order_id == billed.fee_order)
    sold = sold.drop("fee_order")
    reported = ibis.ifelse(sold.order_fee.notnull(), sold.paid_cents, ibis.null("int64"))
    share = sold.paid_cents / sold.items_cents.nullif(0)
    own_fee = (sold.order_fee * share).fill_null(0.0)
    sold = sold.mutate(own_fee=own_fee, reported_cents=reported)
    usual = sold.aggregate(mean_fee=sold.own_fee.sum() / sold.reported_cents.sum().nullif(0))
    sold = sold.cross_join(usual)
    sold = sold.mutate(
        fee_cents=ibis.ifelse(
            sold.order_fee.notnull(), sold.own_fee, sold.paid_cents * sold.mean_fee.fill_null(0.0)
        )
    )
    unit = load_unit_costs(suite, item.select(day="week").distinct())
    unit = unit.rename(cost_variant="variant_id")
    whole = sold.left_join(unit, [sold.variant_id == unit.cost_variant, sold.week == unit.day])
    return whole.select(
        *("order_id", "store_id", "product_id", "category", "order_date", "week", "local_hour"),
        *("list_cents", "paid_cents", "ingredient_cents", "packaging_cents", "fee_cents"),
    )


def load_margin_rate(suite: Suite, start: dt.date, end: dt.date) -> float:
    """Contribution margin per dollar paid for items (0-1), over units sold in [start, end) of known cost.

    Price paid less ingredients, packaging and payment fee. Raises ``LuckyError`` when no cost is known.
    """
    items = load_items(suite, start, end)
    known = items.filter(items.ingredient_cents.notnull())
    costs = known.ingredient_cents + known.packaging_cents + known.fee_cents
    sums = known.agg(paid=known.paid_cents.sum(), costs=costs.sum()).execute().iloc[0].fillna(0)
    if not sums["paid"] > 0:
        raise LuckyError(
            "margin of a unit", expected=f"sales with a known cost from {start} on", got="none",
            remedy="Set the margin rate as a parameter",
        )  # fmt: skip
    return float(1 - sums["costs"] / sums["paid"])
