"""What the ten trading stores used of each good, and what customers would have used had nothing run out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.horizon import DAYS, N_DAYS, WEEKDAY
from lucky_analytics.demo.process.ingredients import LARGE, Recipes
from lucky_analytics.demo.process.store_plan import N_STORES, OPENED
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["Consumption", "draw_consumption", "line_uses", "sku_quantities"]

_LOST_SHARE = (0.08, 0.6)  # of a day's demand that a stock-out may leave unserved
_SETTLED_DAYS = 3  # after its opening a store does not run out


@dataclass(frozen=True)
class Consumption:
    """[stores, days, goods], quantities in thousandths of the base unit.

    ``demand`` is what would have been used without the stock-outs; ``last_use`` the UTC second of a day's
    last use, -1 without one.
    """

    used: Ints
    demand: Floats
    last_use: Ints
    is_out: Bools


def sku_quantities(recipes: Recipes) -> Ints:
    """[SKUs, goods]: thousandths of the base unit in one unit as it is sold unless asked otherwise."""
    grows = np.where(recipes.goods.is_class("Packaging", "Food"), 1.0, LARGE)
    both = np.stack([recipes.quantity, recipes.quantity * grows], axis=1)
    return np.rint(both * 1000).astype(np.int64).reshape(-1, recipes.goods.n)


def line_uses(book: Book, recipes: Recipes, accepted: Ints, since: int = 0) -> tuple[Ints, Ints, Ints]:
    """Line, good and UTC second of every use by a completed order of a trading store from day ``since``.

    ``accepted`` is when the kitchen accepted each completed order: its goods leave the stock then.
    """
    quantity = sku_quantities(recipes)
    lines = book.lines
    counts = book.is_completed & (book.shop < N_STORES) & (book.day >= since)
    rows = np.flatnonzero(counts[lines.order])
    n_goods = (quantity > 0).sum(1)
    good_of = np.nonzero(quantity)[1]
    first = np.r_[0, np.cumsum(n_goods)[:-1]]
    sku = lines.sku[rows]
    line = np.repeat(rows, n_goods[sku])
    within = np.arange(len(line)) - np.repeat(np.cumsum(n_goods[sku]) - n_goods[sku], n_goods[sku])
    good = good_of[np.repeat(first[sku], n_goods[sku]) + within]
    return line, good, accepted[book.source[lines.order[line]]]


def draw_consumption(book: Book, recipes: Recipes, accepted: Ints, planted: Plants, seed: int) -> Consumption:
    """Uses of each day, and the days on which a good ran out.

    A stock-out is planted where the last use came so early that a share of the day's orders was still to
    come; what they would have used is lost demand: demand = used / (1 - that share).
    """
    line, good, at = line_uses(book, recipes, accepted)
    shop, day = book.shop[book.lines.order[line]], book.day[book.lines.order[line]]
    shape = (N_STORES, N_DAYS, recipes.goods.n)
    cell = np.ravel_multi_index((shop, day, good), shape)
    amount = sku_quantities(recipes)[book.lines.sku[line], good]
    used = np.bincount(cell, amount, np.prod(shape)).astype(np.int64).reshape(shape)
    last_use = np.full(np.prod(shape), -1)
    np.maximum.at(last_use, cell, at)
    last_use = last_use.reshape(shape)
    lost = _lost_share(book, last_use)
    possible = (used > 0) & (lost >= _LOST_SHARE[0]) & (lost <= _LOST_SHARE[1])
    possible &= (OPENED[:N_STORES, None] + _SETTLED_DAYS <= DAYS)[:, :, None]
    share, is_out = planted["forecasts"]["stock_out_share"], np.zeros(shape, dtype=bool)
    # The last day, on which the demo's newest pages look, has its own share of them, not a chance one.
    for name, days in (
        ("stock-outs", slice(0, N_DAYS - 1)),
        ("stock-outs of the last day", slice(N_DAYS - 1, None)),
    ):
        wanted = round(share * int((used[:, days] > 0).sum()))
        candidates = np.flatnonzero(possible[:, days])
        chosen = stream(seed, name).choice(candidates, min(wanted, len(candidates)), replace=False)
        drawn = np.zeros(is_out[:, days].shape, dtype=bool)
        drawn.ravel()[chosen] = True
        is_out[:, days] = drawn
    demand = used / np.where(is_out, 1 - lost, 1.0)
    return Consumption(used, demand, last_use, is_out)


def _lost_share(book: Book, last_use: Ints) -> Floats:
    """Share of a usual day's orders that come after each last use, by weekday or weekend."""
    is_usd_day = book.is_completed & (book.shop < N_STORES)
    midnight = local_midnight_utc(DAYS, np.zeros(N_DAYS, dtype=bool))
    clock = book.created - midnight[book.day]
    share = np.zeros(last_use.shape)
    for weekend in (False, True):
        days = np.flatnonzero((WEEKDAY >= 5) == weekend)
        usual = np.sort(clock[is_usd_day & ((WEEKDAY[book.day] >= 5) == weekend)])
        after = np.searchsorted(usual, last_use[:, days] - midnight[days][None, :, None])
        share[:, days] = 1 - after / max(len(usual), 1)
    return share
