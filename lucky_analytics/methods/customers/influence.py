"""How unequally few bring many: counts of events that each of many may bring, by gamma and Poisson.

A member brings as many as a Poisson count about ``influence x expected``: ``expected`` is what it would bring
were all alike, ``influence`` is 1 on average and gamma among members. Where members differ by no more than
chance, the spread of influence is 0 and every count is pulled to the mean.

References: Robbins (1956) on empirical Bayes; Lawless (1987), Negative binomial and mixed Poisson regression;
Self and Liang (1987) on a spread at the edge of what it can be.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln
from scipy.stats import chi2, gamma

from lucky_analytics.estimate import Estimate

__all__ = [
    "Influence",
    "count_by_chance",
    "estimate_influence",
    "estimate_top",
    "expect_equal",
    "fit_influence",
]

Floats = NDArray[np.float64]
_LEAST, _MOST = 1e-4, 1e3  # of the spread (variance of influence) that is looked for
FEWEST = 50  # events below which no spread is looked for


@dataclass(frozen=True)
class Influence:
    """``spread``: variance of influence among members, with ``low`` and ``high``; 0 where all are alike.
    ``p_value``: how surprising such counts would be were they. ``n``: members. Null without enough events."""

    spread: float
    low: float
    high: float
    p_value: float
    level: float
    n: int

    @property
    def is_known(self) -> bool:
        return bool(np.isfinite(self.spread))


def expect_equal(since: ArrayLike, events: ArrayLike) -> Floats:
    """How many of ``events`` (times) each member would bring, were each brought by one of those who were
    members before it, all alike: the sum over later events of one over the members by then.

    ``since``: when each became a member. Events before any member count for nobody.

    >>> expect_equal([0, 10], [5, 20]).tolist()
    [1.5, 0.5]
    """
    start, at = np.asarray(since, float), np.sort(np.asarray(events, float))
    members = np.searchsorted(np.sort(start), at)
    share = np.where(members > 0, 1 / np.maximum(members, 1), 0.0)
    later = np.r_[np.cumsum(share[::-1])[::-1], 0.0]
    return np.asarray(later[np.searchsorted(at, start, side="right")])


def fit_influence(count: ArrayLike, expected: ArrayLike, level: float = 0.9) -> Influence:
    """The spread of influence by maximum likelihood, its ends where the likelihood has fallen as far as
    ``level`` asks. Members with nothing expected are left out; with fewer than ``FEWEST`` events nothing is
    said (nulls).

    >>> fit_influence([1] * 60 + [0] * 60, [0.5] * 120).spread
    0.0
    """
    n, e = _known(count, expected)
    if n.sum() < FEWEST:
        return Influence(np.nan, np.nan, np.nan, np.nan, level, len(n))
    e = e * (n.sum() / e.sum())
    # Members who are alike count together: most have brought nobody.
    pairs, times = np.unique(np.c_[n, np.maximum(np.round(e, 6), 1e-6)], axis=0, return_counts=True)

    def likelihood(log_spread: float) -> float:
        return float(times @ _log_chance(pairs[:, 0], pairs[:, 1], float(np.exp(log_spread))))

    flat = float(times @ (pairs[:, 0] * np.log(pairs[:, 1]) - pairs[:, 1] - gammaln(pairs[:, 0] + 1)))
    ends = float(np.log(_LEAST)), float(np.log(_MOST))
    best = minimize_scalar(lambda x: -likelihood(x), bounds=ends, method="bounded")
    top, place = -float(best.fun), float(best.x)
    twice = 2 * (top - flat)
    fall = chi2.ppf(level, 1) / 2
    if twice <= 1e-6:
        top, place = flat, ends[0]

    def above(x: float) -> float:
        return likelihood(x) - (top - fall)

    low = 0.0 if flat >= top - fall else float(np.exp(brentq(above, ends[0], place)))
    high = float(np.exp(brentq(above, place, ends[1]))) if above(ends[1]) < 0 else np.inf
    spread = 0.0 if twice <= 1e-6 else float(np.exp(place))
    return Influence(spread, low, high, float(chi2.sf(max(twice, 0.0), 1) / 2), level, len(n))


def estimate_influence(
    found: Influence, count: ArrayLike, expected: ArrayLike, level: float = 0.9
) -> tuple[Floats, Floats, Floats]:
    """Influence of each member (1 is usual) and the ends of its interval, pulled to 1 by what is not known.

    >>> alike = Influence(0.0, 0.0, 0.1, 0.5, 0.9, 2)
    >>> estimate_influence(alike, [5, 0], [0.1, 0.1])[0].tolist()
    [1.0, 1.0]
    """
    n, e = np.asarray(count, float), np.asarray(expected, float)
    if not found.is_known or found.spread == 0:
        return np.ones(len(n)), np.ones(len(n)), np.ones(len(n))
    shape, rate = 1 / found.spread + n, 1 / found.spread + e
    # Members with equal numbers have equal ends, and quantiles are dear.
    pairs, place = np.unique(np.c_[shape, np.round(rate, 4)], axis=0, return_inverse=True)
    place = place.ravel()
    ends = (
        gamma.ppf(q, pairs[:, 0], scale=1 / pairs[:, 1])[place] for q in (0.5 - level / 2, 0.5 + level / 2)
    )
    low, high = ends
    return np.asarray(shape / rate), np.asarray(low), np.asarray(high)


def estimate_top(found: Influence, top: float = 0.01) -> Estimate:
    """The share of all influence that the ``top`` (0 to 1) of members with the most of it have; ``top``
    itself where all are alike. Null where nothing is known.

    >>> estimate_top(Influence(1.0, 0.5, 2.0, 0.0, 0.9, 100), 0.1).value.__round__(3)
    0.33
    """
    if not found.is_known:
        return Estimate(None, n=found.n)
    value, low, high = (_share_of(spread, top) for spread in (found.spread, found.low, found.high))
    return Estimate(value, low, high, level=found.level, n=found.n)


def count_by_chance(expected: ArrayLike, most: int = 4) -> Floats:
    """How many members would bring 1, 2, ... and ``most`` or more, were all alike (Poisson).

    >>> count_by_chance([0.0, 0.0]).tolist()
    [0.0, 0.0, 0.0, 0.0]
    """
    e = np.asarray(expected, float)
    exact = [float((np.exp(-e) * e**k / np.exp(gammaln(k + 1))).sum()) for k in range(most)]
    return np.array([*exact[1:], max(len(e) - sum(exact), 0.0)])


def _known(count: ArrayLike, expected: ArrayLike) -> tuple[Floats, Floats]:
    n, e = np.asarray(count, float), np.asarray(expected, float)
    return n[e > 0], e[e > 0]


def _log_chance(n: Floats, e: Floats, spread: float) -> Floats:
    """Logarithm of the chance of ``n`` where influence has variance ``spread``: the negative binomial."""
    a = 1 / spread
    chance = gammaln(a + n) - gammaln(a) - gammaln(n + 1) - a * np.log1p(e * spread)
    return np.asarray(chance + n * (np.log(e * spread) - np.log1p(e * spread)))


def _share_of(spread: float, top: float) -> float:
    if spread <= 0:
        return top
    if not np.isfinite(spread):
        return 1.0
    a = 1 / spread
    return float(gamma.sf(gamma.isf(top, a), a + 1))
