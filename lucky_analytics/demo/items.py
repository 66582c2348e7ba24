"""Baskets: how many units each completed order has and which products they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.allocate import controlled_round, fill, fit_margins
from lucky_analytics.demo.arrays import Bools, Floats, Ints, largest_remainder, stream
from lucky_analytics.demo.discounts import Discounts
from lucky_analytics.demo.horizon import N_WEEKS, WEEK
from lucky_analytics.demo.menu import Menu, summer
from lucky_analytics.demo.placement import Orders
from lucky_analytics.demo.targets import TOP_PRODUCTS, Targets
from lucky_analytics.demo.truth import Plants
from lucky_analytics.errors import DemoError

__all__ = ["CONFOUNDED_PAIR", "N_TOP", "TRUE_PAIRS", "Items", "fill_baskets"]

N_TOP = len(TOP_PRODUCTS)
MULTI_SHARE, N_LARGE = 0.15, 300
TRUE_PAIRS = (
    ("Sausage Egg & Cheese Croissant", "Drip Coffee"), ("Butter Croissant", "Latte"),
    ("Blueberry Muffin", "Cappuccino"), ("Chocolate Chip Cookie", "Iced Coconut Latte"),
    ("Bacon Gouda Sandwich", "Cold Brew"), ("Banana Bread Slice", "Americano"),
)  # fmt: skip
CONFOUNDED_PAIR, CONFOUNDED_ROW = ("Mango Pomelo Refresher", "Coconut Exfreezo"), 3
TAIL_GROWTH = 0.05  # ln a week: the assortment beyond the published fifteen gains share


@dataclass(frozen=True)
class Items:
    """Units of completed orders, sorted by order. ``depth`` is the randomised discount, NaN elsewhere."""

    order: Ints
    product: Ints
    depth: Floats

    @property
    def is_top(self) -> Bools:
        return self.product < N_TOP

    @property
    def is_frozen(self) -> Bools:
        """Units whose price is list x (1 - randomised depth): no raking may touch them."""
        return ~np.isnan(self.depth)


def fill_baskets(
    orders: Orders, menu: Menu, discounts: Discounts, targets: Targets, planted: Plants, seed: int
) -> Items:
    """Every completed order's units, with the published number of each of the fifteen products exactly.

    Product x week counts (NZD a column of its own) are fitted and rounded; within a week the units go to
    the users whose wish it is: half of the time their favourite. Randomised users' wishes come first.
    """
    rng = stream(seed, "baskets")
    order = np.repeat(np.arange(orders.n), _basket_sizes(orders, targets, rng))
    column = np.where(orders.is_usd, WEEK[orders.day], N_WEEKS)[order]
    counts = _product_weeks(menu, targets, np.bincount(column, minlength=N_WEEKS + 1), rng)
    favourite = rng.random(orders.n_customers + 500)
    user = orders.user[order]
    likes = rng.random(len(order)) < planted["customers"]["favourite_share"]
    quantile = np.where(likes, favourite[user], rng.random(len(order)))
    cumulative = np.cumsum(counts / np.maximum(counts.sum(0), 1), axis=0)
    wish = np.empty(len(order), np.int64)
    for k in range(N_WEEKS + 1):
        rows = np.flatnonzero(column == k)
        wish[rows] = np.searchsorted(cumulative[:, k], quantile[rows], side="right")
    wish = _associated(np.minimum(wish, menu.n - 1), order, orders, column, menu, planted, rng)
    randomised = discounts.is_randomised(user, orders.day[order], orders.row[order])
    priority = rng.random(len(order)) - randomised
    product, _ = fill(wish, column, counts.T.copy(), priority, rng)
    depth = discounts.depth(user, menu.category[product], WEEK[orders.day[order]])
    return Items(order, product, np.where(randomised, depth, np.nan))


def _associated(
    wish: Ints,
    order: Ints,
    orders: Orders,
    column: Ints,
    menu: Menu,
    planted: Plants,
    rng: np.random.Generator,
) -> Ints:
    """Wishes with the planted associations: partners in one basket, and a pair that only shares a store.

    Where the first unit is one of a true pair, the second is its partner with the planted probability. The
    two products of the confounded pair are each wished for more often in one store, independently: they
    go together over all stores and not within any.
    """
    wish = wish.copy()
    second = np.flatnonzero((order[1:] == order[:-1]) & (np.r_[-1, order[:-2]] != order[:-1])) + 1
    takes = rng.random(len(second)) < planted["menu"]["pair_probability"]
    for one, other in TRUE_PAIRS:
        a, b = menu.names.index(one), menu.names.index(other)
        wish[second[takes & (wish[second - 1] == a)]] = b
        wish[second[takes & (wish[second - 1] == b)]] = a
    for name in CONFOUNDED_PAIR:
        product = menu.names.index(name)
        sold = (column >= menu.launch_week[product]) & (column < menu.end_week[product])
        here = (orders.row[order] == CONFOUNDED_ROW) & sold
        wish[here & (rng.random(len(order)) < planted["menu"]["confounded_share"])] = product
    return wish


def _basket_sizes(orders: Orders, targets: Targets, rng: np.random.Generator) -> Ints:
    """One unit in 85 of 100 orders; more in the rest, fewer such while the launch price limited baskets."""
    size = np.ones(orders.n, np.int64)
    weight = np.where(orders.is_delivery, 2.0, 1.0) * (1 - 0.7 * np.exp(-orders.day / 25))
    multi = rng.choice(orders.n, int(MULTI_SHARE * orders.n), replace=False, p=weight / weight.sum())
    size[multi] += 1
    large = rng.choice(multi, max(int(N_LARGE * targets.scale), 1), replace=False)
    size[large] += rng.integers(3, 10, len(large))
    missing = targets.items - int(size.sum())
    if missing < 0:
        raise DemoError("units in completed orders", expected=f"at most {targets.items}", got=str(size.sum()))
    np.add.at(size, rng.choice(multi, missing), 1)
    return size


def _product_weeks(menu: Menu, targets: Targets, columns: Ints, rng: np.random.Generator) -> Ints:
    """Units by product and week, [products, weeks + 1]; the last column is NZD."""
    tail_units = int(columns.sum() - targets.product_items.sum())
    n_tail = menu.n - N_TOP
    noisy = menu.weight[N_TOP:] * np.exp(rng.normal(0, 0.05, n_tail))
    totals = np.r_[targets.product_items, largest_remainder(noisy, tail_units)]
    weeks = np.arange(N_WEEKS + 1)
    on_menu = (weeks >= menu.launch_week[:, None]) & (weeks < menu.end_week[:, None])
    on_menu[:, N_WEEKS] = (menu.launch_week == 0) & (menu.end_week == N_WEEKS)
    popularity = menu.season[:, None] * summer(weeks)[None, :]
    popularity[N_TOP:] += TAIL_GROWTH * weeks + rng.normal(0, 0.08, (n_tail, N_WEEKS + 1))
    since_launch = np.maximum(weeks - menu.launch_week[:, None], 0)
    novelty = np.where(menu.launch_week[:, None] > 0, 0.5 * np.exp(-since_launch / 3), 0)
    popularity[:, N_WEEKS] = np.where(menu.category == 1, 0.6, 0.0)  # the test shops pour more classics
    start = totals[:, None] * np.exp(popularity + novelty) * on_menu * columns
    fitted = fit_margins(start, totals.astype(float), columns.astype(float), passes=400)
    return controlled_round(fitted, totals, columns)
