"""Whether a table of the home market holds a canary: a row of another market, by ``contracts.yml``.

Looked up when a notebook first asks for the table, once for a snapshot and a definition: that none was found
is noted beside the snapshot.
"""

from __future__ import annotations

import contextlib
import hashlib

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed
from lucky_analytics.engines.table_engine import TableEngine
from lucky_analytics.errors import UnknownNameError
from lucky_analytics.snapshot import Manifest, contracts, kept_folder

__all__ = ["find_leak"]

_SHOWN = 3  # of the rows that leaked, named in the message


def find_leak(
    engine: TableEngine, declared: Conformed, made: ir.Table, key: str, manifest: Manifest
) -> tuple[str, str] | None:
    """The source table of the canaries and what leaked into ``made``, in one line; null where nothing did.

    ``made`` is the table in ``engine``, ``key`` what decides its rows (``definition_key``). Null, too,
    for a table that asks for no watch, and where the snapshot lacks the source table. Raises
    ``UnknownNameError`` for a ``home_by`` that has no canary.

    >>> find_leak(engine, TABLES["orders"], orders, key, manifest)      # doctest: +SKIP
    ('luckyus_sales_order.t_order', 'orders holds 2 rows of another market (order_id 12, 15): orders in ...')
    """
    if not declared.home_by:
        return None
    canaries = contracts.declared()["canaries"]
    if declared.home_by not in canaries:
        raise UnknownNameError(f"canary of table {declared.name}", declared.home_by, canaries)
    canary = canaries[declared.home_by]
    source = canary["table"]
    if source not in manifest.tables:
        return None
    facts = "\0".join([key, canary["rows"], manifest.tables[source].content_hash])
    mark = hashlib.sha256(facts.encode()).hexdigest()[:16]
    clean = kept_folder(manifest) / f"{declared.name}.{mark}.clean"
    if clean.is_file():
        return None
    n, some = _look(engine, declared, made, canary, manifest)
    if not n:
        with contextlib.suppress(OSError):  # read-only data: every kernel looks for itself
            clean.parent.mkdir(parents=True, exist_ok=True)
            clean.touch(0o600)
        return None
    names = ", ".join(some) + (", ..." if n > len(some) else "")
    rows = "1 row" if n == 1 else f"{n:,} rows"
    text = f"{declared.name} holds {rows} of another market ({declared.home_by} {names}): {canary['about']}"
    return source, text


def _look(
    engine: TableEngine, declared: Conformed, made: ir.Table, canary: dict[str, str], manifest: Manifest
) -> tuple[int, list[str]]:
    """How many rows of ``made`` are canaries, and the first of them."""
    database, _, table = canary["table"].partition(".")
    source = f"canaries__{table}"
    engine.read_parts(source, manifest.paths(database, table))
    canaries = engine.query(canary["rows"].replace(canary["table"], source))
    own = made[declared.home_by].name("own").as_table()
    held = own.semi_join(canaries, own.own == canaries.canary)
    n = int(held.count().execute())
    some = held.distinct().order_by("own").limit(_SHOWN).execute()["own"] if n else ()
    return n, [str(one) for one in some]
