"""How much of a total few customers bring: shares of the top, and the Gini coefficient, with intervals."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate

__all__ = ["estimate_gini", "estimate_share_of", "estimate_top_share"]

Floats = NDArray[np.float64]


def estimate_top_share(values: ArrayLike, top: float, level: float = 0.9) -> Estimate:
    """Share of the sum of ``values`` (one a customer, their sum above 0) that the ``top`` (0 to 1) with the
    largest have; null where the sum is not above 0.

    Customers are a sample of those who might have come; the interval is by the influence of each on the
    share. Source: Beach and Davidson (1983), "Distribution-Free Statistical Inference with Lorenz Curves".

    >>> estimate_top_share([1, 1, 1, 7], 0.25).value
    0.7
    """
    v = np.asarray(values, float)
    if not 0 < top < 1:
        raise ParameterError("top of customers", expected="a share between 0 and 1", got=f"{top:g}")
    if not v.sum() > 0:
        return Estimate(None, n=len(v))
    # What parts the top from the rest; who has just that counts in part, so that ties do not move it.
    ordered = np.sort(v)[::-1]
    at = ordered[min(int(np.ceil(top * len(v) - 1e-9)) - 1, len(v) - 1)]
    above = np.maximum(v - at, 0)
    share = (above.mean() + top * at) / v.mean()
    return _within(share, (above + top * at - share * v) / v.mean(), level)


def estimate_share_of(values: ArrayLike, chosen: ArrayLike, level: float = 0.9) -> Estimate:
    """Share of the sum of ``values`` that the ``chosen`` customers (true or false) have; null where the sum
    is not above 0. The interval is of a ratio of two means.

    >>> estimate_share_of([1, 3], [False, True]).value
    0.75
    """
    v, top = np.asarray(values, float), np.asarray(chosen, bool)
    if not v.sum() > 0:
        return Estimate(None, n=len(v))
    share = v[top].sum() / v.sum()
    return _within(share, v * (top - share) / v.mean(), level)


def estimate_gini(values: ArrayLike, level: float = 0.9) -> Estimate:
    """Gini coefficient of ``values`` of 0 or more: 0 where all have the same, 1 where one has all; null where
    the sum is 0. Source: Davidson (2009), "Reliable Inference for the Gini Index", equations 17 and 18.

    >>> estimate_gini([1, 1, 1, 1]).value, estimate_gini([0, 0, 0, 1]).value
    (0.0, 0.75)
    """
    v = np.sort(np.asarray(values, float))
    if len(v) and v[0] < 0:
        raise ParameterError("values of a Gini coefficient", expected="0 or more", got=f"{v[0]:g}")
    if not v.sum() > 0:
        return Estimate(None, n=len(v))
    n, mean = len(v), v.mean()
    place = (np.arange(1, n + 1) - 0.5) / n
    gini = 2 * float((place * v).mean()) / mean - 1
    influence = (-(gini + 1) * v + 2 * (place * v - np.cumsum(v) / n)) / mean
    return _within(gini, influence - influence.mean(), level)


def _within(value: float, influence: Floats, level: float) -> Estimate:
    """``value`` with the interval that the ``influence`` of each customer on it allows."""
    n = len(influence)
    half = norm.ppf(0.5 + level / 2) * influence.std() / np.sqrt(n)
    return Estimate(float(value), float(value - half), float(value + half), level=level, n=n)
