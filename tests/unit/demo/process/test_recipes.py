"""Recipes: what names promise is in the cup, and four products sit where they are planted."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.demo.process.ingredients import LARGE, Recipes, write_recipes
from lucky_analytics.demo.process.items import Items
from lucky_analytics.demo.process.menu_list import Menu, load_menu
from lucky_analytics.demo.truth.planted import plants


@pytest.fixture(scope="module")
def menu() -> Menu:
    return load_menu()


def _written(menu: Menu, gaps: list[float], is_usd: bool = True) -> tuple[Recipes, Items, np.ndarray]:
    """Thirty units of each product at about three fifths of its list price."""
    rng = np.random.default_rng(2)
    product = np.repeat(np.arange(menu.n), 30)
    items = Items(np.arange(len(product)), product, np.full(len(product), np.nan))
    pay = np.rint(menu.list_cents[product] * rng.uniform(0.5, 0.7, len(product))).astype(np.int64)
    planted = plants()
    planted["menu"]["cut_gaps"] = gaps
    return write_recipes(items, pay, np.full(len(pay), is_usd), menu, Targets.at(1.0), planted), items, pay


@pytest.mark.parametrize(
    ("product", "has", "has_not"),
    [
        (
            "Iced Coconut Latte",
            {"Coconut Milk": 210, "Espresso Beans": 18, "Ice": 150},
            {"Whole Milk", "Hot Cup"},
        ),
        ("Latte", {"Whole Milk": 220, "Hot Cup": 1, "Cup Sleeve": 1}, {"Ice", "Coconut Milk", "Cold Cup"}),
        ("Pineapple Cold Brew", {"Pineapple Juice": 90}, {"Apple Juice"}),
        ("Cookies & Cream Exfreezo", {"Cookie Crumbs": 22}, {"Chocolate Chip Cookie"}),
        ("Chocolate Chip Cookie", {"Chocolate Chip Cookie": 1}, {"Cookie Crumbs", "Cup Label"}),
    ],
)
def test_a_name_says_what_is_in_it(menu: Menu, product: str, has: dict[str, float], has_not: set[str]):
    recipes, _, _ = _written(menu, [])
    amounts = dict(zip(recipes.goods.names, recipes.quantity[menu.names.index(product)], strict=True))
    assert {name: amounts[name] for name in has} == has
    assert not any(amounts[name] for name in has_not)


def test_every_product_is_made_of_something_and_three_have_no_cost(menu: Menu):
    recipes, _, _ = _written(menu, [])
    assert (recipes.quantity > 0).sum(1).min() >= 5
    assert (recipes.quantity > 0).any(0).all()
    assert np.isnan(recipes.cost_cents).sum() == 3
    share = recipes.cost_cents / (0.6 * menu.list_cents)
    assert np.nanmin(share) > 0.12 and np.nanmax(share) < 0.62


def test_margins_at_the_cut_against_a_loop_over_units(menu: Menu):
    gaps = [0.01, -0.02]
    recipes, items, pay = _written(menu, gaps)
    assert len(recipes.borderline) == 2
    goods = recipes.goods
    earned: dict[int, list[float]] = defaultdict(list)
    for position, (product, cents) in enumerate(zip(items.product, pay, strict=True)):
        if np.isnan(recipes.cost_cents[product]):
            continue
        cost = 0.0
        for good in np.flatnonzero(recipes.quantity[product]):
            grows = position % 3 == 2 and goods.classes[good] not in ("Packaging", "Food")
            cost += recipes.quantity[product, good] * (LARGE if grows else 1) * goods.cost[good]
        earned[product].append(cents - 100 * cost)
    found = []
    for product in recipes.borderline:
        same = [p for p in earned if menu.category[p] == menu.category[product]]
        mean = np.mean(np.concatenate([earned[p] for p in same]))
        found.append(np.mean(earned[product]) / mean - 1)
        assert recipes.gap[product] == pytest.approx(found[-1], abs=1e-6)
    assert sorted(found) == pytest.approx(sorted(gaps), abs=1e-3)


def test_units_of_another_currency_do_not_count(menu: Menu):
    recipes, _, _ = _written(menu, [0.01], is_usd=False)
    assert len(recipes.borderline) == 0 and np.isnan(recipes.gap).all()


def test_sweetness_ice_and_size_change_what_they_should(tiny: Path):
    database = tiny / "luckyus_scm_commodity"
    kind = {r["goods_code"]: r for r in pq.read_table(database / "t_mdm_goods.parquet").to_pylist()}
    recipe: dict[tuple, dict[str, Decimal]] = defaultdict(dict)
    for row in pq.read_table(database / "t_formula_spu.parquet").to_pylist():
        if row["status"] == 1:
            recipe[row["sku_code"], row["sweetness"], row["ice"]][row["goods_code"]] = row["quantity"]
    latte = "SPU100012"  # Iced Caramel Popcorn Latte
    usual, half, bare, large = (
        recipe[f"{latte}-{size}", sweetness, ice]
        for size, sweetness, ice in ((1, 2, 2), (1, 1, 2), (1, 2, 0), (2, 2, 2))
    )
    for code, amount in usual.items():
        good = kind[code]
        is_sweet, is_ice = good["large_class"] == "Flavour", good["goods_name"] == "Ice"
        assert half[code] == (amount / 2 if is_sweet else amount)
        assert bare.get(code, Decimal(0)) == (0 if is_ice else amount)
        fixed = good["large_class"] in ("Packaging", "Food")
        assert float(large[code]) == pytest.approx(float(amount) * (1 if fixed else LARGE), abs=1e-3)
