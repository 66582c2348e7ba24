"""How unequally few bring many: counts of events that each of many may bring, by gamma and Poisson.

A member brings as many as a Poisson count about ``influence x expected``: ``expected`` is what it would bring
were all alike, ``influence`` is 1 on average and gamma among members. Where members differ by no more than
chance, the spread of influence is 0 and every count is pulled to the mean.

References: Cox (1972) on rates of those at risk; Robbins (1956) on empirical Bayes; Lawless (1987), Negative
binomial and mixed Poisson regression; Self and Liang (1987) on a spread at the edge of what it can be.
"""

from __future__ import annotations

from collections.abc import Sequence
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
_STEPS = 500  # of the rates by age, at most
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


def expect_equal(
    since: ArrayLike, events: ArrayLike, ages: ArrayLike = (), edges: Sequence[float] = ()
) -> Floats:
    """How many of ``events`` (times) each member would bring, were each brought by one of those who were
    members before it, all alike: the sum over later events of one over the members by then.

    ``since``: when each became a member. Events before any member count for nobody. With ``edges`` (ages, in
    order) members are alike who have been here for as long: each counts by how often members of its age bring
    (``ages``: how long the bringer of each event had been one), so that a zeal that fades alike for all makes
    nobody look better than others (Cox 1972, a rate of each interval of age).

    >>> expect_equal([0, 10], [5, 20]).tolist()
    [1.5, 0.5]

    Whoever brings does so within 2 of becoming one: the second event is the second member's alone.

    >>> expect_equal([0, 10], [1, 11], [1, 1], [2]).tolist()
    [1.0, 1.0]
    """
    start, at = np.asarray(since, float), np.asarray(events, float)
    low, high = np.r_[0.0, edges], np.r_[edges, np.inf]
    order, members = np.sort(start), np.empty((len(at), len(low)))
    for place, (lower, upper) in enumerate(zip(low, high, strict=True)):
        members[:, place] = np.searchsorted(order, at - lower) - np.searchsorted(order, at - upper)
    rate = _rate_ages(members, np.searchsorted(edges, np.asarray(ages, float))) if len(edges) else np.ones(1)
    total = members @ rate
    by_time = np.argsort(at, kind="stable")
    at, share = at[by_time], np.where(total > 0, 1 / np.where(total > 0, total, 1.0), 0.0)[by_time]
    sums = np.r_[0.0, np.cumsum(share)]

    def held(age: float) -> Floats:
        return sums[np.searchsorted(at, start + age, side="right")]

    return np.asarray(sum(r * (held(b) - held(a)) for r, a, b in zip(rate, low, high, strict=True)))


def _rate_ages(members: Floats, place: NDArray[np.intp]) -> Floats:
    """How often members of each age bring, up to a factor: the rates by which as many events of each age are
    expected as there were. ``members`` (events, ages) by the time of each event; ``place`` of its bringer."""
    found = np.bincount(place, minlength=members.shape[1]).astype(float)
    rate = np.ones(members.shape[1])
    for _ in range(_STEPS):
        total = members @ rate
        by_one = (members[total > 0] / total[total > 0, None]).sum(axis=0)
        new = np.divide(found, by_one, out=np.zeros(len(found)), where=by_one > 0)
        new /= max(new.max(initial=0.0), 1e-300)
        if np.abs(new - rate).max() < 1e-6:
            return new
        rate = new
    return rate


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
