"""Conformed tables of the rows that a test needs: what is not said gets a plain value of its type."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from lucky_analytics.catalog import TABLES

__all__ = ["Given", "suite"]

Rows = Sequence[Mapping[str, Any]]

PLAIN = {
    "string": "",
    "int64": 0,
    "float64": 0.0,
    "boolean": False,
    "date": dt.date(2025, 7, 1),
    "timestamp": dt.datetime(2025, 7, 1, 16),
}


class Given:
    """In the place of a catalog where metrics are computed: the tables that were given, and no others."""

    def __init__(self, tables: Mapping[str, Rows]):
        self._tables = {name: _table(name, rows) for name, rows in tables.items()}

    def table(self, name: str) -> ir.Table:
        return self._tables[name]


def suite(**tables: Rows) -> Given:
    """The conformed tables of these rows; a key of our own numbers is added where none is said."""
    return Given(tables)


def _table(name: str, rows: Rows) -> ir.Table:
    declared = TABLES[name]
    full = []
    for number, row in enumerate(rows):
        assert not (unknown := row.keys() - declared.columns.keys()), unknown
        plain = {
            column: None if field.nullable else PLAIN[field.type]
            for column, field in declared.columns.items()
        }
        own = {key: str(number) for key in declared.key if declared.columns[key].type == "string"}
        full.append({**plain, **own, **row})
    schema = ibis.schema({column: field.type for column, field in declared.columns.items()})
    return ibis.memtable(pa.Table.from_pylist(full, schema=schema.to_pyarrow()), schema=schema)
