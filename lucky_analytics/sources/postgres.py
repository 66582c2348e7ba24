"""One PostgreSQL database as a source."""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Self, cast

import psycopg
import pyarrow as pa
from psycopg import Connection

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Column
from lucky_analytics.sources import postgres_guard, postgres_rights, postgres_session
from lucky_analytics.sources.base import KEY_MODULUS, LostConnectionError, Since, Totals
from lucky_analytics.sources.convert import MisfitError, convert
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.sources.pace import Pace
from lucky_analytics.sources.postgres_types import fits, plain, same, select_expression
from lucky_analytics.sources.server_tables import ServerTables, describe_row, misfit

__all__ = ["PostgresSource"]

BYTES_PER_BLOCK = 4 << 20
FIRST_ROWS, MOST_ROWS = 500, 50_000
_SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_TABLES = """
SELECT c.relname, a.attname,
       CASE WHEN t.typtype = 'e' THEN 'enum'
            WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod)
            ELSE format_type(a.atttypid, a.atttypmod) END
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum"""
_KEYS = """
SELECT c.relname, a.attname
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN unnest(i.indkey) WITH ORDINALITY AS k(attnum, position)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
WHERE i.indisprimary AND n.nspname = %s ORDER BY c.relname, k.position"""


class PostgresSource(ServerTables):
    """The declared tables of one database on one PostgreSQL server, in one read-only transaction.

    Arrays arrive as lists in JSON, uuid, jsonb and enums as text, every time in UTC. A table's read is a
    savepoint of its own, so that one that fails leaves the view to the others.
    """

    _fits, _same = staticmethod(fits), staticmethod(same)

    def __init__(self, endpoint: Endpoint, databases: Sequence[str], required: Sequence[str] = ()) -> None:
        super().__init__(endpoint, databases, required)
        (self._database,) = self.databases
        self._connection: Connection | None = None
        self._version = ""
        self._keys: dict[str, tuple[str, ...]] = {}
        self._withheld: dict[str, tuple[str, str, str]] = {}

    def __enter__(self) -> Self:
        self._connection = connection = postgres_session.connect(
            self.endpoint, self._database, local_name=self.name
        )
        try:
            (zone,) = self.time_zones
            with self._answering(connection):
                self._version = postgres_session.prepare(connection, self.endpoint, zone, self.name)
                postgres_guard.require_reader(connection, self.endpoint, self.name)
                cut = self.endpoint.cut_at
                behind = dt.timedelta() if cut else postgres_guard.lag(connection, self.where)
                connection.execute(_SNAPSHOT)
                (now,) = postgres_session.one_row(connection, "SELECT now()")
                self._look_around(connection)
        except psycopg.Error as error:
            self.close()
            raise postgres_session.source_error(error, self.where) from error
        except BaseException:
            self.close()
            raise
        self._cut = cut or now.astimezone(dt.UTC).replace(microsecond=0) - behind
        self._require_databases()
        return self

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    @property
    def version(self) -> str:
        return f"postgresql {self._version}"

    def facts(self) -> dict[str, str]:
        timeout = f"statement_timeout = {self.endpoint.statement_seconds:g} s"
        return {**super().facts(), "flavour": f"{self.version}; {timeout}"}

    def warnings(self) -> list[str]:
        exposed = self.endpoint.secret.exposed if self.endpoint.secret else ""
        return [f"{self.where}: {exposed}"] if exposed else []

    def read(
        self,
        database: str,
        table: str,
        columns: Sequence[str] | None = None,
        *,
        since: Since | None = None,
    ) -> Iterator[pa.RecordBatch]:
        declared = estate.load().database(database).table(table)
        chosen = [declared.columns[name] for name in (columns or declared.columns)]
        self._require_columns(database, table, chosen)
        kinds = self._columns[database, table]
        schema = pa.schema([column.arrow for column in chosen])
        wanted = ", ".join(select_expression(column.name, kinds[column.name]) for column in chosen)
        sql = f"SELECT {wanted} FROM {self._quoted(table)}{self._condition(database, table, since)}"
        if since is None and self._keys.get(table) == declared.key:
            sql += " ORDER BY " + ", ".join(f'"{name}"' for name in declared.key)
        for block in self._blocks(sql, f"{database}.{table}"):
            arrays = []
            for values, column in zip(block, chosen, strict=True):
                try:
                    arrays.append(self._converted(values, database, table, column))
                except MisfitError as error:
                    row = describe_row(declared, chosen, block, error.row)
                    raise misfit(error, f"{self.where}: {database}.{table}.{column.name}{row}") from None
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def totals(self, database: str, table: str, columns: Sequence[str], since: Since | None = None) -> Totals:
        declared = estate.load().database(database).table(table)
        kinds = self._columns.get((database, table), {})
        numbers = [
            name
            for name in columns
            if {plain(declared.columns[name].type)[0], plain(kinds.get(name, ""))[0]} == {"numeric"}
        ]
        key = f'sum(mod("{declared.integer_key}", {KEY_MODULUS}))' if declared.integer_key else "0"
        wanted = ", ".join(["count(*)", key, *(f'sum("{name}")' for name in numbers)])
        connection = self._open()
        try:
            sql = f"SELECT {wanted} FROM {self._quoted(table)}{self._condition(database, table, since)}"
            with self._answering(connection, f", {database}.{table}"):
                connection.execute("SAVEPOINT counting")
                row = postgres_session.one_row(connection, sql)
                connection.execute("RELEASE SAVEPOINT counting")
        except psycopg.Error as error:
            self._back_to("counting")
            raise self._failed(error, f"{database}.{table}") from error
        sums = {name: Decimal(total or 0) for name, total in zip(numbers, row[2:], strict=True)}
        return Totals(int(row[0]), int(row[1] or 0), sums)

    def _look_around(self, connection: Connection) -> None:
        schema = self.endpoint.schema
        self._withheld = postgres_rights.find_withheld(connection, self.endpoint, self._database, self.where)
        for table, column, kind in connection.execute(_TABLES, (schema,)).fetchall():
            self._columns.setdefault((self._database, table), {})[column] = kind
        for table, column in connection.execute(_KEYS, (schema,)).fetchall():
            self._keys[table] = (*self._keys.get(table, ()), column)

    def unreadable(self) -> list[SourceError]:
        return [
            SourceError(f"{self.where}, {self._database}.{name}", expected=expected, got=got, remedy=remedy)
            for name, (expected, got, remedy) in sorted(self._withheld.items())
            if name in estate.load().database(self._database).tables
        ]

    def denied(self) -> list[str]:
        declared = estate.load().database(self._database).tables
        return [f"{self._database}.{name}" for name in sorted(self._withheld) if name in declared]

    def _blocks(self, sql: str, what: str) -> Iterator[list[pa.Array]]:
        """The rows of ``sql`` by a cursor on the server: binary columns of its text, in bounded memory."""
        connection = self._open()
        pace = Pace(self.endpoint.max_bytes_per_second) if self.endpoint.max_bytes_per_second else None
        deadline = time.monotonic() + self.endpoint.statement_seconds
        n_rows = FIRST_ROWS
        try:
            with self._answering(connection, f", {what}"):
                connection.execute("SAVEPOINT reading")
                connection.execute(cast(Any, f"DECLARE reading NO SCROLL CURSOR FOR {sql}"))
            while True:
                with self._answering(connection, f", {what}"):
                    result = connection.execute(f"FETCH FORWARD {n_rows} FROM reading").pgresult
                if result is None or not result.ntuples:
                    break
                block = [
                    pa.array([result.get_value(row, column) for row in range(result.ntuples)], pa.binary())
                    for column in range(result.nfields)
                ]
                size = sum(array.nbytes for array in block)
                if pace is not None:
                    pace.spend(size)
                yield block
                n_rows = max(1, min(MOST_ROWS, BYTES_PER_BLOCK * result.ntuples // max(size, 1)))
                if time.monotonic() > deadline:  # the server counts each fetch for itself
                    raise SourceError(
                        f"{self.where}, {what}",
                        expected=f"the read to end within {self.endpoint.statement_seconds:g} s",
                        got="more rows",
                        remedy="Raise statement_seconds",
                    )
        except psycopg.Error as error:
            raise self._failed(error, what) from error
        finally:
            self._back_to("reading")  # closes the cursor, and mends the transaction after an error

    def _answering(self, connection: Connection, what: str = "") -> contextlib.AbstractContextManager[None]:
        """Hangs up where no answer comes although the server's own limit has passed: it stands still."""
        seconds = self.endpoint.statement_seconds + self.endpoint.stall_seconds
        return postgres_session.answering(connection, seconds, f"{self.where}{what}")

    def _back_to(self, savepoint: str) -> None:
        connection = self._connection
        if connection is None or connection.closed:
            return
        try:
            connection.execute(f"ROLLBACK TO SAVEPOINT {savepoint}")
            connection.execute(f"RELEASE SAVEPOINT {savepoint}")
        except psycopg.Error:  # the connection went with the statement, which is what is told
            return

    def _converted(self, values: pa.Array, database: str, table: str, column: Column) -> pa.Array:
        kind = self._columns[database, table][column.name]
        base, _ = plain(kind)
        if base == "bytea":
            values = pa.array(
                [
                    None if value is None else bytes.fromhex(value[2:].decode())
                    for value in values.to_pylist()
                ],
                pa.binary(),
            )
        zone = "UTC" if base == "timestamptz" else self._zone(database)
        converted = convert(values, column, base, zone)
        self._impossible[f"{database}.{table}", column.name] += converted.n_impossible
        return converted.array

    def _quoted(self, table: str) -> str:
        return f'"{self.endpoint.schema}"."{table}"'

    def _condition(self, database: str, table: str, since: Since | None) -> str:
        """With a time as the server's column has it."""
        if since is None:
            return ""
        value, kind = since.value, self._columns.get((database, table), {}).get(since.column, "")
        if isinstance(value, dt.datetime) and plain(kind)[0] == "datetime":
            value = self._wall_clock(database, value)
        zone = "+00" if isinstance(value, dt.datetime) and plain(kind)[0] == "timestamptz" else ""
        return f" WHERE \"{since.column}\" >= '{value}{zone}'"

    def _open(self) -> Connection:
        if self._connection is None or self._connection.closed:
            raise LostConnectionError(self.where, expected="an open connection", got="closed")
        return self._connection

    def _failed(self, error: psycopg.Error, table: str) -> SourceError:
        reason = self._withheld.get(table.rpartition(".")[2])
        if error.sqlstate == "42501" and reason:
            expected, got, remedy = reason
            got = f"{got} (PostgreSQL error 42501)"
            return SourceError(f"{self.where}, {table}", expected=expected, got=got, remedy=remedy)
        return postgres_session.source_error(error, f"{self.where}, {table}")
