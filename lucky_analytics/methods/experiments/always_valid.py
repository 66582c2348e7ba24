"""Differences that may be looked at every day: normal mixtures, evidence, several experiments at once.

An interval that holds at one look is crossed by chance ever more often as one looks again. Robbins' mixture
of normal distributions (mixture SPRT; Johari and others 2022) gives intervals that hold at all looks
together, where estimates are about normal. Its evidence is an e-value: how many times likelier the data are
under some difference than under none; by chance it ever reaches ``1 / alpha`` with a chance of at most
``alpha``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq
from scipy.stats import norm

from lucky_analytics.errors import ParameterError

__all__ = ["find_error", "find_half_width", "find_visible", "select_evidence", "weigh_difference"]

Floats = NDArray[np.float64]


def weigh_difference(value: ArrayLike, se: ArrayLike, scale: float) -> Floats:
    """The evidence against no difference, at each look.

    ``value``, ``se``: the estimate and its error, one unit; ``scale``: the size of differences that one
    expects, fixed before anybody looked. A null estimate is no evidence: 1.

    >>> weigh_difference([0.0, 4.0], [1.0, 1.0], 3.0).round(2).tolist()
    [0.32, 423.57]
    """
    _require(scale, "scale")
    square, spread = np.asarray(se, float) ** 2, scale**2
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = np.asarray(value, float) ** 2 * spread / (2 * square * (square + spread))
        log = fit + 0.5 * np.log(square / (square + spread))
    return np.exp(np.minimum(np.where(np.isfinite(log), log, 0.0), 700.0))


def find_half_width(se: ArrayLike, scale: float, alpha: float) -> Floats:
    """How far the interval reaches to each side: it holds at all looks together with chance 1 - ``alpha``.

    It leaves 0 out just where ``weigh_difference`` is above ``1 / alpha``.

    >>> find_half_width([1.0], 3.0, 0.05).round(2).tolist()
    [3.04]
    """
    _require(scale, "scale")
    square = np.asarray(se, float) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (square + scale**2) / square
        return np.sqrt(2 * square * ratio / (ratio - 1) * (0.5 * np.log(ratio) - np.log(alpha)))


def select_evidence(evidence: ArrayLike, alpha: float) -> tuple[NDArray[np.bool_], float]:
    """Which of several e-values to believe, and the ``alpha`` at which intervals of all agree with it.

    e-BH (Wang and Ramdas 2022): on average at most ``alpha`` of those believed are none, however the
    experiments hang together, and whenever each was looked at. Intervals at the second value leave 0 out for
    just those believed, and miss on average at most ``alpha`` of what they are said of (Xu, Wang and Ramdas
    2022). Null evidence is not tested.

    >>> select_evidence([90.0, 50.0, 0.4], 0.05)
    (array([ True,  True, False]), 0.03333333333333333)
    """
    found = np.asarray(evidence, float)
    n = int((~np.isnan(found)).sum())
    ranked = np.sort(found[~np.isnan(found)])[::-1]
    ranks = np.arange(1, n + 1)
    enough = np.flatnonzero(ranked * ranks * alpha >= n * (1 - 1e-12))
    k = int(enough[-1]) + 1 if len(enough) else 0
    own = alpha * max(k, 1) / max(n, 1)
    return np.nan_to_num(found) >= (1 / own if k else np.inf) * (1 - 1e-12), own


def find_visible(se: float, scale: float, alpha: float, power: float = 0.8) -> float:
    """The smallest difference that shows at this error with chance ``power``; null for a null error.

    >>> round(find_visible(1.0, 3.0, 0.05), 2)
    3.88
    """
    return float(find_half_width(se, scale, alpha) + norm.ppf(power) * se)


def find_error(difference: float, scale: float, alpha: float, power: float = 0.8) -> float:
    """The error at which a ``difference`` shows with chance ``power``.

    >>> round(find_visible(find_error(2.0, 2.0, 0.05), 2.0, 0.05), 6)
    2.0
    """
    _require(difference, "difference")

    def gap(log: float) -> float:
        return find_visible(float(np.exp(log)), scale, alpha, power) - difference

    return float(np.exp(brentq(gap, np.log(difference) - 20.0, np.log(difference))))


def _require(number: float, name: str) -> None:
    if not number > 0:
        raise ParameterError(name, expected="a number above 0", got=f"{number}")
