"""What a unit costs and brings in today, by category, and which categories can be priced at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.models.calendar import WEEKS_A_MONTH, find_window
from lucky_analytics.models.product_costs import load_items

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["TERMS", "find_refusals", "load_category_prices", "split_priced"]

# What a row of ``load_category_prices`` needs to be read as ``methods.price_response.Terms``, in order.
TERMS = ["list_price", "paid_price", "unit_cost", "fee_rate"]


def load_category_prices(suite: Suite, n_weeks: int = 8, deepest: float = 0.5) -> pd.DataFrame:
    """Prices and unit costs by category over the last ``n_weeks`` whole weeks, in dollars.

    ``category``; over units whose cost is known: ``list_price``, ``paid_price``, ``unit_cost`` (ingredients,
    packaging, payment fee; null when no cost is known) and ``beyond_share``, the share of units paid at less
    than the price with a coupon of the ``deepest`` depth; over all: ``units_a_month``,
    ``known_share`` and ``discounted_share``, of units paid at less than the list price.
    ``fee_rate``, the same for all: by how much an order's fee rises with each dollar paid (least squares).
    """
    window = find_window(suite.as_of, n_weeks)
    items = load_items(suite, window.start, window.end)
    # Asked twice, and dear to join.
    cents = ("list_cents", "paid_cents", "ingredient_cents", "packaging_cents", "fee_cents")
    items = items.select("order_id", "category", *cents).cache()
    known = items.ingredient_cents.notnull()
    cost = items.ingredient_cents + items.packaging_cents + items.fee_cents
    beyond = (items.paid_cents < items.list_cents * (1 - deepest) - 0.5).cast("float64")
    sums = items.group_by("category").agg(
        n=items.count(),
        list_price=items.list_cents.mean(where=known) / 100,
        paid_price=items.paid_cents.mean(where=known) / 100,
        unit_cost=cost.mean(where=known) / 100,
        beyond_share=beyond.mean(where=known),
        known_share=known.mean(),
        discounted_share=(items.paid_cents < items.list_cents).mean(),
    )
    order = items.group_by("order_id").agg(paid=items.paid_cents.sum(), fee=items.fee_cents.sum())
    rate = order.agg(both=order.paid.cov(order.fee, how="pop"), own=order.paid.var(how="pop")).execute()
    frame = sums.order_by("category").execute()
    frame["units_a_month"] = frame.pop("n") * WEEKS_A_MONTH / n_weeks
    both, own = rate.iloc[0].astype(float)
    return frame.assign(fee_rate=both / own if own > 0 else 0.0)


def split_priced(
    prices: pd.DataFrame, estimated: Iterable[str], deepest: float
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Categories whose margin can be told at other prices, and why not, by category, for the others.

    Refused: not among the ``estimated``; no cost is known; the list price does not cover it; today's mean
    price is below any that was tried, which is the list price less the ``deepest`` depth.
    """
    why = find_refusals(prices, estimated, deepest)
    refused = why != ""
    return prices[~refused], dict(zip(prices.loc[refused, "category"], why[refused], strict=True))


def find_refusals(prices: pd.DataFrame, estimated: Iterable[str], deepest: float) -> pd.Series:
    """Why the margin of each row of ``prices`` cannot be told at other prices; empty where it can.

    ``prices``: ``category`` and ``TERMS``, of categories or of products; the rest as in ``split_priced``.
    """
    listed, paid = prices["list_price"], prices["paid_price"]
    at_list = listed - prices["unit_cost"] - prices["fee_rate"] * (listed - paid)
    why = pd.Series("", index=prices.index)
    why[paid < listed * (1 - deepest)] = (
        "customers pay less today than with the deepest coupon that was tried"
    )
    why[at_list <= 0] = "the list price does not cover its cost"
    why[prices["unit_cost"].isna()] = "costs are not known"
    why[~prices["category"].isin(list(estimated))] = "too little was bought with coupons of random depth"
    return why
