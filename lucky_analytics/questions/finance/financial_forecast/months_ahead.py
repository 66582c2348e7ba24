"""Weeks ahead as calendar months: which part of each week lies in which month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.methods.ledgers.tax_periods import find_due_date

__all__ = ["MonthsAhead", "plan_months"]

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class MonthsAhead:
    """``months``: their first days; ``shares`` (n_weeks, n_months) of each week's seven days; ``n_rest``: 1
    where the first is the rest of the month that ``as_of`` lies in, else 0: what a month is like is told by
    the whole ones."""

    months: pd.DatetimeIndex
    shares: Array
    n_rest: int

    @property
    def n_weeks(self) -> int:
        return len(self.shares)

    @property
    def n_whole(self) -> int:
        return len(self.months) - self.n_rest

    @property
    def due(self) -> list[dt.date]:
        """By when the sales tax of each month is to be paid, filed month by month."""
        return [find_due_date((month + pd.offsets.MonthEnd(0)).date()) for month in self.months]

    def spread(self, weeks: Array) -> Array:
        """Dollars by month, (..., n_months), of dollars by week."""
        found: Array = weeks @ self.shares
        return found

    def mean_month(self, weeks: Array) -> Array:
        """Dollars of the average whole month."""
        found: Array = self.spread(weeks)[..., self.n_rest :].mean(axis=-1)
        return found


def plan_months(as_of: dt.date, n_months: int) -> MonthsAhead:
    """The rest of ``as_of``'s month and the ``n_months`` whole months after it.

    >>> ahead = plan_months(dt.date(2026, 2, 13), 2)
    >>> [f"{month:%b}" for month in ahead.months], ahead.n_rest, ahead.n_weeks
    (['Feb', 'Mar', 'Apr'], 1, 11)
    """
    first = pd.Timestamp(as_of) + pd.Timedelta(days=1)
    n_rest = int(first.day > 1)
    months = pd.date_range(first.replace(day=1), periods=n_months + n_rest, freq="MS")
    end = months[-1] + pd.offsets.MonthBegin(1)
    days = pd.date_range(first, end - pd.Timedelta(days=1))
    week = np.arange(len(days)) // 7
    month = months.get_indexer(days.to_period("M").to_timestamp())
    shares = np.zeros((int(week[-1]) + 1, len(months)))
    np.add.at(shares, (week, month), 1 / 7)
    return MonthsAhead(months, shares, n_rest)
