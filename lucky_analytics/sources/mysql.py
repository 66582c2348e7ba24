"""One MySQL or MariaDB server as a source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Self

import pyarrow as pa
import pymysql
from pymysql.connections import Connection

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.sources import guard, layout, replica, session, wire
from lucky_analytics.sources.base import KEY_MODULUS, Since, Totals
from lucky_analytics.sources.convert import MisfitError, convert, select_expression
from lucky_analytics.sources.drift import base_type, fits, same
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.sources.pace import Pace
from lucky_analytics.sources.server_tables import ServerTables, describe_row, misfit

__all__ = ["MysqlSource"]

_SNAPSHOT = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"


class MysqlSource(ServerTables):
    """The declared tables of ``databases`` on one MySQL or MariaDB server, in one read-only transaction."""

    _fits, _same = staticmethod(fits), staticmethod(same)

    def __init__(self, endpoint: Endpoint, databases: Sequence[str], required: Sequence[str] = ()) -> None:
        super().__init__(endpoint, databases, required)
        self._connection: Connection | None = None
        self._version = ""
        self._is_lag_hidden = False
        self._keys: dict[tuple[str, str], tuple[str, ...]] = {}

    def __enter__(self) -> Self:
        connection = session.connect(self.endpoint, local_name=self.name)
        self._connection = connection
        try:
            self._version = session.prepare(connection, self.endpoint, self.time_zones, self.name)
            guard.require_reader(connection, self.endpoint, self.name)
            self._columns, self._keys = layout.load(connection, self.databases)
            behind = dt.timedelta() if self.endpoint.cut_at else self._behind(connection)
            (now,) = session.one_row(connection, "SELECT UTC_TIMESTAMP()")
            connection.query(_SNAPSHOT)
        except pymysql.err.MySQLError as error:
            self.close()
            raise self._failed(error) from error
        except BaseException:
            self.close()
            raise
        self._cut = self.endpoint.cut_at or now.replace(tzinfo=dt.UTC) - behind
        self._require_databases()
        return self

    def close(self) -> None:
        if self._connection is not None and self._connection.open:
            self._connection.close()
        self._connection = None

    @property
    def version(self) -> str:
        return f"{session.flavour(self._version)} {self._version}"

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
        kinds, zone = self._columns[database, table], self._zone(database)
        schema = pa.schema([column.arrow for column in chosen])
        wanted = ", ".join(select_expression(column.name, kinds[column.name]) for column in chosen)
        sql = f"SELECT {wanted} FROM `{database}`.`{table}`{self._where(database, table, since)}"
        if since is None and self._keys.get((database, table)) == declared.key:
            # The clustered key: sorted for free, and the same rows make the same file.
            sql += " FORCE INDEX FOR ORDER BY (PRIMARY) ORDER BY " + ", ".join(f"`{k}`" for k in declared.key)
        cap = self.endpoint.max_bytes_per_second
        blocks = wire.read_columns(self._open(), sql, Pace(cap) if cap else None)
        try:
            for block in blocks:
                arrays = []
                for values, column in zip(block, chosen, strict=True):
                    try:
                        converted = convert(values, column, kinds[column.name], zone)
                    except MisfitError as error:
                        for _ in blocks:  # to the end of the answer: the other tables are read in this view
                            pass
                        row = describe_row(declared, chosen, block, error.row)
                        raise misfit(error, f"{self.where}: {database}.{table}.{column.name}{row}") from None
                    self.zero_dates[f"{database}.{table}", column.name] += converted.n_zero
                    self._impossible[f"{database}.{table}", column.name] += converted.n_impossible
                    arrays.append(converted.array)
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        except wire.LongRowError as error:
            raise SourceError(
                f"{self.where}: {database}.{table}",
                expected="rows below 16 MiB",
                got="a longer one",
                remedy="Leave the long column out of the estate, or have the row shortened",
            ) from error
        except pymysql.err.MySQLError as error:
            raise self._failed(error, f"{database}.{table}") from error

    def totals(self, database: str, table: str, columns: Sequence[str], since: Since | None = None) -> Totals:
        declared = estate.load().database(database).table(table)
        kinds = self._columns.get((database, table), {})
        decimals = [
            name
            for name in columns
            if {base_type(declared.columns[name].type), base_type(kinds.get(name, ""))} == {"decimal"}
        ]
        key = f"SUM(MOD(`{declared.integer_key}`, {KEY_MODULUS}))" if declared.integer_key else "0"
        wanted = ", ".join(["COUNT(*)", key, *(f"SUM(`{name}`)" for name in decimals)])
        try:
            row = session.one_row(
                self._open(),
                f"SELECT {wanted} FROM `{database}`.`{table}`{self._where(database, table, since)}",
            )
        except pymysql.err.MySQLError as error:
            raise self._failed(error, f"{database}.{table}") from error
        sums = {name: Decimal(total or 0) for name, total in zip(decimals, row[2:], strict=True)}
        return Totals(int(row[0]), int(row[1] or 0), sums)

    def denied(self) -> list[str]:
        # information_schema shows only what a user may read: what is not there is told apart by asking.
        found = [name for name in self.absent() if self._is_denied("1", name)]
        for (database, table), there in sorted(self._columns.items()):
            declared = estate.load().database(database).tables.get(table)
            for column in (name for name in (declared.columns if declared else ()) if name not in there):
                if self._is_denied(f"`{column}`", f"{database}.{table}"):
                    found.append(f"{database}.{table}.{column}")
        return found

    def facts(self) -> dict[str, str]:
        timeout = session.timeout_statement(self.version, self.endpoint.statement_seconds)
        return {**super().facts(), "flavour": f"{self.version}; {timeout}"}

    def warnings(self) -> list[str]:
        found = [self.endpoint.secret.exposed] if self.endpoint.secret else []
        if self._is_lag_hidden:
            found.append(
                "this user may not see how far the replica is behind, nor whether it has stopped, so that its"
                " cut is taken as now. " + replica.monitor_grant(self._version, self.endpoint.user)
            )
        return [f"{self.where}: {line}" for line in found if line]

    def _is_denied(self, what: str, table: str) -> bool:
        database, _, name = table.partition(".")
        try:
            session.one_row(self._open(), f"SELECT {what} FROM `{database}`.`{name}` LIMIT 0")
        except pymysql.err.MySQLError as error:
            return bool(error.args) and error.args[0] in session.DENIED
        return False

    def _behind(self, connection: Connection) -> dt.timedelta:
        """How far this server is behind; nought for a primary, and where we may not ask."""
        lag = replica.lag(connection, self.where)
        self._is_lag_hidden = lag is None and guard.is_replica(connection)
        return lag or dt.timedelta()

    def _open(self) -> Connection:
        if self._connection is None or not self._connection.open:
            raise SourceError(self.where, expected="an open connection", got="closed")
        return self._connection

    def _failed(self, error: Exception, table: str = "") -> SourceError:
        at = self.where
        return session.source_error(error, f"{at}, {table}" if table else at, of_table=bool(table))

    def _where(self, database: str, table: str, since: Since | None) -> str:
        """The condition, with a time as the server's column has it."""
        if since is None:
            return ""
        value, kind = since.value, self._columns.get((database, table), {}).get(since.column, "")
        if isinstance(value, dt.datetime) and base_type(kind) != "timestamp":
            value = self._wall_clock(database, value)
        return f" WHERE `{since.column}` >= '{value}'"
