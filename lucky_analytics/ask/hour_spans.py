"""Hours of the day that a question names: before 9 am, after 6 pm, between 8 and 10 am."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["find_hours"]

_HALVES = {"morning": "am", "afternoon": "pm", "evening": "pm"}
_ON = ("on", "onward", "onwards", "and", "or")
_LATER = ("later", "after")
Hours = tuple[tuple[int, ...], int]


def find_hours(words: Sequence[str]) -> Hours | None:
    """Hours of the day with which ``words`` begin, and of how many words they are.

    >>> find_hours("between 8 and 10 am last".split()), find_hours("after 5 pm".split())[0][:2]
    (((8, 9), 5), (17, 18))
    >>> find_hours("before 9 in the morning".split())[0][-1], find_hours("from 6 pm on".split())
    (8, ((18, 19, 20, 21, 22, 23), 4))
    """
    first = words[0] if words else ""
    if first in ("between", "from") and (found := _both_ends(words)):
        return found
    if first in ("before", "after", "at", "until", "till") and (hour := _hour(words[1:])):
        ends = {"before": (0, hour[0]), "until": (0, hour[0]), "till": (0, hour[0]), "after": (hour[0], 24)}
        start, end = ends.get(first, (hour[0], hour[0] + 1))
        return tuple(range(start, end)), 1 + hour[1]
    if first in ("from", "since", "starting") and (hour := _hour(words[1:])):
        n = 1 + hour[1]
        if list(words[n : n + 1]) and words[n] in _ON[:3]:
            n += 1
        return tuple(range(hour[0], 24)), n
    if (hour := _hour(words)) and len(words) > hour[1] + 1:
        if words[hour[1]] in ("and", "or") and words[hour[1] + 1] in _LATER:
            return tuple(range(hour[0], 24)), hour[1] + 2
        if words[hour[1]] in ("and", "or") and words[hour[1] + 1] == "earlier":
            return tuple(range(hour[0] + 1)), hour[1] + 2
    return None


def _both_ends(words: Sequence[str]) -> Hours | None:
    """ "Between 8 and 10 am", "from 8 am to 2 pm"; the end does not count."""
    if len(words) < 5:
        return None
    skip = words[2] in ("am", "pm")
    joint = words[3 if skip else 2]
    end = _hour(words[4:] if skip else words[3:])
    if joint not in ("and", "to", "until", "till") or end is None:
        return None
    begin = _hour(words[1:]) if skip else _hour([words[1], "pm" if end[0] >= 12 else "am"])
    if begin and not skip and begin[0] >= end[0]:
        begin = _hour([words[1], "am"])  # "from 9 to 1 pm"
    if begin and begin[0] < end[0]:
        return tuple(range(begin[0], end[0])), (4 if skip else 3) + end[1]
    return None


def _hour(words: Sequence[str]) -> tuple[int, int] | None:
    """The hour with which ``words`` begin, and of how many words it is: "9 am", "9 in the morning"."""
    if len(words) < 2 or not words[0].isdigit() or not 1 <= int(words[0]) <= 12:
        return None
    half, n = (words[1], 2) if words[1] in ("am", "pm") else ("", 0)
    if list(words[1:3]) == ["in", "the"] and words[3:4] and words[3] in _HALVES:
        half, n = _HALVES[words[3]], 4
    return (int(words[0]) % 12 + (12 if half == "pm" else 0), n) if half else None
