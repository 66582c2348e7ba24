"""Opening one PostgreSQL connection: login, retries, session settings and the errors in our words."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, cast
from zoneinfo import ZoneInfo

import psycopg
from psycopg import Connection

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.base import LostConnectionError
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.time_limit import Limit

__all__ = ["answering", "connect", "one_row", "prepare", "source_error"]

_MODES = {"off": "disable", "on": "require", "verify": "verify-full"}
_LOST = ("08", "57P", "40001")  # connection, shutdown, and a replica whose primary removed what we read
_MEANINGS = {
    "42501": ("SELECT on the table", "permission denied", "Grant SELECT to this user"),
    "57014": ("the read to end in time", "the server's statement timeout", "Raise statement_seconds"),
    "55P03": ("the table", "a lock of another session that did not end", "Try later, or read a replica"),
    "53300": ("a free connection", "too many connections at once", "Try later, or raise the user's limit"),
}
# A login that failed has no code: libpq gives a sentence. What is final is told by its words.
_REFUSED = (
    ("password authentication failed", "a login", "access denied for this user and password"),
    ("no password supplied", "a login", "access denied: the server asks for a password"),
    ("no pg_hba.conf entry", "a login", "no entry for this host, user and database (pg_hba.conf)"),
    ("permission denied for database", "CONNECT on the database", "permission denied"),
    ("does not match host name", "a certificate for this host", "one for another host"),
    ("root certificate file", "certificates (PEM) in the file ca", "none that can be read"),
    ("certificate", "a certificate that this machine trusts", "one that does not verify"),
    ("does not exist", "this user and database", "no such user or database"),
    ("does not support SSL", "TLS", "a server that does not offer it"),
    ("expected authentication request", "a PostgreSQL server", "one that speaks something else"),
    ("received invalid response", "a PostgreSQL server", "one that speaks something else"),
)
_REMEDIES = {
    "CONNECT on the database": "Grant CONNECT on the database to this user",
    "a certificate for this host": "Use the name that the certificate was made for",
    "certificates (PEM) in the file ca": "Correct the path; a relative one starts at the checkout",
    "a certificate that this machine trusts": "Name the certificates of its issuer: ca = PATH",
    "TLS": 'Set it up there; tls = "off" sends all in the clear',
    "a PostgreSQL server": "Correct host and port",
}


def connect(
    endpoint: Endpoint, database: str, *, local_name: str, sleep: Callable[[float], None] = time.sleep
) -> Connection:
    """A connection to ``database``, tried ``endpoint.attempts`` times with doubling pauses from 0.5 s.

    Only failures that may pass are tried again: a refused password is final. Raises ``SourceError``.
    """
    at = endpoint.place(local_name)
    options: dict[str, Any] = {
        "host": endpoint.host,
        "port": endpoint.port,
        "user": endpoint.user,
        "password": endpoint.secret.reveal() if endpoint.secret else None,
        "dbname": database,
        "connect_timeout": max(2, round(endpoint.connect_seconds)),
        "sslmode": _MODES[endpoint.tls_mode],
        "application_name": "lucky_analytics",
        # a server that is gone without a word is noticed within about ``stall_seconds``
        "keepalives_idle": max(1, round(endpoint.stall_seconds / 2)),
        "keepalives_interval": max(1, round(endpoint.stall_seconds / 8)),
        "keepalives_count": 4,
    }
    if endpoint.tls_mode == "verify":
        options["sslrootcert"] = endpoint.ca or "system"
    for attempt in range(1, endpoint.attempts + 1):
        try:
            return psycopg.connect(**options, autocommit=True)
        except psycopg.OperationalError as error:
            refused = _refused(error, at)
            if refused is None and attempt < endpoint.attempts:
                sleep(0.5 * 2 ** (attempt - 1))
                continue
            tried = f", tried {attempt} times" if attempt > 1 else ""
            raise refused or _unreachable(error, at + tried) from None
    raise SourceError(f"server {local_name}", expected="attempts of 1 or more", got=str(endpoint.attempts))


def prepare(connection: Connection, endpoint: Endpoint, time_zone: str, local_name: str) -> str:
    """Set up the session for reading and return the server's version.

    That sessions of this server stand in ``time_zone`` by default (which its timestamps without zone are
    in), or in the endpoint's, is verified; ours is in UTC. Raises ``SourceError``.
    """
    zone = endpoint.time_zone or time_zone
    seconds, version = one_row(
        connection,
        "SELECT extract(epoch FROM now() AT TIME ZONE reset_val - now() AT TIME ZONE 'UTC'),"
        " current_setting('server_version') FROM pg_settings WHERE name = 'TimeZone'",
    )
    declared = (dt.datetime.now(ZoneInfo(zone)).utcoffset() or dt.timedelta()).total_seconds()
    if abs(float(seconds) - declared) > 1:
        raise SourceError(
            f"{endpoint.place(local_name)}: time zone",
            expected=f"{zone} (UTC{declared / 3600:+g} h)",
            got=f"UTC{float(seconds) / 3600:+g} h",
            remedy="Declare its time_zone in sources.toml",
        )
    for statement in (
        "SET TIME ZONE 'UTC'",
        "SET datestyle = 'ISO, YMD'",
        "SET intervalstyle = 'iso_8601'",
        "SET extra_float_digits = 1",
        "SET bytea_output = 'hex'",
        "SET client_encoding = 'UTF8'",
        "SET row_security = off",  # rows that a policy hides are an error, and not left out without a word
        f"SET statement_timeout = {round(endpoint.statement_seconds * 1000)}",
        f"SET lock_timeout = {round(endpoint.stall_seconds * 500)}",  # half of it, in milliseconds
        "SET idle_in_transaction_session_timeout = 0",  # a block is written while the server waits
        "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
    ):
        connection.execute(statement)
    return str(version)


def one_row(connection: Connection, sql: str, arguments: Sequence[object] = ()) -> tuple:
    """The first row of a small query."""
    cursor = connection.execute(cast(Any, sql), arguments or None)
    return cursor.fetchone() or ()


def source_error(error: psycopg.Error, what: str) -> SourceError:
    """A driver's error as one of ours. Its own text is kept only where we have no better words."""
    code = error.sqlstate or ""
    if code in _MEANINGS:
        expected, got, remedy = _MEANINGS[code]
        return SourceError(what, expected=expected, got=f"{got} (PostgreSQL error {code})", remedy=remedy)
    if code.startswith(_LOST) or (not code and isinstance(error, psycopg.OperationalError)):
        return LostConnectionError(
            what, expected="an answer", got="connection lost", remedy="Take the snapshot again with --resume"
        )
    # The first line only: the lines below it show the statement and values.
    return SourceError(what, got=f"{str(error).splitlines()[0]} (PostgreSQL error {code or 'unknown'})")


def _refused(error: psycopg.OperationalError, at: str) -> SourceError | None:
    """What no second try would mend."""
    text = str(error)
    for words, expected, got in _REFUSED:
        if words in text:
            remedy = _REMEDIES.get(expected, "Check user, password reference and database")
            return SourceError(at, expected=expected, got=got, remedy=remedy)
    return None


def _unreachable(error: psycopg.OperationalError, at: str) -> SourceError:
    got = "too many connections at once" if "too many" in str(error) else "no connection"
    return SourceError(
        at, expected="a server that answers", got=got, remedy="Is it up, and is the address right?"
    )


@contextlib.contextmanager
def answering(connection: Connection, seconds: float, where: str) -> Iterator[None]:
    """Hangs up when what is asked meanwhile is not answered within ``seconds``: a process that stands still
    keeps its connection open, and counts no time limit of its own.

    Raises ``LostConnectionError`` (begun with ``where``) then; other errors of the connection pass.
    """
    with Limit(seconds) as limit, socket.socket(fileno=os.dup(connection.fileno())) as line:
        limit.watch(line)
        try:
            yield
        except psycopg.Error:
            if not limit.passed:
                raise
            raise LostConnectionError(where, expected=f"an answer within {seconds:g} s", got="none") from None
