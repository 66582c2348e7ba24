"""The 229 business days of the demo estate and the clock that orders follow."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np

from lucky_analytics.demo.build.arrays import Floats, Ints

__all__ = [
    "DATES",
    "DAYS",
    "FIRST_DATE",
    "MONTH",
    "NEW_YORK",
    "N_DAYS",
    "N_WEEKS",
    "RAROTONGA",
    "WEEK",
    "WEEKDAY",
    "clock",
    "day_of",
    "utc_offset_seconds",
]  # fmt: skip

FIRST_DATE = dt.date(2025, 6, 30)
N_DAYS = 229
DAYS: Ints = np.arange(N_DAYS)
DATES = tuple(FIRST_DATE + dt.timedelta(int(day)) for day in DAYS)
WEEKDAY: Ints = np.array([date.weekday() for date in DATES])
WEEK: Ints = DAYS // 7
N_WEEKS = int(WEEK[-1]) + 1
# 0 = July with 30 June ... 7 = 1-13 February, as the documents tabulate months.
MONTH: Ints = np.array([max((date.year - 2025) * 12 + date.month - 7, 0) for date in DATES])
NEW_YORK = "America/New_York"
RAROTONGA = "Pacific/Rarotonga"

_WEEKDAY_WEIGHT = np.array([1.02, 1.06, 1.03, 1.05, 0.97, 0.445, 0.44])
_HOLIDAYS = (
    "2025-07-04", "2025-09-01", "2025-11-27", "2025-12-24", "2025-12-25", "2025-12-26", "2026-01-01",
    "2026-01-02",
)  # fmt: skip


def day_of(date: str | dt.date) -> int:
    """The day number of a business date: 0 is 30 June 2025.

    >>> day_of("2026-02-13")
    228
    """
    when = dt.date.fromisoformat(date) if isinstance(date, str) else date
    return (when - FIRST_DATE).days


def clock() -> Floats:
    """How much of a plain day each business day is worth: weekday x holiday x season, mean 1."""
    weight = _WEEKDAY_WEIGHT[WEEKDAY].copy()
    for holiday in _HOLIDAYS:
        weight[day_of(holiday)] *= 0.5
    weight[day_of("2026-01-25") :] *= 0.93
    weight[day_of("2026-02-04")] *= 0.96
    return weight / weight.mean()


def utc_offset_seconds(zone: str) -> Ints:
    """Seconds to subtract from local time to get UTC, per business day (negative west of Greenwich).

    Taken at local noon: no shop sells between midnight and the change of clocks at two.
    """
    tz = ZoneInfo(zone)
    noons = [dt.datetime.combine(date, dt.time(12), tzinfo=tz) for date in DATES]
    return np.array([int(noon.utcoffset().total_seconds()) for noon in noons])  # type: ignore[union-attr]
