"""The stock database: positions, daily balances, and every change of the last eight weeks by weekday."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Ints, stream
from lucky_analytics.demo.build.arrow_columns import choose, dates, datetimes, decimals, same, table
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.consumption import line_uses, sku_quantities
from lucky_analytics.demo.process.horizon import DAYS, N_DAYS, WEEKDAY
from lucky_analytics.demo.process.ingredients import goods_codes
from lucky_analytics.demo.process.store_plan import N_STORES, OPENED
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["tables"]

STOCKED_GOODS = 290  # with 517 shops the published 150K positions
_DETAIL_FROM = N_DAYS - 56
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
USED, DELIVERY, WASTE, COUNT = 1, 2, 3, 4
# Store-local hours: deliveries come before opening; waste and counts are entered after closing.
_DELIVERED, _WASTED, _COUNTED, _REPORTED = 6.0, 20.5, 21.0, 23.5
_QUANTITY = pa.decimal128(16, 3)


def tables(world: World) -> Iterator[NamedTable]:
    """``t_shop_goods_stock``, ``t_shop_goods_stock_daily`` and the seven weekday tables of changes."""
    declared = estate.load().database("luckyus_scm_shopstock")
    yield declared.name, "t_shop_goods_stock", _positions(declared.table("t_shop_goods_stock").schema, world)
    name = "t_shop_goods_stock_daily"
    yield declared.name, name, _daily(declared.table(name).schema, world)
    changes = _changes(world)
    for weekday, ending in enumerate(_WEEKDAYS):
        name = f"t_shop_goods_stock_change_{ending}"
        yield declared.name, name, _weekday(declared.table(name).schema, world, changes, weekday)


def _clock(day: Ints, hour: float) -> Ints:
    """UTC seconds of a New York hour on each day."""
    return local_midnight_utc(day, np.zeros(day.shape, dtype=bool)) + round(hour * 3600)


def _positions(schema: pa.Schema, world: World) -> pa.Table:
    """Every registered shop and stocked good on the last evening; only trading stores have anything."""
    rng = stream(world.seed, "stock positions")
    goods, shops = world.recipes.goods, world.shops
    shop, good = np.divmod(np.arange(len(shops.ids) * STOCKED_GOODS), STOCKED_GOODS)
    trades = shop < N_STORES
    held = np.where(trades, rng.integers(0, 40, len(shop)) * 1000, 0)
    by_shop = np.zeros((len(shops.ids), STOCKED_GOODS), np.int64)
    by_shop[:N_STORES, : goods.n] = world.consumption.used[:, -28:].mean(1)
    usual = by_shop.ravel()
    kept = trades & (good < goods.n)
    held[kept] = world.stock.closing[:, -1].ravel()
    pack = np.r_[goods.pack, np.ones(STOCKED_GOODS - goods.n, np.int64)][good] * 1000
    ordered = np.where(kept & (held < 2 * usual), -(-np.maximum(3 * usual - held, 0) // pack) * pack, 0)
    units = [*goods.units, *["pc"] * (STOCKED_GOODS - goods.n)]
    evening = int(_clock(np.array([N_DAYS - 1]), _COUNTED)[0])
    opened = np.where(shops.opened_day >= 0, shops.opened_day, 0)[shop]
    return table(schema, {
        "id": 50_000_001 + np.arange(len(shop)),
        "tenant": choose(shop, shops.tenants),
        "shop_dept_id": shops.ids[shop],
        "goods_code": choose(good, goods_codes(STOCKED_GOODS)),
        "stock_quantity": decimals(held, _QUANTITY),
        "on_order_quantity": decimals(ordered, _QUANTITY),
        "safety_quantity": decimals(usual * 3 // 2, _QUANTITY),
        "unit": choose(good, units),
        "create_time": datetimes(_clock(opened, 0.0)),
        "modify_time": datetimes(np.where(trades, evening, _clock(opened, 0.0))),
    })  # fmt: skip


def _daily(schema: pa.Schema, world: World) -> pa.Table:
    """One row per trading store, good and day since its opening."""
    goods, stock, consumption = world.recipes.goods, world.stock, world.consumption
    is_open = np.repeat((OPENED[:N_STORES, None] <= DAYS)[:, :, None], goods.n, axis=2)
    day, store, good = np.nonzero(is_open.transpose(1, 0, 2))
    at = (store, day, good)
    n = len(day)
    ran_out = np.where(consumption.is_out[at], consumption.last_use[at] + 60, -1)
    quantities = {
        "opening_quantity": stock.opening,
        "received_quantity": stock.received,
        "consumed_quantity": consumption.used,
        "wasted_quantity": stock.wasted,
        "adjusted_quantity": stock.adjusted,
        "closing_quantity": stock.closing,
    }
    return table(schema, {
        "id": 60_000_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "shop_dept_id": world.shops.ids[store],
        "goods_code": choose(good, goods.codes),
        "stock_date": dates(day),
        **{name: decimals(values[at], _QUANTITY) for name, values in quantities.items()},
        "stock_out_time": datetimes(ran_out),
        "create_time": datetimes(_clock(day, _REPORTED)),
    })  # fmt: skip


def _changes(world: World) -> Ints:
    """All changes since the detail begins, in the order of time: store, day, good, kind, quantity, stock
    after it, order line (-1 for none) and UTC second, [8, changes].
    """
    stock, goods = world.stock, world.recipes.goods
    line, good, at = line_uses(world.book, world.recipes, world.making.times.accepted, _DETAIL_FROM)
    order = world.book.lines.order[line]
    amount = sku_quantities(world.recipes)[world.book.lines.sku[line], good]
    used = np.full(len(line), USED)
    parts = [np.stack([world.book.shop[order], world.book.day[order], good, used, -amount, line, at])]
    for kind, values, sign, hour in (
        (DELIVERY, stock.received, 1, _DELIVERED),
        (WASTE, stock.wasted, -1, _WASTED),
        (COUNT, stock.adjusted, 1, _COUNTED),
    ):
        store, day, good = np.nonzero(values[:, _DETAIL_FROM:])
        day = day + _DETAIL_FROM
        none = np.full(len(day), -1)
        parts.append(np.stack([store, day, good, np.full(len(day), kind), sign * values[store, day, good],
                               none, _clock(day, hour)]))  # fmt: skip
    store, day, good, kind, quantity, line, at = np.concatenate(parts, axis=1)
    position = np.lexsort((line, at, good, store))
    cell = (store * goods.n + good)[position]
    total = np.cumsum(quantity[position])
    first = np.r_[True, cell[1:] != cell[:-1]]
    before = (total - quantity[position])[first][np.cumsum(first) - 1]
    start = stock.opening[store, _DETAIL_FROM, good][position]
    after = np.empty_like(total)
    after[position] = start + total - before
    order = np.lexsort((good, line, store, at))
    return np.stack([store, day, good, kind, quantity, after, line, at])[:, order]


def _weekday(schema: pa.Schema, world: World, changes: Ints, weekday: int) -> pa.Table:
    rows = np.flatnonzero(WEEKDAY[changes[1]] == weekday)
    store, day, good, kind, quantity, after, line, at = changes[:, rows]
    item = pa.array(world.book.lines.id[line], mask=line < 0)
    return table(schema, {
        "id": 70_000_001 + np.arange(len(rows)),
        "tenant": same(LIVE_TENANT, len(rows), pa.string()),
        "shop_dept_id": world.shops.ids[store],
        "goods_code": choose(good, world.recipes.goods.codes),
        "change_type": kind,
        "change_quantity": decimals(quantity, _QUANTITY),
        "stock_quantity": decimals(after, _QUANTITY),
        "stock_date": dates(day),
        "order_item_id": item,
        "create_time": datetimes(at),
    })  # fmt: skip
