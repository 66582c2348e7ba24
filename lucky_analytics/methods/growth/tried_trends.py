"""Trends held against what came after them, and by how much their ranges must be wider for it."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from lucky_analytics.methods.growth.time_to_limit import LogTrend, fit_log_trend

__all__ = ["FEWEST_TESTS", "fit_lately", "miss_by", "widen_by"]

FEWEST_TESTS = 10  # trends of before, without which nobody knows how well they foretell


def fit_lately(days: ArrayLike, values: ArrayLike, n_days: int, until: int = 0) -> LogTrend | None:
    """The trend of the last ``n_days``, or of those before the last ``until``; ``days`` are numbers, rising.

    As ``fit_log_trend``, which gives none for too few days.

    >>> days = np.arange(60)
    >>> fit_lately(days, 1.01**days, 28).n, fit_lately(days, 1.01**days, 28, until=50) is None
    (28, True)
    """
    number = np.asarray(days) - np.max(days)
    use = (number > -n_days - until) & (number <= -until)
    return fit_log_trend(number[use], np.asarray(values, float)[use])


def miss_by(days: ArrayLike, values: ArrayLike, n_days: int, ahead: int, level: float) -> float | None:
    """How many half ranges (on the logarithmic scale) the trend of ``ahead`` days ago was off from the last
    value; none where half of its days are lacking or there is nothing to compare.

    >>> days = np.arange(80)
    >>> wave = np.exp(0.02 * np.sin(days * 2.0))
    >>> miss_by(days, wave, 42, 30, 0.9) < 1 < miss_by(days, np.where(days < 79, wave, 3.0), 42, 30, 0.9)
    True
    """
    trend = fit_lately(days, values, n_days, ahead)
    came = float(np.asarray(values, float)[-1])
    if trend is None or trend.n < n_days / 2 or not came > 0:
        return None
    foretold = trend.foretell(ahead, level)
    if foretold.value is None or foretold.low is None or foretold.high is None:
        return None
    off, half = abs(np.log(came / foretold.value)), np.log(foretold.high / foretold.value)
    return float(off / half) if half > 0 else (0.0 if off < 1e-9 else np.inf)


def widen_by(times: ArrayLike, level: float) -> float | None:
    """The factor with which ``level`` of the past trends would have held, never below 1; ``times`` as
    ``miss_by`` gives them. None with fewer than ``FEWEST_TESTS``.

    >>> widen_by([0.5] * 19 + [3.0], 0.9), widen_by([0.2, 2.0] * 10, 0.9), widen_by([2.0], 0.9) is None
    (1.0, 2.0, True)
    """
    known = np.asarray(times, float)
    known = known[np.isfinite(known)]
    if len(known) < FEWEST_TESTS:
        return None
    share = min(1.0, level * (1 + 1 / len(known)))
    return max(1.0, float(np.quantile(known, share, method="higher")))
