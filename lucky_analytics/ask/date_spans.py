"""Periods that a question names: days, weeks, months, since, before, between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lucky_analytics.ask.calendar_names import DAY, MONTHS, WEEKDAYS, holiday_words
from lucky_analytics.ask.date_span import DateSpan, named_span
from lucky_analytics.ask.month_spans import part_of_month, same_month
from lucky_analytics.ask.relative_spans import BACK, ROLLING, UNITS, counted_span, or_rolling, relative_span

__all__ = ["find_span", "span_words"]

_NUMBERED = ("1st", "2nd", "3rd", "4th", "first", "second", "third", "fourth")
_STARTS = ("starting", "started", "start", "beginning", "commencing")
_TO = ("to", "through", "until")


def span_words() -> set[str]:
    """Every word that a period is written with: for the spelling."""
    fixed = (
        "today yesterday tomorrow last past previous this next since until through before after between from "
        "to on weekend ago date time half onward onwards forward"
    )
    return {
        *fixed.split(),
        *MONTHS,
        *WEEKDAYS,
        *(f"{day}s" for day in WEEKDAYS),
        *UNITS,
        *_NUMBERED,
        *holiday_words(),
    }


def find_span(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """The period with which ``words`` (stems) begin, and of how many words it is; null for none.

    ``today`` is the day after the last closed one. A month, quarter or holiday without a year is its newest
    that has begun. A week begins on Monday. "The last month" may be the month before or the last 30 days.

    >>> find_span(["last", "week", "by"], dt.date(2026, 2, 14))[0] == DateSpan(
    ...     dt.date(2026, 2, 2), dt.date(2026, 2, 9))
    True
    """
    first = words[0] if words else ""
    if found := part_of_month(list(words), today):
        return found
    if first == "the" and words[1:2] and words[1] in (*BACK, "year", "week", "month", "quarter", "day"):
        found = find_span(words[1:], today)
        if found and words[1] in BACK[:2] and found[1] == 2 and words[2] in ROLLING:
            return or_rolling(found[0], ROLLING[words[2]], today), 3
        return (found[0], found[1] + 1) if found else None
    if first == "week" and (found := _whole_week(words, today)):
        return found
    if (first in UNITS and words[1:2] == ["of"]) or (first == "year" and "".join(words[1:2]).isdigit()):
        return _unit_of(words, today)
    if first in ("since", "after") and (found := _end_point(words[1:], today)):
        span, n = found
        return DateSpan(span.start if first == "since" else span.end, today), n + 1
    if first in ("until", "through", "before") and (found := find_span(words[1:], today)):
        span, n = found
        if first == "before":
            return DateSpan(None, span.start), n + 1
        is_long = span.start is not None and span.end is not None and (span.end - span.start).days > 1
        is_open = first == "until" and is_long  # with January, or up to it
        return DateSpan(None, span.end, also=(DateSpan(None, span.start),) if is_open else ()), n + 1
    is_range = first in ("between", "from")
    rest = words[1:] if is_range else words
    left = relative_span(rest, today) or counted_span(rest, today) or named_span(rest, today)
    if left is None:
        return None
    n = is_range + left[1]
    joint = words[n] if n < len(words) else ""
    if joint in (("and",) if first == "between" else _TO) and (
        right := find_span(words[n + 1 :], today) or same_month(left[0], words[n + 1 :])
    ):
        if right[0].start is None or right[0].ends:
            return None
        return DateSpan(left[0].start, right[0].end, (left[0], right[0])), n + 1 + right[1]
    is_last = joint == "on" and n + 1 == len(words)  # "October 2025 on"
    if joint in ("onward", "onwards", "forward") or (joint == "on" and (first == "from" or is_last)):
        return DateSpan(left[0].start, today), n + 1
    if first == "from" and (words[1] in MONTHS or words[1][:1].isdigit()):
        other = (DateSpan(left[0].start, today),)  # from then on, or of then
        return DateSpan(left[0].start, left[0].end, also=other), n
    return None if is_range else left


def _unit_of(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """ "The month of January", "the year 2025", "the week of January 5", which is the week with that day."""
    n = 1 + (words[1] == "of")
    found = named_span(words[n:], today)
    if found is None or found[0].start is None or found[0].end is None:
        return None
    days = (found[0].end - found[0].start).days
    if words[0] == "week" and days == 1:
        monday = found[0].start - found[0].start.weekday() * DAY
        return DateSpan(monday, monday + 7 * DAY), n + found[1]
    fits = {"month": range(28, 32), "year": range(365, 367), "day": range(1, 2)}.get(words[0], range(0))
    return (found[0], n + found[1]) if days in fits else None


def _whole_week(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """ "The week ending February 8", a Sunday, "the week that started on February 2", "week Feb 2 to 8"."""
    n = 1 + (words[1:2] == ["that"])
    word = words[n] if n < len(words) else ""
    is_end, is_begin = (
        word in ("ending", "ended", "end"),
        word in _STARTS,
    )
    n += is_end or is_begin
    n += (is_end or is_begin) and words[n : n + 1] in (["on"], ["at"])
    found = find_span(words[n:], today) if words[n : n + 1] not in (["of"], []) else None
    start, end = (found[0].start, found[0].end) if found else (None, None)
    if found is None or start is None or end is None:
        return None
    n, length = n + found[1], (end - start).days
    if length == 7 and start.weekday() == 0 and not (is_end or is_begin):
        return DateSpan(start, end), n
    if length == 1 and is_end and start.weekday() == 6:
        return DateSpan(start - 6 * DAY, end), n
    if length == 1 and is_begin and start.weekday() == 0:
        return DateSpan(start, start + 7 * DAY), n
    return None


def _end_point(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """A period, or a weekday, from which on something is counted."""
    found = find_span(words, today)
    on = None if found else find_span(["on", *words[:1]], today)
    return (on[0], 1) if on else found
