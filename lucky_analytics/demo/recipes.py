"""Goods and the default recipe of every product in every size."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from lucky_analytics.demo.arrays import Bools, Floats, Ints
from lucky_analytics.demo.menu import CATEGORIES, Menu

__all__ = ["N_SIZES", "Recipes", "load_recipes"]

N_SIZES = 2
_LARGE = 1.25
_COUNTED = ("Packaging", "Consumable", "Food")  # a large drink needs no more of these
_STEPS = ("Coffee", "Tea", "Flavour", "Fruit", "Dairy", "Food", "Consumable", "Packaging")


@dataclass(frozen=True)
class Recipes:
    """Goods that recipes use, and how much of each goes into one unit.

    ``quantity`` is [SKUs, goods] in thousandths of the good's base unit; the SKU of a product is twice its
    position in the menu, plus one for the large size. ``dollars`` is the base price of one base unit.
    ``shelf_days`` is 0 for what does not spoil.
    """

    names: tuple[str, ...]
    kind: tuple[str, ...]
    unit: tuple[str, ...]
    dollars: Floats
    pack: Ints
    shelf_days: Ints
    storage: Ints
    has_cost: Bools
    quantity: Ints

    @property
    def n(self) -> int:
        return len(self.names)

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(f"G{200_001 + 3 * k}" for k in range(self.n))

    @property
    def step(self) -> Ints:
        """The order in which a barista adds goods: by kind, then as listed."""
        rank = np.array([_STEPS.index(kind) for kind in self.kind])
        return np.argsort(np.lexsort((np.arange(self.n), rank)))


def load_recipes(menu: Menu) -> Recipes:
    """The goods and recipes in ``data/goods.yml`` for ``menu``; a product's recipe follows from its name
    and categories.
    """
    text = (Path(__file__).parent / "data" / "goods.yml").read_text(encoding="utf-8")
    declared = yaml.safe_load(text)
    goods = declared["goods"]
    names = tuple(row[0] for row in goods)
    at = {name: k for k, name in enumerate(names)}
    kind = tuple(row[1] for row in goods)
    grows = np.array([k not in _COUNTED or name == "Ice" for name, k in zip(names, kind, strict=True)])
    quantity = np.zeros((menu.n * N_SIZES, len(names)), np.int64)
    for product in range(menu.n):
        recipe = _recipe(menu, product, declared)
        for large in range(N_SIZES):
            for name, amount in recipe.items():
                name = declared["large"].get(name, name) if large else name
                factor = _LARGE if large and grows[at[name]] else 1
                quantity[product * N_SIZES + large, at[name]] += round(amount * factor * 1000)
    return Recipes(
        names=names,
        kind=kind,
        unit=tuple(row[2] for row in goods),
        dollars=np.array([float(row[3]) for row in goods]),
        pack=np.array([row[4] for row in goods]),
        shelf_days=np.array([row[5] for row in goods]),
        storage=np.array([row[6] for row in goods]),
        has_cost=~np.isin(names, declared["without_cost"]),
        quantity=quantity,
    )


def _recipe(menu: Menu, product: int, declared: dict[str, Any]) -> dict[str, float]:
    """Good to quantity of a regular one: base of the category, cup, and what the words of the name add."""
    recipe: dict[str, float] = dict(declared["two"][menu.two_category[product]])
    if menu.category[product] != CATEGORIES.index("Food"):
        recipe |= declared["three"][menu.three_category[product]] | declared["drink"]
    recipe |= declared["any"]
    for word, adds in declared["words"].items():
        if re.search(rf"\b{re.escape(word)}\b", menu.names[product]):
            recipe.pop(adds.get("instead"), None)
            recipe |= {name: amount for name, amount in adds.items() if name != "instead"}
    return recipe
