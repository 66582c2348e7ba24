"""Customers who took to a newly opened store: how much less they order at the others, between two bounds.

Who tries a new store is active by selection. Against all other customers, many of whom left for good, the
joined seem to lose little: a lower bound. Against those others who still ordered somewhere they seem to lose
much, for any order at the new store counts as one that would have been placed elsewhere: an upper bound.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import pandas as pd

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from lucky_analytics.catalog import Suite

__all__ = ["count_switchers", "describe_switching", "estimate_switching", "pick_opening"]

WINDOW_DAYS = 56


def pick_opening(stores: pd.DataFrame, as_of: object, window_days: int = WINDOW_DAYS) -> pd.Series:
    """The newest store that has been open for ``window_days``; the oldest store when none has.

    ``stores``: ``unique_id``, ``store_name``, ``opened``, in order of opening; one row of it is returned.
    """
    last = pd.Timestamp(as_of) - pd.Timedelta(days=window_days - 1)  # type: ignore[arg-type]
    ready = stores[stores["opened"] <= last]
    return (ready if len(ready) else stores.head(1)).iloc[-1]


def count_switchers(
    suite: Suite, opened_id: str, opened: dt.date, window_days: int = WINDOW_DAYS
) -> ir.Table:
    """Orders at the other trading stores before and after an opening, by three groups of customers.

    One row per ``store_id``: ``joined_before``, ``joined_after`` (customers with an order in the opened store
    within ``window_days``), ``others_before``, ``others_after`` (all the rest), ``active_before``,
    ``active_after`` (those of the rest who ordered anywhere in the days after). Before and after are
    ``window_days`` each; orders through delivery platforms are left out.
    """
    window = dt.timedelta(days=window_days)
    order = suite.orders.filter("is_trading_store").filter(~ibis._.is_delivery)
    around = order.filter((order.order_date >= opened - window) & (order.order_date < opened + window))
    around = around.mutate(after=around.order_date >= opened, here=around.store_id == opened_id)
    customer = around.group_by("customer_id").agg(joined=around.here.any(), active=around.after.any())
    marked = around.filter(~around.here).join(customer, "customer_id")
    groups = {
        "joined": marked.joined,
        "others": ~marked.joined,
        "active": ~marked.joined & marked.active,
    }
    counts = {
        f"{group}_{when}": (inside & (marked.after if when == "after" else ~marked.after)).sum()
        for group, inside in groups.items()
        for when in ("before", "after")
    }
    return marked.group_by("store_id").agg(**counts).order_by("store_id")


def estimate_switching(
    counts: pd.DataFrame, stores: pd.DataFrame, opened: dt.date, window_days: int = WINDOW_DAYS
) -> pd.DataFrame:
    """Share of each store's orders lost to the opening: the joined customers' fall beyond that of others.

    Adds to ``count_switchers``: ``store_name``; ``least``, against all other customers, and ``most``, against
    those who still ordered, each the difference to what the joined would have ordered had they followed the
    group, as a share of all the store's orders before. Only stores that were open for the whole time: another
    one grows for reasons of its own. In the order of ``stores``.
    """
    since = pd.Timestamp(opened) - pd.Timedelta(days=window_days)
    whole = stores.loc[stores["opened"] <= since, ["unique_id", "store_name"]]
    table = whole.merge(counts, left_on="unique_id", right_on="store_id").drop(columns="unique_id")
    before = table["joined_before"]
    for name, group in (("least", "others"), ("most", "active")):
        base = table[f"{group}_before"]
        expected = before * table[f"{group}_after"] / base.where(base > 0)
        lost = (expected - table["joined_after"]) / (before + table["others_before"])
        table[name] = lost.where(before > 0)
    return table


def describe_switching(switching: pd.DataFrame, store_name: str, modelled: float) -> str:
    """What customers who switched say, in a sentence; ``modelled``: the loss by the openings.

    Medians over stores of ``estimate_switching``; ``modelled`` of the same stores.
    """
    least, most = switching["least"].median(), switching["most"].median()
    if pd.isna(least) or pd.isna(most):
        return "No opening has customers to compare: the losses rest on the openings alone."
    where = "between" if least <= modelled <= most else "outside"
    return (
        f"Customers who took to {store_name} bound what it took of a store's orders: {100 * least:.0f} % "
        f"to {100 * most:.0f} % (medians; they are active by selection). By the openings so far it is "
        f"{100 * modelled:.0f} %, {where} the two."
    )
