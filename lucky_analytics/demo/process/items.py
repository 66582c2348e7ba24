"""Baskets: how many units each completed order has and which products they are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.allocate import controlled_round, fill
from lucky_analytics.demo.build.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.assortment import N_TOP, Assortment, expect_units
from lucky_analytics.demo.process.discounts import RANDOMISED, blend, segment_of
from lucky_analytics.demo.process.horizon import N_WEEKS, WEEK
from lucky_analytics.demo.process.menu_list import CATEGORIES, Menu
from lucky_analytics.demo.process.placement import Orders
from lucky_analytics.demo.process.store_plan import RESIDUAL
from lucky_analytics.demo.truth.planted import Plants
from lucky_analytics.errors import DemoError

__all__ = ["CONFOUNDED_PAIR", "N_TOP", "TRUE_PAIRS", "Items", "fill_baskets"]

MULTI_SHARE, N_LARGE = 0.15, 300
TRUE_PAIRS = (
    ("Sausage Egg & Cheese Croissant", "Drip Coffee"), ("Butter Croissant", "Latte"),
    ("Blueberry Muffin", "Cappuccino"), ("Chocolate Chip Cookie", "Iced Coconut Latte"),
    ("Bacon Gouda Sandwich", "Cold Brew"), ("Banana Bread Slice", "Americano"),
)  # fmt: skip
CONFOUNDED_PAIR, CONFOUNDED_ROW = ("Mango Pomelo Refresher", "Coconut Exfreezo"), 3


@dataclass(frozen=True)
class Items:
    """Units of completed orders, sorted by order. ``depth`` is the coupon's, NaN where there is none."""

    order: Ints
    product: Ints
    depth: Floats

    @property
    def is_top(self) -> Bools:
        return self.product < N_TOP

    @property
    def is_frozen(self) -> Bools:
        """Units whose price is list x (1 - coupon depth): no raking may touch them."""
        return ~np.isnan(self.depth)


def fill_baskets(
    orders: Orders, menu: Menu, assortment: Assortment, targets: Targets, planted: Plants, seed: int
) -> Items:
    """Every completed order's units, with the published number of each of the fifteen products exactly.

    Product x week counts (NZD a column of its own) are fitted and rounded; within a week the units go to
    the users whose wish it is: their favourite category and product half of the time, more of a category
    that a coupon of the week makes cheaper. Wishes of customers with coupons come first.
    """
    rng = stream(seed, "baskets")
    order = np.repeat(np.arange(orders.n), _basket_sizes(orders, targets, rng))
    column = np.where(orders.is_usd, WEEK[orders.day], N_WEEKS)[order]
    columns = np.bincount(column, minlength=N_WEEKS + 1)
    counts = _product_weeks(assortment, columns, targets.is_calibrated)
    exposed, effect = _coupon_effects(orders)
    wish = _wishes(orders, order, column, counts, menu, effect, planted, rng)
    wish = _associated(wish, order, orders, column, menu, _is_drawn(orders, exposed), planted, rng)
    priority = rng.random(len(order)) - exposed[order]
    if targets.is_calibrated:
        product, _ = fill(wish, column, counts.T.copy().astype(np.int64), priority, rng)
    else:
        product = wish
    return Items(order, product, _frozen_depth(orders, exposed, order, menu.category[product]))


def _product_weeks(assortment: Assortment, columns: Ints, is_calibrated: bool) -> Floats:
    """Units by product and week [products, weeks + 1]: exact totals, or popularity alone."""
    expected = expect_units(assortment, columns.astype(float), is_calibrated)
    return controlled_round(expected, assortment.totals, columns).astype(float) if is_calibrated else expected


def _coupon_effects(orders: Orders) -> tuple[Bools, Floats]:
    """Which orders were placed with coupons of their week, and demand by category [orders, categories]."""
    pool, program = orders.pool, orders.pool.program
    exposed = np.zeros(orders.n, dtype=bool)
    effect = np.ones((orders.n, len(CATEGORIES)))
    ours = np.flatnonzero(orders.user < orders.n_customers)
    ours = ours[np.lexsort((orders.day[ours], orders.user[ours]))]
    key, day = orders.candidate[orders.user[ours]], orders.day[ours]
    is_first = np.r_[True, key[1:] != key[:-1]]
    n_before = np.arange(len(ours)) - np.flatnonzero(is_first)[np.cumsum(is_first) - 1]
    first, week = pool.first_day[key], day // 7
    some = np.flatnonzero(program.is_eligible(key, week, first // 7))
    # The first order of the week, and the one before it: what was known on the Monday.
    opens = is_first | np.r_[True, week[1:] != week[:-1]]
    opener = np.flatnonzero(opens)[np.cumsum(opens) - 1][some]
    monday = 7 * week[some]
    segment = segment_of(n_before[opener], monday - day[opener - 1], monday - first[some])
    exposed[ours[some]] = True
    effect[ours[some]] = program.effects(key[some], day[some] // 7, first[some] // 7, segment)
    return exposed, effect


def _is_drawn(orders: Orders, exposed: Bools) -> Bools:
    """Orders placed in a week with coupons whose depths were drawn by chance."""
    ours = orders.user < orders.n_customers
    drawn = orders.pool.program.arm(orders.candidate) == RANDOMISED
    return exposed & ours & drawn[np.where(ours, orders.user, 0)]


def _wishes(
    orders: Orders, order: Ints, column: Ints, counts: Floats, menu: Menu, effect: Floats, planted: Plants,
    rng: np.random.Generator,
) -> Ints:  # fmt: skip
    """The product that each unit would be: a category by taste and coupons, then a product of it."""
    n_categories = len(CATEGORIES)
    n_others = int(orders.user.max()) + 1 - orders.n_customers
    favourite = np.r_[orders.pool.favourite[orders.candidate], rng.random(n_others)]
    bounds = np.cumsum(orders.pool.program.category_share)
    category_of = np.minimum(np.searchsorted(bounds, favourite, side="right"), n_categories - 1)
    inside = (favourite - (bounds - np.diff(bounds, prepend=0))[category_of]) / np.diff(bounds, prepend=0)[
        category_of
    ]
    loyal = planted["customers"]["favourite_share"]
    by_category = np.argsort(menu.category, kind="stable")
    user = orders.user[order]
    wish = np.empty(len(order), np.int64)
    for k in range(N_WEEKS + 1):
        rows = np.flatnonzero(column == k)
        if not len(rows):
            continue
        sold = counts[by_category, k] / counts[:, k].sum()
        share = np.bincount(menu.category[by_category], sold, n_categories)
        own = category_of[user[rows]]
        # The same taste as when the order was drawn, or coupons would sell something else than they should.
        usual = share if k == N_WEEKS else orders.pool.program.week_share[k] * (share > 0)
        chance = blend(usual.astype(float), own, loyal) * effect[order[rows]]
        cumulative = np.cumsum(chance, axis=1)
        picked = (rng.random(len(rows)) * cumulative[:, -1])[:, None] >= cumulative
        category = np.minimum(picked.sum(1), n_categories - 1)
        taste = np.where(category == own, inside[user[rows]], rng.random(len(rows)))
        taste = np.where(rng.random(len(rows)) < 0.7, taste, rng.random(len(rows)))
        edge = np.cumsum(share)
        place = edge[category] - share[category] * (1 - taste * 0.999999)
        at = np.minimum(np.searchsorted(np.cumsum(sold), place, side="right"), menu.n - 1)
        wish[rows] = by_category[at]
    return wish


def _frozen_depth(orders: Orders, exposed: Bools, order: Ints, category: Ints) -> Floats:
    """The coupon depth of each unit that has one and is priced by it, NaN elsewhere."""
    depth = np.full(len(order), np.nan)
    rows = np.flatnonzero((exposed & (orders.row < RESIDUAL))[order])
    key = orders.candidate[orders.user[order[rows]]]
    depth[rows] = orders.pool.program.depth(key, WEEK[orders.day[order[rows]]], category[rows])
    return depth


def _associated(
    wish: Ints,
    order: Ints,
    orders: Orders,
    column: Ints,
    menu: Menu,
    is_drawn: Bools,
    planted: Plants,
    rng: np.random.Generator,
) -> Ints:
    """Wishes with the planted associations: partners in one basket, and a pair that only shares a store.

    Where the first unit is one of a true pair, the second is its partner with the planted probability. The
    two products of the confounded pair are each wished for more often in one store, independently: they
    go together over all stores and not within any. Orders ``is_drawn`` are left alone: there only coupons
    decide what is bought.
    """
    wish = wish.copy()
    second = np.flatnonzero((order[1:] == order[:-1]) & (np.r_[-1, order[:-2]] != order[:-1])) + 1
    takes = rng.random(len(second)) < planted["menu"]["pair_probability"]
    takes &= ~is_drawn[order[second]]
    for one, other in TRUE_PAIRS:
        a, b = menu.names.index(one), menu.names.index(other)
        wish[second[takes & (wish[second - 1] == a)]] = b
        wish[second[takes & (wish[second - 1] == b)]] = a
    for name in CONFOUNDED_PAIR:
        product = menu.names.index(name)
        sold = (column >= menu.launch_week[product]) & (column < menu.end_week[product])
        here = (orders.row[order] == CONFOUNDED_ROW) & sold & ~is_drawn[order]
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
    if not targets.is_calibrated:
        return size
    missing = targets.items - int(size.sum())
    if missing < 0:
        raise DemoError("units in completed orders", expected=f"at most {targets.items}", got=str(size.sum()))
    np.add.at(size, rng.choice(multi, missing), 1)
    return size
