"""Loading the demo estate into a real MySQL, MariaDB, PostgreSQL or Redis server."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pymysql
from pymysql.connections import Connection

from lucky_analytics import estate
from lucky_analytics.demo.build import load_postgres, load_redis
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.demo.build.sql import create_table, insert_statements
from lucky_analytics.errors import DemoError
from lucky_analytics.secrets import Secret, write_once
from lucky_analytics.sources import demo as demo_source
from lucky_analytics.sources import endpoint, session

__all__ = ["LoadReport", "create_secret", "load"]

_MODE = "STRICT_ALL_TABLES"  # strict about values, and without NO_ZERO_DATE: the platform writes them
_BYTES_PER_INSERT = 1 << 20


@dataclass(frozen=True)
class LoadReport:
    """Rows loaded, by ``database.table``; keys of Redis by server."""

    rows: dict[str, int]


def load(
    demo_dir: Path,
    url: str,
    *,
    names: Sequence[str] | None = None,
    reader: Reader | None = None,
    progress: Callable[[str], None] | None = None,
) -> LoadReport:
    """Put the databases of ``demo_dir`` that are of the kind of the server at ``url`` into it.

    Tables get the declared types; nulls of columns marked ``zero_dates`` become zero dates. An existing
    table of the same name is replaced; databases and tables that the demo does not have stay. ``names``
    limits the sources; of Redis they are the caches whose keys are made (``load_redis``). ``reader`` is
    created if need be and granted SELECT on these databases.
    Raises ``SourceError`` when the server refuses and ``DemoError`` when a row does not fit.

    >>> load(Path("data/demo"), "mysql://root@127.0.0.1:3307?password_env=ROOT").rows   # doctest: +SKIP
    {'luckyus_opshop.t_shop_info': 517, ...}
    """
    say = progress or (lambda line: None)
    target = endpoint.parse(url)
    if target.kind == "redis":
        return LoadReport(load_redis.load(demo_dir, target, names or (), reader, say))
    known = estate.load()
    wanted = [known.database(name) for name in names] if names else list(known.databases.values())
    only = [database.name for database in wanted if database.kind == target.kind]
    if not only:
        raise DemoError("sources to load", expected=f"some of kind {target.kind}", got=", ".join(names or ()))
    rows: dict[str, int] = {}
    with demo_source.connect(demo_dir, only) as source:
        if target.kind == "postgresql":
            return LoadReport(load_postgres.load(source, target, reader, say))
        connection = session.connect(target, local_name="to load")
        try:
            _prepare(connection)
            for database, tables in source.tables().items():
                _execute(connection, f"CREATE DATABASE IF NOT EXISTS `{database}` CHARACTER SET utf8mb4")
                connection.select_db(database)
                for table in tables:
                    name = f"{database}.{table}"
                    rows[name] = _load_table(connection, source, database, table)
                    say(f"{name}: {rows[name]:,} rows")
            if reader is not None:
                _create_reader(connection, reader, list(source.tables()))
        except pymysql.err.MySQLError as error:
            raise session.source_error(error, f"server to load at {target.address}") from error
        finally:
            if connection.open:
                connection.close()
    return LoadReport(rows)


def create_secret(path: Path) -> Secret:
    """A reference to the password in ``path``; a random one is written there if there is none yet."""
    if not path.exists():
        write_once(path, secrets.token_urlsafe(24) + "\n")
    return Secret("password_file", str(path))


def _prepare(connection: Connection) -> None:
    for statement in (
        f"SET SESSION sql_mode = '{_MODE}'",
        "SET SESSION time_zone = '+00:00'",
        "SET SESSION unique_checks = 0",
        "SET SESSION foreign_key_checks = 0",
    ):
        connection.query(statement)


def _load_table(connection: Connection, source: demo_source.FilesSource, database: str, table: str) -> int:
    declared = estate.load().database(database).table(table)
    (limit,) = session.one_row(connection, "SELECT @@max_allowed_packet")
    max_bytes = min(_BYTES_PER_INSERT, int(limit) // 2)
    _execute(connection, f"DROP TABLE IF EXISTS `{table}`")
    _execute(connection, create_table(declared))
    n_rows = 0
    connection.begin()
    try:
        for batch in source.read(database, table):
            for statement in insert_statements(declared, batch, max_bytes):
                connection.query(statement)
            n_rows += batch.num_rows
    except (pymysql.err.DataError, pymysql.err.IntegrityError) as error:
        raise DemoError(
            f"{database}.{table}",
            expected="rows that fit the declared types and key",
            got=str(error.args[-1]),
            remedy="Correct the estate or the demo",
        ) from error
    connection.commit()
    return n_rows


def _create_reader(connection: Connection, reader: Reader, databases: Sequence[str]) -> None:
    """The user with its password and SELECT on ``databases``; what it may read already stays."""
    password = reader.secret.reveal()
    with connection.cursor() as cursor:
        for host in ("%", "localhost"):
            account = (reader.name, host)
            cursor.execute("CREATE USER IF NOT EXISTS %s@%s", account)
            cursor.execute("ALTER USER %s@%s IDENTIFIED BY %s", (*account, password))
            for database in databases:
                cursor.execute(f"GRANT SELECT ON `{database}`.* TO %s@%s", account)


def _execute(connection: Connection, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
