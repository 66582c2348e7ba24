"""Weeks, months and special days as every question counts them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lucky_analytics.estate.markets import HOME, Market, public_holidays

__all__ = ["NO_YEAR_BEFORE", "WEEKS_A_MONTH", "Window", "find_special_days", "find_window", "name_special"]

NO_YEAR_BEFORE = "there is no year before to tell a season by"  # a doubt of pages that compare weeks
WEEKS_A_MONTH = 365.25 / 12 / 7
# The public holidays on which offices close; on the others of the list most people work.
_OFFICES_CLOSE = {
    "US": {"New Year's Day", "Memorial Day", "Independence Day", "Labor Day", "Thanksgiving Day",
           "Christmas Day"},
}  # fmt: skip
_EVES = {(12, 24), (12, 31)}


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


def find_special_days(start: dt.date, end: dt.date, market: Market = HOME) -> dict[dt.date, str]:
    """Days from ``start`` to ``end`` inclusive on which offices are closed or half empty, and why.

    The public holidays on which offices close (all of a market whose list is not known better), the two eves,
    and a working day that lies alone between one of them and a weekend.

    >>> sorted(find_special_days(dt.date(2025, 11, 20), dt.date(2025, 12, 25)).values())
    ['Christmas Day', 'Thanksgiving Day', 'between Thanksgiving Day and the weekend', 'the eve of a holiday']
    """
    close = _OFFICES_CLOSE.get(market.country)
    named = {
        day: name
        for year in range(start.year - 1, end.year + 2)
        for day, name in public_holidays(market, year).items()
        if close is None or name.removesuffix(" (observed)") in close
    }
    found = {day: "the eve of a holiday" for day in _days(start, end) if (day.month, day.day) in _EVES}
    for day, name in named.items():
        # After a Thursday a Friday, before a Tuesday a Monday.
        bridge = {3: 1, 1: -1}.get(day.weekday())
        if bridge:
            found.setdefault(day + dt.timedelta(bridge), f"between {name} and the weekend")
    return {day: name for day, name in sorted((found | named).items()) if start <= day <= end}


def name_special(day: dt.date) -> str:
    """What makes a day of the home market a special one, empty for an ordinary one.

    >>> name_special(dt.date(2025, 11, 27))
    'Thanksgiving Day'
    """
    return find_special_days(day, day).get(day, "")


def _days(start: dt.date, end: dt.date) -> list[dt.date]:
    return [start + dt.timedelta(place) for place in range((end - start).days + 1)]
