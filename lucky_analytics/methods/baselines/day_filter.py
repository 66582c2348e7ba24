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

from lucky_analytics.methods.baselines.day_spread import TRIM, pool_weekdays, skew, start_series, usual_spread

__all__ = ["Filtered", "follow_days"]

Array = NDArray[Any]

CLIP = 2.0  # standard deviations that a single day may move the level
SETTLED = 14  # observed days from which a series' surprises teach anything
WINDOW = 84  # days from which the usual spread is estimated
GAIN = 0.04  # of a day's surprise goes into the level for good: about 25 days of memory
FADE = 0.95  # of a slope is left after a day
SHIFTED = 7  # days in a row beyond CLIP on one side are no odd days: the level is another one
FARTHEST = 99.0  # standard deviations: a surprise is no larger
LEAST = (
    1e-4  # spread of an amount, a hundredth of a percent: of one that never moves rounding leaves less than 0
)
YOUNG = 14.0  # days in which what a new series has of extra motion falls to a third
_SPECIAL_SPREAD = 3.0  # a special day is that many times as uncertain: no two holidays are alike


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
    state, P, first = start_series(y, offset, seen, is_count)
    empty = np.full(y.shape, np.nan)
    out = Filtered(empty, empty.copy(), empty.copy(), seen.cumsum(axis=1) - seen)
    surprise = empty.copy()  # in units of the observation's own spread
    scatter, counted, sides = np.ones(7), np.ones(7), np.zeros(len(y))
    spread, by_weekday = first, np.ones(7)
    for day, d in enumerate(weekday):
        if day % 7 == 0 and day:
            recent = surprise[:, max(0, day - WINDOW) : day]
            spread = usual_spread(recent, first, out.mean[:, day - 1], is_count)
            by_weekday = pool_weekdays(scatter, counted, len(y))
        row = np.array([1.0, 0.0, *[-1 / 7] * 7, float(special[day])])
        row[2 + d] += 1.0
        mean = state @ row + np.nan_to_num(offset[:, day], neginf=0.0)
        noise = spread**2 * by_weekday[d] / (np.exp(mean) if is_count else 1.0)
        if kind == "amount":
            noise = np.maximum(noise, LEAST**2)
        # A rare count says little of its level, which does not move the more for that.
        motion = GAIN**2 * (np.minimum(noise, 1.0) if is_count else noise)
        noise = noise * (_SPECIAL_SPREAD**2 if special[day] else 1.0)
        reach = P @ row
        variance = reach @ row + noise
        error = (y[:, day] / np.exp(mean) - 1) if is_count else y[:, day] - mean
        z = np.where(seen[:, day], np.clip(error / np.sqrt(variance), -FARTHEST, FARTHEST), np.nan)
        out.mean[:, day], out.variance[:, day], out.z[:, day] = mean, variance, z
        if not special[day]:
            # A series' first days are expected so vaguely that their surprise says little of their spread.
            surprise[:, day] = np.where(out.n_past[:, day] >= SETTLED, z * spread, np.nan)
            own = z[np.abs(z) <= TRIM] ** 2 * by_weekday[d]
            scatter[d], counted[d] = scatter[d] + own.sum(), counted[d] + len(own)
        if is_count:
            move, less = _weigh_count(y[:, day], mean, variance, noise)
        else:
            weight = np.minimum(1.0, CLIP / np.maximum(np.abs(z), CLIP))
            move, less = weight * z / np.sqrt(variance), weight / variance
        sides = _count_sides(sides, z)
        state += reach * np.where(seen[:, day], move, 0.0)[:, None]
        P -= np.where(seen[:, day], less, 0.0)[:, None, None] * reach[:, :, None] * reach[:, None, :]
        # A week on one side is a new level: anything from here to there may be it.
        shifted = np.abs(sides) >= SHIFTED
        jump = np.log((y[:, day] + 0.5) / np.exp(mean)) if is_count else np.clip(error, -1e150, 1e150)
        P[shifted, 0, 0] += np.nan_to_num(jump[shifted]) ** 2
        sides[shifted] = 0
        _step(state, P, motion, out.n_past[:, day], begun[:, day])
    return out


def _count_sides(sides: Array, z: Array) -> Array:
    """Days in a row beyond ``CLIP``, negative below; a missing day neither adds to them nor ends them."""
    side = np.sign(z) * (np.abs(z) > CLIP)
    return np.where(np.isnan(z), sides, np.where(side * sides > 0, sides + side, side))


def _weigh_count(y: Array, mean: Array, variance: Array, noise: Array) -> tuple[Array, Array]:
    """By how much a count moves its expectation and makes it more certain, over its uncertainty before.

    The expected count is taken as gamma-distributed (West, Harrison and Migon 1985), so that a count of 0
    lowers a rare series gently, where a linear step on the log scale would not.
    """
    before = np.maximum(variance - noise, 1e-12)
    usual, reach = np.exp(mean), CLIP * np.sqrt(variance) * skew(mean)
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
