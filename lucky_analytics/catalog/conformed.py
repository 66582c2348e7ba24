"""What a conformed table declares: grain, key, columns with their meaning, and how it is built."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import ibis.expr.datatypes as dt_types
import ibis.expr.types as ir

from lucky_analytics.errors import SnapshotError

__all__ = [
    "Conformed",
    "ConformedTable",
    "Field",
    "RawTables",
    "Tables",
    "cents",
    "check_types",
    "describe",
    "find_faults",
    "name",
    "seconds_between",
    "text",
    "whole",
]

_UNSHOWN = r"[\x00-\x1f\x7f\x{200E}\x{200F}\x{2028}-\x{202E}\x{2066}-\x{2069}\x{FFFE}\x{FFFF}]+"


@dataclass(frozen=True)
class Field:
    """One column: its Ibis type ("string", "int64", "timestamp"), what it means, its unit, if it may be null.

    Times are UTC; ids are strings. The type is checked whenever the table is built, nulls and the key by
    ``find_faults``.
    """

    type: str
    meaning: str
    unit: str = ""
    nullable: bool = False

    def __str__(self) -> str:
        about = (
            f"{self.meaning} ({self.unit})" if self.unit and self.unit not in self.meaning else self.meaning
        )
        return f"{self.type}: {about}"


class RawTables(Protocol):
    """The tables of one source, as attributes."""

    def __getattr__(self, name: str) -> ir.Table: ...


class Tables(Protocol):
    """What a table is built from: raw tables by source, other conformed tables by name, and the period.

    ``catalog.Suite`` is one; a table that is built knows no more of it than this.
    """

    as_of: dt.date

    @property
    def zones(self) -> tuple[str, ...]: ...

    def source(self, name: str) -> RawTables: ...

    def optional(self, name: str) -> ir.Table | None: ...

    def __getattr__(self, name: str) -> ir.Table: ...


@dataclass(frozen=True)
class Conformed:
    """One conformed table. ``columns`` maps each column, in order, to what it holds.

    ``build`` takes the suite and returns the expression; the suite checks that it has exactly the
    declared columns. Rows are unique in ``key``. ``is_kept`` tables are computed once for a snapshot
    (``catalog/kept_tables.py``) and held in the suite's memory, because every question asks them, several
    times; the others are views. ``home_by`` names the column by which no row of another market may stand in
    it (``canaries.py``); empty where the table holds every market, or says nothing of one.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: dict[str, Field]
    build: Callable[[Tables], ir.Table]
    is_kept: bool = False
    home_by: str = ""


class ConformedTable(ir.Table):
    """An Ibis table that, shown in a notebook, says what it holds: grain, key, columns, freshness."""

    __slots__ = ("_about",)

    def __init__(self, table: ir.Table, about: str):
        super().__init__(table.op())
        object.__setattr__(self, "_about", about)

    def __repr__(self) -> str:
        return self._about

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/plain": self._about}


def check_types(declared: Conformed, built: ir.Table) -> None:
    """Raises ``SnapshotError`` for a table that lacks a declared column or has it in another type."""
    schema = built.schema()
    for name, field in declared.columns.items():
        got = _kind(schema[name]) if name in schema else "no such column"
        if got != field.type:
            raise SnapshotError(
                f"{declared.name}.{name}", expected=f"{field.type} ({field.meaning})", got=got
            )


def _kind(dtype: dt_types.DataType) -> str:
    """The name of a type without nullability and precision: a source's timestamps have several."""
    return "timestamp" if dtype.is_timestamp() else str(dtype).lstrip("!")


def find_faults(declared: Conformed, table: ir.Table) -> list[str]:
    """What the rows of a built table break: a null where none may be, a key that is not unique.

    Reads the whole table. Empty when all holds.
    """
    required = [name for name, field in declared.columns.items() if not field.nullable]
    nulls = {name: table[name].isnull().sum() for name in required}
    row = table.agg(n=table.count(), **nulls).execute().iloc[0]
    faults = [
        f"{declared.name}.{name}: {int(row[name]):,} nulls" for name in required if row[name] and row["n"]
    ]
    n_keys = int(table.select(*declared.key).distinct().count().execute())
    if n_keys != int(row["n"]):
        key = ", ".join(declared.key)
        faults.append(f"{declared.name}: {int(row['n']) - n_keys:,} rows share a key ({key})")
    return faults


def describe(declared: Conformed, freshness: str) -> str:
    """What a conformed table says of itself, as lines of text."""
    width = max(len(column) for column in declared.columns)
    lines = [f"{declared.name}: {declared.grain}", f"key: {', '.join(declared.key)}", freshness]
    return "\n".join([*lines, *(f"  {name:{width}}  {about}" for name, about in declared.columns.items())])


def cents(money: ir.Value) -> ir.IntegerValue:
    """A decimal amount of currency as whole cents, exact for amounts of at most two decimals.

    >>> cents(ibis.literal(4.71).cast("decimal(12,2)")).type()          # doctest: +SKIP
    Int64(nullable=True)
    """
    return (money.cast("decimal(18,2)") * 100).cast("int64")


def whole(total: ir.Value) -> ir.IntegerValue:
    """A sum of integers as a 64-bit integer.

    DuckDB widens such sums to 128 bits, which Ibis does not know, so that a plain cast is left out.
    """
    return total.cast("decimal(38,0)").cast("int64")


def seconds_between(start: ir.TimestampValue, end: ir.TimestampValue) -> ir.FloatingValue:
    """Seconds from ``start`` to ``end``, negative where it ended before; null where one is.

    Of times of whole seconds, as the sources of shops and kitchens write them: engines differ in what they do
    with a part of one.

    >>> at = ibis.timestamp("2026-02-13 08:00:00")                      # doctest: +SKIP
    >>> seconds_between(at, at + ibis.interval(minutes=2)).execute()    # doctest: +SKIP
    120.0
    """
    return (end.epoch_seconds() - start.epoch_seconds()).cast("float64")


def text(number: ir.Value) -> ir.StringValue:
    """An id as text, so that bigint and varchar ids join and none is ever rounded as a float."""
    return number.cast("string")


def name(said: ir.StringValue) -> ir.StringValue:
    """A name as pages can show it: one line of at most 120 characters, trimmed; null stays null.

    What no page can hold becomes a space (control characters, line breaks, marks that turn the direction of
    reading round), and braces, by which pages find their numbers in a sentence, become brackets. One name
    must not cost the reports that show it.
    """
    one_line = said.re_replace(_UNSHOWN, " ").replace("{", "(").replace("}", ")")
    return one_line.strip().substr(0, 120)
