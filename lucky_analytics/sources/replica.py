"""How far a replica is behind: a snapshot is complete up to then, and not up to now."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pymysql
from pymysql.connections import Connection
from pymysql.cursors import DictCursor

from lucky_analytics.errors import SourceError

__all__ = ["lag"]

_SYNTAX, _DENIED = 1064, {1044, 1045, 1142, 1227}


def lag(connection: Connection, where: str) -> dt.timedelta:
    """The time by which the replica is behind its primary; zero for a server that replicates nothing.

    Zero too when the user may not ask (it takes ``REPLICATION CLIENT``, ``REPLICA MONITOR`` on MariaDB):
    then only the contracts of freshness notice a replica that stands still. Raises ``SourceError``
    when replication has stopped, since nobody knows what is missing then.
    """
    status = _status(connection)
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


def _status(connection: Connection) -> dict[str, Any]:
    """The first row of the replica's status; empty when there is none to see."""
    for statement in ("SHOW REPLICA STATUS", "SHOW SLAVE STATUS"):  # the second before MySQL 8.0.22
        try:
            with connection.cursor(DictCursor) as cursor:
                cursor.execute(statement)
                return dict(cursor.fetchone() or {})
        except pymysql.err.MySQLError as error:
            if error.args[0] in _DENIED:
                return {}
            if error.args[0] != _SYNTAX:
                raise
    return {}
