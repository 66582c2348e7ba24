"""Groups without a row that belong to an answer: the store with the fewest complaints may have none."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from lucky_analytics.ask.ask_dimensions import time_column
from lucky_analytics.ask.ask_measures import find_measure
from lucky_analytics.ask.ask_request import Request

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["needs_empty_groups", "with_empty_groups"]

_STORE = "stores.store_name"


def needs_empty_groups(request: Request) -> bool:
    """Whether a store or a day without any row belongs to the answer: fewest complaints are none at all."""
    is_low = request.rank is not None and request.rank.direction == "least"
    having = request.having
    is_low = is_low or (having is not None and having.above in ("fewer than", "at most"))
    is_low = is_low or (having is not None and having.above == "exactly" and having.number == 0)
    adds_up = all(find_measure(name).is_additive for name in request.measures) and not request.share
    others = [each for each in request.where if each.key.startswith("stores.")]
    return is_low and adds_up and request.by in ((_STORE,), ("day",)) and not others


def with_empty_groups(
    suite: Suite, made: ir.Table, request: Request, start: dt.date | None, end: dt.date | None
) -> ir.Table:
    """``made`` with a row of zeros for each store, or day with orders, of the period that has none."""
    if request.by == ("day",):
        days = suite.orders.select(_all=suite.orders.order_date).distinct()
        for each in request.where:
            if each.key in ("weekday", "part of week"):
                is_in = time_column(days, each.key, "_all").isin(list(each.values))
                days = days.filter(~is_in if each.is_not else is_in)
        days = days.filter(days._all >= start) if start else days
        days = days.filter(days._all < end) if end else days
        spine = days.select(_all=time_column(days, "day", "_all"))
    else:
        stores = suite.stores.filter(suite.stores.is_trading_store)
        stores = stores.filter(stores.opened_date < end) if end else stores
        spine = stores.select(_all=stores.store_name)
    joined = spine.left_join(made, spine._all == made.group_0)
    values = {name: joined[name].fill_null(0) for name in made.columns if name != "group_0"}
    return joined.select(group_0=joined._all, **values)
