"""What each product is made of and what its ingredients cost; four products earn just what their category
does."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lucky_analytics import declarations
from lucky_analytics.demo.build.arrays import Bools, Floats, Ints
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.items import Items
from lucky_analytics.demo.process.menu_list import CATEGORIES, Menu, size_of_unit
from lucky_analytics.demo.truth.planted import Plants, Realised

__all__ = ["LARGE", "Goods", "Recipes", "goods_codes", "note_costs", "write_recipes"]

LARGE = 1.28  # a large drink has this much more of everything but packaging
_FACTORS = (0.4, 2.5)  # a good's cost may be planted this far from its usual one
_SMALLEST_SHARE = 0.01  # of the units of its category


@dataclass(frozen=True)
class Goods:
    """Everything a recipe uses. ``cost`` is the mean cost in dollars of one base unit; ``has_cost`` is false
    where no purchase price exists. ``life`` is days, -1 where it does not spoil.
    """

    keys: tuple[str, ...]
    names: tuple[str, ...]
    classes: tuple[str, ...]
    units: tuple[str, ...]
    cost: Floats
    has_cost: Bools
    pack: Ints
    life: Ints
    storage: Ints

    @property
    def n(self) -> int:
        return len(self.keys)

    @property
    def codes(self) -> tuple[str, ...]:
        return goods_codes(self.n)

    def is_class(self, *names: str) -> Bools:
        return np.isin(np.array(self.classes), names)


@dataclass(frozen=True)
class Recipes:
    """``quantity`` [products, goods]: base units in one regular unit, standard sweetness and ice.

    ``cost_cents`` is what the mean unit sold costs, large ones included; NaN where an ingredient has no
    purchase price. ``borderline`` are the products planted at the mean margin of their category, and
    ``gap`` is how far each product's margin is from that mean, as a share.
    """

    goods: Goods
    quantity: Floats
    cost_cents: Floats
    borderline: Ints
    gap: Floats


def goods_codes(n: int) -> tuple[str, ...]:
    """Codes of the first ``n`` goods of the company: those that recipes use come first."""
    return tuple(f"G{20_001 + k}" for k in range(n))


@functools.cache
def _declared() -> dict[str, Any]:
    return declarations.read(Path(__file__).parents[1] / "data" / "goods.yml")


def write_recipes(
    items: Items, pay: Ints, is_usd: Bools, menu: Menu, targets: Targets, planted: Plants
) -> Recipes:
    """Recipes by the rules of ``data/goods.yml``; ``pay`` and ``is_usd`` are cents and currency of each unit.

    Four products, one a category, get the cost of a good that only they use set so that their mean margin
    is ``menu.cut_gaps`` away from the mean margin of their category, over USD units and before payment fees.
    The products that need the least change are taken; a small estate may have fewer. Packs shrink with its
    scale, so that stores do not drown in deliveries.
    """
    goods = _goods(targets.scale)
    quantity = np.zeros((menu.n, goods.n))
    for product in range(menu.n):
        for name, amount in _recipe(menu, product).items():
            quantity[product, goods.names.index(name)] = amount
    units = np.bincount(items.product, is_usd, menu.n)
    price = np.bincount(items.product, pay * is_usd, menu.n) / np.maximum(units, 1)
    is_large = size_of_unit(np.arange(len(items.product)))
    large = np.bincount(items.product, is_large * is_usd, menu.n) / np.maximum(units, 1)
    grows = (LARGE - 1) * ~goods.is_class("Packaging", "Food")
    used = quantity * (1 + large[:, None] * grows)
    lacks = (quantity[:, ~goods.has_cost] > 0).any(1)
    counts = np.where(lacks, 0.0, units)
    cost = goods.cost.copy()
    borderline = []
    for product, good, factor in _at_the_cut(used, cost, price, counts, menu, planted["menu"]["cut_gaps"]):
        cost[good] *= factor
        borderline.append(product)
    cost = np.round(cost, 6)
    margin = price - 100 * used @ cost
    gap = np.full(menu.n, np.nan)
    sold = counts > 0
    gap[sold] = (margin / np.where(sold, _category_mean(margin, counts, menu), 1))[sold] - 1
    priced = Goods(goods.keys, goods.names, goods.classes, goods.units, cost, goods.has_cost, goods.pack,
                   goods.life, goods.storage)  # fmt: skip
    each = np.where(lacks, np.nan, 100 * used @ cost)
    return Recipes(priced, quantity, each, np.array(sorted(borderline), dtype=np.int64), gap)


def _goods(scale: float) -> Goods:
    rows = _declared()["goods"]
    names = tuple(row[0] for row in rows)
    return Goods(
        keys=tuple(re.sub(r"\W+", "_", name.lower()) for name in names),
        names=names,
        classes=tuple(row[1] for row in rows),
        units=tuple(row[2] for row in rows),
        cost=np.array([float(row[3]) for row in rows]),
        has_cost=~np.isin(names, _declared()["without_cost"]),
        pack=np.maximum(np.rint(np.array([row[4] for row in rows]) * scale).astype(np.int64), 1),
        life=np.array([row[5] or -1 for row in rows]),
        storage=np.array([row[6] for row in rows]),
    )


def _recipe(menu: Menu, product: int) -> dict[str, float]:
    """Good to quantity of a regular one: base of the category, cup, and what the words of the name add."""
    declared = _declared()
    recipe: dict[str, float] = dict(declared["two"][menu.two_category[product]])
    if menu.category[product] != CATEGORIES.index("Food"):
        recipe |= declared["three"][menu.three_category[product]] | declared["drink"]
    recipe |= declared["any"]
    for word, adds in declared["words"].items():
        if re.search(rf"\b{re.escape(word)}\b", menu.names[product]):
            recipe.pop(adds.get("instead"), None)
            recipe |= {name: amount for name, amount in adds.items() if name != "instead"}
    return recipe


def _category_mean(margin: Floats, units: Floats, menu: Menu) -> Floats:
    total = np.bincount(menu.category, units, len(CATEGORIES))
    earned = np.bincount(menu.category, units * margin, len(CATEGORIES))
    return (earned / np.maximum(total, 1))[menu.category]


def _at_the_cut(
    used: Floats, cost: Floats, price: Floats, units: Floats, menu: Menu, gaps: list[float]
) -> list[tuple[int, int, float]]:
    """Product, good and the factor on the good's cost that brings the product to its gap; each category and
    gap once, least change first.
    """
    margin = price - 100 * used @ cost
    found = []
    for good in np.flatnonzero((used > 0).sum(0) == 1):
        product = int(np.flatnonzero(used[:, good])[0])
        same = menu.category == menu.category[product]
        others = same & (np.arange(menu.n) != product)
        if units[product] < max(_SMALLEST_SHARE * units[same].sum(), 1) or not units[others].any():
            continue
        dear = abs(price[product] / np.average(price[same], weights=units[same]) - 1)
        for gap in gaps:
            earned = (units * margin)[others].sum()
            wanted = (1 + gap) * earned / (units[others].sum() - gap * units[product])
            factor = 1 + (margin[product] - wanted) / (100 * used[product, good] * cost[good])
            if _FACTORS[0] < factor < _FACTORS[1]:
                found.append((abs(np.log(factor)) + 2 * dear, product, int(good), gap, float(factor)))
    chosen: list[tuple] = []
    for one in sorted(found):
        if all(menu.category[c[1]] != menu.category[one[1]] and c[3] != one[3] for c in chosen):
            chosen.append(one)
    return [(product, good, factor) for _, product, good, _, factor in chosen]


def note_costs(recipes: Recipes, menu: Menu, truth: Realised) -> None:
    """Cost of each product (null where none is known), and the products at the cut with their gaps."""
    cost = [round(float(cents), 2) if np.isfinite(cents) else None for cents in recipes.cost_cents]
    truth.note("menu", "cost_cents", dict(zip(menu.names, cost, strict=True)))
    truth.note("menu", "borderline", [menu.names[k] for k in recipes.borderline])
    truth.note("menu", "cut_gaps", {menu.names[k]: float(recipes.gap[k]) for k in recipes.borderline})
    truth.note("menu", "without_cost", [name for name, c in zip(menu.names, cost, strict=True) if c is None])
