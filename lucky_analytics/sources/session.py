"""Opening one connection: login, retries, session settings and the errors in our words."""

from __future__ import annotations

import datetime as dt
import ssl
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pymysql
from pymysql.connections import Connection

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.base import LostConnectionError
from lucky_analytics.sources.endpoint import Endpoint

__all__ = ["connect", "flavour", "one_row", "place", "prepare", "source_error", "timeout_statement"]

_RETRIED = {1040, 1203, 2003, 2006, 2013}  # too many connections, unreachable, gone, lost
_LOST = {2006, 2013}
_MEANINGS = {
    1044: ("access to the database", "access denied", "Grant SELECT to this user"),
    1045: ("a login", "access denied for this user and password", "Check user and password reference"),
    1142: ("SELECT on the table", "permission denied", "Grant SELECT to this user"),
    1969: ("the read to end in time", "the server's statement timeout", "Raise statement_seconds"),
    2003: ("a server that answers", "no connection", "Is it up, and is the address right?"),
    2006: ("an answer", "connection lost", "Take the snapshot again with --resume"),
    2013: ("an answer", "connection lost", "Take the snapshot again with --resume"),
    3024: ("the read to end in time", "the server's statement timeout", "Raise statement_seconds"),
}
_NET_WRITE_SECONDS = 600  # the server waits this long for us while a block is written to Parquet


def connect(
    endpoint: Endpoint, *, local_name: str, sleep: Callable[[float], None] = time.sleep
) -> Connection:
    """A connection to ``endpoint``, tried ``endpoint.attempts`` times with doubling pauses from 0.5 s.

    Only failures that may pass are tried again: a refused password is final. ``local_name`` is what
    errors call the server. Raises ``SourceError`` saying how often it was tried.
    """
    password = endpoint.secret.reveal() if endpoint.secret else ""
    for attempt in range(1, endpoint.attempts + 1):
        try:
            return pymysql.connect(
                host=endpoint.host,
                port=endpoint.port,
                user=endpoint.user,
                password=password,
                charset="utf8mb4",
                autocommit=True,
                local_infile=False,
                connect_timeout=max(1, round(endpoint.connect_seconds)),
                read_timeout=endpoint.stall_seconds,
                write_timeout=endpoint.stall_seconds,
                ssl=_tls(endpoint),
            )
        except pymysql.err.MySQLError as error:
            final = attempt == endpoint.attempts or _code(error) not in _RETRIED
            if final:
                tried = f", tried {attempt} times" if attempt > 1 else ""
                raise source_error(error, place(local_name, endpoint) + tried) from None
            sleep(0.5 * 2 ** (attempt - 1))
    raise SourceError(f"server {local_name}", expected="attempts of 1 or more", got=str(endpoint.attempts))


def prepare(connection: Connection, endpoint: Endpoint, time_zone: str, local_name: str) -> str:
    """Set up the session for reading and return the server's version.

    The session zone becomes UTC, so that TIMESTAMP values are; that it did, and that the server's own
    clock stands in ``time_zone`` (which DATETIME values are in), is verified. Raises ``SourceError``.
    """
    version, offset = one_row(connection, "SELECT VERSION(), TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())")
    zone = endpoint.time_zone or time_zone
    declared = dt.datetime.now(ZoneInfo(zone)).utcoffset() or dt.timedelta()
    if abs(int(offset) - declared.total_seconds()) > 1:
        raise SourceError(
            f"{place(local_name, endpoint)}: time zone",
            expected=f"{zone} ({_hours(declared.total_seconds())})",
            got=_hours(int(offset)),
            remedy="Declare its time_zone in sources.toml",
        )
    for statement in (
        "SET SESSION time_zone = '+00:00'",
        f"SET SESSION net_write_timeout = {_NET_WRITE_SECONDS}",
        timeout_statement(version, endpoint.statement_seconds),
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    ):
        connection.query(statement)
    (offset,) = one_row(connection, "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())")
    if int(offset):
        raise SourceError(
            f"{place(local_name, endpoint)}: session zone", expected="+00:00", got=_hours(int(offset))
        )
    return version


def place(local_name: str, endpoint: Endpoint) -> str:
    """How errors name a server: by its source name and its address."""
    if local_name == endpoint.address:
        return f"server {endpoint.address}"
    return f"server {local_name} at {endpoint.address}"


def flavour(version: str) -> str:
    """``mariadb`` or ``mysql``, from ``VERSION()``."""
    return "mariadb" if "mariadb" in version.lower() else "mysql"


def timeout_statement(version: str, seconds: float) -> str:
    """The statement that limits every later SELECT of the session; each flavour has its own.

    >>> timeout_statement("8.0.36", 30)
    'SET SESSION max_execution_time = 30000'
    >>> timeout_statement("10.11.19-MariaDB", 30)
    'SET SESSION max_statement_time = 30'
    """
    if flavour(version) == "mariadb":
        return f"SET SESSION max_statement_time = {seconds:g}"
    return f"SET SESSION max_execution_time = {round(seconds * 1000)}"


def one_row(connection: Connection, sql: str, arguments: tuple[object, ...] = ()) -> tuple:
    """The first row of a small query."""
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments or None)
        return cursor.fetchone() or ()


def source_error(error: Exception, what: str) -> SourceError:
    """A driver's error as one of ours. Its own text is kept only where we have no better words."""
    code = _code(error)
    if code in _MEANINGS:
        expected, got, remedy = _MEANINGS[code]
        kind = LostConnectionError if code in _LOST else SourceError
        return kind(what, expected=expected, got=f"{got} (MySQL error {code})", remedy=remedy)
    text = str(error.args[1]) if len(error.args) > 1 else str(error)
    return SourceError(what, got=f"{text} (MySQL error {code})")


def _code(error: Exception) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def _tls(endpoint: Endpoint) -> ssl.SSLContext | None:
    if endpoint.tls_mode == "off":
        return None
    context = ssl.create_default_context(cafile=endpoint.ca or None)
    if endpoint.tls_mode == "on":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _hours(seconds: float) -> str:
    return f"UTC{seconds / 3600:+g} h"
