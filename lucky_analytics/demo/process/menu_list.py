"""The menu: products, categories, list prices, taxability and when each was sold."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lucky_analytics import declarations
from lucky_analytics.demo.build.arrays import Bools, Floats, Ints
from lucky_analytics.demo.build.targets import TOP_PRODUCTS
from lucky_analytics.demo.process.horizon import N_WEEKS, day_of

__all__ = ["CATEGORIES", "Menu", "load_menu", "size_of_unit", "summer"]

CATEGORIES = (
    "Fresh Ground Coffee", "Classic Drinks", "Matcha", "Cold Brew", "Refreshers", "Exfreezo", "Super Drink",
    "Food",
)  # fmt: skip


@dataclass(frozen=True)
class Menu:
    """Sold products, the published fifteen first; arrays have one value per product.

    ``launch_week`` and ``end_week`` are half-open weeks of the horizon; ``weight`` is a product's share of
    the tail (zero for the fifteen); ``pilot`` lists (name, category) of products that were never sold.
    """

    names: tuple[str, ...]
    category: Ints
    two_category: tuple[str, ...]
    three_category: tuple[str, ...]
    list_cents: Ints
    weight: Floats
    season: Floats
    launch_week: Ints
    end_week: Ints
    is_packaged: Bools
    pilot: tuple[tuple[str, str], ...]

    @property
    def n(self) -> int:
        return len(self.names)

    @property
    def is_taxable(self) -> Bools:
        """Drinks and heated food are; food sold unheated in its wrapper to go is not (NY TB-ST-806)."""
        return ~(self.is_packaged & (self.category == CATEGORIES.index("Food")))

    @property
    def spu_codes(self) -> tuple[str, ...]:
        return tuple(f"SPU{100_001 + i}" for i in range(self.n))

    @property
    def sku_codes(self) -> tuple[str, ...]:
        """Two sizes of each product: position 2 x product + size."""
        return tuple(f"{code}-{size}" for code in self.spu_codes for size in (1, 2))


def size_of_unit(position: Ints) -> Ints:
    """0 regular, 1 large, by a unit's position among the units of completed orders: one in three is large.

    >>> size_of_unit(np.arange(6)).tolist()
    [0, 0, 1, 0, 0, 1]
    """
    return position % 3 // 2


@functools.cache
def load_menu() -> Menu:
    """The menu in ``data/menu.yml``."""
    declared = declarations.read(Path(__file__).parents[1] / "data" / "menu.yml")
    products = declared["products"]
    names = tuple(p["name"] for p in products)
    if names[: len(TOP_PRODUCTS)] != tuple(name for name, _, _ in TOP_PRODUCTS):
        raise AssertionError("data/menu.yml must open with the published fifteen products")
    return Menu(
        names=names,
        category=np.array([CATEGORIES.index(p["category"]) for p in products]),
        two_category=tuple(p["two"] for p in products),
        three_category=tuple(p["three"] for p in products),
        list_cents=np.array([round(p["list"] * 100) for p in products]),
        weight=np.array([float(p.get("weight", 0)) for p in products]),
        season=np.array([float(p.get("season", 0)) for p in products]),
        launch_week=np.array([day_of(p["launch"]) // 7 if "launch" in p else 0 for p in products]),
        end_week=np.array([day_of(p["retired"]) // 7 if "retired" in p else N_WEEKS for p in products]),
        is_packaged=np.array([bool(p.get("packaged", 0)) for p in products]),
        pilot=tuple((p["name"], p["category"]) for p in declared["pilot"]),
    )


def summer(weeks: Ints) -> Floats:
    """1 at the height of summer, -1 in deep winter, by week of the horizon (day 0 is 30 June)."""
    return np.cos(2 * np.pi * (weeks * 7 - 20) / 365)
