"""How much of each good to order, one rule for every page: what too little and too much cost, in packs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.methods.goods.demand_spread import Spread
from lucky_analytics.methods.goods.order_packs import choose_packs, cost_of_level, find_level
from lucky_analytics.models.goods_ahead import HORIZON

__all__ = ["LIMIT", "Costs", "Rules", "draw_span", "draw_until", "order", "price_units", "value_order"]

Array = NDArray[Any]

LIMIT = (
    "What a store can hold, what a leftover still fetches and who takes something else when a good lacks are "
    "in no table: no shelf is taken to be full, and the other two are stated parameters."
)
_PLAIN = 19.0  # against 1 for a unit too many: covers what is needed 19 times in 20


@dataclass(frozen=True)
class Rules:
    """``switch_share``: of customers who find a good lacking, those who take something that leaves as much
    (0 to 1); ``salvage_share``: what a unit past its shelf life still fetches, of its cost; ``holding_rate``:
    cost of a dollar of stock a year. All three are assumptions of the page's parameters."""

    switch_share: float = 0.5
    salvage_share: float = 0.0
    holding_rate: float = 0.25


@dataclass(frozen=True)
class Costs:
    """Dollars of a base unit, by cell: ``underage`` (too little), ``waste`` (past its life), ``holding`` (a
    unit left over at the next delivery). ``is_plain``: where cost or margin is unknown, in numbers that
    cover the need 19 times in 20 and mean no dollars."""

    underage: Array
    waste: Array
    holding: Array
    is_plain: Array


def price_units(worth: pd.DataFrame, rules: Rules, days: Array) -> Costs:
    """``worth``: ``cost`` and ``margin`` a base unit by cell (``goods_worth``); ``days`` that a leftover
    stands until the next delivery.

    >>> worth = pd.DataFrame({"cost": [1.0], "margin": [3.0]})
    >>> costs = price_units(worth, Rules(0.5, 0.1, 0.365), np.array([2]))
    >>> [float(part[0]) for part in (costs.underage, costs.waste, costs.holding)]
    [1.5, 0.9, 0.002]
    """
    cost, margin = worth["cost"].to_numpy(float), worth["margin"].to_numpy(float)
    is_plain = np.isnan(cost) | np.isnan(margin) | (cost <= 0)
    under = margin * (1 - rules.switch_share)
    waste = cost * (1 - rules.salvage_share)
    holding = cost * rules.holding_rate * np.asarray(days, float) / 365
    return Costs(
        np.where(is_plain, _PLAIN, under),
        np.where(is_plain, 1.0, waste),
        np.where(is_plain, 1.0, holding),
        is_plain,
    )


def draw_until(expected: Array, quantities: Array, spread: Spread, portion: Array, days: Array) -> Array:
    """Demand of the next ``days`` [cells] as draws [levels, cells], of ``goods_ahead.look_ahead``; 0 days are
    0, infinite days are infinite. Beyond the ``HORIZON`` each day is as the mean of those before."""
    cells = np.arange(expected.shape[1])
    asked = np.asarray(days, float)
    near = np.clip(np.nan_to_num(asked, posinf=HORIZON), 1, HORIZON).astype(int)
    draws = quantities[:, near - 1, cells]
    far = np.isfinite(asked) & (asked > HORIZON)
    base = expected[-1] * np.where(far, asked, HORIZON) / HORIZON
    longer = np.maximum(spread.quantities(base, base / portion, HORIZON), draws)
    draws = np.where(far, longer, draws)
    return np.where(asked == 0, 0.0, np.where(np.isinf(asked), np.inf, draws))


def order(position: Array, pack: Array, need: Array, life: Array, costs: Costs) -> tuple[Array, Array]:
    """Packs to order of each cell, and the level of least cost in base units. ``position``: stock and what is
    on order."""
    terms = (costs.underage, costs.waste, costs.holding)
    return choose_packs(position, pack, need, life, *terms), find_level(need, life, *terms)


def value_order(position: Array, level: Array, need: Array, life: Array, costs: Costs) -> Array:
    """Dollars that bringing ``position`` to ``level`` is expected to be worth until the delivery after, by
    cell: what it saves in sales less what it adds in waste and holding; null where dollars are unknown."""
    terms = (costs.underage, costs.waste, costs.holding)
    gain = cost_of_level(position, need, life, *terms) - cost_of_level(level, need, life, *terms)
    return np.where(costs.is_plain, np.nan, gain)


def draw_span(days: Array, spread: Spread, portion: Array, start: Array, length: Array) -> Array:
    """Draws [levels, cells] of the demand of ``length`` days from place ``start`` on, both by cell.

    ``days`` of ``goods_ahead.expect_days`` [HORIZON, cells]; days beyond it are as the mean of it; infinite
    lengths are infinite. Levels are thousandths: what too little costs may be a hundred times the other.
    """
    n, cells = len(days), np.arange(days.shape[1])
    total = np.concatenate([np.zeros((1, days.shape[1])), days.cumsum(axis=0)])
    mean = total[-1] / n
    asked = np.asarray(length, float)
    whole = np.where(np.isfinite(asked), asked, 1.0).astype(int)

    def until(day: Array) -> Array:
        return total[np.minimum(day, n), cells] + mean * np.maximum(day - n, 0)

    expected = until(start + whole) - until(start)
    drawn = spread.quantities(expected, expected / portion, whole, is_fine=True)
    return np.where(np.isfinite(asked), drawn, np.inf)
