"""Parts of a month: its first half, its last 10 days, the day that a bare number says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lucky_analytics.ask.calendar_names import DAY
from lucky_analytics.ask.date_span import DateSpan, named_span

__all__ = ["part_of_month", "same_month"]


def part_of_month(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """ "The first half of December", "the last 10 days of January", "the first two weeks of January"."""
    n = words[:1] == ["the"]
    first, second, third = (*words[n : n + 3], "", "", "")[:3]
    n_days, length = 0, 0
    if first in ("first", "second", "1st", "2nd") and second == "half" and third == "of":
        length = n + 3
    elif first in ("first", "last") and second.isdigit() and third in ("day", "week"):
        if list(words[n + 3 : n + 4]) not in (["of"], ["in"]):
            return None
        n_days, length = int(second) * (7 if third == "week" else 1), n + 4
    else:
        return None
    month = named_span(words[length:], today)
    if month is None or month[0].start is None or month[0].end is None:
        return None
    start, end = month[0].start, month[0].end
    if not 28 <= (end - start).days <= 31 or n_days > (end - start).days:
        return None
    if not n_days:
        middle = start.replace(day=16)
        span = DateSpan(start, middle) if first in ("first", "1st") else DateSpan(middle, end)
    else:
        span = (
            DateSpan(start, start + n_days * DAY) if first == "first" else DateSpan(end - n_days * DAY, end)
        )
    return span, length + month[1]


def same_month(left: DateSpan, words: Sequence[str]) -> tuple[DateSpan, int] | None:
    """The day of the month of ``left`` that a bare number says: "Dec 16 to 31"."""
    number = words[0].rstrip("stndrh") if words and words[0][:1].isdigit() else ""
    if (
        not number.isdigit()
        or left.start is None
        or left.end != left.start + DAY
        or list(words[1:2]) == ["of"]
    ):
        return None
    try:
        day = left.start.replace(day=int(number))
    except ValueError:
        return None
    return (DateSpan(day, day + DAY), 1) if day > left.start else None
