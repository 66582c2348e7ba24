"""Slow changes that no single day shows: surprises of days added up, one way, until chance no longer explains
them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.forecasts.control_chart import find_threshold

__all__ = ["ALLOWANCE", "MOST_A_DAY", "find_drifts"]

ALLOWANCE = 0.5  # deviations a day that are forgiven
MOST_A_DAY = 3.0  # deviations that one day counts for at most: one odd day is no drift


def find_drifts(days: pd.DataFrame, run_length: pd.Series) -> pd.DataFrame:
    """Where each series has drifted upwards, by a one-sided CUSUM chart of its days' surprises.

    ``days``: ``unique_id``, ``ds``, ``z``, ``p_value`` of ``expect_days`` (turn ``z`` round to look for a
    fall). Each day counts with its p-value on a normal scale, at most ``MOST_A_DAY`` either way; days without
    one are passed over. ``run_length``: days between false alarms on average, by ``unique_id``. Returned:
    ``unique_id``, ``since`` (the first day after the sum was last 0: the likeliest start), ``found`` (the day
    of the alarm), in order of both; the sum starts anew after an alarm.

    Assumes that surprises of sound days do not hang together, which ``expect_days`` sees to but for what
    stays broken for days. Because the level that it expects follows the days, a drift is seen while it goes
    on, and not for long after it has stopped. Sources: Page (1954), Biometrika 41; ``find_threshold``. Raises
    ``ParameterError`` for a series without a run length.

    >>> ds = pd.date_range("2026-01-01", periods=40)
    >>> days = pd.DataFrame({"unique_id": "a", "ds": ds, "z": [0.0] * 20 + [1.5] * 20})
    >>> days["p_value"] = 2 * norm.sf(days["z"].abs())
    >>> drifts = find_drifts(days, pd.Series({"a": 3650.0}))
    >>> drifts[["since", "found"]].iloc[0].dt.strftime("%-d %b").tolist()
    ['21 Jan', '27 Jan']
    """
    own = days[days["p_value"].notna()].sort_values(["unique_id", "ds"])
    lacking = sorted(set(own["unique_id"]) - set(run_length.dropna().index))
    if lacking:
        raise ParameterError(
            "drift of days", expected="a run length for each series", got=f"none of {lacking[0]}"
        )
    p = own["p_value"].clip(1e-12, 1).to_numpy(float)
    score = np.clip(np.sign(own["z"].to_numpy(float)) * norm.isf(p / 2), -MOST_A_DAY, MOST_A_DAY)
    found = []
    for name, part in own.assign(score=score).groupby("unique_id", sort=True):
        # Two sides alarm twice as often as one.
        threshold = find_threshold(float(run_length[name]) / 2, ALLOWANCE)
        level, since = 0.0, None
        for day, surprise in zip(part["ds"], part["score"], strict=True):
            since = day if level == 0 else since
            level = max(0.0, level + surprise - ALLOWANCE)
            if level > threshold:
                found.append((name, since, day))
                level = 0.0
    return pd.DataFrame(found, columns=["unique_id", "since", "found"])
