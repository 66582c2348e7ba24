"""Taste profiles: what a customer buys beyond what everybody buys, and whether taste outlasts a product."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.methods.inference.clustered_mean import ClusteredMean, estimate_mean
from lucky_analytics.models.product_pairs import DAYPARTS
from lucky_analytics.questions.product.recommendations.cuts import Cut, find_daypart
from lucky_analytics.questions.product.recommendations.list_rules import Array
from lucky_analytics.questions.product.recommendations.sold_lines import Sales

__all__ = ["NO_TASTE", "describe_group", "estimate_carry_over", "group_by_taste", "profile_customers"]

NO_TASTE = "too few purchases to tell"
_DAYPARTS = np.array(list(DAYPARTS))
# Purchases from which a customer's leading category is told.
_FEWEST = 4


def estimate_carry_over(cut: Cut, category: Array, level: float = 0.9) -> ClusteredMean:
    """How much more often a first purchase is of the customer's leading category than by chance.

    Each product that a customer bought for the first time counts 1 where it is of the category that the
    customer had bought most, less the share of that category in what sells, of the products that the customer
    had not bought. Orders of one store and week are taken to hang together. 0 where taste does not reach
    beyond the products that a customer knows. ``category`` of ``cut.items``.
    """
    new = np.flatnonzero(~cut.is_repeat)
    row, item = cut.row[new], cut.item[new]
    member = (category[:, None] == np.arange(int(category.max(initial=-1)) + 1)).astype(float)
    leading = np.argmax(cut.seen @ member, axis=1)
    can = (cut.seen == 0) * cut.recent
    by_category = can @ member
    total = by_category.sum(axis=1)
    chance = by_category[np.arange(len(leading)), leading] / np.where(total > 0, total, np.nan)
    has_history = cut.seen.sum(axis=1) > 0
    difference = np.where(has_history[row], (category[item] == leading[row]) - chance[row], np.nan)
    shelf = cut.store[row] * 100_000 + cut.week[row]
    return estimate_mean(difference, cut.customer[row], shelf, level=level)


def profile_customers(sales: Sales, customers: Array | None = None) -> pd.DataFrame:
    """One row a customer: ``customer`` (a place in ``Sales.customer_id``), ``n_orders``, ``n_purchases``,
    ``order_dollars`` (paid an order), ``category`` (most bought; ``NO_TASTE`` below four purchases),
    ``share`` of purchases in it, ``sugar_level`` (mean, 0 none to 4 full; null where no product has one),
    ``daypart`` (the part of the day most ordered in).
    """
    lines = sales.people
    if customers is not None:
        lines = lines[lines["customer"].isin(customers)]
    facts = sales.products[["category", "sugar_level"]].reindex(lines["product"]).reset_index(drop=True)
    lines = lines.reset_index(drop=True).assign(
        **facts, daypart=_DAYPARTS[find_daypart(lines["hour"].to_numpy())]
    )
    by = lines.groupby("customer")
    profile = by.agg(
        n_orders=("order", "nunique"),
        n_purchases=("order", "size"),
        paid_cents=("paid_cents", "sum"),
        sugar_level=("sugar_level", "mean"),
    )
    counts = lines.groupby(["customer", "category"]).size().reset_index(name="n")
    leading = counts.sort_values(["n", "category"], ascending=[False, True]).drop_duplicates("customer")
    leading = leading.set_index("customer").reindex(profile.index)
    hours = lines.drop_duplicates("order").groupby(["customer", "daypart"]).size().reset_index(name="n")
    hours = hours.sort_values(["n", "daypart"], ascending=[False, True]).drop_duplicates("customer")
    is_known = profile["n_purchases"] >= _FEWEST
    return profile.assign(
        order_dollars=profile["paid_cents"] / profile["n_orders"] / 100,
        category=leading["category"].where(is_known, NO_TASTE),
        share=(leading["n"] / profile["n_purchases"]).where(is_known),
        daypart=hours.set_index("customer")["daypart"].reindex(profile.index),
    ).drop(columns="paid_cents").reset_index()  # fmt: skip


def group_by_taste(profile: pd.DataFrame) -> pd.DataFrame:
    """Customers who are alike in what they buy most: ``category``, ``n`` customers, ``n_orders`` and
    ``order_dollars`` and ``share`` of the average one, ``sugar_level``; the largest group first."""
    groups = profile.groupby("category").agg(
        n=("customer", "size"),
        n_orders=("n_orders", "mean"),
        order_dollars=("order_dollars", "mean"),
        share=("share", "mean"),
        sugar_level=("sugar_level", "mean"),
    )
    return groups.sort_values("n", ascending=False).reset_index()


def describe_group(groups: pd.DataFrame) -> str:
    """How many customers have shown a taste, as the title of their table.

    >>> describe_group(pd.DataFrame({"category": ["Food", NO_TASTE], "n": [1, 3]}))
    'Customers by what they buy most: 1 of 4 have bought enough to tell'
    """
    told = int(groups.loc[groups["category"] != NO_TASTE, "n"].sum())
    return (
        f"Customers by what they buy most: {told:,} of {int(groups['n'].sum()):,} have bought enough to tell"
    )
