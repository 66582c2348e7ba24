"""A period as a reader sees it."""

from __future__ import annotations

import datetime as dt

from lucky_analytics.ask.calendar_names import DAY

__all__ = ["say_span"]


def say_span(start: dt.date | None, end: dt.date | None, first: dt.date | None, last: dt.date) -> str:
    """A period in words: a day, a whole month, or both ends; no day after ``last``, the newest one.

    >>> say_span(dt.date(2026, 1, 1), dt.date(2026, 2, 1), None, dt.date(2026, 2, 13))
    'in January 2026'
    >>> say_span(dt.date(2026, 2, 1), dt.date(2026, 3, 1), None, dt.date(2026, 2, 13))
    'from 1 Feb 2026 to 13 Feb 2026'
    """
    begin, stop = start or first, (end or last + DAY) - DAY
    if begin is None or begin <= last:
        stop = min(stop, last)
    if begin is None:
        return f"up to {_say(stop)}"
    if begin == stop:
        return f"on {_say(begin)}"
    if begin.day == 1 and begin.month == stop.month and begin.year == stop.year and (stop + DAY).day == 1:
        return f"in {begin:%B %Y}"
    return f"from {_say(begin)} to {_say(stop)}"


def _say(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
