"""When each order was placed, paid, made and handed over, in UTC seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.process.horizon import DATES, NEW_YORK, RAROTONGA, WEEKDAY, utc_offset_seconds

__all__ = ["Times", "hour_shares", "local_midnight_utc", "open_tickets", "time_orders"]

_FIRST_HOUR = 7
# Share of a day's orders by hour from 7 to 19, peaks at 9-10 and 13-14; weekends rise and end later.
_WEEKDAY_HOURS = np.array([6, 9, 14.5, 12.5, 7.5, 8, 12, 11, 6.5, 5, 4, 2.5, 1.5])
_WEEKEND_HOURS = np.array([2, 5, 9, 11, 11, 11, 12.5, 12, 9, 7, 5, 3.5, 2])
_EPOCH_DAY = np.datetime64(DATES[0]).astype("datetime64[s]").astype(np.int64)


@dataclass(frozen=True)
class Times:
    """UTC seconds since 1970 per completed order: placed, paid, production accepted and done."""

    created: Ints
    paid: Ints
    accepted: Ints
    done: Ints


def hour_shares(is_weekend: Bools) -> Floats:
    """Share of a day's orders in each of the thirteen hours from 7 on; a row for each day, which sums to 1.

    >>> hour_shares(np.array([False, True])).sum(1).round(9).tolist()
    [1.0, 1.0]
    """
    hours = np.where(is_weekend[:, None], _WEEKEND_HOURS, _WEEKDAY_HOURS)
    return hours / hours.sum(1, keepdims=True)


def local_midnight_utc(day: Ints, is_rarotonga: Bools) -> Ints:
    """UTC seconds of the store-local midnight that opens each business day.

    Uses the offset at noon, so that on the two days a year with a change of clocks the hours after it are
    right; nothing is sold before it.
    """
    offset = np.where(is_rarotonga, utc_offset_seconds(RAROTONGA)[day], utc_offset_seconds(NEW_YORK)[day])
    return _EPOCH_DAY + day * 86_400 - offset


def time_orders(day: Ints, user: Ints, is_rarotonga: Bools, seed: int) -> Times:
    """Times of completed orders up to the acceptance, which is also the end until the order is made.

    Customers have a usual time of day.
    """
    rng = stream(seed, "times")
    n = len(day)
    usual = rng.random(int(user.max()) + 1)
    habit = np.abs(usual[user] + rng.normal(0, 0.06, n))
    habit = np.where(habit > 1, 2 - habit, habit)
    quantile = np.where(rng.random(n) < 0.6, habit, rng.random(n))
    seconds = np.empty(n, np.int64)
    is_weekend = WEEKDAY[day] >= 5
    for mask, hours in ((~is_weekend, _WEEKDAY_HOURS), (is_weekend, _WEEKEND_HOURS)):
        edges = np.r_[0, np.cumsum(hours) / hours.sum()]
        clock_hours = _FIRST_HOUR + np.arange(len(hours) + 1)
        seconds[mask] = np.interp(quantile[mask], edges, clock_hours * 3600.0)
    created = local_midnight_utc(day, is_rarotonga) + seconds
    paid = created + rng.integers(4, 60, n)
    accepted = paid + rng.integers(2, 20, n)
    return Times(created, paid, accepted, accepted)


def open_tickets(accepted: Ints, done: Ints, shop: Ints) -> Ints:
    """Tickets of the same shop that were accepted earlier and are not yet done when each is accepted.

    Times in whole seconds, done later than accepted. One accepted in the same second does not count; one done
    in that second is done.

    >>> open_tickets(np.array([0, 60, 400]), np.array([200, 300, 500]), np.array([1, 1, 1])).tolist()
    [0, 1, 0]
    """
    span = 1 << 34  # larger than any UTC second, so that shops do not meet in the sorted keys
    begin, end = shop * span + accepted, shop * span + done
    return np.searchsorted(np.sort(begin), begin) - np.searchsorted(np.sort(end), begin, side="right")
