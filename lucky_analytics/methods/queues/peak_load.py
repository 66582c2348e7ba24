"""The busiest hour: what share of a week's orders falls into it, and how many are in the making at once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError, ParameterError

__all__ = ["estimate_in_progress", "estimate_peak_shares"]

DAYS_A_WEEK, WORKING_DAYS = 7, 5


def estimate_peak_shares(hours: pd.DataFrame, busy_quantile: float = 0.95) -> pd.DataFrame:
    """The busiest weekday hour of each unit as a share of its ordinary week.

    ``hours``: ``unique_id``, ``ds`` (date), ``hour`` (0 to 23), ``y`` (count); an hour without a row is zero,
    and so is a day between a unit's first and last. Returns ``unique_id``; ``hour`` (the busiest of Monday
    to Friday on average; the earlier of two alike); ``peak`` (its mean count); ``share`` (that by the mean
    count of a whole week, in which every day of the week counts alike); ``busy`` (the ``busy_quantile`` of
    that hour's counts by their mean); ``n_days`` (weekdays seen). A unit that has not traded on each day of
    the week is left out. Raises ``LuckyError`` when that leaves none.

    >>> days = pd.date_range("2026-01-05", periods=14)
    >>> hours = pd.DataFrame({"unique_id": "a", "ds": days, "hour": 9, "y": 2})
    >>> estimate_peak_shares(hours)[["hour", "peak", "share", "busy"]].round(3).values.tolist()
    [[9.0, 2.0, 0.143, 1.0]]
    """
    rows = []
    for unit, own in hours[hours["y"] > 0].groupby("unique_id", sort=True):
        counts = own.pivot_table(index="ds", columns="hour", values="y", aggfunc="sum", fill_value=0)
        days = pd.date_range(counts.index.min(), counts.index.max())
        counts = counts.reindex(days, fill_value=0)
        by_weekday = counts.sum(axis=1).groupby(days.day_of_week).mean()
        if len(by_weekday) < DAYS_A_WEEK:
            continue
        working = counts[days.day_of_week < WORKING_DAYS]
        means = working.mean()
        hour, peak = int(means.index.to_numpy()[means.argmax()]), float(means.max())
        busy = float(np.quantile(working[hour], busy_quantile)) / peak if peak else np.nan
        rows.append((unit, hour, peak, peak / float(by_weekday.sum()), busy, len(working)))
    if not rows:
        raise LuckyError(
            "busiest hour", expected="a store with orders on every day of the week", got=f"{len(hours)} rows"
        )
    return pd.DataFrame(rows, columns=["unique_id", "hour", "peak", "share", "busy", "n_days"])


def estimate_in_progress(per_hour: float, seconds: float) -> float:
    """How many are in the making at once on average: arrivals an hour times the time each takes.

    Little's law (1961), which holds whatever the order of service. Null where the time is not known.

    >>> estimate_in_progress(60, 180)
    3.0
    """
    if per_hour < 0 or seconds < 0:
        raise ParameterError(
            "in progress", expected="0 or more an hour and seconds", got=f"{per_hour}, {seconds}"
        )
    return per_hour * seconds / 3600
