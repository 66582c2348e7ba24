"""Opening one connection: login, retries, session settings and the errors in our words."""

from __future__ import annotations

import datetime as dt
import ssl
import time
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import pymysql
from pymysql.connections import Connection

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.base import LostConnectionError
from lucky_analytics.sources.endpoint import Endpoint

__all__ = ["DENIED", "connect", "flavour", "one_row", "prepare", "source_error", "timeout_statement"]

_RETRIED = {1040, 1203, 1226, 2003, 2006, 2013}  # too many connections, unreachable, gone, lost
_LOST = {2006, 2013}
DENIED = {1044, 1142, 1143}  # no right to a database, a table, a column
_BUSY = ("a free connection", "too many connections at once", "Try later, or raise the limit of this user")
_LOCKED = ("the table", "a lock of another session that did not end", "Try later, or read a replica")
_MEANINGS = {
    1040: _BUSY,
    1044: ("access to the database", "access denied", "Grant SELECT to this user"),
    1045: ("a login", "access denied for this user and password", "Check user and password reference"),
    1142: ("SELECT on the table", "permission denied", "Grant SELECT to this user"),
    1203: _BUSY,
    1205: _LOCKED,
    1226: ("a free connection", "this user's limit is used up", "Try later, or raise the limit of this user"),
    1969: ("the read to end in time", "the server's statement timeout", "Raise statement_seconds"),
    2003: ("a server that answers", "no connection", "Is it up, and is the address right?"),
    2006: ("an answer", "connection lost", "Take the snapshot again with --resume"),
    2013: ("an answer", "connection lost", "Take the snapshot again with --resume"),
    2026: ("TLS", "a server that does not offer it", 'Set it up there; tls = "off" sends all in the clear'),
    3024: ("the read to end in time", "the server's statement timeout", "Raise statement_seconds"),
}
_OTHER_HOST = {62, 64}  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
# Of a table: a view runs as its definer, and without one MariaDB speaks of a login.
_OF_A_VIEW = {1045, 1143, 1356, 1370, 1449}
_NET_WRITE_SECONDS = 600  # the server waits this long for us while a block is written to Parquet


def connect(
    endpoint: Endpoint, *, local_name: str, sleep: Callable[[float], None] = time.sleep
) -> Connection:
    """A connection to ``endpoint``, tried ``endpoint.attempts`` times with doubling pauses from 0.5 s.

    Only failures that may pass are tried again: a refused password is final. ``local_name`` is what
    errors call the server. Raises ``SourceError`` saying how often it was tried.
    """
    at = endpoint.place(local_name)
    password = endpoint.secret.reveal() if endpoint.secret else ""
    tls = _tls(endpoint, at)
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
                ssl=tls,
            )
        except pymysql.err.MySQLError as error:
            refused = getattr(error, "original_exception", None)
            if isinstance(refused, ssl.SSLError):
                raise _tls_error(refused, endpoint, at) from None
            final = attempt == endpoint.attempts or _code(error) not in _RETRIED
            if final:
                tried = f", tried {attempt} times" if attempt > 1 else ""
                raise source_error(error, at + tried) from None
            sleep(0.5 * 2 ** (attempt - 1))
    raise SourceError(f"server {local_name}", expected="attempts of 1 or more", got=str(endpoint.attempts))


def prepare(connection: Connection, endpoint: Endpoint, time_zones: Sequence[str], local_name: str) -> str:
    """Set up the session for reading and return the server's version.

    The session zone becomes UTC, so that TIMESTAMP values are; that it did, and that the server's own
    clock stands in one of ``time_zones`` (which DATETIME values are in) or in the endpoint's, is verified.
    Raises ``SourceError``.
    """
    version, offset = one_row(connection, "SELECT VERSION(), TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())")
    zones = [endpoint.time_zone] if endpoint.time_zone else time_zones
    declared = {zone: _offset_now(zone) for zone in zones}
    if all(abs(int(offset) - seconds) > 1 for seconds in declared.values()):
        raise SourceError(
            f"{endpoint.place(local_name)}: time zone",
            expected=" or ".join(f"{zone} ({_hours(seconds)})" for zone, seconds in declared.items()),
            got=_hours(int(offset)),
            remedy="Declare its time_zone in sources.toml",
        )
    for statement in (
        "SET SESSION time_zone = '+00:00'",
        f"SET SESSION net_write_timeout = {_NET_WRITE_SECONDS}",
        # before we give up a silent server, so that it says itself that it waits for a lock
        f"SET SESSION lock_wait_timeout = {max(1, round(endpoint.stall_seconds / 2))}",
        timeout_statement(version, endpoint.statement_seconds),
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
    ):
        connection.query(statement)
    (offset,) = one_row(connection, "SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW())")
    if int(offset):
        raise SourceError(
            f"{endpoint.place(local_name)}: session zone", expected="+00:00", got=_hours(int(offset))
        )
    return version


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


def source_error(error: Exception, what: str, *, of_table: bool = False) -> SourceError:
    """A driver's error as one of ours. Its own text is kept only where we have no better words.

    ``of_table``: it came while a table was read, when the login had succeeded long before.
    """
    code = _code(error)
    if of_table and code in _OF_A_VIEW:
        return SourceError(
            what,
            expected="a table, or a view that this user may read",
            got=f"a view whose definer is gone or may not read what it shows (MySQL error {code})",
            remedy="Have it created again by a user that exists: SHOW CREATE VIEW names its definer",
        )
    if code in _MEANINGS:
        expected, got, remedy = _MEANINGS[code]
        kind = LostConnectionError if code in _LOST else SourceError
        return kind(what, expected=expected, got=f"{got} (MySQL error {code})", remedy=remedy)
    text = str(error.args[1]) if len(error.args) > 1 else str(error)
    return SourceError(what, got=f"{text} (MySQL error {code})")


def _code(error: Exception) -> int:
    return error.args[0] if error.args and isinstance(error.args[0], int) else 0


def _offset_now(zone: str) -> float:
    return (dt.datetime.now(ZoneInfo(zone)).utcoffset() or dt.timedelta()).total_seconds()


def _tls(endpoint: Endpoint, at: str) -> ssl.SSLContext | None:
    if endpoint.tls_mode == "off":
        return None
    try:
        context = ssl.create_default_context(cafile=endpoint.ca or None)
    except OSError as error:  # an SSLError is one too
        missing = not isinstance(error, ssl.SSLError)
        raise SourceError(
            f"{at}: ca",
            expected=f"certificates (PEM) in {endpoint.ca}",
            got=str(error.strerror) if missing else "something else",
            remedy="Correct the path; a relative one starts at the checkout",
        ) from None
    if endpoint.tls_mode == "on":
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _tls_error(error: ssl.SSLError, endpoint: Endpoint, at: str) -> SourceError:
    """Why the two sides did not agree on a secure connection: nothing that trying again would mend."""
    if not isinstance(error, ssl.SSLCertVerificationError):
        return SourceError(
            f"{at}: TLS",
            expected="a secure connection",
            got=(error.reason or "one that broke off").lower().replace("_", " "),
            remedy="Compare the TLS versions that server and client allow",
        )
    if error.verify_code in _OTHER_HOST:
        return SourceError(
            f"{at}: certificate",
            expected=f"one for {endpoint.host}",
            got="one for another host",
            remedy="Use the name that the certificate was made for",
        )
    return SourceError(
        f"{at}: certificate",
        expected=f"one that {endpoint.ca or 'this machine'} vouches for",
        got=error.verify_message,
        remedy="Name the certificates of its issuer: ca = PATH",
    )


def _hours(seconds: float) -> str:
    return f"UTC{seconds / 3600:+g} h"
