"""Reading only what changed since the previous snapshot, proven complete by the server's own counts."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from lucky_analytics.estate import Table
from lucky_analytics.snapshot import parts
from lucky_analytics.snapshot.boundary import Boundary
from lucky_analytics.snapshot.manifest import Manifest, Part, TableEntry
from lucky_analytics.snapshot.tally import Tally, key_sum
from lucky_analytics.sources.base import Since, Source

__all__ = ["read_changes"]

# Rows may arrive late: written by a transaction that was open, or copied from another system.
OVERLAP = dt.timedelta(days=2)
KEY_OVERLAP = 10_000
MOST_CHANGED = 0.25  # above this share of the table, reading everything is faster
SPARE_PARTS = 16  # more small parts than this, and the table is written afresh


@dataclass
class _OldPart:
    path: Path
    part: Part
    keys: np.ndarray
    changed_at: np.ndarray


def read_changes(
    source: Source,
    database: str,
    table: Table,
    boundary: Boundary,
    folder: Path,
    root: Path,
    previous: Manifest,
    removed: Counter[str],
) -> list[Part] | None:
    """The parts of ``table`` made from the previous snapshot and the rows changed since, or ``None``.

    The rows changed at or after the newest change known, less ``OVERLAP``, are read again; of a table
    that only grows, the rows from the highest key known on, less ``KEY_OVERLAP``. Parts that
    none of them belongs to are linked; the others are written with the rows in place; new rows become a
    part of their own. ``None`` means that the table must be read whole: it has no single integer key, or
    neither says when a row changed nor only grows; its columns differ; too much changed; or the server's
    count and key sum of the whole table, asked in the same transaction, do not agree with the outcome (a
    deleted row, say).
    """
    entry = previous.tables[f"{database}.{table.name}"]
    watermark, schema = _watermark(table), boundary.schema(table)
    same = _same_columns(entry, schema) and all(mark == boundary.mark for mark in entry.hashed.values())
    if table.integer_key is None or watermark is None or not same or not entry.rows:
        return None
    old = [
        _load_keys(previous.folder / part.path, part, table.integer_key, watermark) for part in entry.parts
    ]
    newest = max(int(one.changed_at.max()) for one in old if one.part.rows)
    since, start = _since(table, watermark, newest)
    window = source.totals(database, table.name, boundary.columns(table), since)
    if window.rows > MOST_CHANGED * entry.rows or len(old) > entry.rows // parts.ROWS_PER_PART + SPARE_PARTS:
        return None
    tally = Tally(table)
    batches = tally.watch(source.read(database, table.name, boundary.columns(table), since=since))
    delta = pa.Table.from_batches(boundary.cross(table, batches, removed), schema)
    tally.require(window, f"{database}.{table.name} since {since.value}")
    written, rows, keys = _merge(old, delta, table.integer_key, watermark, start, schema, folder, root)
    whole = source.totals(database, table.name, [table.integer_key])
    if (whole.rows, whole.key) == (rows, keys):
        return written
    for part in written:
        (root / part.path).unlink()
    return None


def _watermark(table: Table) -> str | None:
    """The column that tells new and changed rows: the time of change, or the key where rows only come."""
    return table.changed_by or (table.integer_key if table.append_only else None)


def _since(table: Table, watermark: str, newest: int) -> tuple[Since, int]:
    """Where to read from, as a condition and as the number that ``changed_at`` is compared with."""
    if watermark != table.changed_by:
        return Since(watermark, newest - KEY_OVERLAP), newest - KEY_OVERLAP
    value = dt.datetime.fromtimestamp(newest // 1_000_000, dt.UTC) - OVERLAP
    return Since(watermark, value.replace(tzinfo=None)), int(value.timestamp()) * 1_000_000


def _merge(
    old: Sequence[_OldPart],
    delta: pa.Table,
    key: str,
    watermark: str,
    start: int,
    schema: pa.Schema,
    folder: Path,
    root: Path,
) -> tuple[list[Part], int, int]:
    """The merged parts, their rows and the sum of their keys."""
    delta_keys = delta.column(key).to_numpy()
    delta_at = _numbers(delta.column(watermark))
    order = np.argsort(delta_keys, kind="stable")
    known = np.zeros(len(delta_keys), dtype=bool)
    written: list[Part] = []
    rows = keys = 0
    for number, one in enumerate(old):
        at, found = _find(one.keys, delta_keys[order])
        position = order[at] if len(order) else at
        known[position[found]] = True
        # In the window and no longer there: deleted. There with another time of change: changed.
        gone = ~found & (one.changed_at >= start)
        changed = found.copy()
        changed[found] = one.changed_at[found] != delta_at[position[found]]
        target = folder / f"part-{number:05d}.parquet"
        kept_keys = one.keys[~gone]
        rows += len(kept_keys)
        keys += key_sum(kept_keys)
        if not gone.any() and not changed.any():
            parts.link(one.path, target)
            written.append(
                Part(str(target.relative_to(root)), one.part.rows, one.part.bytes, one.part.sha256)
            )
            continue
        table = pq.read_table(one.path, schema=schema)
        index = np.arange(len(one.keys))
        index[changed] = len(one.keys) + position[changed]
        merged = pa.concat_tables([table, delta]).take(pa.array(index[~gone]))
        written.append(parts.write_one(merged, target, root))
    new = delta.filter(pa.array(~known))
    if new.num_rows:
        rows += new.num_rows
        keys += key_sum(new.column(key).to_numpy())
        written.append(parts.write_one(new, folder / f"part-{len(old):05d}.parquet", root))
    return written, rows, keys


def _find(keys: np.ndarray, among: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each key its place in the sorted ``among``, and whether it is there."""
    if not len(among):
        return np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=bool)
    at = np.minimum(np.searchsorted(among, keys), len(among) - 1)
    return at, among[at] == keys


def _load_keys(path: Path, part: Part, key: str, watermark: str) -> _OldPart:
    table = pq.read_table(path, columns=list({key, watermark}))
    return _OldPart(path, part, table.column(key).to_numpy(), _numbers(table.column(watermark)))


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    """Times as microseconds, keys as they are."""
    return (column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column).to_numpy()


def _same_columns(entry: TableEntry, schema: pa.Schema) -> bool:
    return list(entry.schema.items()) == [(field.name, str(field.type)) for field in schema]
