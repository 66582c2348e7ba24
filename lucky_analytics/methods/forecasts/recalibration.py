"""Chances put right by what came of such: isotonic regression, and what it says of blocks it has not seen."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.isotonic import IsotonicRegression

__all__ = ["FEWEST", "cross_fit", "draw_recalibrated", "recalibrate"]

Array = NDArray[Any]
FEWEST = 20  # events, and as many without: below, chances stay as they were said


def recalibrate(said: ArrayLike, event: ArrayLike, asked: ArrayLike) -> Array:
    """The share of events among those of which about as much was said, for each chance in ``asked``.

    ``said``, ``asked``: chances (0 to 1); ``event``: 0 or 1. The shares never fall as the chance said rises
    (isotonic regression, Zadrozny and Elkan 2002). One event more at 0 and one miss more at 1 keep the ends
    from being sure. With fewer than ``FEWEST`` events or misses nothing is learnt: ``asked`` comes back.

    >>> said = np.repeat([0.1, 0.9], 100)
    >>> event = np.r_[np.repeat([1, 0], [10, 90]), np.repeat([1, 0], [60, 40])]
    >>> [round(float(chance), 2) for chance in recalibrate(said, event, [0.1, 0.9])]
    [0.11, 0.59]
    >>> recalibrate([0.5], [1], [0.2]).tolist()
    [0.2]
    """
    chance, came = np.asarray(said, float), np.asarray(event, float)
    values, place = np.unique(chance, return_inverse=True)
    n, outs = np.bincount(place, minlength=len(values)), np.bincount(place, came, minlength=len(values))
    return _learn(values, outs, n, np.asarray(asked, float))


def cross_fit(said: ArrayLike, event: ArrayLike, time: ArrayLike, n_parts: int = 8) -> Array:
    """``recalibrate`` of each chance by those of other times: whole spans of ``time`` are left out in turn,
    so that what is told of a day was not learnt from it, nor from most of the days around it.

    ``time``: of each chance, a number that orders days. Fewer times than parts are left out one by one.

    >>> said, time = np.full(80, 0.5), np.repeat([0, 1], 40)
    >>> event = np.r_[np.repeat([1, 0], [20, 20]), np.ones(40)]
    >>> cross_fit(said, event, time).round(2)[[0, -1]].tolist()  # the second day has no miss to learn from
    [0.5, 0.5]
    """
    chance, came, when = (np.asarray(part, float) for part in (said, event, time))
    times, place = np.unique(when, return_inverse=True)
    part = place * min(n_parts, len(times)) // max(len(times), 1)
    found = np.empty(len(chance))
    for own in np.unique(part):
        out = part == own
        found[out] = recalibrate(chance[~out], came[~out], chance[out])
    return found


def draw_recalibrated(
    said: ArrayLike, event: ArrayLike, time: ArrayLike, asked: ArrayLike, n_draws: int = 200, seed: int = 1
) -> Array:
    """``recalibrate`` learnt from times drawn anew with replacement: an array [draws, asked], whose spread
    is what the chances are uncertain by. All of a time are drawn together, since they share its luck.

    >>> time = np.arange(400)
    >>> drawn = draw_recalibrated(np.full(400, 0.5), time % 4 == 0, time, [0.5])
    >>> drawn.shape, round(float(drawn.mean()), 1), 0.01 < float(drawn.std()) < 0.03
    ((200, 1), 0.3, True)
    """
    chance, came, when = (np.asarray(part, float) for part in (said, event, time))
    values, column = np.unique(chance, return_inverse=True)
    times, row = np.unique(when, return_inverse=True)
    shape = (len(times), len(values))
    cell = row * len(values) + column
    n = np.bincount(cell, minlength=len(times) * len(values)).reshape(shape)
    outs = np.bincount(cell, came, minlength=len(times) * len(values)).reshape(shape)
    random, wanted = np.random.default_rng(seed), np.asarray(asked, float)
    drawn = random.multinomial(len(times), np.full(len(times), 1 / max(len(times), 1)), n_draws)
    return np.array([_learn(values, own @ outs, own @ n, wanted) for own in drawn])


def _learn(values: Array, outs: Array, n: Array, asked: Array) -> Array:
    if min(outs.sum(), n.sum() - outs.sum()) < FEWEST or not len(asked):
        return asked
    model = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip")
    share = outs / np.maximum(n, 1)
    model.fit(np.r_[values, 0.0, 1.0], np.r_[share, 1.0, 0.0], sample_weight=np.r_[n, 1.0, 1.0])
    return np.asarray(model.predict(asked), float)
