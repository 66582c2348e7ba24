"""How far a replica is behind: a snapshot is complete up to then, and not up to now."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.session import flavour

__all__ = ["lag", "monitor_grant"]

_SYNTAX, _DENIED = 1064, {1044, 1045, 1142, 1227}


def lag(connection: Connection, where: str) -> dt.timedelta | None:
    """The time by which the replica is behind its primary; zero for a server that replicates nothing.

    ``None`` when the user may not ask (``monitor_grant`` says what it takes): then only the contracts of
    freshness notice a replica that stands still. Raises ``SourceError`` when replication has stopped,
    since nobody knows what is missing then.
    """
    status = _status(connection)
    if status is None:
        return None
    if not status:
        return dt.timedelta()
    seconds = status.get("Seconds_Behind_Source", status.get("Seconds_Behind_Master"))
    if seconds is None:
        raise SourceError(
            f"{where}: replication",
            expected="a replica that follows its primary",
            got="one that has stopped",
            remedy="Start it, or declare its cut",
        )
    return dt.timedelta(seconds=int(seconds))


def monitor_grant(version: str, user: str) -> str:
    """The statement that lets ``user`` see the state of replication.

    >>> monitor_grant("8.0.36", "lucky_read")
    "GRANT REPLICATION CLIENT ON *.* TO 'lucky_read'@'%'"
    """
    privilege = "REPLICA MONITOR" if flavour(version) == "mariadb" else "REPLICATION CLIENT"
    return f"GRANT {privilege} ON *.* TO '{user}'@'%'"


def _status(connection: Connection) -> dict[str, Any] | None:
    """The first row of the replica's status; empty when it replicates nothing, ``None`` if we may not ask."""
    for statement in ("SHOW REPLICA STATUS", "SHOW SLAVE STATUS"):  # the second before MySQL 8.0.22
        try:
            with connection.cursor(DictCursor) as cursor:
                cursor.execute(statement)
                return dict(cursor.fetchone() or {})
        except pymysql.err.MySQLError as error:
            if error.args[0] in _DENIED:
                return None
            if error.args[0] != _SYNTAX:
                raise
    return {}
