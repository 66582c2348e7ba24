"""Whether one forecast is better than another, beyond chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.fieller import fieller

__all__ = ["Skill", "estimate_long_run", "estimate_skill"]


@dataclass(frozen=True)
class Skill:
    """``value``: share of the other forecast's error that the first one saves (below 0: it adds some), with
    ``low`` and ``high``; all null where the other's error is not clear of 0. ``p_value``: one-sided, of the
    first being no better. ``n`` periods."""

    value: float
    low: float
    high: float
    p_value: float
    n: int


def estimate_skill(loss: ArrayLike, other_loss: ArrayLike, lags: int = 14, level: float = 0.9) -> Skill:
    """1 - mean loss / mean other loss, with an interval that knows that errors hang together over ``lags``.

    ``loss`` and ``other_loss``: one value per period in the order of time. Both means and their covariance
    are uncertain: Newey and West (1987) with Bartlett's weights and as many degrees of freedom as these
    leave (Priestley 1981), then Fieller's interval of the ratio.
    Raises ``ParameterError`` for fewer than 10 periods.

    >>> estimate_skill([1, 2] * 10, [2, 4] * 10, lags=2).value
    0.5
    """
    both = np.array([loss, other_loss], float)
    n = both.shape[1]
    if n < 10 or np.isnan(both).any():
        raise ParameterError("skill of a forecast", expected="10 periods, none missing", got=str(n))
    mean = both.mean(axis=1)
    cov = estimate_long_run(both, lags) / n
    # Bartlett's window of so many lags estimates a variance as well as this many independent values do.
    dof = min(n - 1, 1.5 * n / (min(lags, n // 3) + 1))
    ends = fieller(mean[0], mean[1], cov[0, 0], cov[1, 1], cov[0, 1], level, df=dof)
    if ends is None:
        return Skill(float("nan"), float("nan"), float("nan"), float("nan"), n)
    se = float(np.sqrt(max(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1], 0.0)))
    gap = float(mean[0] - mean[1])
    p = float(student.cdf(gap / se, dof)) if se else float(gap >= 0)
    return Skill(float(1 - mean[0] / mean[1]), 1 - ends[1], 1 - ends[0], p, n)


def estimate_long_run(series: ArrayLike, lags: int = 14) -> NDArray[np.float64]:
    """Covariance (k, k) of the means of ``series`` (k, n), times n, as errors hang together over ``lags``.

    Bartlett's weights (Newey and West 1987) keep it positive; at most a third of the periods enter.

    >>> estimate_long_run([[1.0, -1, 1, -1, 1, -1]], lags=0).tolist()
    [[1.0]]
    """
    both = np.asarray(series, float)
    n = both.shape[1]
    lags, centred = min(lags, n // 3), both - both.mean(axis=1, keepdims=True)
    total = centred @ centred.T / n
    for lag in range(1, lags + 1):
        part = centred[:, lag:] @ centred[:, :-lag].T / n
        total += (1 - lag / (lags + 1)) * (part + part.T)
    return total
