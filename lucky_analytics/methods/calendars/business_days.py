"""Business days of a time zone: when they begin and end, how long they are, when shops are open in them.

A day runs from the first instant of its date on the zone's own clock to the first instant of the next, so
that days follow each other without a gap: 23 or 25 hours long where clocks change, and none at all for a date
that a zone skipped.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

__all__ = ["count_hours", "count_open", "find_hours_apart", "find_instant", "find_midnight"]


def find_instant(day: dt.date, clock: dt.time, zone: str) -> dt.datetime:
    """The first instant (UTC) at which the clocks of ``zone`` show ``clock`` on ``day``.

    A time that the clocks jump over is as long after the jump as it would have been after its beginning, so
    that midnight, where a jump begins with it, is the jump. Raises ``ZoneInfoNotFoundError`` for a zone that
    does not exist.

    >>> find_instant(dt.date(2025, 11, 2), dt.time(7), "America/New_York").isoformat()
    '2025-11-02T12:00:00+00:00'
    """
    return dt.datetime.combine(day, clock, tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)


def find_midnight(day: dt.date, zone: str) -> dt.datetime:
    """The first instant (UTC) of ``day`` in ``zone``: the day before closes then.

    >>> find_midnight(dt.date(2026, 2, 14), "Pacific/Rarotonga").isoformat()
    '2026-02-14T10:00:00+00:00'
    """
    return find_instant(day, dt.time(), zone)


def count_hours(day: dt.date, zone: str) -> float:
    """How many hours the business day has: mostly 24.

    >>> days = dt.date(2025, 11, 2), dt.date(2026, 3, 8), dt.date(2026, 3, 9)
    >>> [count_hours(day, "America/New_York") for day in days]
    [25.0, 23.0, 24.0]
    """
    length = find_midnight(day + dt.timedelta(days=1), zone) - find_midnight(day, zone)
    return length.total_seconds() / 3600


def find_hours_apart(at: dt.datetime, zone: str, other: str) -> float:
    """By how many hours the clocks of ``other`` show more than those of ``zone`` at the instant ``at`` (UTC).

    Negative where ``other`` is behind.

    >>> winter, summer = dt.datetime(2026, 1, 5, tzinfo=dt.UTC), dt.datetime(2026, 7, 5, tzinfo=dt.UTC)
    >>> [find_hours_apart(at, "America/New_York", "Pacific/Rarotonga") for at in (winter, summer)]
    [-5.0, -6.0]
    >>> [find_hours_apart(at, "America/New_York", "Pacific/Auckland") for at in (winter, summer)]
    [18.0, 16.0]
    """
    offsets = [at.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() for name in (zone, other)]
    assert offsets[0] is not None and offsets[1] is not None
    return (offsets[1] - offsets[0]).total_seconds() / 3600


def count_open(
    spans: Iterable[tuple[dt.datetime, dt.datetime]], start: dt.datetime, end: dt.datetime
) -> NDArray[np.int64]:
    """How many of ``spans`` (from, up to but without; UTC) hold in each minute from ``start`` up to ``end``.

    >>> noon, minute = dt.datetime(2026, 1, 5, 12, tzinfo=dt.UTC), dt.timedelta(minutes=1)
    >>> spans = [(noon, noon + 2 * minute), (noon + minute, noon + 9 * minute)]
    >>> count_open(spans, noon, noon + 3 * minute).tolist()
    [1, 2, 1]
    """
    n_minutes = int((end - start).total_seconds() // 60)
    steps = np.zeros(n_minutes + 1, dtype=np.int64)
    for opens, closes in spans:
        first, last = ((at - start).total_seconds() / 60 for at in (opens, closes))
        steps[int(np.clip(np.ceil(first), 0, n_minutes))] += 1
        steps[int(np.clip(np.ceil(last), 0, n_minutes))] -= 1
    return steps.cumsum()[:n_minutes]
