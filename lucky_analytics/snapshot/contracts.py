"""What arriving tables must satisfy: drift, keys, nulls, ranges, references, freshness, known issues."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from lucky_analytics import declarations, estate
from lucky_analytics.estate import Table
from lucky_analytics.snapshot.findings import Finding
from lucky_analytics.snapshot.manifest import Manifest
from lucky_analytics.snapshot.what_arrived import find_too_long

__all__ = ["check", "declared", "with_unreached"]

# Above this many rows a key is proven on one in SHARE of its values: every duplicate of those is found.
MOST_KEYS = 5_000_000
SHARE = 16
SAMPLE = 20_000
MOST_REJECTED = 0.01  # of a table's rows may be left out before what is made of it is marked
MEMORY = "400MB"


@functools.cache
def declared() -> dict[str, Any]:
    """The rules of ``contracts.yml``."""
    return declarations.read(Path(__file__).with_name("contracts.yml"))


def check(manifest: Manifest) -> tuple[Finding, ...]:
    """Every contract on every table that the snapshot has, held or not, in table order.

    Nothing is corrected here and no table is left out: a breach is told, with how many rows break it.

    >>> [str(f) for f in check(find("newest")) if f.is_breach]           # doctest: +SKIP
    ['luckyus_sales_order.t_order: reference shop_id: 3 of 20,000 have no luckyus_opshop.t_shop_info.id']
    """
    rules = declared()
    with duckdb.connect(config={"memory_limit": MEMORY}) as connection:
        _views(connection, manifest)
        found = _unread(manifest)
        for name in manifest.tables:
            database, _, table_name = name.partition(".")
            table = estate.load().database(database).table(table_name)
            found += _drift(manifest, name)
            found += _age(manifest, name, rules["exports"]["days"])
            found.append(_key(connection, name, table, manifest.tables[name].rows))
            found += find_too_long(connection, manifest, name, table)
            found += _nulls(connection, manifest, name, table)
            for column, limits in rules["ranges"].get(name, {}).items():
                found.append(_range(connection, name, column, *limits))
            for column, target in rules["references"].get(name, {}).items():
                if target.rpartition(".")[0] in manifest.tables:
                    tolerated = rules["tolerated"].get(name, {}).get(column)
                    found.append(_reference(connection, name, column, target, tolerated))
            if fresh := rules["fresh"].get(name):
                found.append(_fresh(connection, manifest, name, fresh["column"], fresh["hours"]))
        found += _issues(connection, manifest, rules["issues"])
    return _in_order(found)


def _views(connection: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    for name in manifest.tables:
        database, _, table = name.partition(".")
        connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{database}"')
        paths = ", ".join(
            "'" + str(path).replace("'", "''") + "'" for path in manifest.paths(database, table)
        )
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{paths}])")


def _one(connection: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = connection.execute(sql).fetchone()
    return row[0] if row else None


def with_unreached(manifest: Manifest) -> tuple[Finding, ...]:
    """The findings that a snapshot has, with what is known now of servers that could not be read."""
    others = [f for f in manifest.findings if (f.rule, f.subject) != ("source", "server")]
    return _in_order([*others, *_unreached(manifest)])


def _in_order(found: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(found, key=lambda finding: (finding.table, finding.rule, finding.subject)))


def _unreached(manifest: Manifest) -> list[Finding]:
    return [
        Finding(name, "source", "server", False, 1, f"not read: {reason}", "medium")
        for name, reason in manifest.unreached.items()
    ]


def _unread(manifest: Manifest) -> list[Finding]:
    """Servers and tables that were not read. A server's tables are as its own cut has them, which reports
    respect; a table alone would be older than those beside it, so that nothing is shown of it."""
    found = _unreached(manifest)
    for server in manifest.servers.values():
        for name in server.absent:
            found.append(Finding(name, "drift", "table", False, 1, "is missing on the server"))
        for name, reason in server.unread.items():
            entry = manifest.tables.get(name)
            if entry and manifest.servers.get(entry.server) is not server:  # it stands, from another place
                found.append(Finding(entry.server, "source", name, False, 1, f"{reason}", "medium"))
                continue
            found.append(Finding(name, "drift", "table", False, 1, f"could not be read: {reason}"))
    return found


def _age(manifest: Manifest, name: str, most_days: float) -> Iterator[Finding]:
    """How much older exported files are than the servers that they stand beside."""
    files = manifest.servers.get(manifest.tables[name].server)
    if files is None or not files.is_export:
        return
    days = (manifest.cut_of([name]) - files.cut) / dt.timedelta(days=1)
    detail = f"files up to {files.cut:%Y-%m-%d %H:%M} UTC"
    if days > 0:
        detail += f", {days:.1f} days before the servers' newest cut, at most {most_days} allowed"
    holds = days <= most_days
    yield Finding(name, "fresh", "files", holds, 0 if holds else 1, detail, "medium")


def _drift(manifest: Manifest, name: str) -> list[Finding]:
    entry = manifest.tables[name]
    found = [Finding(name, "drift", line.split()[1], False, 1, line) for line in entry.drift]
    found += [Finding(name, "drift", line.split()[1], True, 1, line, "low") for line in entry.noted]
    for column, n in entry.impossible.items():
        found.append(Finding(name, "dates", column, True, n, f"{n:,} are no dates: read as null", "low"))
    for column, n in entry.removed.items():
        detail = f"a telephone number or an address was taken out of {n:,} texts"
        found.append(Finding(name, "text", column, True, n, detail, "low"))
    for remark, n in entry.remarks.items():
        where, _, what = remark.partition(": ")
        found.append(Finding(name, "files", where, True, n, f"{n:,} {what}", "low"))
    if n := sum(entry.rejected.values()):
        few = n <= MOST_REJECTED * (n + entry.rows)
        most = ", ".join(f"{reason} ({k:,})" for reason, k in sorted(entry.rejected.items(), key=_most)[:3])
        detail = f"{n:,} of {n + entry.rows:,} rows did not fit and are left out: {most}"
        found.append(Finding(name, "rejects", "rows", few, n, detail, "low" if few else "high"))
    return found


def _most(counted: tuple[str, int]) -> tuple[int, str]:
    """The order of what came most often first."""
    return -counted[1], counted[0]


def _key(connection: duckdb.DuckDBPyConnection, name: str, table: Table, n_rows: int) -> Finding:
    is_unique = not n_rows or _rises(connection, name, table.key)
    n = 0 if is_unique else _repeated(connection, name, table.key, n_rows)
    detail = f"{n:,} rows repeat a key" if n else "unique"
    return Finding(name, "key", ", ".join(table.key), n == 0, int(n), detail)


def _rises(connection: duckdb.DuckDBPyConnection, name: str, key: Sequence[str]) -> bool:
    """Whether each row's key is larger than the one of the row read before, as servers hand out numbers: then
    none repeats, which costs a fraction of counting them. Of the first row, and of nulls, it is not known.
    """
    if len(key) != 1:
        return False
    before = f'(SELECT "{key[0]}" > lag("{key[0]}") OVER () AS is_larger FROM {name})'
    return int(_one(connection, f"SELECT count(*) FROM {before} WHERE is_larger IS NOT TRUE")) <= 1


def _repeated(connection: duckdb.DuckDBPyConnection, name: str, columns: Sequence[str], n_rows: int) -> int:
    """Rows that repeat a key; of a large table, those of one in ``SHARE`` of the keys."""
    key = ", ".join(f'"{column}"' for column in columns)
    where = f"WHERE hash({key}) % {SHARE} = 0" if n_rows > MOST_KEYS else ""
    return int(
        _one(
            connection,
            f"SELECT coalesce(sum(n - 1), 0) FROM"
            f" (SELECT count(*) AS n FROM {name} {where} GROUP BY {key} HAVING n > 1)",
        )
    )


def _nulls(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, name: str, table: Table
) -> Iterator[Finding]:
    """Nulls where none is declared; one query for the whole table, and one finding a column that has some."""
    entry = manifest.tables[name]
    if not entry.rows:
        return
    columns = [c for c in entry.schema if not table.columns[c].arrow.nullable and c not in entry.absent]
    counts = connection.execute(
        "SELECT " + ", ".join(f'count(*) - count("{column}")' for column in columns) + f" FROM {name}"
    ).fetchone()
    for column, n in zip(columns, counts or (), strict=True):
        if n:
            yield Finding(name, "nulls", column, False, n, f"{n:,} rows without a value")


def _range(connection: duckdb.DuckDBPyConnection, name: str, column: str, low: float, high: float) -> Finding:
    n = _one(connection, f'SELECT count(*) FROM {name} WHERE "{column}" < {low} OR "{column}" > {high}')
    detail = f"{n:,} rows outside {low} to {high}" if n else f"within {low} to {high}"
    return Finding(name, "range", column, n == 0, n, detail, "medium")


def _reference(
    connection: duckdb.DuckDBPyConnection, name: str, column: str, target: str, tolerated: dict | None
) -> Finding:
    other, _, other_column = target.rpartition(".")
    n, n_sampled = connection.execute(
        f"""WITH sampled AS (
              SELECT CAST("{column}" AS VARCHAR) AS value FROM {name} WHERE "{column}" IS NOT NULL
              ORDER BY hash("{column}") LIMIT {SAMPLE}),
            known AS (
              SELECT DISTINCT CAST("{other_column}" AS VARCHAR) AS value FROM {other}
              WHERE CAST("{other_column}" AS VARCHAR) IN (SELECT value FROM sampled))
        SELECT count(*) FILTER (WHERE value NOT IN (SELECT value FROM known)), count(*) FROM sampled"""
    ).fetchone() or (0, 0)
    detail = f"{n:,} of {n_sampled:,} have no {target}" if n else f"{n_sampled:,} found in {target}"
    if n and tolerated:
        detail += f"; up to {tolerated['share']:.1%} tolerated: {tolerated['why']}"
    most = tolerated["share"] * n_sampled if tolerated else 0
    return Finding(name, "reference", column, n <= most, n, detail, "medium")


def _fresh(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, name: str, column: str, hours: float
) -> Finding:
    cut = manifest.cut_of([name]).replace(tzinfo=None)
    # Rows after the cut are kept, and say nothing about what had arrived by then.
    newest = _one(connection, f'SELECT max("{column}") FROM {name} WHERE "{column}" <= \'{cut}\'')
    if newest is None:
        return Finding(name, "fresh", column, False, 0, "no rows")
    age = cut - newest
    holds = age <= dt.timedelta(hours=hours)
    detail = f"newest {newest}, {age.total_seconds() / 3600:.1f} h before the cut, at most {hours} allowed"
    return Finding(name, "fresh", column, holds, 0 if holds else 1, detail)


def _issues(
    connection: duckdb.DuckDBPyConnection, manifest: Manifest, issues: dict[str, Any]
) -> Iterator[Finding]:
    for name, issue in issues.items():
        if "empty" in issue:
            tables = [table for table in manifest.tables if table.startswith(issue["empty"] + ".")]
            subject, n = issue["empty"], sum(manifest.tables[table].rows == 0 for table in tables)
        else:
            tables = [table for table in issue["tables"] if table in manifest.tables]
            subject = issue["tables"][0]
            n = _one(connection, issue["count"]) if len(tables) == len(issue["tables"]) else 0
        if tables:
            yield Finding(subject, "issue", name, n == 0, n, f"{n:,}: {issue['about']}", issue["severity"])
