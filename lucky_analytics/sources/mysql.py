"""One MySQL or MariaDB server as a source."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from types import TracebackType
from typing import Self
from zoneinfo import ZoneInfo

import pyarrow as pa
import pymysql
from pymysql.connections import Connection

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Column, Table
from lucky_analytics.settings import Settings
from lucky_analytics.sources import config, guard, layout, replica, session, wire
from lucky_analytics.sources.base import KEY_MODULUS, Since, Source, Totals
from lucky_analytics.sources.convert import MisfitError, convert, select_expression
from lucky_analytics.sources.drift import Difference, base_type, drift, fits
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.sources.pace import Pace

__all__ = ["MysqlSource", "connect"]

_SNAPSHOT = "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY"


def connect(
    settings: Settings, names: Sequence[str] | None = None, *, allow_primary: bool = False
) -> list[MysqlSource]:
    """The configured servers that hold ``names`` (source, server or database names; all by default).

    Databases that share an endpoint share one connection, and so one consistent view. Nothing is
    opened yet. Raises ``UnknownNameError`` for a name the estate does not have, ``SourceError`` for one
    that no server is configured for.
    """
    known = estate.load()
    configured = config.load(settings, allow_primary=allow_primary)
    databases = [known.database(name) for name in names] if names else list(known.databases.values())
    by_endpoint: dict[Endpoint, list[str]] = {}
    for database in databases:
        endpoint = configured.endpoint(database.name)
        if endpoint is not None:
            by_endpoint.setdefault(endpoint, []).append(database.name)
        elif names:
            raise SourceError(f"source {database.source}", expected="a server in sources.toml", got="none")
    if not by_endpoint:
        raise SourceError("live source", expected="at least one configured server", got="none")
    required = [database.name for database in databases] if names else list(configured.endpoints)
    return [MysqlSource(endpoint, found, required=required) for endpoint, found in by_endpoint.items()]


class MysqlSource(Source):
    """The declared tables of ``databases`` on one server, inside one read-only transaction.

    ``required`` are the databases that must be there; others are left out when the server lacks them.
    ``zero_dates`` counts, by (table, column), the zero dates that became null in what was read.
    """

    kind = "live"
    counts = True

    def __init__(self, endpoint: Endpoint, databases: Sequence[str], required: Sequence[str] = ()) -> None:
        self.endpoint, self.attempts = endpoint, endpoint.attempts
        self.databases: list[str] = list(databases)
        self.required = [name for name in self.databases if name in required]
        declared = [estate.load().database(name) for name in self.databases]
        self.name = declared[0].source if len(declared) == 1 else endpoint.address
        self.time_zones = sorted({database.time_zone for database in declared})
        self.zero_dates: Counter[tuple[str, str]] = Counter()
        self._impossible: Counter[tuple[str, str]] = Counter()
        self._connection: Connection | None = None
        self._version = ""
        self._is_lag_hidden = False
        self._cut: dt.datetime | None = None
        self._columns: dict[tuple[str, str], dict[str, str]] = {}
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the transaction. Closing twice does no harm."""
        if self._connection is not None and self._connection.open:
            self._connection.close()
        self._connection = None

    @property
    def where(self) -> str:
        """Name and address, as errors say them."""
        return session.place(self.name, self.endpoint)

    @property
    def version(self) -> str:
        return f"{session.flavour(self._version)} {self._version}"

    @property
    def cut(self) -> dt.datetime:
        if self._cut is None:
            raise SourceError(f"server {self.name}", expected="an open source", got="one not opened yet")
        return self._cut

    def tables(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.databases:
            here = [t for t in sorted(estate.load().database(name).tables) if (name, t) in self._columns]
            if here:
                found[name] = here
        return found

    def absent(self) -> list[str]:
        present = self.tables()
        declared = [
            (name, table) for name in present for table in sorted(estate.load().database(name).tables)
        ]
        return [f"{name}.{table}" for name, table in declared if table not in present[name]]

    def drift(self, database: str, table: str) -> list[Difference]:
        return drift(estate.load().database(database).table(table), self._columns.get((database, table), {}))

    def impossible(self, database: str, table: str) -> dict[str, int]:
        name = f"{database}.{table}"
        return {column: n for (table_name, column), n in self._impossible.items() if table_name == name and n}

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
                        row = _describe_row(declared, chosen, block, error.row)
                        raise _misfit(error, f"{self.where}: {database}.{table}.{column.name}{row}") from None
                    self.zero_dates[f"{database}.{table}", column.name] += converted.n_zero
                    self._impossible[f"{database}.{table}", column.name] += converted.n_impossible
                    arrays.append(converted.array)
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
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

    def warnings(self) -> list[str]:
        found = [self.endpoint.secret.exposed] if self.endpoint.secret else []
        if self._is_lag_hidden:
            found.append(
                "this user may not see how far the replica is behind, nor whether it has stopped, so that its"
                " cut is taken as now. " + replica.monitor_grant(self._version, self.endpoint.user)
            )
        return [f"{self.where}: {line}" for line in found if line]

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

    def _require_databases(self) -> None:
        present = {database for database, _ in self._columns}
        missing = [name for name in self.required if name not in present]
        if missing or not self.tables():
            self.close()
            raise SourceError(
                self.where,
                expected=f"database {missing[0]}" if missing else "a database that the estate declares",
                got="none that this user can see",
                remedy="Grant SELECT on it, or correct sources.toml",
            )

    def _require_columns(self, database: str, table: str, columns: list[Column]) -> None:
        here = self._columns.get((database, table))
        at = self.where
        if here is None:
            raise SourceError(f"{at}: table {database}.{table}", expected="as declared", got="no such table")
        missing = [column.name for column in columns if column.name not in here]
        if missing:
            raise SourceError(
                f"{at}: {database}.{table}",
                expected=f"column {', '.join(missing)}",
                got="no such column",
                remedy="If it was removed on purpose, remove it from the estate",
            )
        for column in columns:
            if not fits(column.type, here[column.name]):
                raise SourceError(
                    f"{at}: {database}.{table}.{column.name}",
                    expected=column.type,
                    got=f"a {here[column.name]}, whose values would not arrive as they are",
                    remedy="Have it changed back, or declare its type in the estate",
                )

    def _zone(self, database: str) -> str:
        """The zone of the wall clock that this database's datetimes show."""
        return self.endpoint.time_zone or estate.load().database(database).time_zone

    def _where(self, database: str, table: str, since: Since | None) -> str:
        """The condition, with a time as the server's column has it."""
        if since is None:
            return ""
        value, kind = since.value, self._columns.get((database, table), {}).get(since.column, "")
        if isinstance(value, dt.datetime) and base_type(kind) != "timestamp":
            value = (
                value.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(self._zone(database))).replace(tzinfo=None)
            )
        return f" WHERE `{since.column}` >= '{value}'"


def _describe_row(table: Table, chosen: Sequence[Column], block: Sequence[pa.Array], row: int) -> str:
    """Which row, by its key, where no part of that is personal."""
    position = {column.name: number for number, column in enumerate(chosen)}
    if any(name not in position or table.columns[name].personal != "none" for name in table.key):
        return ""
    values = [block[position[name]][row].as_py() or b"" for name in table.key]
    key = ", ".join(f"{n} {v.decode(errors='replace')}" for n, v in zip(table.key, values, strict=True))
    return f" of the row with {key}"


def _misfit(error: MisfitError, where: str) -> SourceError:
    return SourceError(
        where,
        expected=error.expected,
        got=error.got,
        remedy="Correct the row, or declare the column's type, nullable or zero_dates in the estate",
    )
