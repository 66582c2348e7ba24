"""Loading demo databases into a real PostgreSQL server."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import psycopg
import pyarrow as pa
from psycopg import Connection, sql

from lucky_analytics import estate
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.errors import DemoError
from lucky_analytics.estate import Table
from lucky_analytics.sources import postgres_session
from lucky_analytics.sources.base import Source
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.sources.postgres_types import plain

__all__ = ["create_table", "load"]

_TYPES = {
    "tinyint": "smallint",
    "mediumint": "integer",
    "mediumtext": "text",
    "longtext": "text",
    "enum": "text",  # its values are declared nowhere
    "double": "double precision",
    "datetime": "timestamp",
}


def load(
    source: Source, target: Endpoint, reader: Reader | None, say: Callable[[str], None]
) -> dict[str, int]:
    """The rows of every table of ``source`` by its name, once they are in the server.

    A database is created if need be, a table of the same name replaced. Times of ``timestamptz`` go in as
    UTC, other times as the wall clock that they are. Raises ``SourceError`` or ``DemoError``.
    """
    rows: dict[str, int] = {}
    for database, tables in source.tables().items():
        with postgres_session.connect(target, "postgres", local_name="to load") as connection:
            if not postgres_session.one_row(
                connection, "SELECT 1 FROM pg_database WHERE datname = %s", [database]
            ):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        with postgres_session.connect(target, database, local_name="to load") as connection:
            try:
                connection.execute("SET TIME ZONE 'UTC'")
                for name in tables:
                    rows[f"{database}.{name}"] = _load_table(connection, source, database, name)
                    say(f"{database}.{name}: {rows[f'{database}.{name}']:,} rows")
                if reader is not None:
                    _create_reader(connection, reader, database)
            except psycopg.Error as error:
                what = f"server to load at {target.address}"
                raise postgres_session.source_error(error, what) from error
    return rows


def create_table(table: Table) -> str:
    """The CREATE TABLE statement, with the declared types and key.

    >>> columns = {"id": estate.Column("id", "uuid"), "tags": estate.Column("tags", "text[]", nullable=True)}
    >>> create_table(Table("apps", "one row per app", ("id",), columns))
    'CREATE TABLE "apps" ("id" uuid NOT NULL, "tags" text[], PRIMARY KEY ("id"))'
    """
    lines = []
    for name, column in table.columns.items():
        base, size = plain(column.type)
        kind = column.type if base == "array" else _TYPES.get(base, base) + (f"({size})" if size else "")
        lines.append(f'"{name}" {kind}' + ("" if column.arrow.nullable else " NOT NULL"))
    key = ", ".join(f'"{name}"' for name in table.key)
    return f'CREATE TABLE "{table.name}" ({", ".join(lines)}, PRIMARY KEY ({key}))'


def _load_table(connection: Connection, source: Source, database: str, name: str) -> int:
    table = estate.load().database(database).table(name)
    names = sql.SQL(", ").join(map(sql.Identifier, table.columns))
    n_rows = 0
    with connection.transaction():
        connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(create_table(table).encode())
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(name), names)
        try:
            with connection.cursor() as cursor, cursor.copy(statement) as copy:
                for batch in source.read(database, name):
                    for row in zip(*_values(table, batch), strict=True):
                        copy.write_row(row)
                    n_rows += batch.num_rows
        except (psycopg.DataError, psycopg.IntegrityError) as error:
            raise DemoError(
                f"{database}.{name}",
                expected="rows that fit the declared types and key",
                got=str(error).splitlines()[0],
                remedy="Correct the estate or the demo",
            ) from error
    return n_rows


def _values(table: Table, batch: pa.RecordBatch) -> Sequence[list]:
    columns = []
    for name in batch.schema.names:
        values = batch.column(name).to_pylist()
        if table.columns[name].type.endswith("[]"):
            values = [None if value is None else json.loads(value) for value in values]
        columns.append(values)
    return columns


def _create_reader(connection: Connection, reader: Reader, database: str) -> None:
    """The user with its password and SELECT on what is here; what it may read already stays."""
    name = sql.Identifier(reader.name)
    if not postgres_session.one_row(connection, "SELECT 1 FROM pg_roles WHERE rolname = %s", [reader.name]):
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(name))
    password = sql.Literal(reader.secret.reveal())
    connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, password))
    # before version 15 everybody may create tables here, which no reader should
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for what in (
        f'CONNECT ON DATABASE "{database}"',
        "USAGE ON SCHEMA public",
        "SELECT ON ALL TABLES IN SCHEMA public",
    ):
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.SQL(what), name))
