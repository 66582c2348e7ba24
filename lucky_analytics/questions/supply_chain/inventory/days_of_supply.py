"""How long the stock lasts, and the chance by forecasts that it runs out before more can come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.methods.goods.demand_spread import Spread
from lucky_analytics.models.goods_ahead import HORIZON, History, learn_before, look_ahead
from lucky_analytics.models.goods_shelf import Shelf

__all__ = ["Supply", "count_days", "find_chance", "find_supply"]

Array = NDArray[Any]
_LOW, _MIDDLE, _HIGH = 9, 99, 189  # places of 5, 50 and 95 % among demand_spread.LEVELS


@dataclass(frozen=True)
class Supply:
    """By cell: ``low``, ``days``, ``high``: days of supply by stock and what is on order, 5 %, middle and
    95 % (at most ``HORIZON``, which means as much or more); ``raw``: the chance by forecasts that it runs out
    before an order placed today is there; ``here``: days that the stock alone lasts; ``simple``: stock over
    the mean use of four weeks, in days. ``expected`` and ``quantities`` of ``look_ahead``; ``spread`` behind
    them."""

    low: Array
    days: Array
    high: Array
    raw: Array
    here: Array
    simple: Array
    expected: Array
    quantities: Array
    spread: Spread


def find_supply(shelf: Shelf) -> Supply | None:
    """Days of supply and chances of this evening; ``None`` before any demand was foretold and came."""
    history, cells = shelf.history, shelf.cells
    day = len(history.days) - 1
    spread = learn_before(history, day)
    if spread is None:
        return None
    expected, quantities = look_ahead(history, spread, day)
    there = cells["stock"].to_numpy()
    position = there + cells["on_order"].to_numpy()
    days = _lasts(quantities, position)
    first, until = (cells[name].fillna(0).to_numpy(int) for name in ("to_first", "to_order"))
    raw = np.maximum(
        find_chance(quantities, there, first),
        find_chance(quantities, np.where(until > first, position, there), until),
    )
    simple = count_days(history, day, there)
    # Much is wanted where few days are left.
    here = _lasts(quantities, there)[_MIDDLE]
    return Supply(days[_HIGH], days[_MIDDLE], days[_LOW], raw, here, simple, expected, quantities, spread)


def find_chance(quantities: Array, there: Array, days: Array) -> Array:
    """The share of draws in which more than is there is wanted within ``days``, by cell; 0 for 0 days."""
    cells = np.arange(len(there))
    wanted = quantities[:, np.clip(days, 1, HORIZON) - 1, cells]
    return np.where(days > 0, (wanted > there + 1e-9).mean(axis=0), 0.0)


def _lasts(quantities: Array, position: Array) -> Array:
    """Days until the position is used up, by level and cell: whole days covered and the part of the next."""
    before = np.concatenate([np.zeros_like(quantities[:, :1]), quantities[:, :-1]], axis=1)
    step = quantities - before
    part = np.clip((position - before) / np.where(step > 0, step, 1), 0, 1)
    return np.where(step > 0, part, 1.0 * (position >= quantities)).sum(axis=1)


def count_days(history: History, day: int, there: Array) -> Array:
    use = history.demand[max(day - 27, 0) : day + 1]
    n = (~np.isnan(use)).sum(axis=0)
    mean = np.nansum(use, axis=0) / np.maximum(n, 1)
    return np.where(mean > 0, there / np.where(mean > 0, mean, 1), np.inf)
