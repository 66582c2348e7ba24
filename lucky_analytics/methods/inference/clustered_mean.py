"""The mean of many numbers that hang together in two ways: those of one customer, those of one date.

A customer who was seen on three dates gives three numbers that are alike; all customers of a date meet the
same menu. The variance of the mean is the sum of the two clustered ones less the one clustered by
both at once, and never below the larger of the two.

References: Cameron, Gelbach and Miller (2011), Robust inference with multiway clustering, JBES 29; Liang and
Zeger (1986).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate

__all__ = ["ClusteredMean", "estimate_mean"]

Array = NDArray[Any]


class ClusteredMean(NamedTuple):
    """``mean`` with its interval, ``se``, and ``p``: how surprising such a mean would be were it 0 or less.

    ``p`` and ``se`` are null where no interval can be given."""

    mean: Estimate
    se: float
    p: float


def estimate_mean(values: Array, *clusters: Array, level: float = 0.9) -> ClusteredMean:
    """The mean of ``values`` (one number an observation, nulls left out), clustered by one or two labels.

    ``clusters``: an array of labels as long as ``values``, once or twice. Student's t with the fewer clusters
    less one. No interval with fewer than two clusters of a kind, or where all numbers are the same: then
    nothing says how far off the mean may be. Raises ``ParameterError`` for none or more than two.

    >>> found = estimate_mean(np.array([1.0, 3.0, 1.0, 3.0]), np.array([1, 2, 3, 4]))
    >>> round(found.mean.value, 3), round(found.se, 3)
    (2.0, 0.577)
    """
    if not 1 <= len(clusters) <= 2:
        raise ParameterError("clusters of a mean", expected="one or two", got=str(len(clusters)))
    known = ~np.isnan(values)
    y, n = values[known], int(known.sum())
    if not n:
        return ClusteredMean(Estimate(None, n=0), np.nan, np.nan)
    away = y - y.mean()
    codes = [np.unique(labels[known], return_inverse=True)[1] for labels in clusters]
    variances = [_variance(away, code) for code in codes]
    if len(codes) == 2:
        both = _variance(away, codes[0] * (codes[1].max() + 1) + codes[1])
        variances.append(variances[0] + variances[1] - both)
    se = float(np.sqrt(max(variances))) / n
    fewest = min(int(code.max()) + 1 for code in codes)
    if fewest < 2 or not se > 0:
        return ClusteredMean(Estimate(float(y.mean()), n=n), np.nan, np.nan)
    half = student.ppf(0.5 + level / 2, fewest - 1) * se
    mean = float(y.mean())
    p = float(student.sf(mean / se, fewest - 1))
    return ClusteredMean(Estimate(mean, mean - half, mean + half, level=level, n=n), se, p)


def _variance(away: Array, code: Array) -> float:
    """Variance of the sum: squared sums of the clusters, with the correction for few of them."""
    sums = np.bincount(np.unique(code, return_inverse=True)[1], away)
    return float((sums**2).sum() * len(sums) / max(len(sums) - 1, 1))
