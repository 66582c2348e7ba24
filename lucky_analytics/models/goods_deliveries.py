"""On which weekdays each store is delivered, and when an order placed today can come."""

from __future__ import annotations

import datetime as dt

import pandas as pd

__all__ = ["LIMIT", "WATCHED_DAYS", "find_routes", "plan_deliveries"]

WATCHED_DAYS = 56
_LEAST_OF_MOST = 0.25  # of the goods of its fullest weekday, from which a weekday is one of the route
LIMIT = (
    "No table has the route of deliveries, when an order must be in, or how long it takes: weekdays of "
    "delivery are read off what came in eight weeks; that an order comes with the first delivery from the "
    "next day on is assumed, and so is that what is on order comes with the next delivery."
)


def find_routes(demand: pd.DataFrame, as_of: dt.date) -> dict[str, tuple[int, ...]]:
    """Weekdays (0 Monday) of each store's regular deliveries; stores without any are left out.

    ``demand``: ``goods_demand.load_goods_demand``. Counted is how many goods came on each weekday of the last
    ``WATCHED_DAYS``, the store's first day left out, when all comes; the single goods that come between are
    no route.
    """
    day = pd.to_datetime(demand["demand_date"])
    first = day.groupby(demand["store_id"]).transform("min")
    recent = (day > pd.Timestamp(as_of) - pd.Timedelta(days=WATCHED_DAYS)) & (day <= pd.Timestamp(as_of))
    came = demand[recent & (day > first) & (demand["received_quantity"] > 0)]
    counts = came.groupby(["store_id", "weekday"]).size().unstack(fill_value=0)
    is_route = counts.ge(_LEAST_OF_MOST * counts.max(axis=1), axis=0) & (counts > 0)
    return {
        str(store): tuple(int(weekday) for weekday in row.index[row])
        for store, row in is_route.iterrows()
        if row.any()
    }


def plan_deliveries(
    route: tuple[int, ...], today: dt.date, lead_days: int
) -> tuple[dt.date, dt.date, dt.date]:
    """The next delivery (today's included), the first that an order placed today is in, the one after it.

    >>> [str(day) for day in plan_deliveries((0, 2, 4), dt.date(2026, 2, 14), 1)]  # a Saturday
    ['2026-02-16', '2026-02-16', '2026-02-18']
    >>> [str(day) for day in plan_deliveries((1, 3, 5), dt.date(2026, 2, 14), 1)]
    ['2026-02-14', '2026-02-17', '2026-02-19']
    """
    first = _next(route, today)
    arrives = _next(route, today + dt.timedelta(days=lead_days))
    return first, arrives, _next(route, arrives + dt.timedelta(days=1))


def _next(route: tuple[int, ...], day: dt.date) -> dt.date:
    return min(day + dt.timedelta(days=(weekday - day.weekday()) % 7) for weekday in route)
