"""What arrived held against what was to come: rows that the last reading had, and the declared lengths."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb

from lucky_analytics import estate
from lucky_analytics.estate import Table
from lucky_analytics.snapshot.findings import Finding
from lucky_analytics.snapshot.manifest import Manifest

__all__ = ["find_losses", "find_too_long", "with_losses"]

MOST_LOST = 0.5  # of a table's rows may be gone since the last reading without a word
_LENGTH = re.compile(r"(?:var)?char\((\d+)\)")


def find_losses(manifest: Manifest, previous: Manifest | None) -> list[Finding]:
    """A note on each table that has no row now and had some at the last reading, or lost more than half.

    A note and no breach, because a table may be emptied on purpose (a queue, a calendar begun anew): it is
    said once, at the snapshot in which it happened, and the next is held against what is there now. Of the
    demo, which is built whole and at any size, nothing is said, nor of tables that were kept and not read.

    >>> [str(note) for note in find_losses(manifest, before)]                        # doctest: +SKIP
    ['luckyus_sales_payment.t_channel_fee: rows table: none now, 10,040 at the last reading']
    """
    found: list[Finding] = []
    for name, entry in manifest.tables.items() if previous and manifest.kind != "demo" else ():
        before = previous.tables[name].rows if previous and name in previous.tables else 0
        lost = before - entry.rows
        if entry.how == "kept" or not lost > MOST_LOST * before:
            continue
        now = f"{entry.rows:,}" if entry.rows else "none"
        detail = f"{now} now, {before:,} at the last reading"
        found.append(Finding(name, "rows", "table", True, lost, detail, "medium"))
    return found


def with_losses(found: tuple[Finding, ...], losses: list[Finding]) -> tuple[Finding, ...]:
    """Findings with those about lost rows, in table order."""
    return tuple(sorted([*found, *losses], key=lambda each: (each.table, each.rule, each.subject)))


def find_too_long(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, name: str, table: Table
) -> Iterator[Finding]:
    """A note on each column of texts with more characters than declared, with how many and the longest.

    MySQL holds to its own declaration, so that of its tables only columns of another type are looked at; of
    exported files and other servers, all. Values pass whole: a wider column is no reason to lose a row.
    """
    entry = manifest.tables[name]
    server = manifest.servers.get(entry.server)
    is_mysql = estate.load().database(name.partition(".")[0]).kind == "mysql"
    is_live = manifest.kind == "live" and not (server and server.is_export)
    is_held = manifest.kind == "demo" or (is_mysql and is_live)
    differing = {line.split()[1] for line in (*entry.drift, *entry.noted)}
    limits = {
        column: int(length[1])
        for column in entry.schema
        if column not in entry.hashed
        and (column in differing or not is_held)
        and (length := _LENGTH.fullmatch(table.columns[column].type))
    }
    if not limits or not entry.rows:
        return
    asked = ", ".join(
        f'count(*) FILTER (length("{column}") > {most}), max(length("{column}"))'
        for column, most in limits.items()
    )
    counts = iter(connection.execute(f"SELECT {asked} FROM {name}").fetchone() or ())
    for (column, most), n, longest in zip(limits.items(), counts, counts, strict=True):
        if n:
            detail = f"{n:,} values longer than the {most:,} characters declared, the longest {longest:,}"
            yield Finding(name, "length", column, True, n, detail, "low")
