"""Part files: written in bounded memory, hashed, and shared with earlier snapshots by content."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from lucky_analytics.snapshot.manifest import Part, hash_file

__all__ = ["link", "share", "write", "write_one"]

ROWS_PER_PART = 1 << 20
ROWS_PER_GROUP = 1 << 17
ROWS_PER_BLOCK = 1 << 13
BYTES_PER_GROUP = 64 << 20


def write(batches: Iterable[pa.RecordBatch], schema: pa.Schema, folder: Path, root: Path) -> list[Part]:
    """Write ``batches`` as ``part-00000.parquet`` and on into ``folder``; the parts in order.

    Parts end at fixed row numbers and row groups at numbers that depend on the rows alone, so that
    the same rows give the same bytes however they arrived, and a table that only grew shares all but
    its last part with its earlier self. A table without rows is one part of none. Paths are relative
    to ``root``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    parts: list[Part] = []
    writer: pq.ParquetWriter | None = None
    path, n_rows = folder, 0
    try:
        for group in _groups(batches, schema):
            if writer is None:
                path, n_rows = folder / f"part-{len(parts):05d}.parquet", 0
                writer = pq.ParquetWriter(path, schema, compression="zstd")
            writer.write_table(group, row_group_size=ROWS_PER_GROUP)
            n_rows += group.num_rows
            if n_rows == ROWS_PER_PART:
                writer.close()
                writer = None
                parts.append(_part(path, n_rows, root))
        if writer is None and not parts:
            path, n_rows = folder / "part-00000.parquet", 0
            writer = pq.ParquetWriter(path, schema, compression="zstd")
        if writer is not None:
            writer.close()
            writer = None
            parts.append(_part(path, n_rows, root))
    finally:
        if writer is not None:
            with contextlib.suppress(OSError):  # the first error is the one to report
                writer.close()
    return parts


def write_one(table: pa.Table, path: Path, root: Path) -> Part:
    """``table`` as the single part ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, compression="zstd", row_group_size=ROWS_PER_GROUP)
    return _part(path, table.num_rows, root)


def link(source: Path, target: Path) -> None:
    """Put the file ``source`` at ``target`` without copying if the disk allows it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def share(path: Path, earlier: Path) -> None:
    """Replace ``path`` by a link to ``earlier``, of the same content; a copy stays where that fails."""
    if path.samefile(earlier):
        return  # renaming one link over another of the same file would do nothing and leave both
    spare = path.with_suffix(".link")
    with contextlib.suppress(OSError):
        os.link(earlier, spare)
        spare.replace(path)


def _part(path: Path, rows: int, root: Path) -> Part:
    return Part(str(path.relative_to(root)), rows, path.stat().st_size, hash_file(path))


def _groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Tables that become one row group each, at most one of them short of its limits."""
    held: list[pa.Table] = []
    n_rows = n_bytes = n_in_part = 0
    for block in _blocks(batches, schema):
        held.append(block)
        n_rows += block.num_rows
        n_bytes += block.nbytes
        n_in_part = (n_in_part + block.num_rows) % ROWS_PER_PART
        if n_rows >= ROWS_PER_GROUP or n_bytes >= BYTES_PER_GROUP or n_in_part == 0:
            yield pa.concat_tables(held)
            held, n_rows, n_bytes = [], 0, 0
    if held:
        yield pa.concat_tables(held)


def _blocks(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """The rows in blocks of exactly ``ROWS_PER_BLOCK``, the last one shorter."""
    waiting: list[pa.RecordBatch] = []
    n_waiting = 0
    for batch in batches:
        waiting.append(batch)
        n_waiting += batch.num_rows
        if n_waiting < ROWS_PER_BLOCK:
            continue
        table = pa.Table.from_batches(waiting, schema)
        n_whole = n_waiting - n_waiting % ROWS_PER_BLOCK
        for start in range(0, n_whole, ROWS_PER_BLOCK):
            yield table.slice(start, ROWS_PER_BLOCK).combine_chunks()
        waiting = table.slice(n_whole).to_batches()
        n_waiting -= n_whole
    if n_waiting:
        yield pa.Table.from_batches(waiting, schema).combine_chunks()
