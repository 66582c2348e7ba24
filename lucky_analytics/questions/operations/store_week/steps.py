"""What did a store sell in the last seven days, and was it unusual? The steps, in the notebook's order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics import metrics
from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.methods.growth.trend import FEWEST, expect_next

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "ALL",
    "advise",
    "aggregate_weeks",
    "compare_weekdays",
    "describe_week",
    "estimate_ranges",
    "load_days",
    "query_days",
]

ALL = "All stores"


def query_days(suite: Suite, store: str) -> ir.Table:
    """``order_date``, ``orders`` and ``revenue`` (cents) of one trading store by name, or of all together for
    an empty name; a day without an order has no row. Raises ``UnknownNameError`` for any other name.
    """
    trading = suite.stores.filter("is_trading_store").select("store_id", "store_name").execute()
    known = dict(zip(trading["store_name"], trading["store_id"], strict=True))
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
    found.index = pd.DatetimeIndex(found["order_date"])
    whole = found.reindex(pd.date_range(found.index.min(), suite.as_of), fill_value=0)
    dollars = whole["revenue"].astype(float) / 100
    days = pd.DataFrame({"date": whole.index, "orders": whole["orders"].astype(int), "dollars": dollars})
    return days.reset_index(drop=True)


def aggregate_weeks(days: pd.DataFrame) -> pd.DataFrame:
    """Seven days each, the newest ending on the last day: ``end`` (its last day), ``orders``, ``dollars``.

    The oldest first; what is left at the beginning is no week and is left out. Raises ``LuckyError`` for
    fewer than seven days.
    """
    if len(days) < 7:
        raise LuckyError("days since the first order", expected="at least 7", got=str(len(days)))
    whole = days.tail(len(days) // 7 * 7)
    weeks = whole.assign(week=[place // 7 for place in range(len(whole))]).groupby("week")
    return weeks.agg(end=("date", "max"), orders=("orders", "sum"), dollars=("dollars", "sum")).reset_index()


def estimate_ranges(weeks: pd.DataFrame, n_before: int, level: float) -> pd.DataFrame:
    """Each week beside the range that up to ``n_before`` weeks before it led to expect.

    The weeks with ``expected``, ``low`` and ``high`` (dollars, by ``methods.trend.expect_next``, which never
    sees the week that it is for; null with fewer than its ``FEWEST`` weeks before, or one without revenue)
    and ``is_inside`` (null where there is no range).
    """
    dollars = weeks["dollars"].to_numpy()
    ranges: list[dict[str, Any]] = []
    for place, actual in enumerate(dollars):
        before = dollars[max(0, place - n_before) : place]
        if len(before) < FEWEST or not (before > 0).all():
            ranges.append({"expected": None, "low": None, "high": None, "is_inside": None})
            continue
        next_week = expect_next(before, level)
        about = {"expected": next_week.value, "low": next_week.low, "high": next_week.high}
        ranges.append({**about, "is_inside": bool(next_week.low <= actual <= next_week.high)})
    return weeks.join(pd.DataFrame(ranges).astype({"expected": float, "low": float, "high": float}))


def compare_weekdays(days: pd.DataFrame, n_before: int) -> pd.DataFrame:
    """The last seven days beside the same weekdays of the weeks before.

    Columns: ``date`` (text such as "Mon 9 Feb"), ``orders``, ``dollars``, ``usual_dollars`` (mean over up to
    ``n_before`` weeks; null without one), ``change`` (dollars over usual, less one).
    """
    week, before = days.tail(7), days.iloc[:-7].tail(7 * n_before)
    usual = week["date"].dt.day_of_week.map(before.groupby(before["date"].dt.day_of_week)["dollars"].mean())
    compared = week.assign(
        date=week["date"].dt.strftime("%a %-d %b"),
        usual_dollars=usual.astype(float),
        change=(week["dollars"] / usual - 1).astype(float),
    )
    return compared.reset_index(drop=True)


def describe_week(newest: pd.Series) -> str:
    """A week of ``estimate_ranges`` in words, to follow "sold $12.3K"."""
    if newest["is_inside"] is None:
        return f", and has fewer than {FEWEST} weeks before that would say what to expect"
    if newest["is_inside"]:
        return ", within what the weeks before lead to expect"
    side = "more" if newest["dollars"] > newest["high"] else "less"
    return f", {side} than the weeks before lead to expect"


def advise(newest: pd.Series) -> str:
    """What to do with the week, and who decides it."""
    if newest["is_inside"] is None:
        return f"Store manager: plan by the opening plan; a range follows after {FEWEST} weeks."
    if newest["is_inside"]:
        return "Store manager: plan the next week as usual; nothing here asks for an explanation."
    return "Operations and the store's manager: find what was different before planning the next week on it."
