"""The purchasing database and the supplier profiles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import Ints
from lucky_analytics.demo.build.arrow_columns import choose, dates, datetimes, decimals, same, table, texts
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.horizon import N_DAYS
from lucky_analytics.demo.process.procurement import Purchases
from lucky_analytics.demo.process.timing import local_midnight_utc
from lucky_analytics.demo.tables.shops import LIVE_TENANT

__all__ = ["FIRST_SUPPLIER", "tables"]

FIRST_SUPPLIER = 5_001
_FIRST_ORDER, _FIRST_SHIPMENT = 640_000_001, 642_000_001
_MONEY = pa.decimal128(14, 2)
OPEN, DELIVERED, CANCELLED = 1, 2, 3


def tables(world: World) -> Iterator[NamedTable]:
    """``t_purchase_order``, its lines, ``t_ship_order``, ``t_supplier_settlement``, and ``t_supplier``."""
    declared, bought = estate.load().database("luckyus_scm_purchase"), world.purchases
    schemas = {name: declared.table(name).schema for name in declared.tables}
    yield declared.name, "t_purchase_order", _orders(schemas["t_purchase_order"], bought)
    yield declared.name, "t_purchase_order_item", _lines(schemas["t_purchase_order_item"], world)
    yield declared.name, "t_ship_order", _shipments(schemas["t_ship_order"], bought)
    yield declared.name, "t_supplier_settlement", _settlements(schemas["t_supplier_settlement"], bought)
    profiles = estate.load().database("luckyus_scmsrm")
    yield profiles.name, "t_supplier", _suppliers(profiles.table("t_supplier").schema, bought)


def _at(day: Ints, hour: float) -> Ints:
    """UTC seconds of a New York hour, also of days before the horizon; -1 for a day that has not come."""
    inside = np.clip(day, 0, N_DAYS - 1)
    midnight = local_midnight_utc(inside, np.zeros(len(day), dtype=bool)) + (day - inside) * 86_400
    return np.where(day > -1_000, midnight + round(hour * 3600), -1)


def _numbers(prefix: str, ids: Ints) -> pa.Array:
    return pc.binary_join_element_wise(prefix, texts(ids), "")


def _accepted(bought: Purchases) -> Ints:
    """Cents of each shipment's accepted packs, at the mean pack price of its order."""
    n = len(bought.supplier)
    cents = np.bincount(bought.line_order, bought.line_packs * bought.line_price, n)
    packs = np.bincount(bought.line_order, bought.line_packs, n)
    kept = np.where(bought.arrived > -1_000, bought.shipped - bought.rejected, 0)
    return np.rint((cents / packs)[bought.ship_order] * kept).astype(np.int64)


def _orders(schema: pa.Schema, bought: Purchases) -> pa.Table:
    n = len(bought.supplier)
    under_way = np.bincount(bought.ship_order, bought.arrived == -1_000, n) > 0
    ids = _FIRST_ORDER + np.arange(n)
    cents = np.bincount(bought.line_order, bought.line_packs * bought.line_price, n).astype(np.int64)
    return table(schema, {
        "id": ids,
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "order_no": _numbers("PO", ids),
        "supplier_no": _numbers("S", FIRST_SUPPLIER + bought.supplier),
        "status": np.where(bought.is_cancelled, CANCELLED, np.where(under_way, OPEN, DELIVERED)),
        "order_date": dates(bought.ordered),
        "expected_date": dates(bought.expected),
        "amount": decimals(cents, _MONEY),
        "currency_code": same("USD", n, pa.string()),
        "create_time": datetimes(_at(bought.ordered, 10.0)),
    })  # fmt: skip


def _lines(schema: pa.Schema, world: World) -> pa.Table:
    bought, goods = world.purchases, world.recipes.goods
    n = len(bought.line_order)
    return table(schema, {
        "id": 641_000_001 + np.arange(n),
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "purchase_order_id": _FIRST_ORDER + bought.line_order,
        "goods_code": choose(bought.line_good, goods.codes),
        "ordered_packs": bought.line_packs,
        "pack_quantity": decimals(goods.pack[bought.line_good] * 1000, pa.decimal128(16, 3)),
        "pack_price": decimals(bought.line_price),
        "amount": decimals(bought.line_packs * bought.line_price, _MONEY),
    })  # fmt: skip


def _shipments(schema: pa.Schema, bought: Purchases) -> pa.Table:
    n = len(bought.ship_order)
    ids = _FIRST_SHIPMENT + np.arange(n)
    return table(schema, {
        "id": ids,
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "ship_no": _numbers("SH", ids),
        "purchase_order_id": _FIRST_ORDER + bought.ship_order,
        "status": np.where(bought.arrived > -1_000, 2, 1),
        "promised_date": dates(bought.promised),
        "arrived_time": datetimes(_at(bought.arrived, 14.0)),
        "shipped_packs": bought.shipped,
        "rejected_packs": bought.rejected,
        "accepted_amount": decimals(_accepted(bought), _MONEY),
        "create_time": datetimes(_at(bought.ordered[bought.ship_order], 16.0)),
    })  # fmt: skip


def _settlements(schema: pa.Schema, bought: Purchases) -> pa.Table:
    ship, n = bought.settled, len(bought.settled)
    supplier = bought.supplier[bought.ship_order[ship]]
    ids = 643_000_001 + np.arange(n)
    is_paid = bought.paid >= 0
    return table(schema, {
        "id": ids,
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "settlement_no": _numbers("SE", ids),
        "supplier_no": _numbers("S", FIRST_SUPPLIER + supplier),
        "ship_order_id": _FIRST_SHIPMENT + ship,
        "amount": decimals(_accepted(bought)[ship], _MONEY),
        "due_date": dates(bought.arrived[ship] + bought.terms[supplier]),
        "status": np.where(is_paid, 1, 2),
        "paid_time": datetimes(np.where(is_paid, _at(bought.paid, 11.0), -1)),
        "create_time": datetimes(_at(bought.arrived[ship], 18.0)),
    })  # fmt: skip


def _suppliers(schema: pa.Schema, bought: Purchases) -> pa.Table:
    n = len(bought.lead)
    ids = FIRST_SUPPLIER + np.arange(n)
    names = [
        f"Example {name} Supply {number}" for name, number in zip(bought.supplier_class, ids, strict=True)
    ]
    return table(schema, {
        "id": ids,
        "tenant": same(LIVE_TENANT, n, pa.string()),
        "supplier_no": _numbers("S", ids),
        "supplier_name": pa.array(names),
        "goods_class": pa.array(list(bought.supplier_class)),
        "lead_days": bought.lead,
        "payment_days": bought.terms,
        "status": np.ones(n, np.int64),
        "create_time": datetimes(_at(np.full(n, -60), 12.0)),
    })  # fmt: skip
