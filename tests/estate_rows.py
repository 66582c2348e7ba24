"""A source estate of a few rows, written as the tests need them: what is not said gets a plain default."""

from __future__ import annotations

import datetime as dt
import functools
import io
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lucky_analytics import catalog, estate, settings, snapshot
from lucky_analytics.sources import demo

Rows = Mapping[str, Sequence[Mapping[str, Any]]]

NEW_YORK = {
    "id": 1,
    "shop_name": "8th & Broadway",
    "time_zone": "America/New_York",
    "currency_code": "USD",
    "status": 1,
}
RAROTONGA = {
    "id": 9,
    "shop_name": "Avarua",
    "time_zone": "Pacific/Rarotonga",
    "currency_code": "NZD",
    "status": 1,
}


def checkout(root: Path) -> settings.Settings:
    """An empty checkout: the folders that make one, and a lock."""
    for folder in ("notebooks/operations", "params"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "requirements.lock").write_text("nothing==1.0\n", encoding="utf-8")
    return settings.Settings(root=root, data_dir=root / "data", outputs_dir=root / "outputs")


def write_estate(folder: Path, rows: Rows) -> None:
    """Write ``{"database.table": rows}`` as Parquet in the declared schema; other tables stay away."""
    for name, given in rows.items():
        database, table = name.split(".")
        path = folder / estate.load().database(database).name / f"{table}.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.with_suffix(".new").write_bytes(_file(name, given) if given else _empty(name))
        path.with_suffix(".new").replace(path)  # as the real build does: snapshots share the old file
    (folder / "demo.json").write_text(json.dumps({"rows": str(rows)}), encoding="utf-8")


def _file(name: str, given: Sequence[Mapping[str, Any]]) -> bytes:
    database, table = name.split(".")
    schema = estate.load().database(database).table(table).schema
    full = [{field.name: _value(field, row) for field in schema} for row in given]
    written = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(full, schema=schema), written)
    return written.getvalue()


@functools.cache
def _empty(name: str) -> bytes:
    """The file of a table without rows, which nearly all tables of such an estate are."""
    return _file(name, [])


def take_snapshot(here: settings.Settings, rows: Rows) -> snapshot.Manifest:
    write_estate(here.demo_dir, {**EMPTY, **rows})
    with demo.connect(here.demo_dir) as source:
        return snapshot.take(source, settings=here)


def suite(root: Path, rows: Rows, as_of: str | None = None) -> catalog.Suite:
    """The catalog of a snapshot of these rows."""
    return catalog.Suite(take_snapshot(checkout(root), rows), as_of=as_of)


EMPTY: Rows = {
    f"{database.name}.{table}": []
    for database in estate.load().databases.values()
    for table in database.tables
}


def _value(field: pa.Field, row: Mapping[str, Any]) -> Any:
    if field.name in row:
        return _typed(field, row[field.name])
    if field.nullable:
        return None
    if pa.types.is_timestamp(field.type):
        return dt.datetime(2025, 7, 1, 16)
    if pa.types.is_date(field.type):
        return dt.date(2025, 7, 1)
    return "" if pa.types.is_string(field.type) else _typed(field, 0)


def _typed(field: pa.Field, value: Any) -> Any:
    if value is not None and pa.types.is_decimal(field.type):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-field.type.scale))
    if isinstance(value, str) and pa.types.is_timestamp(field.type):
        return dt.datetime.fromisoformat(value)
    return value
