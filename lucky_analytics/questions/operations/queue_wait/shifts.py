"""What shifts that were worked say of one more person: the same half-hour with more and fewer on shift."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.absorbed_effects import fit_absorbed
from lucky_analytics.questions.operations.queue_wait.tickets import keep_trading

__all__ = ["estimate_shifts", "naive_shifts"]

Ints = NDArray[np.int64]
_MOST_ARRIVALS = 80


def estimate_shifts(rows: pd.DataFrame, level: float) -> Estimate:
    """Seconds an order that one more person on shift goes with taking off, positive is shorter; null without
    rosters, or where the number on shift never differs.

    A half-hour of a store's weekday is compared with itself: the store's day, its orders in that half-hour
    and in the one before are taken out, so that busy times, to which more people are sent, do not count
    against them. ln seconds; orders of a store's day hang together.
    """
    kept = _with_people(rows)
    if kept.empty:
        return Estimate(None)
    store = kept["store"].cat.codes.to_numpy(np.int64)
    day = kept["date"].to_numpy("datetime64[D]").astype(np.int64) * 1_000 + store
    slot, weekday = (kept[name].to_numpy(np.int64) for name in ("slot", "weekday"))
    own, before = _count_arrivals(day, slot)
    groups = [(store * 7 + weekday) * 100 + slot, day, own, before]
    people = {"people": kept["people"].to_numpy(float)}
    try:
        fit = fit_absorbed(np.log(kept["seconds"].to_numpy(float)), people, groups, day)
    except LuckyError:  # nothing to compare: one store's day, or always as many on shift
        return Estimate(None)
    return fit.estimate("people", level).times(-float(kept["seconds"].mean()))


def naive_shifts(rows: pd.DataFrame) -> float | None:
    """The same as a dashboard would show it, over all stores and hours at once: people are put where orders
    are, and so seem to make them slow. Null without rosters."""
    kept = _with_people(rows)
    people = kept["people"].to_numpy(float)
    if len(kept) < 2 or np.ptp(people) == 0:
        return None
    return -float(np.polyfit(people, kept["seconds"].to_numpy(float), 1)[0])


def _with_people(rows: pd.DataFrame) -> pd.DataFrame:
    kept = keep_trading(rows)
    return kept[kept["people"].notna()]


def _count_arrivals(day: Ints, slot: Ints) -> tuple[Ints, Ints]:
    """Orders of each ticket's half-hour at its store, and of the half-hour before."""
    key = day * 100 + slot
    halves, place, counts = np.unique(key, return_inverse=True, return_counts=True)
    before = np.minimum(np.searchsorted(halves, key - 1), len(halves) - 1)
    earlier = np.where(halves[before] == key - 1, counts[before], 0)
    return np.minimum(counts[place], _MOST_ARRIVALS), np.minimum(earlier, _MOST_ARRIVALS)
