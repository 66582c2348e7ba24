"""Payments and their fees by schedules that a test names: the tables that the payment page reads."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Mapping
from typing import Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa

from lucky_analytics.catalog import TABLES
from lucky_analytics.questions.finance.payment_channels.payment_prepared import (
    PreparedPayments,
    prepare_payments,
)

__all__ = ["AS_OF", "ON_FILE", "SCHEDULES", "GivenPayments", "fees", "make_payments", "prepared", "suite"]

AS_OF = dt.date(2026, 2, 13)
# Cents a payment, share of the amount, payments a week.
SCHEDULES = {"53": (4.0, 0.0095, 60), "6": (5.0, 0.013, 40), "3": (2.0, 0.005, 16), "92": (8.0, 0.02, 1)}
SERVICE = 0.001
ON_FILE = {"c53": ("53", "3"), "c6": ("6",), "c3": ("3",)}


def make_payments(
    schedules: Mapping[str, tuple[float, float, int]] = SCHEDULES, *, n_weeks: int = 20,
    changes: Mapping[str, tuple[dt.date, float, float]] | None = None, currency: str = "USD", seed: int = 1,
    grain: int = 1,
) -> pd.DataFrame:  # fmt: skip
    """One row a payment: all columns of ``fees``. ``changes``: by method, a schedule from a day on.
    ``grain``: hundredths of a cent to which the processor's part is rounded."""
    rng = np.random.default_rng(seed)
    end = np.datetime64(AS_OF) + 1
    parts = []
    for channel, (fixed, rate, a_week) in schedules.items():
        n = a_week * n_weeks
        own = pd.DataFrame({"channel_id": channel, "payment_date": end - 1 - np.arange(n) * 7 * n_weeks // n})
        own["amount_cents"] = np.round(np.exp(rng.normal(6.05, 0.5, n))).astype(int) + 20
        day, later_fixed, later_rate = (changes or {}).get(channel, (dt.date.max, fixed, rate))
        is_later = own["payment_date"].dt.date >= day
        billed = (
            np.where(is_later, later_fixed, fixed)
            + np.where(is_later, later_rate, rate) * own["amount_cents"]
        )
        own["transaction_fee_cents"] = np.floor(billed * 100 / grain + 0.5) * grain / 100
        own["service_fee_cents"] = np.floor(SERVICE * own["amount_cents"] * 100 + 0.5) / 100
        parts.append(own)
    made = pd.concat(parts, ignore_index=True)
    made["fee_cents"] = (made["transaction_fee_cents"] + made["service_fee_cents"]).round(2)
    made["payment_id"] = [f"{currency}{number}" for number in range(len(made))]
    made["payment_date"] = made["payment_date"].dt.date
    return made.assign(order_id=made["payment_id"], currency=currency)


class GivenPayments:
    """In the place of a catalog: ``fees``, and ``payments`` and methods on file that belong to them."""

    as_of = AS_OF

    def __init__(self, tables: Mapping[str, Any]):
        self._tables = tables

    def optional(self, name: str) -> Any:
        return self._tables.get(name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._tables:
            raise AttributeError(name)
        return self._tables[name]

    def sql(self, expression: Any) -> str:
        return "SELECT 1"


def suite(
    fees: pd.DataFrame, on_file: Mapping[str, tuple[str, ...]] | None = None, also: pd.DataFrame | None = None
) -> GivenPayments:
    """A catalog of these fees. Each payment is by a customer of its own method, ``c53``, who keeps the
    methods that ``on_file`` names; ``also``: further payments, without a fee record."""
    paid = fees if also is None else pd.concat([fees, also], ignore_index=True)
    paid = paid.assign(customer_id="c" + paid["channel_id"])
    paid["is_counted"] = paid["is_counted"].fillna(True) if "is_counted" in paid else True
    kept = [
        {"method_id": f"{customer}{channel}", "customer_id": customer, "channel_id": channel}
        for customer, channels in (on_file or {}).items()
        for channel in channels
    ]
    tables = {"fees": fees, "payments": paid, "refunds": pd.DataFrame()}
    if on_file is not None:
        tables["payment_methods"] = pd.DataFrame(kept)
    return GivenPayments({name: _table(name, rows) for name, rows in tables.items()})


@functools.cache
def fees() -> pd.DataFrame:
    """The payments of ``SCHEDULES``, which nobody changes."""
    return make_payments()


@functools.cache
def prepared() -> PreparedPayments:
    """What the what-if is asked of, made of ``fees``."""
    return prepare_payments(suite(fees(), ON_FILE))


_PLAIN = {"string": "", "int64": 0, "float64": 0.0, "boolean": False, "date": AS_OF,
          "timestamp": dt.datetime(2025, 7, 1, 16)}  # fmt: skip


def _table(name: str, rows: pd.DataFrame) -> Any:
    declared = TABLES[name].columns
    schema = ibis.schema({column: field.type for column, field in declared.items()})
    full = {
        column: rows[column] if column in rows else pd.Series([_PLAIN[field.type]] * len(rows), dtype=object)
        for column, field in declared.items()
    }
    return ibis.memtable(pa.Table.from_pandas(pd.DataFrame(full), schema=schema.to_pyarrow()), schema=schema)
