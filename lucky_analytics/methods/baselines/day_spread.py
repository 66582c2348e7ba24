"""How a series of days begins, and how widely its days usually scatter: robust, from the past alone."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

__all__ = ["TRIM", "pool_weekdays", "skew", "start_series", "usual_spread"]

Array = NDArray[Any]

TRIM = 3.0  # robust standard deviations; days beyond it say nothing about the usual spread
_PRIOR_WEEKS = 8.0  # weeks that "all weekdays scatter alike" is worth
_KEPT = float(np.sqrt(1 - 2 * TRIM * norm.pdf(TRIM) / (2 * norm.cdf(TRIM) - 1)))  # rms of what is not trimmed


def start_series(y: Array, offset: Array, seen: Array, is_count: bool) -> tuple[Array, Array, Array]:
    """State (series, 10), its uncertainty (series, 10, 10) and a first guess at the spread (series,).

    The level is that of the first week; the spread that of a weekday from one week to the next, by the
    median; weekdays may differ by as much as the first four weeks' days do. Nothing is said of the days that
    they are taken from. ``y``, ``offset``, ``seen`` (series, days) as in ``day_filter.follow_days``.
    """
    level, spread, size, wide = np.zeros(len(y)), np.ones(len(y)), np.ones(len(y)), np.zeros(len(y))
    for place, (row, off, known) in enumerate(zip(y, offset, seen, strict=True)):
        first = np.flatnonzero(known)[:28]
        if not len(first):
            continue
        week = first[:7]
        if is_count:
            size[place] = max(row[week].mean(), 0.5 / len(week))
            level[place] = np.log(size[place] * len(week) / np.exp(off[week]).sum())
            values, factor, least = np.sqrt(row), 2.0, 1.0
            wide[place] = np.var(np.log(row[first] + 0.5) - off[first]) - 1 / size[place]
        else:
            level[place] = np.median(np.nan_to_num((row - off)[week], neginf=0.0))
            values, factor, least = row - off, 1.0, 1e-9 * max(abs(level[place]), 1e-3)
            wide[place] = np.var([value for value in values[first] if np.isfinite(value)] or [0.0])
        values = values[first[0] : first[-1] + 1]
        with np.errstate(invalid="ignore"):
            steps = np.abs(values[7:] - values[:-7])
        steps = steps[np.isfinite(steps)]
        guess = factor * np.median(steps) / norm.ppf(0.75) / np.sqrt(2) if len(steps) else 0.0
        spread[place] = max(guess, least)
    state = np.zeros((len(y), 10))
    state[:, 0] = level
    variances = np.diag([100, 0.09, *[25] * 7, 400.0])
    P = (spread**2 / size)[:, None, None] * variances
    if is_count:  # of a rare count, at most so much of its logarithm
        P = np.minimum(P, np.diag([1.0, *[0.1] * 8, 1.0]))
    weekdays = range(2, 9)
    P[:, weekdays, weekdays] = np.maximum(P[:, weekdays, weekdays], wide[:, None])
    return state, P, spread


def usual_spread(surprise: Array, first: Array, mean: Array, is_count: bool) -> Array:
    """Root mean square of recent surprises but for those beyond ``TRIM`` robust standard deviations."""
    n = np.isfinite(surprise).sum(axis=1)
    size = np.abs(surprise)
    reach = TRIM * _median(size) / norm.ppf(0.75)
    if is_count:
        reach = np.maximum(reach, TRIM) * skew(mean)
    kept = size <= reach[:, None]
    square = np.where(kept, size, 0.0) ** 2
    rms = np.sqrt(square.sum(axis=1) / np.maximum(kept.sum(axis=1), 1)) / _KEPT
    own = np.where(n > 0, rms, first)
    trust = np.minimum(n / 28, 1.0)
    pooled = np.sqrt(trust * own**2 + (1 - trust) * first**2)
    return np.maximum(pooled, 1.0 if is_count else 1e-9)


def skew(log_mean: Array) -> Array:
    """Rare counts are far above their mean by nature: of the mean 0.1 one event is three deviations away."""
    return np.sqrt(1 + np.exp(-np.maximum(log_mean, -20.0)))


def _median(size: Array) -> Array:
    """Median over the last axis of what is not null; 0 for a row without any."""
    n = np.isfinite(size).sum(axis=1)
    ordered = np.sort(size, axis=1)
    low, high = np.maximum(n - 1, 0) // 2, np.maximum(n, 1) // 2
    rows = np.arange(len(size))
    middle = (ordered[rows, low] + ordered[rows, np.minimum(high, size.shape[1] - 1)]) / 2
    return np.where(n > 0, middle, 0.0)


def pool_weekdays(scatter: Array, counted: Array, n_series: int) -> Array:
    """How much more than usual each weekday scatters (variance, mean about 1), pooled over all series."""
    usual = scatter.sum() / counted.sum()
    prior = _PRIOR_WEEKS * n_series
    return (scatter / usual + prior) / (counted + prior)
