"""Exceptions week by week, and whether the last weeks had more of them than the weeks before."""

from __future__ import annotations

import datetime as dt

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _
from scipy.stats import binomtest, chi2

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.ledgers.classes import EXCEPTIONS, whole_sum
from lucky_analytics.models.matched_books.books import Books

__all__ = ["compare_recent", "count_recent", "count_weeks", "name_trend", "sum_recent"]


def count_weeks(exceptions: ir.Table, books: Books, currency: str, as_of: dt.date) -> pd.DataFrame:
    """Exceptions by week of seven days up to ``as_of``, the oldest first; a part of a week is left out.

    ``end`` (last day), ``n`` (exceptions of the week's dates whose money is at risk), ``at_risk`` (whole
    units of the currency), ``orders``, ``rate`` (exceptions for 10,000 orders), ``low`` and ``high`` (its
    exact 95 % Poisson interval, as if exceptions came one by one; null without an order).
    """
    found = exceptions.filter((_.currency == currency) & _["class"].isin(EXCEPTIONS) & (_.at_risk_cents > 0))
    orders = books.placed.filter((_.currency == currency) & (_.status == "completed"))
    ago = {"ago": lambda row: (ibis.literal(as_of).delta(row.date, unit="day") / 7).floor().cast("int64")}
    by_week = found.group_by(**ago).agg(n=found.count(), cents=whole_sum(found.at_risk_cents)).execute()
    n_orders = orders.group_by(**ago).agg(orders=orders.count(), first=orders.date.min()).execute()
    if n_orders.empty:
        return pd.DataFrame(columns=["end", "n", "at_risk", "orders", "rate", "low", "high"])
    whole = (as_of - pd.Timestamp(n_orders["first"].min()).date()).days + 1
    weeks = pd.DataFrame(index=pd.RangeIndex(whole // 7))
    weeks["n"] = by_week.set_index("ago")["n"].reindex(weeks.index, fill_value=0).astype("int64")
    weeks["at_risk"] = by_week.set_index("ago")["cents"].reindex(weeks.index, fill_value=0) / 100
    weeks["orders"] = n_orders.set_index("ago")["orders"].reindex(weeks.index, fill_value=0).astype("int64")
    weeks["end"] = [pd.Timestamp(as_of) - pd.Timedelta(days=7 * place) for place in weeks.index]
    scale = 1e4 / weeks["orders"].where(weeks["orders"] > 0)
    weeks["rate"] = weeks["n"] * scale
    weeks["low"] = chi2.ppf(0.025, 2 * weeks["n"]).clip(min=0) / 2 * scale
    weeks["low"] = weeks["low"].fillna(0.0).where(scale.notna())
    weeks["high"] = chi2.ppf(0.975, 2 * weeks["n"] + 2) / 2 * scale
    return weeks.sort_index(ascending=False).reset_index(drop=True)


def compare_recent(weeks: pd.DataFrame, n_recent: int = 4, level: float = 0.95) -> Estimate:
    """Exceptions for an order in the last ``n_recent`` weeks, times those of all weeks before.

    1 is no difference. The interval is exact given both counts together (Clopper and Pearson 1934): both are
    taken to be Poisson. Null with no exception before, or none of the weeks.

    >>> weeks = pd.DataFrame({"n": [10, 10, 20], "orders": [100, 100, 100]})
    >>> compare_recent(weeks, 1).value
    2.0
    """
    recent, before = weeks.tail(n_recent), weeks.iloc[: max(len(weeks) - n_recent, 0)]
    n, n_before = int(recent["n"].sum()), int(before["n"].sum())
    orders, orders_before = int(recent["orders"].sum()), int(before["orders"].sum())
    if not n_before or not orders:
        return Estimate(None, n=n)
    ends = binomtest(n, n + n_before).proportion_ci(level, "exact")
    scale = orders_before / orders
    low, high = (scale * end / (1 - end) if end < 1 else None for end in (ends.low, ends.high))
    return Estimate(scale * n / n_before, low, high, level=level, n=n)


def sum_recent(exceptions: ir.Table, currency: str, n_days: int = 7) -> float:
    """Money at risk of exceptions younger than ``n_days``, in whole units of the currency."""
    found = exceptions.filter((_.currency == currency) & _["class"].isin(EXCEPTIONS) & (_.age_days < n_days))
    cents = found.agg(cents=whole_sum(found.at_risk_cents)).execute()["cents"].iloc[0]
    return 0.0 if pd.isna(cents) else float(cents) / 100


def count_recent(books: Books, currency: str, as_of: dt.date, n_days: int = 7) -> int:
    """Completed orders of the days that ``sum_recent`` sums, ``as_of`` the last."""
    start = as_of - dt.timedelta(days=n_days - 1)
    done = books.placed.filter((_.currency == currency) & (_.status == "completed"))
    return int(done.filter((_.date >= start) & (_.date <= as_of)).count().execute())


def name_trend(change: Estimate) -> str:
    """Whether exceptions became more frequent, as the title of the chart."""
    if change.value is None:
        return "Whether exceptions became more frequent cannot be said"
    if change.holds(1):
        return "What does not agree is as frequent as before, chance aside"
    way = "more" if change.value > 1 else "less"
    return f"What does not agree is {way} frequent than before, more than chance"
