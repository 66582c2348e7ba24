"""What did a store sell in the last seven days, and was it unusual? The steps, in the notebook's order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics import metrics
from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.methods.growth.steady_level import FEWEST, expect_steady
from lucky_analytics.models import ramp
from lucky_analytics.models.sister_stores import load_sisters
from lucky_analytics.models.store_growth import N_WEEKS, RecentWeeks, judge_weeks

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "ALL",
    "compare_weekdays",
    "estimate_ranges",
    "load_by_store",
    "load_days",
    "load_recent",
    "query_days",
]

ALL = "All stores"


def query_days(suite: Suite, store: str) -> ir.Table:
    """``order_date``, ``orders`` and ``revenue`` (cents) of one trading store by name, or of all together for
    an empty name; a day without an order has no row. Raises ``UnknownNameError`` for any other name.
    """
    known = _trading_stores(suite)
    if store and store not in known:
        raise UnknownNameError("store", store, known)
    where = ibis._.store_id == known[store] if store else ibis._.is_trading_store
    return metrics.aggregate(suite, ["orders", "revenue"], by=["order_date"], where=where)


def load_days(suite: Suite, store: str) -> pd.DataFrame:
    """Every day of ``query_days`` up to ``suite.as_of``, without gaps from the first order on.

    Columns: ``date`` (store-local), ``orders``, ``dollars`` (revenue); the oldest first. Raises
    ``LuckyError`` when there is no order.

    >>> load_days(suite, "221 Grand").columns.tolist()                       # doctest: +SKIP
    ['date', 'orders', 'dollars']
    """
    found = query_days(suite, store).execute()
    if found.empty:
        raise LuckyError(f"orders of {store or ALL}", expected="some", got="none")
    return _fill_days(suite, found)


def load_by_store(suite: Suite) -> dict[str, pd.DataFrame]:
    """The days of each trading store that has an order, as ``load_days``, by its name."""
    where = ibis._.is_trading_store
    by = ["store_id", "order_date"]
    found = metrics.aggregate(suite, ["orders", "revenue"], by=by, where=where).execute()
    parts = dict(list(found.groupby("store_id")))
    return {
        name: _fill_days(suite, parts[store])
        for name, store in _trading_stores(suite).items()
        if store in parts
    }


def load_recent(suite: Suite, by_store: Mapping[str, pd.DataFrame]) -> RecentWeeks | None:
    """``store_growth.judge_weeks`` on the days of ``load_by_store``, as the pages on days and alarms have it;
    null before the first store has sold anything."""
    parts = [days.assign(store_name=name) for name, days in by_store.items()]
    if not parts:
        return None
    stores = ramp.load_stores(suite).execute().rename(columns={"unique_id": "store_id"})
    days = pd.concat(parts).rename(columns={"date": "ds"}).merge(stores[["store_id", "store_name"]])
    return judge_weeks(days, stores, sisters=load_sisters(suite, N_WEEKS))[0]


def estimate_ranges(weeks: pd.DataFrame, n_before: int, level: float) -> pd.DataFrame:
    """Each week beside the range that up to ``n_before`` weeks before it led to expect, if the store is
    steady.

    The weeks with ``expected``, ``low`` and ``high`` (dollars, by ``expect_steady`` over the weeks before
    without their holidays; a week's own holidays stay in, so that it may be outside because of them),
    ``sd``, ``notices`` and ``is_inside`` (all null with fewer than ``FEWEST`` weeks before, or one without
    revenue).
    """
    usual, dollars = weeks["usual_dollars"].to_numpy(float), weeks["dollars"].to_numpy(float)
    ranges: list[dict[str, Any]] = []
    for place, actual in enumerate(dollars):
        before = usual[max(0, place - n_before) : place]
        if len(before) < FEWEST or not np.isfinite(before).all():
            ranges.append(dict.fromkeys(("expected", "low", "high", "sd", "notices", "is_inside")))
            continue
        week = expect_steady(before, level)
        about = {"expected": week.value, "low": week.low, "high": week.high, "sd": week.sd}
        is_inside = bool(week.low <= actual <= week.high)
        ranges.append({**about, "notices": week.notices, "is_inside": is_inside})
    numbers = dict.fromkeys(("expected", "low", "high", "sd", "notices"), float)
    return weeks.join(pd.DataFrame(ranges).astype(numbers))


def compare_weekdays(days: pd.DataFrame, n_before: int) -> pd.DataFrame:
    """The last seven days beside the same weekdays of the weeks before.

    Columns: ``date`` (text such as "Mon 9 Feb"), ``orders``, ``dollars``, ``usual_dollars`` (median over up
    to ``n_before`` weeks, so that a holiday among them does not count; null without one), ``change``
    (dollars over usual, less one).
    """
    week, before = days.tail(7), days.iloc[:-7].tail(7 * n_before)
    usual = week["date"].dt.day_of_week.map(before.groupby(before["date"].dt.day_of_week)["dollars"].median())
    compared = week.assign(
        date=week["date"].dt.strftime("%a %-d %b"),
        usual_dollars=usual.astype(float),
        change=(week["dollars"] / usual - 1).astype(float),
    )
    return compared.reset_index(drop=True)


def _trading_stores(suite: Suite) -> dict[str, Any]:
    trading = suite.stores.filter("is_trading_store").select("store_id", "store_name").execute()
    return dict(zip(trading["store_name"], trading["store_id"], strict=True))


def _fill_days(suite: Suite, found: pd.DataFrame) -> pd.DataFrame:
    found = found.set_index(pd.DatetimeIndex(found["order_date"]))[["orders", "revenue"]]
    whole = found.reindex(pd.date_range(found.index.min(), suite.as_of), fill_value=0)
    dollars = whole["revenue"].astype(float) / 100
    days = pd.DataFrame({"date": whole.index, "orders": whole["orders"].astype(int), "dollars": dollars})
    return days.reset_index(drop=True)
