"""When the servers were asked about themselves, and how busy the shops were then."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Floats, Ints
from lucky_analytics.demo.process.horizon import FIRST_DATE, N_DAYS

__all__ = ["DAY", "WEEK", "ServerClock", "keep_time"]

DAY, WEEK, _HOUR, _QUARTER = 86_400, 604_800, 3_600, 900
# The estate is cut at noon of the day after its last, in UTC; a day's last collection is before its midnight.
_FIRST = int(np.datetime64(FIRST_DATE, "s").astype(np.int64))
_CUT = _FIRST + N_DAYS * DAY + 12 * _HOUR
_DAILY_AT = 23 * _HOUR + 45 * 60
# What a live collection keeps: all of two days, an hour's last for four weeks, then a day's last.
_EVERY_DAYS, _HOURLY_DAYS = 2, 28


@dataclass(frozen=True)
class ServerClock:
    """``at``: the collections in UTC seconds, the oldest first; ``since``: seconds from the one before;
    ``busy``: orders of the hour before over the mean hour's; ``to_cut``: weeks until the last one;
    ``sold``: the share of all orders that was there by then."""

    at: Ints
    since: Floats
    busy: Floats
    to_cut: Floats
    sold: Floats


def keep_time(created: Ints, scale: float) -> ServerClock:
    """The collections as a live source keeps them, every quarter of an hour lately; a small estate has fewer.

    ``created``: UTC seconds of all orders.
    """
    is_small = scale < 0.5
    every = 3 * _HOUR if is_small else _EVERY_DAYS * DAY
    hourly = (2 if is_small else _HOURLY_DAYS) * DAY
    days = _FIRST + _DAILY_AT + DAY * np.arange(0, N_DAYS, 7 if is_small else 1)
    at = np.unique(
        np.concatenate(
            [
                days[days < _CUT - hourly],
                np.arange(_CUT - hourly, _CUT - every, _HOUR),
                np.arange(_CUT - every, _CUT + 1, _QUARTER),
            ]
        )
    )
    ordered = np.sort(created)
    by_then, hour_before = np.searchsorted(ordered, at), np.searchsorted(ordered, at - _HOUR)
    mean = max(len(ordered) / (N_DAYS * 24), 1e-9)
    since = np.diff(at, prepend=at[0] - DAY).astype(float)
    sold = by_then / max(len(ordered), 1)
    return ServerClock(at, since, (by_then - hour_before) / mean, (_CUT - at) / WEEK, sold)
