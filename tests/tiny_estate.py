"""A tiny estate in the declared schemas, with the values that break readers; for tests that need no demo."""

from __future__ import annotations

import datetime as dt
import json
import random
import uuid
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lucky_analytics.estate import Column, Database, Table

_made: dict[tuple[str, int, int], pa.Table] = {}  # dear to draw, the same every time

AWKWARD = ["☕ ☃ 中", 'O\'Brien \\ "x"', "tab\tline\nend", "", " trailing ", "NULL", "\\N", "%s"]


def write(folder: Path, databases: list[Database], n_rows: int = 300, seed: int = 1) -> Path:
    """Parquet for every declared table of ``databases``, and a ``demo.json``; the folder."""
    for database in databases:
        for table in database.tables.values():
            path = folder / database.name / f"{table.name}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(rows(table, n_rows, seed), path)
    (folder / "demo.json").write_text(json.dumps({"seed": seed}))
    return folder


def rows(table: Table, n_rows: int, seed: int = 1) -> pa.Table:
    """Random rows of one table, sorted by its key."""
    asked = (repr(table), n_rows, seed)
    if asked not in _made:
        _made[asked] = _draw(table, n_rows, seed)
    return _made[asked]


def _draw(table: Table, n_rows: int, seed: int) -> pa.Table:
    chance = random.Random(f"{seed}-{table.name}")
    columns = {}
    for name, column in table.columns.items():
        if name == table.key[0]:
            columns[name] = pa.array(_keys(column, n_rows), column.arrow.type)
        else:
            columns[name] = pa.array([_value(column, chance) for _ in range(n_rows)], column.arrow.type)
    return pa.table(columns, schema=table.schema)


def _keys(column: Column, n_rows: int) -> list[Any]:
    numbers = range(1, n_rows + 1)
    return (
        [f"k{number:06d}" for number in numbers] if pa.types.is_string(column.arrow.type) else list(numbers)
    )


def _value(column: Column, chance: random.Random) -> Any:
    kind = column.arrow.type
    if (column.nullable or column.zero_dates) and chance.random() < 0.2:
        return None
    if column.type == "json":
        return json.dumps({"rate": 0.08875, "name": chance.choice(AWKWARD)}, ensure_ascii=False)
    if column.type == "jsonb":  # as the server writes it: keys in its order
        return json.dumps({"name": chance.choice(AWKWARD), "rate": 0.08875}, ensure_ascii=False)
    if column.type == "uuid":
        return str(uuid.UUID(int=chance.getrandbits(128)))
    if column.type.endswith("[]"):
        some = chance.sample(AWKWARD, chance.randrange(4))
        return json.dumps(some, ensure_ascii=False, separators=(",", ":"))
    if pa.types.is_binary(kind):
        return chance.randbytes(8)
    if column.type == "boolean":
        return chance.random() < 0.5
    if pa.types.is_string(kind):
        length = int(column.type.partition("(")[2].rstrip(")") or 1000)
        return chance.choice([*AWKWARD, "x" * min(length, 300)])[:length]
    if pa.types.is_decimal(kind):
        digits = chance.randrange(10 ** min(kind.precision, 15))
        return Decimal(chance.choice([-1, 1]) * digits).scaleb(-kind.scale)
    if pa.types.is_timestamp(kind):
        return dt.datetime(2025, 6, 30) + dt.timedelta(seconds=chance.randrange(20_000_000))
    if pa.types.is_date(kind):
        return dt.date(2025, 6, 30) + dt.timedelta(days=chance.randrange(229))
    if pa.types.is_floating(kind):
        value = chance.random() * 1e6
        return pa.scalar(value, kind).as_py()
    if column.type.startswith("bit("):
        return chance.randrange(2 ** int(column.type[4:-1]))
    width = kind.bit_width
    low, high = (
        (0, 2**width - 1)
        if pa.types.is_unsigned_integer(kind)
        else (-(2 ** (width - 1)), 2 ** (width - 1) - 1)
    )
    return chance.choice([low, high, 0, 1, chance.randint(low, high)])
