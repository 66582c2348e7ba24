"""What the plants of customers' choices came out as: home store, what goes together, late postings."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.arrays import Bools
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.discounts import RANDOMISED
from lucky_analytics.demo.process.horizon import N_DAYS, WEEK
from lucky_analytics.demo.process.items import CONFOUNDED_PAIR, CONFOUNDED_ROW, TRUE_PAIRS
from lucky_analytics.demo.process.store_plan import OPENED, RESIDUAL
from lucky_analytics.demo.tables.sales_payment import posting_day
from lucky_analytics.demo.truth.estimates import Estimate

__all__ = ["choice_estimates"]


def choice_estimates(world: World) -> list[Estimate]:
    """Chance of the home store, chance of a partner, share of the confounded pair, share of late postings."""
    found = [
        _estimate(world, "customers", "home_store_share", *_home_store(world)),
        _estimate(world, "menu", "pair_probability", *_pairs(world)),
        _estimate(world, "menu", "confounded_share", *_confounded(world)),
        _estimate(world, "exceptions", "late_posting_share", *_late(world)),
    ]
    return [estimate for estimate in found if np.isfinite(estimate.after)]


def _estimate(world: World, mechanism: str, name: str, after: float, se: float) -> Estimate:
    return Estimate(mechanism, name, float(world.planted[mechanism][name]), None, after, se)


def _excess(hits: float, chance: float, n: float) -> tuple[float, float]:
    """An effect beside the usual chance, hits = n x (chance + effect x (1 - chance)), and its error."""
    if n <= 0 or chance >= 1:
        return float("nan"), 0.0
    share = hits / n
    return (share - chance) / (1 - chance), float(np.sqrt(max(share * (1 - share), 1e-12) / n) / (1 - chance))


def _home_store(world: World) -> tuple[float, float]:
    """Of orders placed when the home store was open, those at it beyond the day's mix of stores."""
    orders = world.orders
    ours = np.flatnonzero((orders.user < orders.n_customers) & (orders.row <= RESIDUAL))
    home = orders.pool.home[orders.candidate[orders.user[ours]]]
    ours, home = ours[OPENED[home] <= orders.day[ours]], home[OPENED[home] <= orders.day[ours]]
    day, row = orders.day[ours], orders.row[ours]
    cell = np.bincount(row * N_DAYS + day, minlength=(RESIDUAL + 1) * N_DAYS).reshape(-1, N_DAYS)
    chance = (cell / np.maximum(cell.sum(0), 1))[home, day]
    return _excess(float((row == home).sum()), float(chance.mean()), len(ours))


def _associating(world: World) -> Bools:
    """Units of USD orders of customers whose coupons were not drawn by chance."""
    orders = world.orders
    drawn = np.zeros(int(orders.user.max()) + 1, dtype=bool)
    drawn[: orders.n_customers] = orders.pool.program.arm(orders.candidate) == RANDOMISED
    return (orders.is_usd & ~drawn[orders.user])[world.items.order]


def _pairs(world: World) -> tuple[float, float]:
    """How much oftener a partner is the second unit after its other half than after any other product."""
    items, menu = world.items, world.menu
    order, product, counts = items.order, items.product, _associating(world)
    second = (
        np.flatnonzero((order[1:] == order[:-1]) & (np.r_[-1, order[:-2]] != order[:-1]) & counts[1:]) + 1
    )
    first, then = product[second - 1], product[second]
    hits = n = usual = 0.0
    for pair in TRUE_PAIRS:
        one, other = (menu.names.index(name) for name in pair)
        for a, b in ((one, other), (other, one)):
            after = first == a
            others = ~after & ~np.isin(first, (one, other))
            hits, n = hits + float((after & (then == b)).sum()), n + float(after.sum())
            usual += float(after.sum()) * float((then[others] == b).mean() if others.any() else 0.0)
    return _excess(hits, usual / n if n else 1.0, n)


def _confounded(world: World) -> tuple[float, float]:
    """How much oftener each of the two products is bought in the one store than in the other stores."""
    orders, items, menu = world.orders, world.items, world.menu
    row, week = orders.row[items.order], WEEK[orders.day[items.order]]
    counts = _associating(world) & (row < RESIDUAL)
    hits = n = usual = 0.0
    for name in CONFOUNDED_PAIR:
        product = menu.names.index(name)
        sold = counts & (week >= menu.launch_week[product]) & (week < menu.end_week[product])
        sold &= week >= OPENED[CONFOUNDED_ROW] // 7
        here, there = sold & (row == CONFOUNDED_ROW), sold & (row != CONFOUNDED_ROW)
        hits, n = hits + float((here & (items.product == product)).sum()), n + float(here.sum())
        usual += float(here.sum()) * float((items.product[there] == product).mean() if there.any() else 0.0)
    return _excess(hits, usual / n if n else 1.0, n)


def _late(world: World) -> tuple[float, float]:
    """Of posted payments, those in a batch of a later day than the order; the last day has no later one."""
    book, trades = world.book, world.trades
    day = posting_day(trades, book)
    posted = np.flatnonzero(day >= 0)
    ordered = book.day[trades.order[posted]]
    late = (day[posted] > ordered)[ordered < N_DAYS - 1]
    return _excess(float(late.sum()), 0.0, len(late))
