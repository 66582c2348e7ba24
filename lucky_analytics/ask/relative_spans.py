"""Periods that are counted from today: yesterday, last week, the last 30 days, two days ago."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from lucky_analytics.ask.calendar_names import DAY, WEEKDAYS, month_start
from lucky_analytics.ask.date_span import DateSpan

__all__ = ["BACK", "ROLLING", "UNITS", "counted_span", "or_rolling", "relative_span"]

UNITS = ("day", "week", "month", "quarter", "year")
BACK = ("last", "past", "previous")
ROLLING = {"week": 7, "month": 30, "year": 365}


def relative_span(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    first, second, third = (*words[:3], "", "", "")[:3]
    single = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if first in single:
        day = today + single[first] * DAY
        return DateSpan(day, day + DAY), 1
    if first in UNITS[1:] and list(words[1:3]) == ["to", "date"]:
        return DateSpan(_unit(first, today, 0).start, today), 3
    if first == "day" and list(words[1:3]) == ["before", "yesterday"]:
        return DateSpan(today - 2 * DAY, today - DAY), 3
    if first in UNITS[1:] and second == "before":
        return _unit(first, today, -2), 4 if list(words[2:4]) == [
            "last",
            first,
        ] else 3 if third == "last" else 2
    if first in ("last", "this", "past", "previous") and second == "weekend":
        saturday = today + (5 - today.weekday()) * DAY
        saturday -= 0 * DAY if first == "this" else 7 * DAY
        return DateSpan(saturday, saturday + 2 * DAY), 2
    steps = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1}
    if first in steps and second in UNITS:
        span = _unit(second, today, steps[first])
        if first == "this":
            return DateSpan(span.start, min(span.end or today, today)), 2
        if first == "past" and second in ROLLING:
            return or_rolling(span, ROLLING[second], today), 2
        return span, 2
    if first in ("last", "on") and second in WEEKDAYS:
        back = (today.weekday() - WEEKDAYS[second] - 1) % 7 + 1
        return DateSpan(today - back * DAY, today - (back - 1) * DAY), 2
    return None


def counted_span(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """ "The last 30 days", "the last 3 months", "two days ago"."""
    first, second, third = (*words[:3], "", "", "")[:3]
    if first.isdigit() and second == "day" and third == "ago" and 0 < int(first) < 4000:
        day = today - int(first) * DAY
        return DateSpan(day, day + DAY), 3
    if first not in BACK or not second.isdigit() or not 0 < int(second) < 4000:
        return None
    count = int(second)
    if third in ("full", "complete", "whole") and list(words[3:4]) in (["week"], ["month"], ["quarter"]):
        unit = words[3]
        return DateSpan(_unit(unit, today, -count).start, _unit(unit, today, 0).start), 4
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


def or_rolling(span: DateSpan, days: int, today: dt.date) -> DateSpan:
    other = DateSpan(today - days * DAY, today)
    return span if other == span else DateSpan(span.start, span.end, also=(other,))


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
