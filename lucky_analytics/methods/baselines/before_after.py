"""What came after a day, against what the days before it led to expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.baselines.day_baseline import FEWEST, expect_days
from lucky_analytics.methods.forecasts.rolling_origin import measure_miss

__all__ = ["BeforeAfter", "compare_after"]

MOST_PAST = 12  # windows before the day, of the same length, that tell how far such expectations are off


@dataclass(frozen=True)
class BeforeAfter:
    """``came`` and ``expected``: means a day. ``change``: came over expected, less 1, with the interval that
    the expectations of earlier windows allow (null with fewer than three of these); its ``n`` counts them."""

    came: float
    expected: float
    change: Estimate


def compare_after(days: pd.DataFrame, start: pd.Timestamp, n_days: int, level: float = 0.9) -> BeforeAfter:
    """The ``n_days`` from ``start`` on against what was usual before.

    ``days``: ``ds`` and ``y`` above 0, one row a day on which there was something; days after the window do
    not count. Expected is the day baseline (``expect_days``: level, weekday) of the days before ``start``
    alone, carried through the window. The same is done at earlier starts, whose windows do not overlap each
    other or this one, and how far they were off gives the interval. Raises ``ParameterError`` where a
    value is not above 0, where no day of the window has one, or with fewer than 28 days before it.

    No experiment: whatever else changed in the window is part of the change.

    >>> ds = pd.date_range("2026-01-05", periods=140)
    >>> y = np.where(ds.day_of_week < 5, 120.0, 50.0) * np.exp(0.05 * np.sin(np.arange(140) * 2.0))
    >>> y[-28:] *= 1.2
    >>> found = compare_after(pd.DataFrame({"ds": ds, "y": y}), ds[-28], 28)
    >>> round(found.change.value, 2), found.change.n
    (0.2, 3)
    """
    if (days["y"] <= 0).any():
        raise ParameterError("days before and after", expected="values above 0", got="0 or less")
    span, last = pd.Timedelta(days=n_days), start + pd.Timedelta(days=n_days - 1)
    known = days[days["ds"] <= last]
    if not (known["ds"] >= start).any() or (known["ds"] < start).sum() < FEWEST:
        raise ParameterError(
            "days before and after",
            expected=f"{FEWEST} days before and one after",
            got=f"{(known['ds'] < start).sum()} and {(known['ds'] >= start).sum()}",
        )
    first = known["ds"].min()
    starts = [start - past * span for past in range(MOST_PAST + 1)]
    starts = [each for each in starts if ((known["ds"] >= first) & (known["ds"] < each)).sum() >= FEWEST]
    parts = [known[known["ds"] < each].assign(unique_id=place) for place, each in enumerate(starts)]
    end = pd.DataFrame({"unique_id": [0], "ds": [last], "y": [np.nan]})
    told = expect_days(pd.concat([*parts, end], ignore_index=True), "amount", level=level)
    rows = []
    for place, each in enumerate(starts):
        inside = known[(known["ds"] >= each) & (known["ds"] < each + span)]
        own = told[(told["unique_id"] == place) & told["ds"].isin(inside["ds"])]
        if len(inside):
            rows.append(((each - first).days, own["expected"].mean(), inside["y"].mean()))
    day, predicted, measured = (np.array(part, float) for part in zip(*rows, strict=True))
    half = measure_miss(day[1:], n_days, predicted[1:], measured[1:]).half(level)
    came, expected, ratio = measured[0], predicted[0], measured[0] / predicted[0]
    change = Estimate(ratio - 1, n=len(rows) - 1)
    if np.isfinite(half):
        low, high = (ratio * np.exp(side * half) - 1 for side in (-1, 1))
        change = Estimate(ratio - 1, low, high, level=level, n=len(rows) - 1)
    return BeforeAfter(float(came), float(expected), change)
