"""Days and hours as people write them, in the words that periods are read from: 1/15, 18:00, Dec 16-31."""

from __future__ import annotations

import calendar
import re

__all__ = ["write_times"]

_MONTH = "|".join(
    sorted(
        {name.lower() for name in (*calendar.month_name, *calendar.month_abbr, "sept") if name},
        key=len,
        reverse=True,
    )
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_CLOCK = re.compile(r"(?<![\d:])(\d{1,2}):00(?:\s*(am|pm|h\b))?(?![\d:])")
_HALF_DAY = re.compile(r"\b(\d{1,2})\s*(?:(a)\.?m\.?|(p)\.?m\.?)(?![\w])")
_HOURS = re.compile(r"\b(\d{1,2})(?: (am|pm))?\s*(?:-|\u2013|\u2014|to)\s*(\d{1,2}) (am|pm)\b")
_DATE = re.compile(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?:/(\d{4}|\d{2}))?(?![\d/]|\s+(?:of|as|from)\b)")
_YEAR = re.compile(r"(?<=[a-z ])'(\d\d)\b")
_MINUTES = re.compile(r"\b(\d+)\s*(?:min|mins)\b")
_LAST_DAYS = re.compile(r"\b((?:last|past|previous) \d+) ?d\b")
_QUARTER_OF = re.compile(r"\b(q[1-4]) (2\d)\b")
_MONEY = re.compile(
    r"(?:\bfrom )?\$\s*(\d+(?:\.\d+)?)\s*(?:-|\u2013|to)\s*\$?\s*(\d+(?:\.\d+)?)(?!\s*(?:%|percent))"
)
_MONTH_OF = re.compile(r"(?<![\d-])(20\d\d)[-/](0[1-9]|1[0-2])(?![\d/-])")
_TO = [
    re.compile(rf"\b((?:{_MONTH})\.? {_DAY}(?:,? \d{{4}})?)\s*[-\u2013\u2014]\s*(?=(?:{_MONTH})\b|{_DAY}\b)"),
    re.compile(rf"\b({_DAY} (?:{_MONTH})(?: \d{{4}})?)\s*[-\u2013\u2014]\s*(?={_DAY} (?:{_MONTH})\b)"),
    re.compile(rf"\b({_DAY})\s*[-\u2013\u2014]\s*(?={_DAY} (?:{_MONTH})\b)"),
    re.compile(rf"\b((?:{_MONTH})(?: \d{{4}})?)\s*[-\u2013\u2014]\s*(?=(?:{_MONTH})\b)"),
    re.compile(r"\b(q[1-4](?: \d{4})?)\s*[-\u2013\u2014]\s*(?=q[1-4]\b)"),
]
# "October 2025 on" is since then; a number or a name behind it ("on Monday") would be another day.
_ONWARDS = re.compile(
    rf"\b(?:from |since )?((?:{_MONTH})(?: \d{{4}})?|q[1-4](?: \d{{4}})?) (?:on|onwards?|and later)"
    r"(?=\W*$|[,;]| by\b)"
)
_DAYS_OF = re.compile(rf"\b({_DAY}) to (?={_DAY} ({_MONTH})\b)")


def write_times(text: str) -> str:
    """``text``, in lower case, with days and hours in words; a day of a month as Americans write it.

    >>> write_times("orders 12/24/2025 after 18:00"), write_times("dec 16-31 vs jan 1-15")
    ('orders 2025-12-24 after 6 pm', 'dec 16 to 31 vs jan 1 to 15')
    """
    text = _ONWARDS.sub(r"since \1", text)
    if not any(sign.isdigit() for sign in text):
        return _TO[3].sub(r"\1 to ", text)
    text = _MINUTES.sub(r"\1 minutes", text)
    text = _LAST_DAYS.sub(r"\1 days", text)
    text = _QUARTER_OF.sub(r"\1 20\2", text)
    text = _MONEY.sub(r"between \1 usd and \2 usd", text)
    text = _HALF_DAY.sub(lambda found: f"{found[1]} {found[2] or found[3]}m", text)
    text = _CLOCK.sub(_hour, text)
    text = _HOURS.sub(lambda found: f"from {found[1]} {found[2] or found[4]} to {found[3]} {found[4]}", text)
    text = re.sub(r"\b(from|between) from ", r"\1 ", text)
    text = _MONTH_OF.sub(lambda found: f"{calendar.month_name[int(found[2])].lower()} {found[1]}", text)
    text = _DATE.sub(_date, text)
    text = _YEAR.sub(r"20\1", text)
    for each in _TO:
        text = each.sub(r"\1 to ", text)
    return _DAYS_OF.sub(r"\1 \2 to ", text)


def _hour(found: re.Match[str]) -> str:
    hour, half = int(found[1]), found[2]
    if half in ("am", "pm") or hour > 23:
        return f"{hour} {half}" if half in ("am", "pm") else found[0]
    return f"{hour % 12 or 12} {'pm' if hour >= 12 else 'am'}"


def _date(found: re.Match[str]) -> str:
    month, day, year = int(found[1]), int(found[2]), found[3]
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return found[0]
    if year:
        return f"{year if len(year) == 4 else '20' + year}-{month:02}-{day:02}"
    return f"{calendar.month_name[month].lower()} {day}"
