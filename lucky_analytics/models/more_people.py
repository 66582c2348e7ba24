"""What one more person on shift does to the time an order takes, as shifts were worked: one estimate."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.absorbed_effects import fit_absorbed

__all__ = ["estimate_one_more"]

Ints = NDArray[np.int64]
_MOST_ARRIVALS = 80


def estimate_one_more(halves: pd.DataFrame, level: float) -> Estimate:
    """Change of ln seconds an order with one more person on shift, below 0 is shorter; null where the number
    on shift never differs.

    ``halves``: a row for each half-hour of a store's day: ``store`` (code), ``date``, ``slot`` (half-hours
    since midnight), ``n`` orders, ``log`` (ln seconds of one, on average), ``people`` on shift.

    A half-hour of a store's weekday is compared with itself: the store's day, its orders in that half-hour
    and in the one before are taken out, so that busy times, to which more people are sent, do not count
    against them. A half-hour weighs by its orders; a store's day hangs together.

    >>> halves = pd.DataFrame({"store": [0, 0], "date": pd.to_datetime(["2026-02-02"] * 2), "slot": [20, 21],
    ...     "n": [5, 5], "log": [5.3, 5.3], "people": [2.0, 2.0]})
    >>> estimate_one_more(halves, 0.9).value is None
    True
    """
    dates = halves["date"].to_numpy("datetime64[D]")
    day, slot = dates.astype(np.int64), halves["slot"].to_numpy(np.int64)
    store, n = halves["store"].to_numpy(np.int64), halves["n"].to_numpy(np.int64)
    of_day = day * 1_000 + store
    own, before = _count_arrivals(of_day, slot, n)
    cell = (store * 7 + halves["date"].dt.day_of_week.to_numpy(np.int64)) * 100 + slot
    people = {"people": halves["people"].to_numpy(float)}
    try:
        fit = fit_absorbed(
            halves["log"].to_numpy(float), people, [cell, of_day, own, before], of_day, n.astype(float)
        )
    except LuckyError:  # nothing to compare: one store's day, or always as many on shift
        return Estimate(None)
    return fit.estimate("people", level)


def _count_arrivals(day: Ints, slot: Ints, n: Ints) -> tuple[Ints, Ints]:
    """Orders of each half-hour at its store, and of the half-hour before; large numbers count alike."""
    key = day * 100 + slot
    order = np.argsort(key)
    sorted_, counts = key[order], n[order]
    before = np.minimum(np.searchsorted(sorted_, key - 1), len(key) - 1)
    earlier = np.where(sorted_[before] == key - 1, counts[before], 0)
    return np.minimum(n, _MOST_ARRIVALS), np.minimum(earlier, _MOST_ARRIVALS)
