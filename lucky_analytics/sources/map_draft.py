"""A first mapping of exported files, by the names and types of their columns; somebody corrects it."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Column, Table
from lucky_analytics.sources.export_rows import read_rows
from lucky_analytics.sources.mapped_files import Folder

__all__ = ["Draft", "draft", "match_columns"]

ALIKE = 0.8  # of two names' letters, from which on one may be the other
FEWEST = 0.3  # of a file's columns that must be found in a table for it to be proposed
_WORDS = {
    "num": "number",
    "no": "number",
    "qty": "quantity",
    "amt": "amount",
    "cust": "customer",
    "ts": "time",
}
_KINDS: tuple[tuple[str, pa.DataType], ...] = (
    ("whole number", pa.int64()),
    ("number", pa.float64()),
    ("date", pa.date32()),
    ("time", pa.timestamp("us")),
)


@dataclass(frozen=True)
class Draft:
    """The text of a mapping file, what it holds in one line, and the files that could not be read."""

    text: str
    summary: str
    faults: tuple[SourceError, ...] = ()


def draft(folder: str) -> Draft:
    """A mapping of every file in ``folder`` (local or S3) to the table that it resembles most.

    Files whose columns resemble no table are listed in comments, and so are columns that found none, and
    files that cannot be read, which are ``faults`` too. What a
    table needs and the file lacks is listed as ``absent``. Raises ``SourceError`` for a folder without files.
    """
    where = Folder(folder)
    system, _ = where.open()
    found = where.files()
    if not found:
        raise SourceError(f"files source {folder}", expected="exported files", got="none")
    lines = [
        "# A first mapping, by names and types. Correct it by hand: docs/connecting.md says how.",
        "tables:",
    ]
    files_of: dict[tuple[str, str], list[str]] = {}
    blocks: dict[tuple[str, str], list[str]] = {}
    lost: list[str] = []
    faults: list[SourceError] = []
    for path, info in found.items():
        try:
            head = next(iter(read_rows(system, info.path)), None)
        except SourceError as error:
            faults.append(error)
            lost.append(f"# {path}: cannot be read")
            continue
        kinds = {name: _kind(values) for name, values in head.columns.items()} if head else {}
        best = _best(path, kinds)
        if best is None:
            lost.append(f"# {path}: no table has such columns: {', '.join(kinds) or 'none'}{_hint(kinds)}")
            continue
        database, table, columns = best
        files_of.setdefault((database, table.name), []).append(path)
        blocks.setdefault((database, table.name), _lines(table, columns, kinds))
    for key, body in blocks.items():
        lines += [f"  {key[0]}.{key[1]}:", f"    files: {json.dumps(files_of[key])}", *body]
    n_found = sum(map(len, files_of.values()))
    summary = f"{n_found} of {len(found)} files resemble {len(blocks)} tables"
    return Draft("\n".join([*lines, *lost]) + "\n", summary, tuple(faults))


def match_columns(table: Table, kinds: Mapping[str, str]) -> dict[str, str]:
    """Declared columns and those of a file that may be they: of like names, and of types that fit.

    >>> shops = estate.load().database("opshop").table("t_shop_info")
    >>> match_columns(shops, {"ID": "whole number", "ShopName": "text", "Latitude": "text"})
    {'id': 'ID', 'shop_name': 'ShopName'}
    """
    scored = sorted(
        (
            (-score, declared, given)
            for declared, column in table.columns.items()
            for given, kind in kinds.items()
            if _fits(column, kind) and (score := _alike(declared, given)) >= ALIKE
        ),
    )
    matched: dict[str, str] = {}
    for _, declared, given in scored:
        if declared not in matched and given not in matched.values():
            matched[declared] = given
    return {name: matched[name] for name in table.columns if name in matched}


def _hint(names: Mapping[str, str]) -> str:
    """What else the columns may be parted by, where they look like one."""
    marks = {";": ";", "|": "|", "\t": "\\t", ",": ","}
    found = [shown for mark, shown in marks.items() if len(names) == 1 and mark in next(iter(names))]
    return f'. One column: is it delimiter: "{found[0]}"?' if found else ""


def _best(path: str, kinds: Mapping[str, str]) -> tuple[str, Table, dict[str, str]] | None:
    """The table that a file resembles most: by its columns, and by its name where columns do not decide."""
    scored: list[tuple[float, str, Table, dict[str, str]]] = []
    for database in estate.load().databases.values():
        for table in database.tables.values():
            columns = match_columns(table, kinds)
            share = len(columns) / max(len(kinds), 1)
            names = [table.name, *table.aliases]
            name = max(_alike(one, PurePosixPath(path).name.partition(".")[0]) for one in names)
            if share >= FEWEST and len(columns) > 1:
                scored.append((share + name + len(columns) / 1000, database.name, table, columns))
    if not scored:
        return None
    _, database_name, best, columns = max(scored, key=lambda entry: entry[:2])
    return database_name, best, columns


def _lines(table: Table, columns: Mapping[str, str], kinds: Mapping[str, str]) -> list[str]:
    missing = [n for n, c in table.columns.items() if n not in columns and not c.arrow.nullable]
    lines = [f"    absent: [{', '.join(name for name in missing if name not in table.key)}]", "    columns:"]
    lines += [
        f"      {name}: ???  # the key: which column tells the rows apart?"
        for name in table.key
        if name in missing
    ]
    for name, given in columns.items():
        unit = f", in {table.columns[name].unit}" if table.columns[name].unit else ""
        lines.append(
            f"      {name}: {json.dumps(given)}  # {kinds[given]} for {table.columns[name].type}{unit}"
        )
    others = [f"{name} ({kind})" for name, kind in kinds.items() if name not in columns.values()]
    return [*lines, *([f"    # not used: {', '.join(others)}"] if others else [])]


def _kind(values: pa.Array) -> str:
    given = values.drop_null()
    for name, kind in _KINDS if len(given) else ():
        try:
            given.cast(kind)
            return name
        except pa.ArrowInvalid:
            continue
    return "text"


def _fits(column: Column, kind: str) -> bool:
    declared = column.arrow.type
    if pa.types.is_temporal(declared):
        return kind in ("date", "time", "text")  # times are written in many ways
    if pa.types.is_integer(declared):
        return kind in ("whole number", "text") and (kind != "text" or not column.unit)
    if pa.types.is_decimal(declared) or pa.types.is_floating(declared):
        return kind in ("whole number", "number")
    return True


def _alike(one: str, other: str) -> float:
    first, second = _plain(one), _plain(other)
    return 1.0 if first == second else difflib.SequenceMatcher(None, first, second).ratio()


def _plain(name: str) -> str:
    """A name without what differs by habit: case, separators, a leading ``t_``, short forms.

    >>> _plain("t_OrderNo"), _plain("order_number")
    ('ordernumber', 'ordernumber')
    """
    parts = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().removeprefix("t_")
    return "".join(_WORDS.get(part, part) for part in re.split(r"[^a-z0-9]+", parts))
