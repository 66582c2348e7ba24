"""What stands on a shelf by the age of its delivery, day after day: the oldest is used first, what is too old
goes. A history can be followed as it was, or replayed as if other orders had been placed.

A day has this order: the delivery comes, goods are taken, what has reached its shelf life is thrown away at
closing, the count is corrected. What was delivered on day 0 and keeps three days may be used on days 0 to 3
and is thrown away on the evening of day 3. Quantities are in base units, one unit a good.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["Replay", "follow_shelf", "replay_orders", "take_oldest"]

Array = NDArray[Any]
_Daily = Callable[[int, Array], Array]
# Quantities have three decimals; what floating point leaves below that is nothing.
_NOTHING = 1e-6


@dataclass(frozen=True)
class Replay:
    """By series and day: ``received``, ``expired``, ``short`` (taken, but not there); ``lasting`` (on the
    morning before the delivery: what keeps until the eve of the next one); ``left`` (series, ages): what
    stands on the last evening by days since its delivery."""

    received: Array
    expired: Array
    short: Array
    lasting: Array
    left: Array


def follow_shelf(
    received: Array, taken: Array, corrected: Array, life: Array, until: Array | None = None
) -> Replay:
    """The shelf under the deliveries as they came.

    ``received``, ``taken`` (used, and thrown away for another reason than age), ``corrected`` (stock counts,
    signed; less is taken from the oldest, more is young): (series, days). ``life``: days that each series
    keeps, 1 or more. ``until``: days from each day to its next delivery, for ``lasting``; 1 where not given.
    Raises ``ParameterError`` for shapes that do not fit.

    >>> came, taken = np.array([[6.0, 0, 0]]), np.array([[2.0, 1, 0]])
    >>> found = follow_shelf(came, taken, np.zeros((1, 3)), np.array([2]))
    >>> found.expired.tolist(), found.left.tolist()
    ([[0.0, 0.0, 3.0]], [[0.0, 0.0, 0.0]])
    """
    _check(received, taken, corrected, life)
    ahead = np.ones(taken.shape, int) if until is None else until
    never = np.zeros(taken.shape, bool)
    return _walk(taken, life, ahead, never, lambda day, _: received[:, day], lambda day, _: corrected[:, day])


def replay_orders(
    levels: Array,
    taken: Array,
    pack: Array,
    life: Array,
    until: Array,
    *,
    counted: Array | None = None,
    emptied: Array | None = None,
    rounds_up: bool | Array = True,
) -> Replay:
    """The shelf if each delivery had filled it up to ``levels``, in whole packs: as many as reach it, or
    (without ``rounds_up``, one for all or one a series) as come nearest to it.

    ``levels`` (series, days): what is to be there after a delivery, null on days without one. What does not
    keep until the next delivery (``until`` days on) is not counted on. ``taken``, ``life`` as in
    ``follow_shelf``; ``pack``: base units of each series. ``counted``: by which share of what stood there
    each count was corrected; ``emptied``: days on which whatever was left after use is gone, unexpired. No
    corrections where not given.

    >>> days = np.ones((1, 4), int)
    >>> levels, taken = np.array([[5.0, np.nan, 5, np.nan]]), np.array([[1.0, 1, 1, 1]])
    >>> found = replay_orders(levels, taken, np.array([6.0]), np.array([2]), 2 * days)
    >>> found.received.tolist(), found.expired.tolist()
    ([[6.0, 0.0, 6.0, 0.0]], [[0.0, 0.0, 3.0, 0.0]])
    """
    _check(levels, taken, taken, life)
    upwards = np.broadcast_to(np.asarray(rounds_up, bool), life.shape)
    share = np.zeros(taken.shape) if counted is None else counted

    def order(day: int, lasting: Array) -> Array:
        lack = np.where(np.isnan(levels[:, day]), 0.0, levels[:, day] - lasting)
        packs = np.where(upwards, np.ceil(lack / pack - 1e-9), np.floor(lack / pack + 0.5))
        return np.asarray(np.maximum(packs, 0.0) * pack)

    gone = np.zeros(taken.shape, bool) if emptied is None else emptied
    return _walk(taken, life, until, gone, order, lambda day, level: share[:, day] * level)


def take_oldest(layers: Array, quantity: Array) -> tuple[Array, Array]:
    """``layers`` (series, ages) after ``quantity`` was taken from the oldest on, and what was not there.

    >>> take_oldest(np.array([[5.0, 2.0]]), np.array([3.0]))[0].tolist()
    [[4.0, 0.0]]
    """
    older = np.cumsum(layers[:, ::-1], axis=1)[:, ::-1] - layers
    taken = np.clip(quantity[:, None] - older, 0.0, layers)
    return layers - taken, np.maximum(quantity - layers.sum(axis=1), 0.0)


def _walk(taken: Array, life: Array, until: Array, emptied: Array, order: _Daily, correct: _Daily) -> Replay:
    """``order`` says what comes on a day given what lasts; ``correct``, by how much the count is off given
    what stands there at closing."""
    n, n_days = taken.shape
    ages = np.arange(int(life.max(initial=1)) + 1)
    too_old = ages[None, :] >= life[:, None]
    layers = np.zeros((n, len(ages)))
    parts = np.zeros((4, n, n_days))
    for day in range(n_days):
        keeps = ages[None, :] + until[:, day, None] - 1 <= life[:, None]
        lasting = np.where(keeps, layers, 0.0).sum(axis=1)
        came = order(day, lasting)
        layers[:, 0] += came
        layers, short = take_oldest(layers, taken[:, day])
        layers[emptied[:, day]] = 0.0
        gone = np.where(too_old, layers, 0.0)
        layers = layers - gone
        off = correct(day, layers.sum(axis=1))
        layers, _ = take_oldest(layers, np.maximum(-off, 0.0))
        layers[:, 0] += np.maximum(off, 0.0)
        layers[layers < _NOTHING] = 0.0
        parts[:, :, day] = came, gone.sum(axis=1), short, lasting
        if day < n_days - 1:
            layers = np.hstack([np.zeros((n, 1)), layers[:, :-1]])
    received, expired, short, lasted = parts
    return Replay(received, expired, short, lasted, layers)


def _check(first: Array, taken: Array, corrected: Array, life: Array) -> None:
    shapes = {first.shape, taken.shape, corrected.shape}
    if len(shapes) != 1 or len(taken.shape) != 2 or life.shape != taken.shape[:1]:
        raise ParameterError(
            "shelf", expected="one row a series and one column a day, a life a series", got=str(shapes)
        )
    if life.size and not (life >= 1).all():
        raise ParameterError("shelf life", expected="1 day or more", got=str(life.min()))
