"""The mapping file: which exported files become which tables, and what is done to their columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lucky_analytics import declarations, estate
from lucky_analytics.declarations import Block
from lucky_analytics.errors import UnknownNameError

__all__ = ["NAME", "ColumnMapping", "FilesMapping", "TableMapping", "load"]

NAME = "mapping.yml"
_TABLE_FIELDS = (
    "files",
    "sheet",
    "delimiter",
    "encoding",
    "nulls",
    "query",
    "one_per_key",
    "time_zone",
    "currency",
    "absent",
    "columns",
)
_COLUMN_FIELDS = ("from", "value", "recode", "format", "unit", "times", "time_zone")
_CURRENCY_COLUMNS = ("currency", "currency_code", "currency_type")
# How many of the unit that a column declares one of the given unit is.
_FACTORS = {
    ("cents", "currency"): "0.01",
    ("dollars", "cents"): "100",
    ("dollars", "USD"): "1",
    ("cents", "USD"): "0.01",
    ("kg", "g"): "1000",
    ("lb", "g"): "453.59237",
    ("oz", "g"): "28.349523125",
    ("l", "ml"): "1000",
    ("fl oz", "ml"): "29.5735295625",
    ("hours", "days"): "0.0416666666666666666666666667",
    ("weeks", "days"): "7",
}


@dataclass(frozen=True)
class ColumnMapping:
    """One declared column: from a column of the files, or one ``value`` for all rows.

    ``recode`` maps values as text; a name ``*`` stands for every other, and without it those stay. ``format``
    is of a time, as ``strptime`` has it. ``times`` is multiplied in, exactly: what ``unit`` means.
    """

    source: str | None = None
    value: str | None = None
    recode: Mapping[str, str | None] = field(default_factory=dict)
    format: str = ""
    times: str = ""
    time_zone: str = ""


@dataclass(frozen=True)
class TableMapping:
    """One table: its files (patterns below the folder) and its columns. ``absent`` are declared columns that
    the files do not have. ``query`` is SQL over ``rows``, all of whose columns are text, made before the
    columns are mapped. ``one_per_key`` keeps the first row of each key."""

    files: tuple[str, ...]
    columns: Mapping[str, ColumnMapping]
    absent: tuple[str, ...] = ()
    sheet: str = ""
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    nulls: tuple[str, ...] = ()
    query: str = ""
    one_per_key: bool = False
    time_zone: str = ""


@dataclass(frozen=True)
class FilesMapping:
    """Tables by ``(database, table)``, and the instant up to which the files are complete."""

    tables: Mapping[tuple[str, str], TableMapping]
    cut: dt.datetime | None = None


def load(path: Path) -> FilesMapping:
    """The mapping in ``path``. Raises errors naming file, line and the nearest name.

    Every declared column must be mapped, listed in ``absent``, or allowed to be null: what is not there is
    said, never made up.
    """
    body = declarations.read(path)
    body.require_known(("cut", "tables"))
    tables = {}
    listed = body.get_as("tables", Block, Block(body.file))
    for name, facts in listed.items():
        if not isinstance(facts, Block):
            raise listed.wrong(name, "files and columns", repr(facts)[:60])
        database, _, table = str(name).rpartition(".")
        declared = estate.load().database(database)
        tables[declared.name, declared.table(table).name] = _table(facts, declared.table(table))
    if not tables:
        raise body.wrong("tables", "at least one table, as database.table", "none")
    return FilesMapping(tables, _cut(body))


def _cut(body: Block) -> dt.datetime | None:
    given = body.get("cut")
    if given is None:
        return None
    try:
        at = given if isinstance(given, dt.datetime) else dt.datetime.fromisoformat(str(given))
    except ValueError:
        raise body.wrong("cut", "like 2026-02-14T12:00:00Z", repr(given)) from None
    if at.tzinfo is None:
        raise body.wrong("cut", "like 2026-02-14T12:00:00Z", repr(str(given)))
    return at.astimezone(dt.UTC)


def _table(facts: Block, table: estate.Table) -> TableMapping:
    facts.require_known(_TABLE_FIELDS)
    files = facts.names("files")
    if not files:
        raise facts.wrong("files", "a file name or a pattern, or a list of them", "nothing")
    given = facts.get_as("columns", Block, Block(facts.file))
    given.require_known(table.columns)
    columns = {name: _column(given, name, given[name], table.columns[name]) for name in given}
    if currency := facts.get_as("currency", str, ""):
        for name in _CURRENCY_COLUMNS:
            if name in table.columns and name not in columns:
                columns[name] = ColumnMapping(value=currency)
    absent = facts.names("absent")
    for name in absent:
        if name not in table.columns:
            raise UnknownNameError(f"column in {facts.where('absent')}", name, table.columns)
    unsaid = [n for n, c in table.columns.items() if n not in (*columns, *absent) and not c.arrow.nullable]
    lost = [name for name in table.key if name in absent]
    if unsaid or lost:
        raise facts.wrong(
            "absent" if lost else "columns",
            f"{table.name}: every key column to be mapped"
            if lost
            else "each declared column, or absent: [...]",
            f"nothing said of {', '.join(lost or unsaid)}",
        )
    return TableMapping(
        files=files,
        columns=columns,
        absent=absent,
        sheet=facts.get_as("sheet", str, ""),
        delimiter=facts.get_as("delimiter", str, ","),
        encoding=facts.get_as("encoding", str, "utf-8-sig"),
        nulls=tuple(map(str, facts.get_as("nulls", list, []))),
        query=facts.get_as("query", str, ""),
        one_per_key=facts.get_as("one_per_key", bool, False),
        time_zone=_zone(facts),
    )


def _column(given: Block, name: str, facts: Any, column: estate.Column) -> ColumnMapping:
    """A text is the name of the column in the files; a block says more."""
    if isinstance(facts, str):
        return ColumnMapping(source=facts)
    if not isinstance(facts, Block):
        raise given.wrong(name, "the name of a column in the files, or from: and more", repr(facts)[:60])
    facts.require_known(_COLUMN_FIELDS)
    if ("from" in facts) == ("value" in facts):
        raise given.wrong(name, "from: a column of the files, or value: for all rows")
    recode = facts.get_as("recode", Block, Block(facts.file))
    return ColumnMapping(
        source=facts.get_as("from", str, "") or None,
        value=None if facts.get("value") is None else str(facts["value"]),
        recode={str(key): None if value is None else str(value) for key, value in recode.items()},
        format=facts.get_as("format", str, ""),
        times=_factor(facts, column),
        time_zone=_zone(facts),
    )


def _factor(facts: Block, column: estate.Column) -> str:
    if "times" in facts:
        return str(facts.get_as("times", float, 1.0))
    unit = facts.get_as("unit", str, "")
    if not unit or unit == column.unit:
        return ""
    if (unit, column.unit) not in _FACTORS:
        known = [given for given, declared in _FACTORS if declared == column.unit]
        raise facts.wrong(
            "unit",
            f"one that becomes {column.unit or 'nothing: the column has no unit'}"
            + (f": {', '.join(known)}" if known else ""),
            unit,
            "Say times: FACTOR",
        )
    return _FACTORS[unit, column.unit]


def _zone(facts: Block) -> str:
    zone = facts.get_as("time_zone", str, "")
    if zone:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            raise facts.wrong("time_zone", "like America/New_York", zone) from None
    return zone
