"""Periods that a question names: days, weeks, months, quarters, years, holidays, since and between."""

from __future__ import annotations

import calendar
import datetime as dt
import functools
from collections.abc import Sequence
from dataclasses import dataclass

import holidays

from lucky_analytics.ask.question_words import split_words

__all__ = ["DateSpan", "find_span", "say_span", "span_words"]

_DAY = dt.timedelta(days=1)
_MONTHS = {name.lower(): i for i, name in enumerate(calendar.month_name) if name} | {
    name.lower(): i for i, name in enumerate(calendar.month_abbr) if name
}
_WEEKDAYS = {name.lower(): i for i, name in enumerate(calendar.day_name)}
_UNITS = ("day", "week", "month", "quarter", "year")
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
# Days that people name and the calendar of public holidays has not, as month and day.
_NAMED = {
    "valentine day": (2, 14),
    "halloween": (10, 31),
    "christmas eve": (12, 24),
    "new year eve": (12, 31),
}


@dataclass(frozen=True)
class DateSpan:
    """Days from ``start`` up to and without ``end``; a null start is the first day that there is."""

    start: dt.date | None
    end: dt.date | None


def span_words() -> set[str]:
    """Every word that a period is written with: for the spelling."""
    fixed = (
        "today yesterday tomorrow last past previous this next since until before after between from to on"
    )
    days = {word.stem for name in _holidays(2025) for word in split_words(name)}
    return {
        *fixed.split(),
        *_MONTHS,
        *_WEEKDAYS,
        *_UNITS,
        *_ORDINALS,
        *days,
        "weekend",
        "ago",
        "date",
        "time",
    }


def find_span(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """The period with which ``words`` (stems) begin, and of how many words it is; null for none.

    ``today`` is the day after the last closed one. A month, quarter or holiday without a year is its newest
    that has begun. A week begins on Monday.

    >>> find_span(["last", "week", "by"], dt.date(2026, 2, 14))[0] == DateSpan(
    ...     dt.date(2026, 2, 2), dt.date(2026, 2, 9))
    True
    """
    first = words[0] if words else ""
    if first in ("since", "after") and (found := find_span(words[1:], today)):
        span, n = found
        return DateSpan(span.start if first == "since" else span.end, today), n + 1
    if first in ("until", "before") and (found := find_span(words[1:], today)):
        span, n = found
        return DateSpan(None, span.end if first == "until" else span.start), n + 1
    if first in ("between", "from") and (left := find_span(words[1:], today)):
        n = 1 + left[1]
        joint = words[n] if n < len(words) else ""
        if joint in (("and",) if first == "between" else ("to", "until")) and (
            right := find_span(words[n + 1 :], today)
        ):
            return DateSpan(left[0].start, right[0].end), n + 1 + right[1]
    return _relative(words, today) or _month(words, today) or _named(words, today)


def _relative(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    first, second, third = (*words[:3], "", "", "")[:3]
    single = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if first in single:
        day = today + single[first] * _DAY
        return DateSpan(day, day + _DAY), 1
    if list(words[:3]) == ["year", "to", "date"]:
        return DateSpan(today.replace(month=1, day=1), today), 3
    if first == "day" and list(words[1:3]) == ["before", "yesterday"]:
        return DateSpan(today - 2 * _DAY, today - _DAY), 3
    if first == "week" and list(words[1:2]) == ["before"]:
        week = _unit("week", today, -2)
        return week, 4 if list(words[2:4]) == ["last", "week"] else 3 if third == "last" else 2
    if first in ("last", "past", "previous") and second.isdigit() and third in _UNITS[:2]:
        days = int(second) * (7 if third == "week" else 1)
        return (DateSpan(today - days * _DAY, today), 3) if 0 < days < 4000 else None
    if first in ("last", "past", "previous") and second.isdigit() and third == "month":
        span = _unit("month", today, -int(second)) if 0 < int(second) < 120 else None
        return (DateSpan(span.start, today.replace(day=1)), 3) if span else None
    if first == "last" and second == "weekend":
        saturday = today - (today.weekday() + 2) * _DAY
        return DateSpan(saturday, saturday + 2 * _DAY), 2
    steps = {"last": -1, "past": -1, "previous": -1, "this": 0, "next": 1}
    if first in steps and second in _UNITS:
        span = _unit(second, today, steps[first])
        return (DateSpan(span.start, min(span.end or today, today)) if first == "this" else span), 2
    if first in ("last", "on") and second in _WEEKDAYS:
        back = (today.weekday() - _WEEKDAYS[second] - 1) % 7 + 1
        return DateSpan(today - back * _DAY, today - (back - 1) * _DAY), 2
    return None


def _unit(unit: str, today: dt.date, step: int) -> DateSpan:
    if unit == "day":
        return DateSpan(today + step * _DAY, today + (step + 1) * _DAY)
    if unit == "week":
        monday = today + (7 * step - today.weekday()) * _DAY
        return DateSpan(monday, monday + 7 * _DAY)
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    index = today.year * 12 + (today.month - 1) // months * months + step * months
    return DateSpan(_first(index), _first(index + months))


def _first(index: int) -> dt.date:
    """The first day of a month that is counted from year 0."""
    return dt.date(index // 12, index % 12 + 1, 1)


def _month(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """A date, a month, a quarter or a year, with or without its year."""
    first, second, third = (*words[:3], "", "", "")[:3]
    if len(first) == 10 and first[4] == "-":
        try:
            day = dt.date.fromisoformat(first)
        except ValueError:
            return None
        return DateSpan(day, day + _DAY), 1
    number = first.rstrip("stndrh") if first[:1].isdigit() else ""
    if number.isdigit() and second in _MONTHS:  # 15 January
        return _dated(_MONTHS[second], int(number), third, today, 2)
    if first in _MONTHS:
        number = second.rstrip("stndrh") if second[:1].isdigit() else ""
        if number.isdigit() and len(number) <= 2:  # January 15
            return _dated(_MONTHS[first], int(number), third, today, 2)
        year, n = (int(second), 2) if _is_year(second) else (0, 1)
        year = year or (today.year if _MONTHS[first] <= today.month else today.year - 1)
        index = year * 12 + _MONTHS[first] - 1
        return DateSpan(_first(index), _first(index + 1)), n
    quarter, n = (_ORDINALS.get(first, 0), 2) if second == "quarter" else (0, 0)
    if first == "q" and second in ("1", "2", "3", "4"):
        quarter, n = int(second), 2
    if quarter:
        n += words[n : n + 1] == ["of"]
        year = int(words[n]) if len(words) > n and _is_year(words[n]) else 0
        n += bool(year)
        year = year or (today.year if 3 * quarter - 2 <= today.month else today.year - 1)
        index = year * 12 + 3 * quarter - 3
        return DateSpan(_first(index), _first(index + 3)), n
    if _is_year(first):
        return DateSpan(dt.date(int(first), 1, 1), dt.date(int(first) + 1, 1, 1)), 1
    return None


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and word[:2] in ("19", "20")


def _dated(month: int, day: int, year: str, today: dt.date, n: int) -> tuple[DateSpan, int] | None:
    try:
        if _is_year(year):
            found, n = dt.date(int(year), month, day), n + 1
        else:
            found = dt.date(today.year, month, day)
            found = found if found < today else found.replace(year=today.year - 1)
    except ValueError:
        return None
    return DateSpan(found, found + _DAY), n


def _named(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    for n in range(min(6, len(words)), 0, -1):
        name = " ".join(words[:n])
        days = [day for year in (today.year - 1, today.year) for day in [_holidays(year).get(name)] if day]
        begun = [day for day in days if day < today]
        if days:
            year = int(words[n]) if len(words) > n and _is_year(words[n]) else 0
            day = _holidays(year).get(name) if year else (begun[-1] if begun else days[0])
            return (DateSpan(day, day + _DAY), n + bool(year)) if day else None
    return None


@functools.cache
def _holidays(year: int) -> dict[str, dt.date]:
    """The holidays of a year by the names that people use for them."""
    found = {}
    for day, name in holidays.country_holidays("US", years=year).items():
        for each in name.split(";"):
            words = [word.stem for word in split_words(each)]
            if "observed" not in words:
                found[" ".join(words)] = day
                found.setdefault(" ".join(words).removesuffix(" day"), day)
    found |= {name: dt.date(year, *day) for name, day in _NAMED.items()}
    if "thanksgiving" in found:
        found["black friday"] = found["thanksgiving"] + _DAY
    if "new year" in found:
        found["new year day"] = found["new year"]
    return found


def say_span(start: dt.date | None, end: dt.date | None, first: dt.date | None, last: dt.date) -> str:
    """A period in words: a day, a whole month, or both ends.

    >>> say_span(dt.date(2026, 1, 1), dt.date(2026, 2, 1), None, dt.date(2026, 2, 13))
    'in January 2026'
    """
    begin, stop = start or first, (end or last + _DAY) - _DAY
    if begin is None:
        return f"up to {_say(stop)}"
    if begin == stop:
        return f"on {_say(begin)}"
    if begin.day == 1 and begin.month == stop.month and begin.year == stop.year and (stop + _DAY).day == 1:
        return f"in {begin:%B %Y}"
    return f"from {_say(begin)} to {_say(stop)}"


def _say(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
