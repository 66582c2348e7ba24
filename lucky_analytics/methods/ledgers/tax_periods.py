"""Sales tax periods of New York: months, quarters from March on, due dates, and what being late costs."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import pandas as pd

__all__ = ["Period", "bound_late_charge", "find_due_date", "list_periods", "name_forms", "quarter_of"]

_DAY = dt.timedelta(days=1)
_MONDAY = 0


@dataclass(frozen=True)
class Period:
    """A filing period: ``start`` up to and including ``end``, with the day by which its return is due."""

    start: dt.date
    end: dt.date

    @property
    def due(self) -> dt.date:
        return find_due_date(self.end)


def quarter_of(date: dt.date) -> Period:
    """The sales tax quarter of a date: they begin in March, June, September and December.

    >>> quarter_of(dt.date(2026, 1, 15))
    Period(start=datetime.date(2025, 12, 1), end=datetime.date(2026, 2, 28))
    """
    start = date.replace(day=1)
    for _ in range(date.month % 3):
        start = (start - _DAY).replace(day=1)
    return Period(start, _end_of_month(_end_of_month(_end_of_month(start) + _DAY) + _DAY))


def _end_of_month(date: dt.date) -> dt.date:
    return (date.replace(day=28) + dt.timedelta(days=4)).replace(day=1) - _DAY


def list_periods(first: dt.date, last: dt.date, *, by: str) -> list[Period]:
    """The whole months or quarters (``by``: "month" or "quarter") that hold ``first`` to ``last``.

    >>> found = list_periods(dt.date(2025, 6, 30), dt.date(2025, 9, 1), by="quarter")
    >>> [period.end.isoformat() for period in found]
    ['2025-08-31', '2025-11-30']
    """
    periods, date = [], first
    while date <= last:
        own = quarter_of(date) if by == "quarter" else Period(date.replace(day=1), _end_of_month(date))
        periods.append(own)
        date = own.end + _DAY
    return periods


def find_due_date(end: dt.date) -> dt.date:
    """The 20th of the month after a period's end, or the next business day after a weekend or a holiday.

    Of the legal holidays only Martin Luther King's and Washington's birthday, third Mondays, can be a 20th.

    >>> find_due_date(dt.date(2025, 8, 31)).isoformat()          # the 20th is a Saturday
    '2025-09-22'
    """
    due = (end + _DAY).replace(day=20)
    while due.weekday() > 4 or _is_holiday(due):
        due += _DAY
    return due


def _is_holiday(date: dt.date) -> bool:
    return date.month in (1, 2) and date.weekday() == _MONDAY and 15 <= date.day <= 21


def name_forms(quarters: pd.Series, monthly_from_cents: int) -> dict[dt.date, bool]:
    """Whether each sales tax quarter is filed month by month: where one of the four before it had so much.

    ``quarters``: taxable cents by the first day of the quarter, in order, the empty ones among them. So the
    quarter in which the threshold is first reached is filed as a whole (ST-100); from the next on, ST-809
    for its first two months and ST-810 for the quarter (20 NYCRR 533.3).

    >>> name_forms(pd.Series({dt.date(2025, 6, 1): 100, dt.date(2025, 9, 1): 9}), 100)
    {datetime.date(2025, 6, 1): False, datetime.date(2025, 9, 1): True}
    """
    is_reached = [cents >= monthly_from_cents for cents in quarters]
    return {start: any(is_reached[max(n - 4, 0) : n]) for n, start in enumerate(quarters.index)}


def bound_late_charge(
    tax_cents: int,
    due: dt.date,
    until: dt.date,
    *,
    first: float,
    further: float,
    most: float,
    interest: float,
) -> tuple[int, int]:
    """The most that interest and penalty on ``tax_cents`` come to by ``until``, if it was due on ``due``.

    Whole cents, rounded up, because it is a bound: (interest, penalty). Percentages: a penalty of ``first``
    for the first month or part of it, ``further`` for each other, at most ``most``; interest a year,
    compounded by the day. Both are 0 until ``due`` has passed, and for nothing owed.

    >>> terms = {"first": 10, "further": 1, "most": 30, "interest": 14.5}
    >>> bound_late_charge(100_000, dt.date(2025, 9, 22), dt.date(2025, 11, 30), **terms)
    (2779, 12000)
    """
    days = (until - due).days
    if days <= 0 or tax_cents <= 0:
        return 0, 0
    penalty = min(first + further * (_months_begun(due, until) - 1), most) / 100
    growth = (1 + interest / 100 / 365) ** days - 1
    return _up(tax_cents * growth), _up(tax_cents * penalty)


def _months_begun(due: dt.date, until: dt.date) -> int:
    whole = 12 * (until.year - due.year) + until.month - due.month
    return whole + (until.day > due.day)


def _up(cents: float) -> int:
    return int(-(-round(cents, 6) // 1))
