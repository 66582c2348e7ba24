"""Stock of the trading stores: deliveries, what expires, waste and counts around what was used, by day."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.process.consumption import Consumption
from lucky_analytics.demo.process.horizon import DAYS, N_DAYS, WEEKDAY
from lucky_analytics.demo.process.ingredients import Goods
from lucky_analytics.demo.process.shelf_ages import Shelf
from lucky_analytics.demo.process.store_plan import N_STORES, OPENED
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["PERISHABLE_DAYS", "Stock", "keep_stock", "whole_units"]

_ROUTES = ((0, 2, 4), (1, 3, 5))  # weekdays on which every other store is delivered
PERISHABLE_DAYS, _WASTE_SHARE = 30, 0.04
_FRESH_DAYS = 7
_COUNT_SD = 0.01


@dataclass(frozen=True)
class Stock:
    """[stores, days, goods], quantities in thousandths of the base unit; rows before a store's opening are 0.

    opening + received - used - wasted + adjusted = closing, and closing is the next day's opening. ``wasted``
    is ``expired``, past its shelf life, and what was prepared for nobody or spilled. ``age`` is the days
    since the delivery of the oldest on the shelf, 0 where the good does not spoil.
    """

    opening: Ints
    received: Ints
    wasted: Ints
    adjusted: Ints
    closing: Ints
    expired: Ints
    age: Ints


def keep_stock(consumption: Consumption, goods: Goods, planted: Plants, seed: int) -> Stock:
    """Deliveries that last until the next one, in whole packs, and never a stock-out that is not planted.

    A planted stock-out ends its delivery's days with exactly nothing (the stock count takes what an earlier
    delivery left), and a delivery follows the next morning. The oldest is used first; what outlives its shelf
    life is thrown away at closing, so waste follows from what was ordered beyond the need. A delivery counts
    on nothing that expires before the next one.
    """
    rng = stream(seed, "stock")
    used, is_out = consumption.used, consumption.is_out
    spilled = _waste(consumption, goods, rng)
    arrives = _delivery_days(is_out)
    need, runs_out = _until_next(used + spilled, arrives, is_out)
    until = _days_to_next(arrives)
    cover = (1.1 + rng.exponential(0.15, used.shape)) * _over_order(goods, planted)
    missed = rng.normal(0, _COUNT_SD, used.shape)
    pack, whole = goods.pack * 1000, whole_units(goods)
    parts = np.zeros((7, *used.shape), np.int64)
    shelf = Shelf(N_STORES, goods.life)
    for day in range(N_DAYS):
        level, age = shelf.level(), shelf.oldest()
        lasting = shelf.level(until[:, day])
        planned = np.maximum((need[:, day] * cover[:, day]).astype(np.int64) - lasting, 0)
        received = np.where(
            runs_out[:, day], np.maximum(need[:, day] - lasting, 0), -(-planned // pack) * pack
        )
        received = np.where(arrives[:, day], received, 0)
        shelf.add(received)
        shelf.take(used[:, day] + spilled[:, day])
        expired = np.where(is_out[:, day], 0, shelf.discard())
        left = shelf.level()
        counts = arrives[:, day + 1] if day + 1 < N_DAYS else np.zeros_like(arrives[:, day])
        found = np.rint(left * np.clip(missed[:, day], -0.05, 0.05) / whole).astype(np.int64) * whole
        adjusted = np.where(counts, np.maximum(found, -left), 0)
        adjusted = np.where(is_out[:, day], level + received - used[:, day] - spilled[:, day], -adjusted)
        shelf.take(np.maximum(np.where(is_out[:, day], left, adjusted), 0))
        shelf.add(np.maximum(-adjusted, 0))
        wasted = spilled[:, day] + expired
        parts[:, :, day] = level, received, wasted, -adjusted, shelf.level(), expired, age
        shelf.grow_older()
    return Stock(*parts)


def _over_order(goods: Goods, planted: Plants) -> Floats:
    """By how much each store's deliveries of what keeps a week exceed the others', [stores, 1, goods]."""
    plant = planted["waste"]
    fresh = (goods.life > 0) & (goods.life <= _FRESH_DAYS)
    stores = np.isin(np.arange(N_STORES), plant["over_ordering_stores"])
    return 1 + plant["over_order"] * (stores[:, None, None] & fresh)


def _days_to_next(arrives: Bools) -> Ints:
    """Days from each day to the next delivery; the last days count to the end of the horizon."""
    days = np.ones(arrives.shape, np.int64)
    for day in range(N_DAYS - 2, -1, -1):
        days[:, day] = np.where(arrives[:, day + 1], 1, days[:, day + 1] + 1)
    return days


def _delivery_days(is_out: Bools) -> Bools:
    """Regular routes, a store's opening day, and the morning after a stock-out."""
    route = np.array([np.isin(WEEKDAY, _ROUTES[store % 2]) for store in range(N_STORES)])
    opened = OPENED[:N_STORES, None]
    regular = (route & (opened <= DAYS)) | (opened == DAYS)
    arrives = np.repeat(regular[:, :, None], is_out.shape[2], axis=2)
    arrives[:, 1:] |= is_out[:, :-1]
    return arrives


def _until_next(taken: Ints, arrives: Bools, is_out: Bools) -> tuple[Ints, Bools]:
    """What is taken from each day to the eve of the next delivery, and whether it runs out on that eve."""
    need, runs_out = taken.copy(), is_out.copy()
    for day in range(N_DAYS - 2, -1, -1):
        goes_on = ~arrives[:, day + 1]
        need[:, day] += np.where(goes_on, need[:, day + 1], 0)
        runs_out[:, day] = np.where(goes_on, runs_out[:, day + 1], is_out[:, day])
    return need, runs_out


def _waste(consumption: Consumption, goods: Goods, rng: np.random.Generator) -> Ints:
    """Now and then some of a perishable good is thrown away at closing, pieces as whole ones."""
    used = consumption.used
    usual = used.sum(1, keepdims=True) / np.maximum((used > 0).sum(1, keepdims=True), 1)
    spoils = (goods.life > 0) & (goods.life <= PERISHABLE_DAYS)
    happens = (rng.random(used.shape) < _WASTE_SHARE) & spoils & (used > 0) & ~consumption.is_out
    amount = usual * rng.uniform(0.05, 0.5, used.shape)
    whole = whole_units(goods)
    return np.where(happens, np.ceil(amount / whole).astype(np.int64) * whole, 0)


def whole_units(goods: Goods) -> Ints:
    """Thousandths of the base unit that a count can tell apart: pieces are whole."""
    return np.where(np.array(goods.units) == "pc", 1000, 1)
