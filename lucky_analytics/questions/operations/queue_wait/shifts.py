"""What shifts that were worked say of one more person: the same half-hour with more and fewer on shift."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.absorbed_effects import fit_absorbed
from lucky_analytics.questions.operations.queue_wait.wait_tickets import keep_trading

__all__ = ["estimate_shifts", "naive_shifts"]

Ints = NDArray[np.int64]
_MOST_ARRIVALS = 80


def estimate_shifts(rows: pd.DataFrame, level: float) -> Estimate:
    """Seconds an order that one more person on shift goes with taking off, positive is shorter; null without
    rosters, or where the number on shift never differs.

    A half-hour of a store's weekday is compared with itself: the store's day, its orders in that half-hour
    and in the one before are taken out, so that busy times, to which more people are sent, do not count
    against them. ln seconds, a half-hour as one row by its orders; a store's day hangs together.
    """
    kept = _with_people(rows)
    if kept.empty:
        return Estimate(None)
    halves = _average(kept)
    store, day, slot = (halves[name].to_numpy(np.int64) for name in ("code", "day", "slot"))
    own, before = _count_arrivals(day * 1_000 + store, slot, halves["n"].to_numpy(np.int64))
    cell = (store * 7 + halves["weekday"].to_numpy(np.int64)) * 100 + slot
    people = {"people": halves["people"].to_numpy(float)}
    groups, weight = [cell, day * 1_000 + store, own, before], halves["n"].to_numpy(float)
    try:
        fit = fit_absorbed(halves["log"].to_numpy(float), people, groups, day * 1_000 + store, weight)
    except LuckyError:  # nothing to compare: one store's day, or always as many on shift
        return Estimate(None)
    found = fit.estimate("people", level).times(-float(kept["seconds"].mean()))
    return replace(found, n=len(kept))


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


def _average(kept: pd.DataFrame) -> pd.DataFrame:
    """A row for each half-hour of a store's day: ``n`` orders, mean ``log`` seconds, mean ``people``."""
    own = kept.assign(
        code=kept["store"].cat.codes.to_numpy(np.int64), log=np.log(kept["seconds"].to_numpy(float)),
        day=kept["date"].to_numpy("datetime64[D]").astype(np.int64),
    )  # fmt: skip
    halves = own.groupby(["code", "day", "weekday", "slot"])
    return halves.agg(n=("log", "size"), log=("log", "mean"), people=("people", "mean")).reset_index()


def _count_arrivals(day: Ints, slot: Ints, n: Ints) -> tuple[Ints, Ints]:
    """Orders of each half-hour at its store, and of the half-hour before; large numbers count alike."""
    key = day * 100 + slot
    order = np.argsort(key)
    sorted_, counts = key[order], n[order]
    before = np.minimum(np.searchsorted(sorted_, key - 1), len(key) - 1)
    earlier = np.where(sorted_[before] == key - 1, counts[before], 0)
    return np.minimum(n, _MOST_ARRIVALS), np.minimum(earlier, _MOST_ARRIVALS)
