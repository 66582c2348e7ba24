"""The mapping file: which exported files become which tables, and what is done to their columns."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

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
        try:
            declared = estate.load().database(database).table(table)
        except UnknownNameError as wrong:
            raise UnknownNameError(f"{wrong.kind} in {listed.where(name)}", wrong.name, wrong.known) from None
        tables[database, table] = _table(facts, declared)
    if not tables:
        raise body.wrong("tables", "at least one table, as database.table", "none")
    return FilesMapping(tables, _cut(body))


def _cut(body: Block) -> dt.datetime | None:
    given = body.get("cut")
    if given is None:
        return None
    try:
        at = given if isinstance(given, dt.datetime) else dt.datetime.fromisoformat(str(given))
        if at.tzinfo is None:
            raise ValueError("no offset")
        return at.astimezone(dt.UTC)
    except (ValueError, OverflowError):  # a first or last year that UTC does not have
        raise body.wrong("cut", "like 2026-02-14T12:00:00Z", repr(str(given))) from None


def _table(facts: Block, table: estate.Table) -> TableMapping:
    facts.require_known(_TABLE_FIELDS)
    files = facts.names("files")
    if not files:
        raise facts.wrong("files", "a file name or a pattern, or a list of them", "nothing")
    given = facts.get_as("columns", Block, Block(facts.file))
    given.require_known(table.columns)
    columns = {name: _column(given, name, given[name], table.columns[name]) for name in given}
    if currency := facts.get_as("currency", str, ""):
        _require_currency(facts, "currency", currency)
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
    for name in (name for name in absent if name in given):
        raise given.wrong(name, "a column of the files, or absent: [...]", "both")
    return TableMapping(
        files=files,
        columns=columns,
        absent=absent,
        sheet=facts.get_as("sheet", str, ""),
        delimiter=_delimiter(facts),
        encoding=_encoding(facts),
        nulls=_nulls(facts),
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
    value = _text(facts, "value", facts.get("value"))
    if name == "time_zone" and value:
        _require_zone(facts, "value", value)
    if name in _CURRENCY_COLUMNS and value:
        _require_currency(facts, "value", value)
    return ColumnMapping(
        source=facts.get_as("from", str, "") or None,
        value=value,
        recode={
            _text(recode, each, each, is_sought=True) or "": _text(recode, each, becomes)
            for each, becomes in recode.items()
        },
        format=_format(facts),
        times=_factor(facts, column),
        time_zone=_zone(facts),
    )


def _factor(facts: Block, column: estate.Column) -> str:
    if "times" in facts:
        times = facts.get_as("times", float, 1.0)
        if times == 0 or not math.isfinite(times):
            raise facts.wrong("times", "a number other than 0", str(times))
        return str(times)
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
        _require_zone(facts, "time_zone", zone)
    return zone


def _require_zone(facts: Block, name: str, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        raise facts.wrong(name, "like America/New_York", zone) from None


def _require_currency(facts: Block, name: str, currency: str) -> None:
    if not re.fullmatch("[A-Z]{3}", currency):
        raise facts.wrong(name, "a code like USD", currency)


def _text(facts: Block, name: str, value: Any, *, is_sought: bool = False) -> str | None:
    """A value as text. YAML makes true or false of on, off, yes and no, and 1.1 of 1.10, so that nobody could
    say what ``is_sought`` in the files."""
    if value is None:
        return None
    forms = (str, int) if is_sought else (str, int, float, dt.date)
    if isinstance(value, forms) and not isinstance(value, bool):
        return str(value)
    raise facts.wrong(name, "a text", repr(value)[:60], "Quote it as it stands in the files")


def _nulls(facts: Block) -> tuple[str, ...]:
    given = facts.get_as("nulls", list, [])
    return tuple(
        _text(facts, "nulls", "" if value is None else value, is_sought=True) or "" for value in given
    )


def _delimiter(facts: Block) -> str:
    mark = facts.get_as("delimiter", str, ",")
    if len(mark) != 1 or mark in '"\r\n':
        raise facts.wrong("delimiter", 'one character, like ";" or "\\t"', repr(mark))
    return mark


def _encoding(facts: Block) -> str:
    encoding = facts.get_as("encoding", str, "utf-8-sig")
    try:
        "".encode(encoding)
    except LookupError:
        raise facts.wrong("encoding", "like utf-8 or latin-1", encoding) from None
    return encoding


def _format(facts: Block) -> str:
    """The format of a time, which must read back what it writes: the day at least to its month."""
    form = facts.get_as("format", str, "")
    if not form:
        return ""
    at = dt.datetime(2001, 2, 15, 4, 5, 6, tzinfo=dt.UTC)
    try:
        parsed = pc.strptime(pa.array([at.strftime(form)]), format=form, unit="s", error_is_null=True)
    except (ValueError, pa.ArrowException):
        parsed = pa.nulls(1)
    found = parsed[0].as_py()
    if found is None or (found.year, found.month) != (at.year, at.month):
        raise facts.wrong("format", "one that says a day, like %m/%d/%Y %H:%M", form)
    return form
