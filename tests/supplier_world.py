"""Purchases of two dozen suppliers of which one may become worse on a day, as the page's tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics.catalog import TABLES

__all__ = ["AS_OF", "CLASSES", "SINCE", "Bare", "draw", "edits"]

FIRST, AS_OF, SINCE = dt.date(2025, 6, 20), dt.date(2026, 2, 13), dt.date(2025, 11, 15)
CLASSES = ("Coffee", "Dairy", "Food", "Fruit")
_FIRST_GOOD = 20_001  # of the demo estate, so that stores hold them
_N_DAYS = (AS_OF - FIRST).days


def draw(
    seed: int, *, n_suppliers: int = 24, n_orders: int = 28, worse: int | None = 1, on_time: float = 0.93,
    on_time_after: float = 0.6, refused: float = 0.008, refused_after: float = 0.05, rise: float = 0.04,
    since: dt.date = SINCE, together: float = 0.0, shared: bool = False,
) -> dict[str, pd.DataFrame]:  # fmt: skip
    """Tables by their conformed names. Supplier ``worse`` delivers as the ``_after`` say from ``since`` on.

    ``together``: share of orders whose shipments are all late, or none, by one draw. ``shared``: the second
    supplier of each class delivers the first's goods, too.
    """
    rng = np.random.default_rng(seed)
    ids = [f"S{k:02d}" for k in range(n_suppliers)]
    lead = rng.choice([2, 3, 5, 7], n_suppliers)
    orders: list[tuple[Any, ...]] = []
    lines: list[tuple[Any, ...]] = []
    ships: list[tuple[Any, ...]] = []
    bills: list[tuple[Any, ...]] = []
    for k, supplier in enumerate(ids):
        n = n_orders if k else 2 * n_orders  # the first is large
        days = np.sort(rng.choice(_N_DAYS, n, replace=n > _N_DAYS))
        first = _FIRST_GOOD + 3 * (k % len(CLASSES) if shared else k)
        goods = [f"G{first + g}" for g in range(3)]
        usual = 10.0 + np.arange(3) * 7.0
        for place, day in enumerate(days):
            number, placed = f"{supplier}-{place}", FIRST + dt.timedelta(days=int(day))
            after = k == worse and placed >= since
            packs = rng.integers(10, 60, 3)
            price = np.rint(100 * usual * np.exp(rng.normal(0, 0.015, 3)) * (1 + rise * after))
            amount = packs * price
            due = placed + dt.timedelta(days=int(lead[k]))
            orders.append((number, number, supplier, "delivered", placed, due, "USD", int(amount.sum())))
            lines += [
                (f"{number}-{g}", number, supplier, placed, goods[g], int(packs[g]), 1_000.0, int(price[g]),
                 int(amount[g]))
                for g in range(3)
            ]  # fmt: skip
            _ship(rng, number, supplier, placed, due, int(packs.sum()), float(amount.sum()),
                  on_time_after if after else on_time, refused_after if after else refused, together, ships,
                  bills)  # fmt: skip
    names = ["purchase_id", "purchase_no", "supplier_id", "status", "purchase_date", "expected_date",
             "currency", "amount_cents"]  # fmt: skip
    return {
        "suppliers": pd.DataFrame({
            "supplier_id": ids, "supplier_name": [f"Supplier {supplier}" for supplier in ids],
            "goods_class": [CLASSES[k % len(CLASSES)] for k in range(n_suppliers)], "lead_days": lead,
            "payment_days": 30, "is_active": True,
        }),
        "purchase_orders": pd.DataFrame(orders, columns=names),
        "purchase_lines": pd.DataFrame(lines, columns=[
            "line_id", "purchase_id", "supplier_id", "purchase_date", "goods_id", "ordered_packs",
            "pack_quantity", "pack_cents", "amount_cents",
        ]),
        "shipments": pd.DataFrame(ships, columns=[
            "shipment_id", "purchase_id", "supplier_id", "status", "purchase_date", "promised_date",
            "arrived_at", "arrived_date", "days_late", "shipped_packs", "rejected_packs", "accepted_cents",
        ]),
        "settlements": pd.DataFrame(bills, columns=[
            "settlement_id", "supplier_id", "shipment_id", "status", "due_date", "paid_at", "paid_date",
            "amount_cents",
        ]),
    }  # fmt: skip


def _ship(rng, number, supplier, placed, due, packs, cents, on_time, refused, together, ships, bills):
    parts = int(rng.integers(1, 4))
    sizes = np.diff(np.r_[0, np.sort(rng.choice(np.arange(1, packs), parts - 1, replace=False)), packs])
    all_late = rng.random() >= on_time
    is_together = rng.random() < together
    for nth, size in enumerate(sizes):
        promised = due + dt.timedelta(days=nth)
        is_late = all_late if is_together else rng.random() >= on_time
        arrived = promised + dt.timedelta(
            days=int(rng.geometric(0.45)) if is_late else -int(rng.integers(0, 2))
        )
        is_here = arrived <= AS_OF
        gone = int(rng.binomial(size, refused)) if is_here else 0
        kept = round(cents * (size - gone) / packs) if is_here else 0
        key = f"{number}-{nth}"
        ships.append(
            (key, number, supplier, "received" if is_here else "on its way", placed, promised,
             pd.Timestamp(arrived) if is_here else pd.NaT, arrived if is_here else None,
             float((arrived - promised).days) if is_here else np.nan, int(size), gone, kept)
        )  # fmt: skip
        if is_here:
            bill_due = arrived + dt.timedelta(days=30)
            paid = bill_due + dt.timedelta(days=int(rng.normal(0, 3)))
            is_paid = paid <= AS_OF
            bills.append(
                (f"B{key}", supplier, key, "paid" if is_paid else "open", bill_due,
                 pd.Timestamp(paid) if is_paid else pd.NaT, paid if is_paid else None, kept)
            )  # fmt: skip


def edits(world: dict[str, pd.DataFrame]) -> dict[str, Callable[[ir.Table], ir.Table]]:
    """For ``demo_suite.suite(**edits(world))``: each table in the place of the estate's."""

    def put(frame: pd.DataFrame) -> Callable[[ir.Table], ir.Table]:
        def edit(table: ir.Table) -> ir.Table:
            empty = table.filter(ibis.literal(False))
            return empty.union(_as_table(frame, table.schema()))

        return edit

    return {name: put(frame) for name, frame in world.items()}


class Bare:
    """A suite of these tables alone, for worlds by the hundred."""

    def __init__(self, world: dict[str, pd.DataFrame], as_of: dt.date = AS_OF):
        self.as_of = as_of
        self._tables = {
            name: _as_table(
                frame, ibis.schema({c: TABLES[name].columns[c].type for c in TABLES[name].columns})
            )
            for name, frame in world.items()
        }

    def optional(self, name: str) -> ir.Table | None:
        return self._tables.get(name)

    def __getattr__(self, name: str) -> ir.Table:
        if name.startswith("_") or name not in self._tables:
            raise AttributeError(name)
        return self._tables[name]


def _as_table(frame: pd.DataFrame, schema: ibis.Schema) -> ir.Table:
    columns = {
        name: pd.to_datetime(frame[name]) if schema[name].is_date() else frame[name] for name in schema
    }
    return ibis.memtable(pd.DataFrame(columns)).cast(schema)
