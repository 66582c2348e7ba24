"""How long each order took to make: product, size of the order, load of the counter, and outliers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.horizon import MONTH
from lucky_analytics.demo.process.items import Items
from lucky_analytics.demo.process.menu_list import Menu
from lucky_analytics.demo.process.placement import Orders
from lucky_analytics.demo.process.timing import Times, open_tickets
from lucky_analytics.demo.truth.planted import Plants, Realised
from lucky_analytics.errors import DemoError

__all__ = ["FEBRUARY_MEAN", "FEBRUARY_ROWS", "Making", "make_orders", "note", "product_seconds"]

# February 2026: rows with an acceptance and an end, their mean, and the mean of those up to half an hour.
FEBRUARY_ROWS, FEBRUARY_MEAN, TRIMMED_MEAN, LONGEST = 36_696, 217.9, 204.0, 9_839
TRIM_SECONDS, N_OUTLIERS = 1_800, 155
_PATIENCE, _LEVEL_STEPS, _CLOSE = 100, 25, 1e-3
_SECONDS = {
    "Brewed": 70, "Espresso": 110, "Americano": 95, "Latte": 140, "Matcha Latte": 150, "Mocha": 150,
    "Cold Brew": 60, "Fruit": 120, "Tea": 110, "Frozen": 190, "Blended": 200, "Hot Food": 160,
    "Packaged Bakery": 25,
}  # fmt: skip


@dataclass(frozen=True)
class Making:
    """Completed orders in the kitchen: times with the final ends, and which orders have a production row.

    ``cancelled_in_february`` is how many cancelled orders of February were made all the same, so that the
    month has the published number of rows. ``load`` is the open tickets each order met, ``log_work`` the ln
    seconds it asked for without load and noise, up to a constant.
    """

    times: Times
    has_row: Bools
    is_outlier: Bools
    load: Ints
    log_work: Floats
    cancelled_in_february: int


def product_seconds(menu: Menu, seed: int) -> Floats:
    """Usual seconds to make one unit of each product at an idle counter."""
    noise = np.exp(stream(seed, "product seconds").normal(0, 0.08, menu.n))
    return np.array([_SECONDS[two] for two in menu.two_category]) * noise


def make_orders(
    orders: Orders, items: Items, menu: Menu, times: Times, shop: Ints, targets: Targets, planted: Plants,
    seed: int,
) -> Making:  # fmt: skip
    """Production seconds of every completed order; February has the published rows, means and maximum.

    ln seconds = ln units' seconds + learning x exp(-day / learning_days) + slope x ln(1 + open tickets of the
    shop) + noise, times one level for the whole horizon, which February's trimmed mean sets. One order in
    240 is an outlier: a row left open, which loads nobody.
    """
    rng = stream(seed, "production")
    plant = planted["production"]
    size = np.bincount(items.order, minlength=orders.n)
    units = np.bincount(items.order, product_seconds(menu, seed)[items.product], orders.n) * size**-0.25
    log_work = np.log(units) + plant["learning"] * np.exp(-orders.day / plant["learning_days"])
    noise = rng.normal(0, plant["noise_sd"], orders.n)
    in_february = MONTH[orders.day] == 7
    has_row = _rows(in_february, targets, planted, rng)
    is_outlier = has_row & ~in_february & (rng.random(orders.n) < N_OUTLIERS / FEBRUARY_ROWS)
    n_february = max(round(N_OUTLIERS * targets.scale), 1)
    late = rng.choice(np.flatnonzero(has_row & in_february), n_february, replace=False)
    is_outlier[late] = True
    usual = has_row & ~is_outlier
    # A cancelled order that was made anyway takes the mean time, so it leaves the mean alone.
    seconds, load = _settle(log_work + noise, times.accepted, shop, usual, in_february, plant["load_slope"])
    over = TRIM_SECONDS + rng.lognormal(7.2, 0.5, orders.n)
    seconds[is_outlier] = np.minimum(over, 9_000)[is_outlier].astype(np.int64)
    known = usual & in_february
    total = FEBRUARY_MEAN * (known.sum() + n_february) - seconds[known].sum()
    seconds[late] = _outliers(n_february, float(total), rng)
    missing = round(FEBRUARY_ROWS * targets.scale) - int((has_row & in_february).sum())
    ended = replace(times, done=times.accepted + seconds)
    return Making(ended, has_row, is_outlier, load, log_work, max(missing, 0))


def _settle(
    log_work: Floats, accepted: Ints, shop: Ints, usual: Bools, in_february: Bools, slope: float
) -> tuple[Ints, Ints]:
    """Whole seconds of each order and the open tickets it meets.

    The tickets an order meets depend on the seconds of earlier orders only, so iterating from an idle
    counter ends at the one solution; the level moves along until February's mean is met to a thousandth.
    """
    # In the order of time at each shop, in which tickets are looked up next to one another.
    by_time = np.lexsort((accepted, shop))
    log_work, accepted, shop = log_work[by_time], accepted[by_time], shop[by_time]
    usual, in_february = usual[by_time], in_february[by_time]
    load = np.zeros(len(accepted), np.int64)
    seconds, level = load, 0.0
    for step in range(_PATIENCE):
        work = np.exp(np.minimum(level + log_work + slope * np.log1p(load), 12.0))
        before, seconds = seconds, np.clip(np.round(work), 12, TRIM_SECONDS).astype(np.int64)
        gap = float(np.log(TRIMMED_MEAN / seconds[usual & in_february].mean()))
        moves = abs(gap) >= _CLOSE and step < _LEVEL_STEPS
        if not moves and np.array_equal(before, seconds):
            break
        level += gap if moves else 0.0
        load = open_tickets(accepted, accepted + np.where(usual, seconds, 1), shop)
    back = np.argsort(by_time)
    return seconds[back], load[back]


def note(making: Making, truth: Realised, february: Bools, july: Bools) -> None:
    """The slope as drawn, by least squares on what the order asked for; and how much faster the kitchens
    became since July, late rows left out in both.
    """
    rows = making.has_row & ~making.is_outlier
    seconds = making.times.done - making.times.accepted
    x = np.log1p(making.load[rows])
    y = np.log(seconds[rows]) - making.log_work[rows]
    centred = x - x.mean()
    slope = float((centred * y).sum() / (centred**2).sum())
    left = y - y.mean() - slope * centred
    truth.note("production", "load_slope", slope, float(left.std() / np.sqrt((centred**2).sum())))
    truth.note("production", "noise_sd", float(left.std()))
    faster = 1 - seconds[rows & february].mean() / seconds[rows & july].mean()
    truth.note("production", "improvement_since_july", float(faster))


def _rows(in_february: Bools, targets: Targets, planted: Plants, rng: np.random.Generator) -> Bools:
    """All completed orders but the planted few without a production, and February's excess if any."""
    has_row = np.ones(len(in_february), dtype=bool)
    n = planted["exceptions"]["completed_without_production"]
    n = n if targets.is_full else int(np.ceil(n * targets.scale))
    has_row[rng.choice(len(has_row), n, replace=False)] = False
    february = np.flatnonzero(has_row & in_february)
    excess = len(february) - round(FEBRUARY_ROWS * targets.scale)
    if excess > 0:
        if targets.is_full and excess > 200:
            raise DemoError("orders of February", expected=f"at most {FEBRUARY_ROWS}", got=str(len(february)))
        has_row[rng.choice(february, excess, replace=False)] = False
    return has_row


def _outliers(n: int, total: float, rng: np.random.Generator) -> Ints:
    """``n`` times above half an hour that add up to ``total``, the longest ever among them."""
    over = rng.lognormal(7.2, 0.5, n)
    room = total - LONGEST - (n - 1) * TRIM_SECONDS
    over *= max(room, 0) / max(over[1:].sum(), 1)
    seconds = np.minimum(TRIM_SECONDS + 1 + over, 9_500).astype(np.int64)
    seconds[0] = LONGEST
    return seconds
