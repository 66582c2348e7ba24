"""Periods that a question names: days, weeks, months, since, before, between."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from lucky_analytics.ask.calendar_names import DAY, MONTHS, WEEKDAYS, find_named, holiday_words, month_start

__all__ = ["DateSpan", "find_span", "span_words"]

_UNITS = ("day", "week", "month", "quarter", "year")
_NUMBERED = {"1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "first": 1, "second": 2, "third": 3, "fourth": 4}
_TO = ("to", "through", "until")
_BACK = ("last", "past", "previous")
_ROLLING = {"week": 7, "month": 30, "year": 365}


@dataclass(frozen=True)
class DateSpan:
    """Days from ``start`` up to and without ``end``; a null start is the first day that there is.

    ``ends``: the two periods that "between" names. ``also``: what the same words may mean, too.
    """

    start: dt.date | None
    end: dt.date | None
    ends: tuple[DateSpan, DateSpan] | None = field(default=None, compare=False)
    also: tuple[DateSpan, ...] = field(default=(), compare=False)


def span_words() -> set[str]:
    """Every word that a period is written with: for the spelling."""
    fixed = (
        "today yesterday tomorrow last past previous this next since until through before after between from "
        "to on weekend ago date time half"
    )
    return {
        *fixed.split(),
        *MONTHS,
        *WEEKDAYS,
        *(f"{day}s" for day in WEEKDAYS),
        *_UNITS,
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
    if first == "the" and words[1:2] and words[1] in (*_BACK, "year", "week", "month", "quarter", "day"):
        found = find_span(words[1:], today)
        if found and words[1] in _BACK[:2] and found[1] == 2 and words[2] in _ROLLING:
            return _or_rolling(found[0], _ROLLING[words[2]], today), 3
        return (found[0], found[1] + 1) if found else None
    if (first in _UNITS and words[1:2] == ["of"]) or (first == "year" and "".join(words[1:2]).isdigit()):
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
    left = _relative(rest, today) or _counted(rest, today) or _named(rest, today)
    if left is None:
        return None
    n = is_range + left[1]
    joint = words[n] if n < len(words) else ""
    if joint in (("and",) if first == "between" else _TO) and (right := find_span(words[n + 1 :], today)):
        if right[0].start is None or right[0].ends:
            return None
        return DateSpan(left[0].start, right[0].end, (left[0], right[0])), n + 1 + right[1]
    if first == "from" and (words[1] in MONTHS or words[1][:1].isdigit()):
        other = (DateSpan(left[0].start, today),)  # from then on, or of then
        return DateSpan(left[0].start, left[0].end, also=other), n
    return None if is_range else left


def _unit_of(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """ "The month of January", "the year 2025", "the week of January 5", which is the week with that day."""
    n = 1 + (words[1] == "of")
    found = _named(words[n:], today)
    if found is None or found[0].start is None or found[0].end is None:
        return None
    days = (found[0].end - found[0].start).days
    if words[0] == "week" and days == 1:
        monday = found[0].start - found[0].start.weekday() * DAY
        return DateSpan(monday, monday + 7 * DAY), n + found[1]
    fits = {"month": range(28, 32), "year": range(365, 367), "day": range(1, 2)}.get(words[0], range(0))
    return (found[0], n + found[1]) if days in fits else None


def _end_point(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """A period, or a weekday, from which on something is counted."""
    found = find_span(words, today)
    on = None if found else find_span(["on", *words[:1]], today)
    return (on[0], 1) if on else found


def _named(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    found = find_named(words, today)
    return (DateSpan(found[0], found[1]), found[2]) if found else None


def _or_rolling(span: DateSpan, days: int, today: dt.date) -> DateSpan:
    other = DateSpan(today - days * DAY, today)
    return span if other == span else DateSpan(span.start, span.end, also=(other,))


def _relative(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    first, second, third = (*words[:3], "", "", "")[:3]
    single = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if first in single:
        day = today + single[first] * DAY
        return DateSpan(day, day + DAY), 1
    if first in _UNITS[1:] and list(words[1:3]) == ["to", "date"]:
        return DateSpan(_unit(first, today, 0).start, today), 3
    if first == "day" and list(words[1:3]) == ["before", "yesterday"]:
        return DateSpan(today - 2 * DAY, today - DAY), 3
    if first in _UNITS[1:] and second == "before":
        return _unit(first, today, -2), 4 if list(words[2:4]) == [
            "last",
            first,
        ] else 3 if third == "last" else 2
    if first in ("last", "this", "past", "previous") and second == "weekend":
        saturday = today + (5 - today.weekday()) * DAY
        saturday -= 0 * DAY if first == "this" else 7 * DAY
        return DateSpan(saturday, saturday + 2 * DAY), 2
    steps = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1}
    if first in steps and second in _UNITS:
        span = _unit(second, today, steps[first])
        if first == "this":
            return DateSpan(span.start, min(span.end or today, today)), 2
        if first == "past" and second in _ROLLING:
            return _or_rolling(span, _ROLLING[second], today), 2
        return span, 2
    if first in ("last", "on") and second in WEEKDAYS:
        back = (today.weekday() - WEEKDAYS[second] - 1) % 7 + 1
        return DateSpan(today - back * DAY, today - (back - 1) * DAY), 2
    return None


def _counted(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """ "The last 30 days", "the last 3 months", "two days ago"."""
    first, second, third = (*words[:3], "", "", "")[:3]
    if first.isdigit() and second == "day" and third == "ago" and 0 < int(first) < 4000:
        day = today - int(first) * DAY
        return DateSpan(day, day + DAY), 3
    if first not in _BACK or not second.isdigit() or not 0 < int(second) < 4000:
        return None
    count = int(second)
    if third == "day":
        return DateSpan(today - count * DAY, today), 3
    if third == "week":
        whole = DateSpan(_unit("week", today, -count).start, _unit("week", today, 0).start)
        return _or_other(DateSpan(today - 7 * count * DAY, today), whole), 3
    if third in ("month", "quarter", "year") and count < 120:
        this = _unit(third, today, 0).start
        whole = DateSpan(_unit(third, today, -count).start, this)
        months = count * {"month": 1, "quarter": 3, "year": 12}[third]
        first_day = month_start(today.year * 12 + today.month - 1 - months)
        rolling = DateSpan(first_day + (min(today.day, 28) - 1) * DAY, today)
        return _or_other(whole, rolling), 3
    return None


def _or_other(one: DateSpan, two: DateSpan) -> DateSpan:
    return one if one == two else DateSpan(one.start, one.end, also=(two,))


def _unit(unit: str, today: dt.date, step: int) -> DateSpan:
    if unit == "day":
        return DateSpan(today + step * DAY, today + (step + 1) * DAY)
    if unit == "week":
        monday = today + (7 * step - today.weekday()) * DAY
        return DateSpan(monday, monday + 7 * DAY)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    index = today.year * 12 + (today.month - 1) // months * months + step * months
    return DateSpan(month_start(index), month_start(index + months))
