"""The product database beside its product list: goods, their costs over time, recipes in all versions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, decimals, same, table, texts
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.horizon import DATES, FIRST_DATE
from lucky_analytics.demo.process.ingredients import LARGE, Recipes, goods_codes
from lucky_analytics.demo.process.menu_list import Menu
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["tables"]

N_GOODS, N_FORMULA_ROWS, N_PURCHASED = 1_448, 32_000, 400
SWEETNESS, ICE = (0.0, 0.5, 1.0, 1.4), (0.0, 0.5, 1.0)
STANDARD = 2
_COST_MONTHS = [dt.date(2025 + (m - 1) // 12, (m - 1) % 12 + 1, 1) for m in range(6, 15)]
# Position in _COST_MONTHS of each business day.
_PERIOD = np.array([(date.year - 2025) * 12 + date.month - 6 for date in DATES])
_EPOCH = dt.date(1970, 1, 1)
# What else is bought or was: class, things, and the models or sizes they come in.
_OTHER = {
    "Equipment": ("Grinder Burr", "Steam Wand Tip", "Pitcher", "Tamper", "Scale", "Thermometer", "Brush",
                  "Drip Tray", "Gasket", "Hose", "Filter Basket", "Shelf Bracket", "Label Printer Roller"),
    "Consumable": ("Gloves", "Cleaning Tablets", "Sanitiser", "Bar Towel", "Mop Head", "Bin Liner",
                   "Paper Towel", "Descaler", "Apron", "Hair Net", "Receipt Roll", "Label Roll", "Hand Soap"),
    "Packaging": ("Hot Cup", "Cold Cup", "Flat Lid", "Dome Lid", "Sleeve", "Carrier", "Paper Bag", "Napkin",
                  "Straw", "Stirrer", "Sticker", "Food Box", "Bottle"),
    "Flavour": ("Pumpkin Syrup", "Peppermint Syrup", "Lavender Syrup", "Maple Syrup", "Cherry Syrup",
                "Gingerbread Syrup", "Lychee Syrup", "Cinnamon Powder", "Pistachio Sauce", "Honey Sauce",
                "Chai Powder", "Toffee Sauce", "Plum Syrup"),
}  # fmt: skip


def tables(world: World) -> Iterator[NamedTable]:
    """``t_mdm_goods``, ``t_goods_cost`` and ``t_formula_spu``."""
    declared = estate.load().database("luckyus_scm_commodity")
    rng = stream(world.seed, "goods")
    recipes = world.recipes
    yield declared.name, "t_mdm_goods", _goods(declared.table("t_mdm_goods").schema, recipes, rng)
    sold = np.bincount(_PERIOD[world.orders.day[world.items.order]], minlength=len(_COST_MONTHS))
    yield declared.name, "t_goods_cost", _costs(declared.table("t_goods_cost").schema, recipes, sold, rng)
    schema = declared.table("t_formula_spu").schema
    yield declared.name, "t_formula_spu", _formulas(schema, recipes, world.menu, rng)


def _noon(days: Ints | list[int]) -> Ints:
    """UTC seconds of noon on days counted from 1970."""
    return np.asarray(days, dtype=np.int64) * 86_400 + 12 * 3600


def _goods(schema: pa.Schema, recipes: Recipes, rng: np.random.Generator) -> pa.Table:
    """The goods that recipes use, then equipment, supplies and what was retired, up to the row count."""
    goods, n_other = recipes.goods, N_GOODS - recipes.goods.n
    other = np.arange(n_other) % 4
    classes = tuple(_OTHER)
    life = np.r_[goods.life, np.full(n_other, -1)]
    retired = np.r_[np.zeros(goods.n, dtype=bool), (rng.random(n_other) < 0.55) | (other == 3)]
    created = _noon([(FIRST_DATE - _EPOCH).days - 90]) + 60 * np.arange(N_GOODS)
    return table(schema, {
        "id": 20_001 + np.arange(N_GOODS),
        "tenant": same(LIVE_TENANT, N_GOODS, pa.string()),
        "goods_code": goods_codes(N_GOODS),
        "goods_name": [*goods.names, *_other_names(n_other)],
        "large_class": [*goods.classes, *(classes[kind] for kind in other)],
        "unit": [*goods.units, *["pc"] * n_other],
        "pack_quantity": decimals(np.r_[goods.pack, np.ones(n_other, np.int64)] * 1000, pa.decimal128(16, 3)),
        "shelf_life_days": pa.array(life, mask=life < 0),
        "storage": np.r_[goods.storage, np.ones(n_other, np.int64)],
        "status": np.where(retired, 2, 1),
        "create_time": datetimes(created),
        "modify_time": datetimes(created),
    })  # fmt: skip


def _other_names(n: int) -> list[str]:
    """A name for each of ``n`` further goods, of the four classes in turn."""
    things = list(_OTHER.values())
    names = []
    for k in range(n):
        mine = things[k % len(things)]
        turn = k // len(things)
        names.append(f"{mine[turn % len(mine)]}, type {turn // len(mine) + 1}")
    return names


def _costs(schema: pa.Schema, recipes: Recipes, sold: Ints, rng: np.random.Generator) -> pa.Table:
    """Monthly moving-average costs whose mean over the units sold is what the recipes are planted with."""
    goods = recipes.goods
    cost = np.r_[goods.cost, np.exp(rng.normal(1.5, 1.0, N_PURCHASED - goods.n))]
    drift = np.exp(np.cumsum(rng.normal(0, 0.012, (len(_COST_MONTHS), N_PURCHASED)), axis=0))
    drift /= np.average(drift, axis=0, weights=sold)
    priced = np.flatnonzero(np.r_[goods.has_cost, np.ones(N_PURCHASED - goods.n, dtype=bool)])
    units = np.maximum(np.round(cost * drift * 1e6), 1).astype(np.int64).T[priced]
    days = [(month - _EPOCH).days for month in _COST_MONTHS]
    n = len(priced) * len(days)
    ends = np.tile([*days[1:], -1], len(priced))
    start = np.tile(days, len(priced))
    return table(schema, {
        "id": 60_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "goods_code": choose(np.repeat(priced, len(days)), goods_codes(N_PURCHASED)),
        "unit_cost": decimals(units.ravel(), pa.decimal128(16, 6)),
        "currency_code": same("USD", n, pa.string()),
        "effective_start": pa.array(start.astype(np.int32)).cast(pa.date32()),
        "effective_end": pa.array(ends.astype(np.int32), mask=ends < 0).cast(pa.date32()),
        "create_time": datetimes(_noon(start)),
    })  # fmt: skip


def _formulas(schema: pa.Schema, recipes: Recipes, menu: Menu, rng: np.random.Generator) -> pa.Table:
    """Recipes in force for every product, size, sweetness and ice, then older versions."""
    variants = _variants(recipes, menu)
    n_lines = (recipes.quantity[variants[:, 0]] > 0).sum(1)
    blocks, total, age = [], 0, 0
    while total < N_FORMULA_ROWS:  # age 0 is in force, every further pass is one version older
        fits = np.cumsum(n_lines) + total <= N_FORMULA_ROWS if age else np.ones(len(variants), dtype=bool)
        blocks.append(np.c_[variants[fits], np.full(fits.sum(), age)])
        if not fits.all():
            break
        total += int(n_lines.sum())
        age += 1
    recipe = np.concatenate(blocks)
    position, good = np.nonzero(recipes.quantity[recipe[:, 0]] > 0)
    product, size, sweet, ice, older = recipe[position].T
    quantity = recipes.quantity[product, good] * np.exp(rng.normal(0, 0.04, len(good)) * (older > 0))
    quantity *= np.where((size == 1) & ~recipes.goods.is_class("Packaging", "Food")[good], LARGE, 1)
    quantity *= np.where(recipes.goods.is_class("Flavour")[good], np.array(SWEETNESS)[sweet], 1)
    quantity *= np.where(good == recipes.goods.keys.index("ice"), np.array(ICE)[ice], 1)
    first = np.r_[True, position[1:] != position[:-1]]
    step = np.arange(len(good)) - np.flatnonzero(first)[np.cumsum(first) - 1] + 1
    _, group, count = np.unique(recipe[:, :4], axis=0, return_inverse=True, return_counts=True)
    newest = count[group.ravel()]
    launch = (FIRST_DATE - _EPOCH).days + menu.launch_week[product] * 7 - 14
    start = launch - older * 30
    code = pc.binary_join_element_wise(
        choose(product * 2 + size, menu.sku_codes), texts(sweet), texts(ice), "-"
    )
    return table(schema, {
        "id": 8_000_001 + np.arange(len(good)),
        "tenant": same(LIVE_TENANT, len(good), pa.string()),
        "formula_code": pc.binary_join_element_wise("F", code, ""),
        "version": newest[position] - older,
        "spu_code": choose(product, menu.spu_codes),
        "sku_code": choose(product * 2 + size, menu.sku_codes),
        "sweetness": sweet,
        "ice": ice,
        "is_default": ((sweet == STANDARD) & (ice == STANDARD)).astype(np.int64),
        "step_no": step,
        "goods_code": choose(good, recipes.goods.codes),
        "quantity": decimals(np.round(quantity * 1000).astype(np.int64), pa.decimal128(16, 3)),
        "unit": choose(good, recipes.goods.units),
        "status": np.where(older == 0, 1, 2),
        "effective_start": pa.array(start.astype(np.int32)).cast(pa.date32()),
        "effective_end": pa.array((start + 30).astype(np.int32), mask=older == 0).cast(pa.date32()),
        "create_time": datetimes(_noon(start - 1)),
        "modify_time": datetimes(_noon(start)),
    })  # fmt: skip


def _variants(recipes: Recipes, menu: Menu) -> Ints:
    """Every way to order each product: product, size, sweetness, ice, [variants, 4]."""
    has_sweet = (recipes.quantity * recipes.goods.is_class("Flavour")).sum(1) > 0
    has_ice = recipes.quantity[:, recipes.goods.keys.index("ice")] > 0
    rows = [
        (product, size, sweet, ice)
        for product in range(menu.n)
        for size in range(2)
        for sweet in (range(len(SWEETNESS)) if has_sweet[product] else (STANDARD,))
        for ice in (range(len(ICE)) if has_ice[product] else (STANDARD,))
    ]
    return np.array(rows)
