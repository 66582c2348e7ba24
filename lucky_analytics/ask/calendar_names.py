"""Days, months, quarters, years and holidays by their names, with or without a year."""

from __future__ import annotations

import calendar
import datetime as dt
import functools
from collections.abc import Sequence

import holidays

from lucky_analytics.ask.question_words import split_words

__all__ = ["DAY", "MONTHS", "WEEKDAYS", "Found", "find_named", "holiday_words", "month_start"]

DAY = dt.timedelta(days=1)
MONTHS = {
    **{name.lower(): i for i, name in enumerate(calendar.month_name) if name},
    **{name.lower(): i for i, name in enumerate(calendar.month_abbr) if name},
    "sept": 9,
}
WEEKDAYS = {name.lower(): i for i, name in enumerate(calendar.day_name)}
_QUARTERS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
# Days that people name and the calendar of public holidays has not, as month and day.
_NAMED = {
    "valentine day": (2, 14),
    "halloween": (10, 31),
    "christma eve": (12, 24),
    "new year eve": (12, 31),
}
# Holidays by other names.
_CALLED = {
    "martin luther king jr day": ["martin luther king day", "mlk day"],
    "washington birthday": ["president day"],
    "juneteenth national independence day": ["juneteenth"],
    "independence day": ["fourth of july"],
    "christma day": ["christma"],
    "new year day": ["new year"],
    "thanksgiving day": ["thanksgiving"],
}
Found = tuple[dt.date, dt.date, int]  # first day, the day after the last, of how many words


def month_start(index: int) -> dt.date:
    """The first day of a month that is counted from year 0.

    >>> month_start(2026 * 12 + 1)
    datetime.date(2026, 2, 1)
    """
    return dt.date(index // 12, index % 12 + 1, 1)


def find_named(words: Sequence[str], today: dt.date) -> Found | None:
    """A date, month, quarter, year or holiday with which ``words`` begin; without a year the newest begun.

    >>> find_named(["15th", "of", "january"], dt.date(2026, 2, 14))
    (datetime.date(2026, 1, 15), datetime.date(2026, 1, 16), 3)
    """
    first, second = (*words[:2], "", "")[:2]
    if len(first) == 10 and first[4] == "-":
        try:
            day = dt.date.fromisoformat(first)
        except ValueError:
            return None
        return day, day + DAY, 1
    if found := _day_of_month(words, today):
        return found
    if first in WEEKDAYS and (found := find_named(words[1:], today)):
        is_that = found[1] == found[0] + DAY and found[0].weekday() == WEEKDAYS[first]
        return (*found[:2], found[2] + 1) if is_that else None  # "Monday, February 2"
    if first in MONTHS and not _day_number(second):
        index, n = _dated_or_newest(words, 1, MONTHS[first], today)
        return month_start(index), month_start(index + 1), n
    if found := _part_of_year(words, today):
        return found
    if _is_year(first):
        return dt.date(int(first), 1, 1), dt.date(int(first) + 1, 1, 1), 1
    return _holiday(words, today)


def _day_of_month(words: Sequence[str], today: dt.date) -> Found | None:
    """ "15 January", "15th of January", "January 15th", with or without a year."""
    first, second, third = (*words[:3], "", "", "")[:3]
    month = third if second == "of" else second
    if (day := _day_number(first)) and month in MONTHS:
        n = 3 if second == "of" else 2
        return _dated(MONTHS[month], day, words[n : n + 1], today, n)
    if first in MONTHS and (day := _day_number(second)):
        return _dated(MONTHS[first], day, words[2:3], today, 2)
    return None


def _day_number(word: str) -> int:
    number = word.rstrip("stndrh") if word[:1].isdigit() else ""
    return int(number) if number.isdigit() and len(number) <= 2 else 0


def _dated(month: int, day: int, year: Sequence[str], today: dt.date, n: int) -> Found | None:
    try:
        if year and _is_year(year[0]):
            found, n = dt.date(int(year[0]), month, day), n + 1
        else:
            found = dt.date(today.year, month, day)
            found = found if found < today else found.replace(year=today.year - 1)
    except ValueError:
        return None
    return found, found + DAY, n


def _dated_or_newest(words: Sequence[str], n: int, month: int, today: dt.date) -> tuple[int, int]:
    """The month counted from year 0 that ``words`` say from ``n`` on, and how many words that makes."""
    after = list(words[n + (words[n : n + 1] == ["of"]) :])
    if after[:1] and (_is_year(after[0]) or after[:2] in (["last", "year"], ["this", "year"])):
        n += words[n : n + 1] == ["of"]
    if after[:2] in (["last", "year"], ["this", "year"]):
        return (today.year - (after[0] == "last")) * 12 + month - 1, n + 2
    if len(words) > n and _is_year(words[n]):
        return int(words[n]) * 12 + month - 1, n + 1
    year = today.year if month <= today.month else today.year - 1
    return year * 12 + month - 1, n


def _part_of_year(words: Sequence[str], today: dt.date) -> Found | None:
    """A quarter or a half: "Q4", "third quarter of 2025", "H2 2025", "second half of 2025"."""
    first, second = (*words[:2], "", "")[:2]
    months = {"q": 3, "quarter": 3, "h": 6, "half": 6}.get(first if first in ("q", "h") else second, 0)
    number = int(second) if first in ("q", "h") and second.isdigit() else _QUARTERS.get(first, 0)
    if not months or not 1 <= number <= 12 // months:
        return None
    of = words[3:4] if words[2:3] == ["of"] else words[2:3]
    if second == "half" and not _is_year("".join(of)):  # the first half of what
        return None
    index, n = _dated_or_newest(words, 2, months * (number - 1) + 1, today)
    return month_start(index), month_start(index + months), n


def _is_year(word: str) -> bool:
    return len(word) == 4 and word.isdigit() and word[:2] in ("19", "20")


def _holiday(words: Sequence[str], today: dt.date) -> Found | None:
    for n in range(min(6, len(words)), 0, -1):
        name = " ".join(words[:n])
        days = [day for year in (today.year - 1, today.year) for day in [_holidays(year).get(name)] if day]
        if days:
            begun = [day for day in days if day < today]
            is_dated = len(words) > n and _is_year(words[n])
            day = _holidays(int(words[n])).get(name) if is_dated else (begun[-1] if begun else days[0])
            return (day, day + DAY, n + is_dated) if day else None
    return None


def holiday_words() -> set[str]:
    """Every word of a holiday's name."""
    return {word.stem for name in _holidays(2025) for word in split_words(name)}


@functools.cache
def _holidays(year: int) -> dict[str, dt.date]:
    """The holidays of a year by the names that people use for them."""
    found = {}
    for day, name in holidays.country_holidays("US", years=year).items():
        for each in name.split(";"):
            words = [word.stem for word in split_words(each)]
            if "observed" not in words:
                found[" ".join(words)] = day
    found |= {name: dt.date(year, *day) for name, day in _NAMED.items()}
    found |= {other: found[name] for name, others in _CALLED.items() if name in found for other in others}
    if "thanksgiving" in found:
        found["black friday"] = found["thanksgiving"] + DAY
        found["cyber monday"] = found["thanksgiving"] + 4 * DAY
    return found
