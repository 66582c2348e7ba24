"""What shifts that were worked say of one more person: the same half-hour with more and fewer on shift."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.more_people import estimate_one_more
from lucky_analytics.questions.operations.queue_wait.wait_tickets import keep_trading

__all__ = ["estimate_shifts", "naive_shifts"]


def estimate_shifts(rows: pd.DataFrame, level: float) -> Estimate:
    """Seconds an order that one more person on shift goes with taking off, positive is shorter; null without
    rosters, or where the number on shift never differs.

    How half-hours are compared: ``more_people.estimate_one_more``, on the whole wait.
    """
    kept = _with_people(rows)
    if kept.empty:
        return Estimate(None)
    found = estimate_one_more(_average(kept), level)
    if found.value is None:
        return found
    return replace(found.times(-float(kept["seconds"].mean())), n=len(kept))


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
    """What ``estimate_one_more`` takes."""
    own = kept.assign(
        store=kept["store"].cat.codes.to_numpy(np.int64), log=np.log(kept["seconds"].to_numpy(float))
    )
    halves = own.groupby(["store", "date", "slot"])
    return halves.agg(n=("log", "size"), log=("log", "mean"), people=("people", "mean")).reset_index()
