"""Kept tables beside their snapshot: the first kernel computes one, every later one reads it."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, MutableMapping

import ibis.expr.operations as ops
import ibis.expr.types as ir

from lucky_analytics.engines.table_engine import TableEngine
from lucky_analytics.snapshot import Manifest, kept_folder

__all__ = ["definition_key", "keep_table"]

_MOST = 4  # files of one table: each as_of is one, and so is each definition while somebody edits it


def keep_table(engine: TableEngine, name: str, built: ir.Table, key: str, manifest: Manifest) -> ir.Table:
    """The table ``name`` in ``engine``, which may read its rows from the file that has ``key``, or write it.

    Of older files of the table the newest few stay.
    """
    file = kept_folder(manifest) / f"{name}-{key}.parquet"
    is_new = not file.is_file()
    made = engine.keep_table(name, built, file)
    if is_new:
        with contextlib.suppress(OSError):  # somebody else clears away, too
            others = sorted(file.parent.glob(f"{name}-*.parquet"), key=lambda path: path.stat().st_mtime_ns)
            for old in others[:-_MOST]:
                old.unlink(missing_ok=True)
    return made


def definition_key(
    own: str,
    built: ir.Table,
    parents: Mapping[str, ir.Table],
    written: MutableMapping[str, str],
    manifest: Manifest,
    engine: TableEngine,
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
            written[name or own] = engine.to_sql(table)
        found[name] = written[name or own]
        for node in table.op().find(ops.DatabaseTable):
            if node.name in found:
                continue
            if node.name in parents:
                waiting[node.name] = parents[node.name]
            else:
                raw = manifest.tables.get(node.name.replace("__", ".", 1))
                found[node.name] = raw.content_hash if raw else ""
    facts = [*engine.versions, *(f"{name}={found[name]}" for name in sorted(found))]
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()[:16]
