"""How much of an ordinary day each day is worth: weekdays and exceptional days, estimated from the counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError

__all__ = ["WeekPattern", "estimate_week_pattern"]


@dataclass(frozen=True)
class WeekPattern:
    """``weekday``: weight, Monday = 0 to Sunday = 6, mean 1. ``exceptional``: factor by date, where not 1."""

    weekday: pd.Series
    exceptional: pd.Series

    def weights(self, dates: pd.Series | pd.DatetimeIndex) -> np.ndarray:
        """Weight of each date: 1 is a seventh of an ordinary week."""
        when = pd.DatetimeIndex(dates)
        factor = self.exceptional.reindex(when).fillna(1.0).to_numpy()
        return self.weekday.to_numpy()[when.day_of_week] * factor


def estimate_week_pattern(
    days: pd.DataFrame,
    *,
    settle_days: int = 14,
    smallest_change: float = 0.15,
    z: float = 5.0,
    n_rounds: int = 50,
) -> WeekPattern:
    """Weekday weights, and dates on which all units together left their own week's pattern.

    ``days`` has one row per unit and day of trading: ``unique_id``, ``ds`` (datetime), ``y`` (a count, zero
    allowed). Model: y is Poisson with mean level(unit, calendar week) x weekday x date; every week of every
    unit has its own level, so growth and season cannot leak into the pattern. The first ``settle_days`` of
    each unit, which grow visibly within a week, are left out unless nothing else is there. Solved by
    iterative proportional fitting, which is maximum likelihood here.

    A date is exceptional (a holiday, a storm) when its total differs from expectation by more than
    ``smallest_change`` (as |log ratio|) and by more than ``z`` robust standard deviations of all dates. It
    is found from the counts, so holidays nobody listed are found too; a change that lasts a whole week is
    not (it is that week's level).

    >>> ds = pd.date_range("2026-01-05", periods=28)
    >>> days = pd.DataFrame({"unique_id": "a", "ds": ds, "y": np.where(ds.day_of_week < 5, 120, 50)})
    >>> estimate_week_pattern(days).weekday.round(2).tolist()
    [1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5]
    """
    if not days["y"].sum() > 0:
        raise LuckyError(
            "week pattern", expected="days with orders", got=f"{len(days)} days without a single one"
        )
    age = days["ds"] - days.groupby("unique_id")["ds"].transform("min")
    settled = days[age >= pd.Timedelta(days=settle_days)]
    days = settled if settled["y"].sum() > 0 else days
    y = days["y"].to_numpy(float)
    ds = pd.DatetimeIndex(days["ds"])
    weekday = ds.day_of_week.to_numpy()
    week_start = ds - pd.to_timedelta(weekday, unit="D")
    level_of = pd.MultiIndex.from_arrays([days["unique_id"], week_start]).factorize()[0]
    date_of, dates = ds.factorize(sort=True)
    by_weekday, by_date = np.ones(7), np.ones(len(dates))
    for fitted_dates in (False, True):
        if fitted_dates:
            chosen = _exceptional(y, level_of, date_of, by_weekday[weekday], smallest_change, z)
        for _ in range(n_rounds):
            expected = _levels(y, level_of, by_weekday[weekday] * by_date[date_of]) * by_date[date_of]
            by_weekday = _ratio(np.bincount(weekday, y, 7), np.bincount(weekday, expected, 7))
            by_weekday /= by_weekday.mean()
            if fitted_dates and chosen.any():
                expected = _levels(y, level_of, by_weekday[weekday] * by_date[date_of]) * by_weekday[weekday]
                ratio = _ratio(np.bincount(date_of, y), np.bincount(date_of, expected))
                by_date = np.where(chosen, ratio, 1.0)
    exceptional = pd.Series(by_date, index=pd.DatetimeIndex(dates), name="factor")[by_date != 1]
    return WeekPattern(pd.Series(by_weekday, index=range(7), name="weight"), exceptional)


def _levels(y: np.ndarray, level_of: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return _ratio(np.bincount(level_of, y), np.bincount(level_of, weight))[level_of]


def _ratio(observed: np.ndarray, expected: np.ndarray) -> np.ndarray:
    return np.divide(observed, expected, out=np.ones_like(expected), where=expected > 0)


def _exceptional(
    y: np.ndarray, level_of: np.ndarray, date_of: np.ndarray, weight: np.ndarray, smallest: float, z: float
) -> np.ndarray:
    # Medians, so that a holiday does not lift the other days of its week above expectation.
    expected = pd.Series(y / weight).groupby(level_of).transform("median").to_numpy() * weight
    ratio = _ratio(np.bincount(date_of, y), np.bincount(date_of, expected))
    log_ratio = np.log(np.maximum(ratio, 1e-3))
    deviation = log_ratio - np.median(log_ratio)
    spread = 1.4826 * np.median(np.abs(deviation))
    return (np.abs(deviation) > smallest) & (np.abs(deviation) > z * spread)
