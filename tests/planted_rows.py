"""Twelve events that a leader would want to hear of, and one drift, planted into the rows of a suite.

Sizes, declared before any rule was looked at: a store shut from 13:00 or all day; three orders in five lost
in one open store; orders of all stores down by 35 %; one payment in 20 fails (usually one in 600); half as
many coupons more; half of a store's machines down all day; one order in 20 of a store refunded (usually one
in 300); three goods in ten of a store sold out (usually one in 80); the day's production tickets not there;
the day's payments there twice; making time of a store doubled. The drift: making time of one store grows by 1
% a day for five weeks.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics import catalog
from lucky_analytics.models.watched_days.kpis import ALL

__all__ = ["Plant", "find_planted", "plant_rows"]

FIRST, LAST, GAP = pd.Timestamp("2025-12-12"), pd.Timestamp("2026-02-10"), 5
OPEN_FOR = 45  # days that a store had been open for, at least
DRIFT_DAYS = 35
HALF_DAY, WHOLE_DAY, LOST, CHAIN, FAILED, COUPONS, MACHINES, REFUNDS, STOCK, MISSING, DOUBLE, SLOW, DRIFT = (
    "shut for half a day", "shut for a day", "most orders lost", "orders down in all stores", "payments fail",
    "coupon burst", "machines down", "refund burst", "goods sold out", "tickets missing", "payments twice",
    "slow bar", "slow drift",
)  # fmt: skip
KINDS = (HALF_DAY, WHOLE_DAY, LOST, CHAIN, FAILED, MACHINES, REFUNDS, STOCK, MISSING, DOUBLE, SLOW, COUPONS)
_OF_ALL = {CHAIN: "sales", FAILED: "payments", COUPONS: "coupons", MISSING: "records", DOUBLE: "records"}
_OF_STORE = {MACHINES: "machines", REFUNDS: "returns", STOCK: "stock", SLOW: "kitchen", DRIFT: "kitchen"}


class Plant(NamedTuple):
    """What was planted: ``kind``, ``place`` (store id or ``ALL``), its day (of a drift the first)."""

    kind: str
    place: str
    ds: pd.Timestamp

    @property
    def system(self) -> str:
        return _OF_ALL.get(self.kind) or _OF_STORE.get(self.kind, "sales")


def plant_rows(opened: catalog.Suite, seed: int) -> tuple[catalog.Suite, list[Plant]]:
    """``opened`` with the events of one draw in its tables, days ``GAP`` apart, and what was planted."""
    chance = np.random.default_rng(seed)
    plants = _draw(opened, chance)
    by_kind = {plant.kind: plant for plant in plants}
    order = opened.orders.select(
        "order_id", "store_id", "order_date", "is_trading_store", "local_hour"
    ).execute()
    order["ds"] = pd.to_datetime(order["order_date"])
    lost = pd.concat([_lost(order, plant, chance) for plant in plants])
    edits = {
        "orders": lambda row: _without(row, lost),
        "payments": lambda row: _pay(_without(row, lost), by_kind, chance),
        "production": lambda row: _make(_without(row, lost), by_kind),
        "order_items": lambda row: _without(row, lost),
        "coupons": lambda row: _give(row, order, by_kind[COUPONS], chance),
        "device_events": lambda row: _break(row, by_kind[MACHINES]),
        "refunds": lambda row: _refund(row, order, by_kind[REFUNDS], chance),
        "stock": lambda row: _sell_out(row, by_kind[STOCK]),
        "store_hours": lambda row: _shut(row, by_kind),
    }
    for name, edit in edits.items():
        opened._built[name] = edit(opened.table(name)).cache()
    return opened, plants


def find_planted(cards: pd.DataFrame, plants: list[Plant]) -> dict[str, bool]:
    """By kind, whether a card is of the plant: of its place and system, on its day or the next; a drift has a
    card whose days lie in it."""
    found = {}
    for plant in plants:
        own = cards[cards["place"] == plant.place]
        until = plant.ds + pd.Timedelta(days=DRIFT_DAYS if plant.kind == DRIFT else 1)
        near = own[(own["first"] <= until) & (own["last"] >= plant.ds)]
        found[plant.kind] = any(plant.system in names for names in near["all_systems"])
    return found


def _draw(opened: catalog.Suite, chance: np.random.Generator) -> list[Plant]:
    stores = opened.stores.filter("is_trading_store").select("store_id", "opened_date").execute()
    opened_on = pd.to_datetime(stores.set_index("store_id")["opened_date"])
    days = FIRST + pd.to_timedelta(GAP * np.arange(12) + chance.integers(0, 3, 12), unit="D")
    # Coupons are kept from December on, and judged a month later.
    kinds = [*chance.permutation(KINDS[:7]), *chance.permutation(KINDS[7:])]
    start = LAST + pd.Timedelta(days=3 - DRIFT_DAYS)
    drifting = str(chance.choice(opened_on.index[opened_on + pd.Timedelta(days=OPEN_FOR) <= start]))
    plants = [Plant(DRIFT, drifting, start)]
    for kind, day in zip(kinds, days, strict=True):
        old = opened_on.index[
            (opened_on + pd.Timedelta(days=OPEN_FOR) <= day) & (opened_on.index != drifting)
        ]
        plants.append(Plant(str(kind), ALL if kind in _OF_ALL else str(chance.choice(old)), day))
    return plants


def _lost(order: pd.DataFrame, plant: Plant, chance: np.random.Generator) -> pd.Series:
    own = order[(order["ds"] == plant.ds) & (order["store_id"].eq(plant.place) | (plant.place == ALL))]
    share = {HALF_DAY: 1.0, WHOLE_DAY: 1.0, LOST: 0.6, CHAIN: 0.35}.get(plant.kind, 0.0)
    gone = own[chance.random(len(own)) < share]
    return (gone[gone["local_hour"] >= 13] if plant.kind == HALF_DAY else gone)["order_id"]


def _without(row: ir.Table, ids: pd.Series) -> ir.Table:
    return row.anti_join(ibis.memtable({"order_id": ids.tolist()}), "order_id")


def _on(row: ir.Table, date: str, plant: Plant) -> ir.BooleanValue:
    day = row[date] == ibis.date(plant.ds.date())
    return day if plant.place == ALL else day & (row.store_id == plant.place)


def _pay(row: ir.Table, of: dict[str, Plant], chance: np.random.Generator) -> ir.Table:
    own = row.filter(_on(row, "payment_date", of[FAILED]) & (row.currency == "USD")).payment_id.execute()
    ids = own[chance.random(len(own)) < 0.05].tolist()
    failed = row.mutate(status=row.payment_id.isin(ids).ifelse("failed", row.status))
    return failed.union(failed.filter(_on(failed, "payment_date", of[DOUBLE])))


def _make(row: ir.Table, of: dict[str, Plant]) -> ir.Table:
    kept = row.filter(~_on(row, "production_date", of[MISSING]))
    drift = of[DRIFT]
    n_days = kept.production_date.epoch_days() - (drift.ds - pd.Timestamp("1970-01-01")).days
    slower = (0.01 * ibis.greatest(n_days, 0)).exp()
    factor = (kept.store_id == drift.place).ifelse(slower, 1.0)
    factor = _on(kept, "production_date", of[SLOW]).ifelse(2.0, factor)
    return kept.mutate(production_seconds=kept.production_seconds * factor)


def _give(row: ir.Table, order: pd.DataFrame, plant: Plant, chance: np.random.Generator) -> ir.Table:
    ids = order.loc[(order["ds"] == plant.ds) & (chance.random(len(order)) < 0.5), "order_id"].tolist()
    return row.union(row.filter(row.order_id.isin(ids)).mutate(coupon_id=row.coupon_id + "x"))


def _break(row: ir.Table, plant: Plant) -> ir.Table:
    machines = sorted(row.filter(row.store_id == plant.place).machine_id.execute().unique())
    new: list[dict[str, Any]] = []
    for machine in machines[::2]:
        for kind, hours in (("failed", 9), ("repaired", 33)):
            at = plant.ds + pd.Timedelta(hours=hours)
            new.append({"event_id": f"x{machine}{kind}", "machine_id": machine, "store_id": plant.place,
                        "kind": kind, "happened_at": at, "event_date": at.date()})  # fmt: skip
    return row.union(ibis.memtable(pd.DataFrame(new)[list(row.columns)]).cast(row.schema()))


def _refund(row: ir.Table, order: pd.DataFrame, plant: Plant, chance: np.random.Generator) -> ir.Table:
    own = order[(order["ds"] == plant.ds) & (order["store_id"] == plant.place)]["order_id"]
    ids = own[chance.random(len(own)) < 0.05].tolist()
    model = row.limit(1).execute().iloc[0].to_dict()
    new = [
        model | {"refund_id": f"x{each}", "order_id": each, "refund_date": plant.ds.date()} for each in ids
    ]
    return row.union(ibis.memtable(pd.DataFrame(new)[list(row.columns)]).cast(row.schema())) if new else row


def _sell_out(row: ir.Table, plant: Plant) -> ir.Table:
    out = _on(row, "stock_date", plant) & (row.goods_id.hash().abs() % 10 < 3)
    return row.mutate(is_stock_out=row.is_stock_out | out)


def _shut(row: ir.Table, of: dict[str, Plant]) -> ir.Table:
    one = ibis.timestamp(of[HALF_DAY].ds + pd.Timedelta(hours=18))  # 13:00 in New York in winter
    half, whole = (_on(row, "business_date", of[kind]) for kind in (HALF_DAY, WHOLE_DAY))
    closed = half.ifelse(one.cast(row.closed_at.type()), row.closed_at)
    return row.mutate(
        opened_at=whole.ifelse(ibis.null(row.opened_at.type()), row.opened_at),
        closed_at=whole.ifelse(ibis.null(row.closed_at.type()), closed),
    )
