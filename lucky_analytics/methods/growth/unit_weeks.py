"""Weeks of each unit since it opened, with partial weeks counted by what their days are worth."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.week_pattern import WeekPattern

__all__ = ["aggregate_weeks"]


def aggregate_weeks(
    days: pd.DataFrame, opened: pd.Series, pattern: WeekPattern, as_of: dt.date
) -> pd.DataFrame:
    """One row per unit and calendar week (from Monday) with at least one day of trading.

    ``days``: ``unique_id``, ``ds`` (datetime), ``y`` (count), ``value`` (a sum, such as cents); one row per
    unit and day. ``opened``: opening date by unique_id. Days before the opening, after ``as_of``, or with
    y = 0 are not days of trading: they add neither counts nor exposure.

    Returns ``unique_id``, ``week_start``, ``n_days``, ``clock_days`` (the days' weights added up; 7 in an
    ordinary full week), ``age_weeks`` (weeks since opening, averaged over the days), ``y``, ``value``, and
    ``y_week`` = 7 y / clock_days: the count of an ordinary full week. Sorted by unit and week.

    >>> ds = pd.date_range("2026-01-05", periods=10)
    >>> days = pd.DataFrame({"unique_id": "a", "ds": ds, "y": 100, "value": 500})
    >>> flat = WeekPattern(pd.Series(1.0, index=range(7)), pd.Series(dtype=float))
    >>> weeks = aggregate_weeks(days, pd.Series({"a": ds[0]}), flat, dt.date(2026, 1, 14))
    >>> weeks[["n_days", "age_weeks", "y_week"]].round(2).values.tolist()
    [[7.0, 0.43, 700.0], [3.0, 1.14, 700.0]]
    """
    unknown = sorted(set(days["unique_id"]) - set(opened.dropna().index))
    if unknown:
        raise LuckyError(
            "weeks since opening", expected="an opening date for every store", got=f"none for {unknown[0]}"
        )
    since = pd.to_datetime(days["unique_id"].map(opened))
    kept = days[(days["y"] > 0) & (days["ds"] >= since) & (days["ds"] <= pd.Timestamp(as_of))].copy()
    kept["clock_days"] = pattern.weights(kept["ds"])
    kept["week_start"] = kept["ds"] - pd.to_timedelta(kept["ds"].dt.day_of_week, unit="D")
    kept["weighted_age"] = (kept["ds"] - since[kept.index]).dt.days / 7 * kept["clock_days"]
    weeks = kept.groupby(["unique_id", "week_start"], as_index=False).agg(
        n_days=("ds", "nunique"),
        clock_days=("clock_days", "sum"),
        weighted_age=("weighted_age", "sum"),
        y=("y", "sum"),
        value=("value", "sum"),
    )
    weeks["age_weeks"] = weeks["weighted_age"] / weeks["clock_days"]
    weeks["y_week"] = 7 * weeks["y"] / weeks["clock_days"]
    columns = ["unique_id", "week_start", "n_days", "clock_days", "age_weeks", "y", "value", "y_week"]
    return weeks[columns].astype({"y": np.int64})
