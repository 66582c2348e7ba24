"""Whether the newest count of a series is more than those before lead to expect, for many series at once.

Given the sum of all, the newest part of it does not depend on how much there is on average: it is binomial
where counts are Poisson, and beta-binomial where they scatter more (negative binomial with variance
``dispersion`` times the mean). So the test is exact, whatever the rate, also of a handful.

References: Przyborowski and Wilenski (1940), Biometrika 31; Johnson, Kemp and Kotz (2005), Univariate
Discrete Distributions, 6.2, on the negative hypergeometric (beta-binomial) distribution of one of several
negative binomial counts given their sum.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import betabinom, binom

from lucky_analytics.errors import ParameterError

__all__ = ["estimate_dispersion", "find_excess"]

Array = NDArray[Any]


def estimate_dispersion(counts: ArrayLike) -> float:
    """How many times as much weeks scatter as chance alone makes them: variance over mean, 1 for Poisson.

    ``counts`` (series, weeks); each series about its own mean, all together. Never below 1: what looks too
    regular is chance. 1 where there is nothing to tell it from. Raises ``ParameterError`` for counts below 0
    or fewer than two weeks.

    >>> estimate_dispersion([[2, 4, 6], [0, 0, 0]]), round(estimate_dispersion([[1, 9, 2, 8]]), 2)
    (1.0, 3.33)
    """
    table = _check(counts)
    about = table - table.mean(axis=1, keepdims=True)
    expected = float(table.mean(axis=1).sum()) * (table.shape[1] - 1)
    return max(1.0, float((about**2).sum()) / expected) if expected > 0 else 1.0


def find_excess(now: ArrayLike, before: ArrayLike, dispersion: float = 1.0) -> Array:
    """How surprising each series' newest count is, or a larger one, were it as those before; small for many.

    ``now`` (series,), ``before`` (series, weeks), whole numbers from 0 on. 1 where nothing was counted at
    all. Where nothing changed, the chance of a p-value of x or less is at most x. Raises ``ParameterError``
    for counts below 0, fewer than two weeks, or a dispersion below 1.

    >>> find_excess([9, 2], [[2, 3, 1, 2], [2, 3, 1, 2]]).round(4).tolist()
    [0.0026, 0.6242]
    """
    table, newest = _check(before), np.asarray(now, float)
    if newest.shape != table.shape[:1] or not (newest >= 0).all():
        raise ParameterError("newest counts", expected="one a series, from 0 on", got="others")
    if not dispersion >= 1:
        raise ParameterError("dispersion of counts", expected="1 or more", got=f"{dispersion:g}")
    weeks, total = table.shape[1], newest + table.sum(axis=1)
    if dispersion == 1:
        return np.asarray(binom.sf(newest - 1, total, 1 / (weeks + 1)))
    size = np.maximum(total, 1) / (weeks + 1) / (dispersion - 1)
    return np.where(total > 0, betabinom.sf(newest - 1, total, size, weeks * size), 1.0)


def _check(counts: ArrayLike) -> Array:
    table = np.asarray(counts, float)
    if table.ndim != 2 or table.shape[1] < 2 or not (table >= 0).all():
        raise ParameterError(
            "counts by week", expected="series of two weeks or more, from 0 on", got="others"
        )
    return table
