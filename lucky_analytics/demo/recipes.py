"""What each product is made of and what its ingredients cost; recipe costs lie where the plant puts them."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from lucky_analytics.demo.arrays import Bools, Floats, Ints, stream
from lucky_analytics.demo.items import N_TOP, Items
from lucky_analytics.demo.menu import CATEGORIES, Menu
from lucky_analytics.demo.truth import Plants

__all__ = ["LARGE", "Goods", "Recipes", "goods_list", "write_recipes"]

LARGE = 1.28  # a large drink has this much more of everything but packaging
N_BORDERLINE, MIN_COST = 4, 30.0
_UNPRICED = 0.05  # dollars that a good without a purchase price would cost; only its quantities need it


@dataclass(frozen=True)
class Goods:
    """Everything a recipe uses: the declared ingredients and packaging, then one bought-in good per food.

    ``cost`` is dollars per base unit; ``has_cost`` is false where no purchase price exists. ``life`` is days,
    -1 where it does not spoil.
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
        return tuple(f"G{20_001 + k}" for k in range(self.n))

    def is_class(self, *names: str) -> Bools:
        return np.isin(np.array(self.classes), names)


@dataclass(frozen=True)
class Recipes:
    """``quantity`` [products, goods]: base units in one regular unit, standard sweetness and ice.

    ``cost_cents`` is what that costs (goods without a purchase price left out). ``borderline`` are the
    products whose margin lies next to the sales-weighted mean margin.
    """

    goods: Goods
    quantity: Floats
    cost_cents: Floats
    borderline: Ints


@functools.cache
def _declared() -> dict[str, Any]:
    return yaml.safe_load((Path(__file__).parent / "data" / "goods.yml").read_text(encoding="utf-8"))


def goods_list(menu: Menu) -> Goods:
    """The goods of ``data/goods.yml`` and one bought-in good for each food, not yet priced."""
    declared = list(_declared()["goods"].values())
    foods = [menu.names[k] for k in range(menu.n) if menu.category[k] == CATEGORIES.index("Food")]
    n = len(foods)
    return Goods(
        keys=(*_declared()["goods"], *(f"food:{name}" for name in foods)),
        names=(*(good["name"] for good in declared), *foods),
        classes=(*(good["class"] for good in declared), *["Food"] * n),
        units=(*(good["unit"] for good in declared), *["pc"] * n),
        cost=np.array([good["cost"] or _UNPRICED for good in declared] + [0.0] * n),
        has_cost=np.array(
            [good["cost"] is not None for good in declared]
            + [name not in _declared()["without_cost"] for name in foods]
        ),
        pack=np.array([good["pack"] for good in declared] + [24] * n),
        life=np.array([good.get("life", -1) for good in declared] + [5] * n),
        storage=np.array([good["storage"] for good in declared] + [2] * n),
    )


def write_recipes(items: Items, pay: Ints, menu: Menu, planted: Plants, seed: int) -> Recipes:
    """Recipes whose cost is the planted share of each product's average price, and four at the margin cut.

    A recipe's ingredients follow its kind; their quantities are scaled together so that the recipe costs
    what is planted (packaging is not scaled). Four tail products get the cost at which their margin is the
    sales-weighted mean margin within ``borderline_distance``.
    """
    rng = stream(seed, "recipes")
    plant = planted["menu"]
    sold = np.bincount(items.product, minlength=menu.n)
    price = np.bincount(items.product, pay, menu.n) / np.maximum(sold, 1)
    cost = price * plant["cost_share"] * np.exp(rng.normal(0, plant["cost_sd"], menu.n))
    tail = np.arange(N_TOP, menu.n)[~menu.is_packaged[N_TOP:]]
    borderline = np.sort(rng.choice(tail, N_BORDERLINE, replace=False))
    for _ in range(20):  # the cut moves a little with the four, so repeat until it stands
        cut = ((price - cost) * sold).sum() / sold.sum()
        near = 1 + plant["borderline_distance"] * np.where(np.arange(N_BORDERLINE) % 2, 1, -1)
        cost[borderline] = price[borderline] - cut * near
    goods = goods_list(menu)
    quantity = np.zeros((menu.n, goods.n))
    unit_cost = goods.cost.copy()
    for k in range(menu.n):
        for key, amount in _declared()["recipes"][menu.two_category[k]].items():
            quantity[k, goods.keys.index(key)] = amount
        _adapt(quantity[k], menu.names[k], menu.three_category[k], goods.keys)
        wanted = max(cost[k], MIN_COST) / 100
        fixed = quantity[k] * goods.cost * goods.is_class("Packaging")
        if (food := f"food:{menu.names[k]}") in goods.keys:
            quantity[k, goods.keys.index(food)] = 1
            unit_cost[goods.keys.index(food)] = max(wanted - fixed.sum(), 0.10)
        else:
            scaled = ~goods.is_class("Packaging")
            quantity[k, scaled] *= max(wanted - fixed.sum(), 0.10) / (quantity[k] * goods.cost)[scaled].sum()
    quantity, unit_cost = np.round(quantity, 3), np.round(unit_cost, 6)
    priced = Goods(goods.keys, goods.names, goods.classes, goods.units, unit_cost, goods.has_cost, goods.pack,
                   goods.life, goods.storage)  # fmt: skip
    return Recipes(priced, quantity, quantity @ (unit_cost * goods.has_cost) * 100, borderline)


def _adapt(quantity: Floats, name: str, three: str, keys: tuple[str, ...]) -> None:
    """A hot drink has a hot cup and no ice; a name that says oat or velvet says the ingredient."""

    def move(source: str, to: str) -> None:
        quantity[keys.index(to)] += quantity[keys.index(source)]
        quantity[keys.index(source)] = 0

    if three == "Hot":
        move("cup_cold", "cup_hot")
        move("straw", "sleeve")
        quantity[keys.index("ice")] = 0
    if "Coconut" not in name:
        move("coconut_milk", "whole_milk")
    for word, good in (("Hazelnut", "syrup_hazelnut"), ("Caramel", "syrup_caramel"),
                       ("Brown Sugar", "syrup_brown"), ("Pumpkin", "syrup_seasonal"),
                       ("Maple", "syrup_seasonal"), ("Gingerbread", "syrup_seasonal")):  # fmt: skip
        if word in name:
            move("syrup_vanilla", good)
    if "Velvet" in name:
        quantity[keys.index("velvet_cream")] += 25
    if "Oat" in name:
        move("whole_milk", "oat_milk")
    if "Hojicha" in name:
        move("matcha_powder", "hojicha_powder")
