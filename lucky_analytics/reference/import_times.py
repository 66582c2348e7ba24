"""Days and times as people write them into files, on one clock."""

from __future__ import annotations

import re

import pandas as pd

__all__ = ["DAY_OR_TIME", "read_times"]

DAY_OR_TIME = "a day or time such as 2026-01-31 or 2026-01-31T18:05-05:00"
_ZONE = re.compile(r"[Tt ]\d.*(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$")


def read_times(values: pd.Series, time_zone: str) -> pd.Series:
    """Moments on the clock of ``time_zone``, without an offset; null where the text is none (ISO 8601).

    A time with an offset is turned to that clock, one without is taken as of it.

    >>> read_times(pd.Series(["2026-01-31T23:30Z", "2026-01-31 18:30", "soon"]), "America/New_York").tolist()
    [Timestamp('2026-01-31 18:30:00'), Timestamp('2026-01-31 18:30:00'), NaT]
    """
    has_zone = values.str.contains(_ZONE)
    plain = pd.to_datetime(values.where(~has_zone), format="ISO8601", errors="coerce")
    zoned = pd.to_datetime(values.where(has_zone), format="ISO8601", errors="coerce", utc=True)
    return plain.where(~has_zone, zoned.dt.tz_convert(time_zone).dt.tz_localize(None))
