"""What is left of yesterday's surprise: days hang together beyond level and weekday (weather, a works site, a
campaign), so that the day before tells where the next one is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.methods.baselines.day_filter import SETTLED, WINDOW, Filtered
from lucky_analytics.methods.baselines.day_spread import TRIM, usual_spread

__all__ = ["carry_over"]

Array = NDArray[Any]

_WEEKS = 30.0  # of one weekday that "this series is like the others" is worth
_POOLED = 40.0  # pairs of days, of all series, that "nothing is left" is worth
_VAGUE = 28  # observed days in which a series is expected so vaguely that surprises say little of their width
_SURE = 2.0  # standard errors: what chance alone would show is not followed
_MOST = 0.95  # of a surprise is left a day later


def carry_over(found: Filtered, weekday: Array, special: Array, y: Array | None = None) -> Filtered:
    """``found`` of ``follow_days``, each day corrected for the surprise of the day before.

    Of a surprise so much is left as was left before between these two weekdays (0 to ``_MOST``): in the
    series itself, pulled towards all series, from the days before alone, and no more than chance does not
    explain. An odd, special or missing day leaves nothing to the next, and a special day takes nothing. What
    remains uncertain is as wide as such corrected surprises were, of the weekday and of the series. ``y``
    (series, days) are the counts, null for values on their working scale.
    """
    is_count = y is not None
    z, sd = found.z, np.sqrt(found.variance)
    before = np.full(z.shape, np.nan)
    usable = (np.abs(z) <= TRIM) & (found.n_past >= SETTLED) & ~special
    before[:, 1:] = np.where(usable, z, np.nan)[:, :-1]
    before[:, special] = np.nan
    left = _learn_left(z, before, weekday) * np.isfinite(before)
    shift, rest = left * np.nan_to_num(before), np.sqrt(1 - left**2)
    raw = (z - shift) / rest
    spread = _learn_spread(np.where((found.n_past >= _VAGUE) & ~special, raw, np.nan), found.mean, weekday)
    if is_count:
        ratio = np.log(np.maximum(1 + z * sd, 0.1))  # of the count to what was expected
        mean = found.mean + left * np.nan_to_num(np.roll(ratio, 1, axis=1))
        variance = np.maximum(found.variance * (rest * spread) ** 2, np.exp(-mean))
        error = y / np.exp(mean) - 1
        return Filtered(mean, variance, _clip(error / np.sqrt(variance)), found.n_past)
    variance = found.variance * (rest * spread) ** 2
    return Filtered(found.mean + shift * sd, variance, _clip(raw / spread), found.n_past)


def _learn_left(z: Array, before: Array, weekday: Array) -> Array:
    """(series, days): what of the surprise of the day before was left on this weekday until now."""
    pairs = np.isfinite(z) & np.isfinite(before) & (np.abs(z) <= TRIM)
    product, square = np.where(pairs, z * before, 0.0), np.where(pairs, before**2, 0.0)
    left = np.zeros(z.shape)
    for d in range(7):
        on = weekday == d
        own = [np.cumsum(part[:, on], axis=1) - part[:, on] for part in (product, square)]
        every = own[0].sum(axis=0) / (own[1].sum(axis=0) + _POOLED)
        found = (own[0] + _WEEKS * every) / (own[1] + _WEEKS)
        error = np.sqrt((1 - np.minimum(found, 1) ** 2) / (own[1] + _WEEKS))
        left[:, on] = np.clip(found - _SURE * error, 0.0, _MOST)
    return left


def _learn_spread(raw: Array, mean: Array, weekday: Array) -> Array:
    """(series, days): how wide corrected surprises were until the week before, by weekday of all series, then
    by series."""
    spread, scaled = np.ones(raw.shape), np.full(raw.shape, np.nan)
    scatter, counted, weeks = np.zeros(7), np.zeros(7), np.zeros(7)
    own = ones = np.ones(len(raw))
    for day, d in enumerate(weekday):
        by_weekday = _beyond_chance(np.sqrt(scatter[d] / max(counted[d], 1.0)), weeks[d])
        if day % 7 == 0 and day:
            recent = scaled[:, max(0, day - WINDOW) : day]
            rms = usual_spread(recent, ones, mean[:, day - 1], False)
            own = _beyond_chance(rms, np.isfinite(recent).sum(axis=1))
        spread[:, day] = own * by_weekday
        scaled[:, day] = raw[:, day] / by_weekday
        known = raw[np.abs(raw[:, day]) <= TRIM, day] ** 2
        scatter[d], counted[d] = scatter[d] + known.sum(), counted[d] + len(known)
        weeks[d] += len(known) > 0
    return spread


def _beyond_chance(ratio: Array, n: Array) -> Array:
    """A ratio of widths from ``n`` values, ``_SURE`` errors nearer to 1; 1 where that reaches it."""
    log = np.log(np.maximum(ratio, 1e-9))
    size = np.maximum(np.abs(log) - _SURE / np.sqrt(2 * np.maximum(n, 1)), 0.0)
    return np.where(np.asarray(n) > 0, np.exp(np.sign(log) * size), 1.0)


def _clip(z: Array) -> Array:
    return np.clip(z, -99.0, 99.0)
