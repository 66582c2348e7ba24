"""Rates of rare events in many small cells, of which each tells little: each is drawn towards its group's.

Model: ``n`` of a cell is Poisson with mean expected x rate; a cell's rate is drawn from a Gamma distribution
about the rate of its group, with variance ``spread`` times its square. So counts are negative binomial (NB2).
Group rates and spread come from all cells by marginal likelihood; given these a cell's own rate is Gamma
again, between its group's and its own ratio.

References: Clayton and Kaldor (1987), "Empirical Bayes Estimates of Age-Standardized Relative Risks for Use
in Disease Mapping", Biometrics 43; Efron and Morris (1975), JASA 70; Hilbe (2011), Negative Binomial
Regression.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import digamma, gammaln
from scipy.stats import gamma, norm

from lucky_analytics.errors import ParameterError

__all__ = ["CountRates", "fit_counts", "shrink_counts"]

Array = NDArray[Any]
# A spread below the first is none: cells of a group are alike.
_LEAST, _MOST = 1e-6, 1e3


@dataclass(frozen=True)
class CountRates:
    """``groups``: ``rate`` (events by expected; 1 is as expected), ``low``, ``high``, ``n`` (events),
    ``expected``; null bounds without an event. ``spread``: variance of cells' rates by their square."""

    groups: pd.DataFrame
    spread: float


def fit_counts(n: ArrayLike, expected: ArrayLike, group: ArrayLike, level: float = 0.9) -> CountRates:
    """Rates of groups (whole numbers from 0 on) and the spread of their cells.

    Cells that expect nothing say nothing. Raises ``ParameterError`` for counts or expectations below 0, or
    without any event.

    >>> found = fit_counts([4, 6, 12, 8], [5, 5, 5, 5], [0, 0, 1, 1])
    >>> found.groups["rate"].round(2).tolist(), found.spread < 0.01
    ([1.0, 2.0], True)
    """
    counts, exposure, at = np.asarray(n, float), np.asarray(expected, float), np.asarray(group, int)
    if not (counts >= 0).all() or not (exposure >= 0).all() or not counts[exposure > 0].sum() > 0:
        raise ParameterError(
            "counts of cells", expected="0 or more, one event at least", got="others or none"
        )
    known = exposure > 0
    size = int(at.max()) + 1
    y, e, g = counts[known], exposure[known], at[known]
    events, total = np.bincount(g, y, size), np.bincount(g, e, size)
    free = np.flatnonzero(events > 0)
    kept = np.isin(g, free)  # a group without an event has the rate 0 and says nothing of the spread
    y, e, place = y[kept], e[kept], np.searchsorted(free, g[kept])
    start = np.append(np.log(events[free] / total[free]), np.log(0.1))
    bounds = [(None, None)] * len(free) + [(np.log(_LEAST), np.log(_MOST))]
    found = minimize(_loss, start, args=(y, e, place), jac=True, bounds=bounds, method="L-BFGS-B")
    spread = float(np.exp(found.x[-1]))
    mean = e * np.exp(found.x[place])
    se = 1 / np.sqrt(np.bincount(place, mean / (1 + spread * mean), len(free)))
    half = norm.ppf(0.5 + level / 2) * se
    rate, low, high = (np.full(size, blank) for blank in (0.0, np.nan, np.nan))
    rate[free], low[free], high[free] = (np.exp(found.x[:-1] + side * half) for side in (0, -1, 1))
    rate[total == 0] = np.nan
    groups = {"rate": rate, "low": low, "high": high, "n": events, "expected": total}
    return CountRates(pd.DataFrame(groups), 0.0 if spread <= 2 * _LEAST else spread)


def shrink_counts(
    n: ArrayLike, expected: ArrayLike, rate: ArrayLike, spread: float, level: float = 0.9
) -> pd.DataFrame:
    """Each cell's ``rate`` between its own and its group's ``rate``, with ``low`` and ``high``, and
    ``weight``: the share (0 to 1) of its own count in it.

    >>> found = shrink_counts([0, 4], [0.0, 2.0], [1.0, 1.0], 0.5)
    >>> found["rate"].tolist(), found["weight"].tolist()
    ([1.0, 1.5], [0.0, 0.5])
    """
    counts, exposure, prior = (np.asarray(part, float) for part in (n, expected, rate))
    if spread <= 0:
        return pd.DataFrame({"rate": prior, "low": prior, "high": prior, "weight": 0.0 * counts})
    shape = 1 / spread + counts
    scale = 1 / (1 / (spread * np.where(prior > 0, prior, np.nan)) + exposure)
    ends = [gamma.ppf(share, shape, scale=scale) for share in ((1 - level) / 2, (1 + level) / 2)]
    weight = exposure * prior * spread / (1 + exposure * prior * spread)
    return pd.DataFrame({"rate": shape * scale, "low": ends[0], "high": ends[1], "weight": weight})


def _loss(theta: Array, y: Array, e: Array, place: Array) -> tuple[float, Array]:
    """Minus the log likelihood of the negative binomial, and its gradient."""
    mean, size = e * np.exp(theta[place]), np.exp(-theta[-1])
    log = gammaln(y + size) - gammaln(size) - gammaln(y + 1) + size * np.log(size / (size + mean))
    log += np.where(y > 0, y * np.log(mean / (size + mean)), 0.0)
    by_rate = (y - mean) * size / (size + mean)
    by_size = digamma(y + size) - digamma(size) + np.log(size / (size + mean)) + (mean - y) / (size + mean)
    gradient = np.append(np.bincount(place, by_rate, len(theta) - 1), -size * by_size.sum())
    return -float(log.sum()), -gradient
