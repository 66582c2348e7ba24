"""A read-only Ibis connection to one source, for looking; reports read snapshots."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, LiteralString, cast

import psycopg
import pymysql

from lucky_analytics import estate
from lucky_analytics import settings as settings_module
from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Database
from lucky_analytics.settings import Settings
from lucky_analytics.sources import config, guard, postgres_guard, postgres_session, session
from lucky_analytics.sources.endpoint import Endpoint

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend as Backend

__all__ = ["connect"]


def connect(name: str, settings: Settings | None = None, *, allow_primary: bool = False) -> Backend:
    """An Ibis connection to the database of source ``name``, without a compiled driver.

    The same refusals as for a snapshot: a user that can write, a primary, a server on another clock.
    Every statement runs in a read-only transaction. ``con.sql()`` does not work so; write expressions, or
    pass SQL to ``con.raw_sql()``. Raises ``UnknownNameError`` or ``SourceError``.

    >>> con = connect("salesorder")                                 # doctest: +SKIP
    >>> con.table("t_order").count().execute()                      # doctest: +SKIP
    516000
    """
    database = estate.load().database(name)
    where = settings or settings_module.load()
    endpoint = config.load(where, allow_primary=allow_primary).endpoint(database.name)
    if endpoint is None:
        raise SourceError(f"source {database.source}", expected="a server in sources.toml", got="none")
    if endpoint.kind == "postgresql":
        return _postgres(endpoint, database)
    connection = session.connect(endpoint, local_name=database.source)
    try:
        session.prepare(connection, endpoint, [database.time_zone], database.source)
        guard.require_reader(connection, endpoint, database.source)
        connection.query("SET SESSION TRANSACTION READ ONLY")
        connection.select_db(database.name)
    except pymysql.err.MySQLError as error:
        connection.close()
        raise session.source_error(error, endpoint.place(database.source)) from error
    except BaseException:
        connection.close()
        raise
    return _backend(connection)


def _postgres(endpoint: Endpoint, database: Database) -> Backend:
    at = endpoint.place(database.source)
    connection = postgres_session.connect(endpoint, database.name, local_name=database.source)
    try:
        postgres_session.prepare(connection, endpoint, database.time_zone, database.source)
        postgres_guard.require_reader(connection, endpoint, database.source)
        connection.execute(cast(LiteralString, f'SET search_path = "{endpoint.schema}"'))
        import ibis

        return ibis.postgres.from_connection(connection)
    except psycopg.Error as error:
        connection.close()
        raise postgres_session.source_error(error, at) from error
    except BaseException:
        connection.close()
        raise


def _backend(connection: pymysql.connections.Connection) -> Backend:
    """Ibis over a pymysql connection: its MySQL backend asks for MySQLdb by name."""
    pymysql.install_as_MySQLdb()
    import ibis

    with warnings.catch_warnings():
        # It asks for the zone by a name that most servers do not know; the session is in UTC already.
        warnings.filterwarnings("ignore", message="Unable to set session timezone")
        return ibis.mysql.from_connection(connection)
