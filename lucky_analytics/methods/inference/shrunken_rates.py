"""Rates of many groups, of which the small ones tell little: each is drawn towards what the groups share.

Model: a group's own rate is drawn from one Beta distribution, its events are binomial at that rate. The
Beta distribution is estimated from all groups by marginal likelihood, so that a group of three with one event
is no group at 33 %. Groups that differ by no more than chance all come to the common rate.

References: Skellam (1948), Journal of the Royal Statistical Society B 10; Casella (1985), "An Introduction to
Empirical Bayes Data Analysis", The American Statistician 39.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize_scalar
from scipy.special import betainc, betaln, expit, logit
from scipy.stats import beta as beta_distribution

from lucky_analytics.errors import ParameterError

__all__ = ["RateSpread", "average_rates", "fit_rates", "shrink_rates"]

Array = NDArray[Any]
# Cases that the common rate counts for in each group, at most: so many that groups are taken to be alike.
_ALIKE = 1e6


@dataclass(frozen=True)
class RateSpread:
    """Own rates of groups: Beta with ``mean`` (0 to 1), which counts for as much as ``size`` cases of a
    group; a large ``size`` says that groups are alike."""

    mean: float
    size: float


def fit_rates(n: ArrayLike, events: ArrayLike) -> RateSpread:
    """The distribution of own rates from each group's cases ``n`` and its ``events`` among them.

    The mean is profiled out over the size by alternating the two, each by bounded search. Groups without a
    case say nothing. Raises ``ParameterError`` without any case, or for events that are no part of the cases.

    >>> found = fit_rates([100, 100, 100], [10, 10, 10])
    >>> round(found.mean, 3), found.size > 10_000
    (0.1, True)
    """
    cases, hits = _check(n, events)
    mean = float(hits.sum() / cases.sum())
    if mean in (0.0, 1.0) or len(cases) < 2:
        return RateSpread(mean, _ALIKE)
    size = _ALIKE
    for _ in range(20):
        before = (mean, size)
        found = minimize_scalar(
            lambda log, at=mean: _loss(at, np.exp(log), cases, hits),
            bounds=(0.0, np.log(_ALIKE)),
            method="bounded",
        )
        # A bounded search never ends on the bound itself: where alike is no worse, they are alike.
        size = float(np.exp(found.x))
        if _loss(mean, _ALIKE, cases, hits) <= found.fun + 1e-6:
            size = _ALIKE
        found = minimize_scalar(
            lambda at, of=size: _loss(at, of, cases, hits), bounds=(1e-9, 1 - 1e-9), method="bounded",
            options={"xatol": 1e-10},
        )  # fmt: skip
        mean = float(found.x)
        if abs(mean - before[0]) < 1e-9 and abs(np.log(size / before[1])) < 1e-4:
            break
    return RateSpread(mean, size)


def shrink_rates(n: ArrayLike, events: ArrayLike, spread: RateSpread, level: float = 0.9) -> pd.DataFrame:
    """Each group's ``rate`` with ``low`` and ``high``, and ``weight``: the share (0 to 1) of its own cases in
    it. A group without a case has the common rate, with the interval of a group not yet seen.

    >>> found = shrink_rates([0, 3, 300], [0, 1, 100], RateSpread(0.1, 27.0))
    >>> found["rate"].round(3).tolist(), found["weight"].round(2).tolist()
    ([0.1, 0.123, 0.314], [0.0, 0.1, 0.92])
    """
    cases, hits = np.asarray(n, float), np.asarray(events, float)
    if spread.mean in (0.0, 1.0):  # nothing is known of how far off so extreme a rate may be
        flat = np.full(len(cases), spread.mean)
        return pd.DataFrame({"rate": flat, "low": np.nan, "high": np.nan, "weight": 0.0})
    a, b = spread.mean * spread.size + hits, (1 - spread.mean) * spread.size + cases - hits
    ends = [beta_distribution.ppf(share, a, b) for share in ((1 - level) / 2, (1 + level) / 2)]
    return pd.DataFrame(
        {"rate": a / (a + b), "low": ends[0], "high": ends[1], "weight": cases / (cases + spread.size)}
    )


def average_rates(n: ArrayLike, events: ArrayLike, level: float = 0.9) -> pd.DataFrame:
    """What ``shrink_rates`` tells of each group, for few groups of few cases.

    Two dozen groups hardly tell how far rates lie apart, and the one best distribution may then say that all
    are alike, surely. Here every mean and every size has its chance (all means alike; sizes so that the
    spread 1 / sqrt(size + 1) is), and a group's rate is averaged over them: an interval never vanishes
    because the spread was estimated at nought. Raises ``ParameterError`` as ``fit_rates`` does.

    >>> found = average_rates([10, 10, 100], [9, 8, 40])
    >>> found["rate"].round(2).tolist(), bool((found["high"] - found["low"] > 0.1).all())
    ([0.82, 0.75, 0.41], True)
    """
    _check(n, events)
    cases, hits = np.asarray(n, float), np.asarray(events, float)
    # Means lie close about the common rate and wide far from it, on the scale of the odds.
    step = np.linspace(-6.0, 6.0, 61)
    usual = (hits.sum() + 0.5) / (cases.sum() + 1)
    means = expit(logit(usual) + 0.02 * np.sinh(step))
    mean, spread = np.meshgrid(means, (np.arange(30) + 0.5) / 30, indexing="ij")
    size = 1 / spread.ravel() ** 2 - 1
    a, b = mean.ravel() * size, (1 - mean.ravel()) * size
    share = np.repeat(means * (1 - means) * np.cosh(step), spread.shape[1])
    after_a, after_b = a[:, None] + hits, b[:, None] + cases - hits
    log = (betaln(after_a, after_b) - betaln(a, b)[:, None]).sum(axis=1) + np.log(share)
    chance = np.exp(log - log.max())
    chance /= chance.sum()
    kept = chance > 1e-5
    chance, after_a, after_b = chance[kept] / chance[kept].sum(), after_a[kept], after_b[kept]
    ends = [_find_quantile(at, chance, after_a, after_b) for at in ((1 - level) / 2, (1 + level) / 2)]
    weight = cases / (cases + size[kept][:, None])
    return pd.DataFrame(
        {
            "rate": chance @ (after_a / (after_a + after_b)),
            "low": ends[0],
            "high": ends[1],
            "weight": chance @ weight,
        }
    )


def _find_quantile(share: float, chance: Array, a: Array, b: Array) -> Array:
    """Where the mixture of Beta distributions reaches ``share``, for each group; by halving."""
    low, high = np.zeros(a.shape[1]), np.ones(a.shape[1])
    for _ in range(26):
        middle = (low + high) / 2
        is_below = chance @ betainc(a, b, middle) < share
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return (low + high) / 2


def _check(n: ArrayLike, events: ArrayLike) -> tuple[Array, Array]:
    cases, hits = np.asarray(n, float), np.asarray(events, float)
    if not ((hits >= 0) & (hits <= cases) & np.isfinite(cases)).all() or not cases.sum() > 0:
        raise ParameterError(
            "rates of groups", expected="events among cases, one case at least", got="others"
        )
    return cases[cases > 0], hits[cases > 0]


def _loss(mean: float, size: float, cases: Array, hits: Array) -> float:
    a, b = mean * size, (1 - mean) * size
    return -float((betaln(a + hits, b + cases - hits) - betaln(a, b)).sum())
