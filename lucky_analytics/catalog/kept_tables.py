"""Kept tables on disk, beside their snapshot: the first kernel computes one, every later one reads it."""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Mapping, MutableMapping
from pathlib import Path

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from lucky_analytics.locks import hold
from lucky_analytics.snapshot import Manifest, kept_folder

__all__ = ["definition_key", "keep_table"]

_MOST = 4  # files of one table: each as_of is one, and so is each definition while somebody edits it


def keep_table(connection: Backend, name: str, built: ir.Table, key: str, manifest: Manifest) -> ir.Table:
    """The table ``name`` in ``connection``, filled from the file that has ``key``, or computed and written.

    The rows and their order are the same either way. Kernels that need it at the same time wait for the one
    that computes it. Where nothing can be written, or a file cannot be read, it is computed as if there
    were none: that costs time and nothing else.
    """
    file = kept_folder(manifest) / f"{name}-{key}.parquet"
    with contextlib.ExitStack() as held:
        if not file.is_file():
            with contextlib.suppress(OSError):  # read-only data: every kernel computes for itself
                held.enter_context(hold(file.with_name(f".{name}.lock"), wait=True))
        if file.is_file():
            with contextlib.suppress(duckdb.Error):
                connection.create_table(name, connection.read_parquet(file), overwrite=True)
                return connection.table(name)  # by its name alone, as a reader sees it in a query
        connection.create_table(name, built, overwrite=True)
        with contextlib.suppress(OSError, duckdb.Error):
            _write(connection, name, file)
    return connection.table(name)


def definition_key(
    own: str,
    built: ir.Table,
    parents: Mapping[str, ir.Table],
    written: MutableMapping[str, str],
    manifest: Manifest,
) -> str:
    """What decides the rows of the table ``own``: its SQL, that of the ``parents`` behind it, the parts that
    are read, the engine.

    ``parents``: the expressions of the conformed tables that were built so far, by name; ``written``: the SQL
    of those that were asked for before, which this adds to. Any change of code that changes a query changes
    the key, wherever the code stands.
    """
    found: dict[str, str] = {}
    waiting = {"": built}
    while waiting:
        name, table = waiting.popitem()
        if (name or own) not in written:  # to write it is a large part of the time of a short notebook
            written[name or own] = str(ibis.to_sql(table, dialect="duckdb"))
        found[name] = written[name or own]
        for node in table.op().find(ops.DatabaseTable):
            if node.name in found:
                continue
            if node.name in parents:
                waiting[node.name] = parents[node.name]
            else:
                raw = manifest.tables.get(node.name.replace("__", ".", 1))
                found[node.name] = raw.content_hash if raw else ""
    facts = [ibis.__version__, duckdb.__version__, *(f"{name}={found[name]}" for name in sorted(found))]
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:16]


def _write(connection: Backend, name: str, file: Path) -> None:
    """Whole or not at all; of older files of the table the newest few stay."""
    spare = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        target = str(spare).replace("'", "''")
        connection.raw_sql(f"COPY {name} TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
        spare.chmod(0o600)
        spare.replace(file)
    finally:
        spare.unlink(missing_ok=True)
    others = sorted(file.parent.glob(f"{name}-*.parquet"), key=lambda path: path.stat().st_mtime_ns)
    for old in others[:-_MOST]:
        old.unlink(missing_ok=True)
