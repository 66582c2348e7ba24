"""Weeks and months as every question counts them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

__all__ = ["WEEKS_A_MONTH", "Window", "find_window"]

WEEKS_A_MONTH = 365.25 / 12 / 7


@dataclass(frozen=True)
class Window:
    """Whole weeks from ``start`` (a Monday) up to, not including, ``end`` (a Monday)."""

    start: dt.date
    end: dt.date

    @property
    def n_weeks(self) -> int:
        return (self.end - self.start).days // 7


def find_window(as_of: dt.date, n_weeks: int) -> Window:
    """The last ``n_weeks`` whole weeks by ``as_of``.

    >>> find_window(dt.date(2026, 2, 13), 12)
    Window(start=datetime.date(2025, 11, 17), end=datetime.date(2026, 2, 9))
    """
    following = as_of + dt.timedelta(days=1)
    end = following - dt.timedelta(days=following.weekday())
    return Window(end - dt.timedelta(weeks=n_weeks), end)
