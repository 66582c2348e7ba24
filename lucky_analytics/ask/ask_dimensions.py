"""By what can be asked: columns of a table, of the tables that it joins, and the parts of its days."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.catalog import TABLES
from lucky_analytics.errors import UnknownNameError

__all__ = ["CUSTOMER", "TIMES", "Dimension", "columns_asked", "dimensions_of", "time_column"]

CUSTOMER = "customer"  # one person: only counted, or ranked without a name
TIMES = ("day", "week", "month", "quarter", "year", "weekday", "part of week")
_JOINS = re.compile(r"\bjoins (\w+)")


@dataclass(frozen=True)
class Dimension:
    """One way to part or to filter the rows of a table: ``key`` is ``table.column`` where it is declared.

    ``by`` is the column of the table that was asked which leads to the other one, or empty for its own;
    ``through`` and ``then`` are a table between them and its column that leads on.
    """

    key: str
    type: str
    by: str = ""
    through: str = ""
    then: str = ""

    @property
    def table(self) -> str:
        return self.key.partition(".")[0]

    @property
    def column(self) -> str:
        return self.key.partition(".")[2]


def columns_asked(table: str) -> dict[str, str]:
    """Columns of a table that may part or filter it, with their types: words, yes or no, hours, grades.

    Numbers of things and of people, addresses and the like are not among them.

    >>> columns_asked("suppliers")
    {'supplier_name': 'string', 'goods_class': 'string', 'is_active': 'boolean'}
    """
    left_out, others = {*SPOKEN["not_by"], *SPOKEN["not_by_of"].get(table, ())}, SPOKEN["also_by"]
    return {
        name: field.type
        for name, field in TABLES[table].columns.items()
        if name not in left_out
        and ((field.type in ("string", "boolean") and not name.endswith("_id")) or name in others)
    }


@functools.cache
def dimensions_of(table: str) -> dict[str, Dimension]:
    """Every dimension of a table by its key: its own columns first, then those of tables that it joins by a
    key of one column, as the catalog says ("joins stores"), then the stores of its orders.

    >>> dimensions_of("complaints")["stores.store_name"].by, dimensions_of("refunds")["stores.store_name"].by
    ('store_id', 'order_id')
    """
    if table not in TABLES:
        raise UnknownNameError("table", table, TABLES)
    found = {
        f"{table}.{name}": Dimension(f"{table}.{name}", kind) for name, kind in columns_asked(table).items()
    }
    joined = _joins(table)
    for name, other in joined.items():
        for column, kind in columns_asked(other).items():
            key = f"{other}.{column}"
            found.setdefault(key, Dimension(key, kind, name))
    for name, between in joined.items():
        for then, other in (_joins(between) if between in SPOKEN["leads_on"] else {}).items():
            for column, kind in columns_asked(other).items():
                key = f"{other}.{column}"
                if other in SPOKEN["leads_on"][between]:
                    found.setdefault(key, Dimension(key, kind, name, between, then))
    return found


@functools.cache
def _joins(table: str) -> dict[str, str]:
    """Columns of a table that lead to another one, as the catalog says, or as ``links`` does."""
    found = {}
    for name, field in TABLES[table].columns.items():
        said = _JOINS.search(field.meaning)
        other = SPOKEN["links"].get(f"{table}.{name}") or (said[1] if said else _keyed_by(name))
        if other in TABLES and other != table and len(TABLES[other].key) == 1:
            found[name] = other
    return found


@functools.cache
def _keyed_by(column: str) -> str:
    """The one table whose key a column is; empty for none or several."""
    found = [table.name for table in TABLES.values() if table.key == (column,)]
    return found[0] if len(found) == 1 and column.endswith("_id") else ""


def time_column(table: ir.Table, part: str, date: str) -> ir.Value:
    """A part of the day on which a row counts, as a reader would write it."""
    day = table[date].cast("date")
    if part == "weekday":
        return day.day_of_week.full_name()
    if part == "part of week":
        return ibis.ifelse(day.day_of_week.index() > 4, "weekend", "weekday")
    unit = {"week": "W", "month": "M", "quarter": "Q", "year": "Y"}.get(part)
    return (day.truncate(unit) if unit else day).strftime("%Y-%m-%d")
