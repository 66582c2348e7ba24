"""Days from one up to another, and the period that a name says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from lucky_analytics.ask.calendar_names import find_named

__all__ = ["DateSpan", "named_span"]


@dataclass(frozen=True)
class DateSpan:
    """Days from ``start`` up to and without ``end``; a null start is the first day that there is.

    ``ends``: the two periods that "between" names. ``also``: what the same words may mean, too.
    """

    start: dt.date | None
    end: dt.date | None
    ends: tuple[DateSpan, DateSpan] | None = field(default=None, compare=False)
    also: tuple[DateSpan, ...] = field(default=(), compare=False)


def named_span(words: Sequence[str], today: dt.date) -> tuple[DateSpan, int] | None:
    """The named period with which ``words`` begin, and of how many words it is."""
    found = find_named(words, today)
    return (DateSpan(found[0], found[1]), found[2]) if found else None
