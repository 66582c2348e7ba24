"""What each series of days should show tomorrow: level, slope and weekday, followed by a robust filter.

A state space model of level (a random walk that follows slowly), a slope that fades, seven weekdays and one
effect of special days, for all series at once. An observation further than ``CLIP`` standard deviations from
what was expected counts as that far only (Masreliez and Martin 1977), and one beyond ``TRIM`` is left out of
what is the usual spread, so that an odd day hardly moves what comes after it and does not widen it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

__all__ = ["Filtered", "follow_days"]

Array = NDArray[Any]

CLIP = 2.0  # standard deviations that a single day may move the level
WINDOW = 84  # days from which the usual spread is estimated
TRIM = 3.0  # robust standard deviations; days beyond it say nothing about the usual spread
GAIN = 0.04  # of a day's surprise goes into the level for good: about 25 days of memory
FADE = 0.95  # of a slope is left after a day
FARTHEST = 99.0  # standard deviations: a surprise is no larger
YOUNG = 14.0  # days in which what a new series has of extra motion falls to a third
_SPECIAL_SPREAD = 3.0  # a special day is that many times as uncertain: no two holidays are alike
_PRIOR_WEEKS = 8.0  # weeks that "all weekdays scatter alike" is worth
_KEPT = float(np.sqrt(1 - 2 * TRIM * norm.pdf(TRIM) / (2 * norm.cdf(TRIM) - 1)))  # rms of what is not trimmed


@dataclass(frozen=True)
class Filtered:
    """All (series, days), each from the days before alone: ``mean`` and ``variance`` of the next value on the
    working scale (logarithms for amounts and counts), ``z`` (surprise in standard deviations, null where
    nothing was observed), ``n_past`` observed days before."""

    mean: Array
    variance: Array
    z: Array
    n_past: Array


def follow_days(y: Array, offset: Array, weekday: Array, special: Array, *, kind: str) -> Filtered:
    """Run the filter over ``y`` (series, days; null: closed or missing).

    ``kind``: ``"amount"`` and ``"plain"`` take ``y`` on its working scale, which is expected at the state
    plus ``offset``; ``"count"`` takes counts, the logarithm of whose mean is. ``weekday`` (days,) 0 to 6,
    ``special`` (days,) true or false. Minus infinity (an amount of 0) is a surprise as large as any.
    """
    is_count = kind == "count"
    seen = ~np.isnan(y) & np.isfinite(offset)
    begun = seen.cumsum(axis=1) > 0
    state, P, first = _start(y, offset, seen, is_count)
    empty = np.full(y.shape, np.nan)
    out = Filtered(empty, empty.copy(), empty.copy(), seen.cumsum(axis=1) - seen)
    surprise = empty.copy()  # in units of the observation's own spread
    scatter, counted = np.ones(7), np.ones(7)
    spread, by_weekday = first, np.ones(7)
    for day, d in enumerate(weekday):
        if day % 7 == 0 and day:
            recent = surprise[:, max(0, day - WINDOW) : day]
            spread = _usual_spread(recent, first, out.mean[:, day - 1], is_count)
            by_weekday = _pool_weekdays(scatter, counted, len(y))
        row = np.array([1.0, 0.0, *[-1 / 7] * 7, float(special[day])])
        row[2 + d] += 1.0
        mean = state @ row + np.nan_to_num(offset[:, day], neginf=0.0)
        noise = spread**2 * by_weekday[d] / (np.exp(mean) if is_count else 1.0)
        # A rare count says little of its level, which does not move the more for that.
        motion = GAIN**2 * (np.minimum(noise, 1.0) if is_count else noise)
        noise = noise * (_SPECIAL_SPREAD**2 if special[day] else 1.0)
        reach = P @ row
        variance = reach @ row + noise
        error = (y[:, day] / np.exp(mean) - 1) if is_count else y[:, day] - mean
        z = np.where(seen[:, day], np.clip(error / np.sqrt(variance), -FARTHEST, FARTHEST), np.nan)
        out.mean[:, day], out.variance[:, day], out.z[:, day] = mean, variance, z
        if not special[day]:
            surprise[:, day] = z * spread
            own = z[np.abs(z) <= TRIM] ** 2 * by_weekday[d]
            scatter[d], counted[d] = scatter[d] + own.sum(), counted[d] + len(own)
        if is_count:
            move, less = _weigh_count(y[:, day], mean, variance, noise)
        else:
            weight = np.minimum(1.0, CLIP / np.maximum(np.abs(z), CLIP))
            move, less = weight * z / np.sqrt(variance), weight / variance
        state += reach * np.where(seen[:, day], move, 0.0)[:, None]
        P -= np.where(seen[:, day], less, 0.0)[:, None, None] * reach[:, :, None] * reach[:, None, :]
        _step(state, P, motion, out.n_past[:, day], begun[:, day])
    return out


def _weigh_count(y: Array, mean: Array, variance: Array, noise: Array) -> tuple[Array, Array]:
    """By how much a count moves its expectation and makes it more certain, over its uncertainty before.

    The expected count is taken as gamma-distributed (West, Harrison and Migon 1985), so that a count of 0
    lowers a rare series gently, where a linear step on the log scale would not.
    """
    before = np.maximum(variance - noise, 1e-12)
    usual, reach = np.exp(mean), CLIP * np.sqrt(variance) * _skewed(mean)
    counted = np.clip(y, np.maximum(usual * (1 - reach), 0.0), usual * (1 + reach))
    weight = 1 / (noise * usual)  # of a count: 1 where it is Poisson
    shape = 1 / before
    after = shape + counted * weight
    return np.log(after / (shape + usual * weight)) / before, (1 - shape / after) / before


def _step(state: Array, P: Array, motion: Array, age: Array, begun: Array) -> None:
    """One day on, in place: the level moves by its slope, the slope fades, all become less certain."""
    fade = np.where(begun, FADE, 1.0)
    state[:, 0] += np.where(begun, state[:, 1], 0.0)
    state[:, 1] *= fade
    P[:, 0, :] += np.where(begun[:, None], P[:, 1, :], 0.0)
    P[:, :, 0] += np.where(begun[:, None], P[:, :, 1], 0.0)
    P[:, 1, :] *= fade[:, None]
    P[:, :, 1] *= fade[:, None]
    motion = np.where(begun, motion, 0.0)
    P[:, 0, 0] += motion * (1 + 15 * np.exp(-age / YOUNG))
    P[:, 1, 1] += motion * 0.002
    P[:, range(2, 9), range(2, 9)] += (motion * 0.1)[:, None]


def _start(y: Array, offset: Array, seen: Array, is_count: bool) -> tuple[Array, Array, Array]:
    """State, its uncertainty and a first guess at the spread, from each series' own first weeks.

    The level is that of the first week; the spread that of a weekday from one week to the next, by the
    median. Nothing is said of the days that they are taken from.
    """
    level, spread, size = np.zeros(len(y)), np.ones(len(y)), np.ones(len(y))
    for place, (row, off, known) in enumerate(zip(y, offset, seen, strict=True)):
        first = np.flatnonzero(known)[:28]
        if not len(first):
            continue
        week = first[:7]
        if is_count:
            size[place] = max(row[week].mean(), 0.5 / len(week))
            level[place] = np.log(size[place] * len(week) / np.exp(off[week]).sum())
            values, factor, least = np.sqrt(row), 2.0, 1.0
        else:
            level[place] = np.median(np.nan_to_num((row - off)[week], neginf=0.0))
            values, factor, least = row - off, 1.0, 1e-9 * max(abs(level[place]), 1e-3)
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
    return state, P, spread


def _usual_spread(surprise: Array, first: Array, mean: Array, is_count: bool) -> Array:
    """Root mean square of recent surprises but for those beyond ``TRIM`` robust standard deviations."""
    n = np.isfinite(surprise).sum(axis=1)
    size = np.abs(surprise)
    reach = TRIM * _median(size) / norm.ppf(0.75)
    if is_count:
        reach = np.maximum(reach, TRIM) * _skewed(mean)
    kept = size <= reach[:, None]
    square = np.where(kept, size, 0.0) ** 2
    rms = np.sqrt(square.sum(axis=1) / np.maximum(kept.sum(axis=1), 1)) / _KEPT
    own = np.where(n > 0, rms, first)
    trust = np.minimum(n / 28, 1.0)
    pooled = np.sqrt(trust * own**2 + (1 - trust) * first**2)
    return np.maximum(pooled, 1.0 if is_count else 1e-9)


def _skewed(log_mean: Array) -> Array:
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


def _pool_weekdays(scatter: Array, counted: Array, n_series: int) -> Array:
    """How much more than usual each weekday scatters (variance, mean about 1), pooled over all series."""
    usual = scatter.sum() / counted.sum()
    prior = _PRIOR_WEEKS * n_series
    return (scatter / usual + prior) / (counted + prior)
