"""What a MySQL or MariaDB server says of itself: sizes, estimated rows, counts of connections and work."""

from __future__ import annotations

import datetime as dt

import pymysql

from lucky_analytics.sources import guard, replica, session
from lucky_analytics.sources.collection import Collected, Metric
from lucky_analytics.sources.endpoint import Endpoint

__all__ = ["collect"]

_STATUS = {
    "Threads_connected": "connections",
    "Threads_running": "connections_running",
    "Max_used_connections": "connections_peak",
    "Questions": "statements",
    "Slow_queries": "slow_statements",
    "Innodb_buffer_pool_read_requests": "cache_requests",
    "Innodb_buffer_pool_reads": "cache_misses",
}
_SIZES = """
SELECT CONCAT(table_schema, '.', table_name), table_rows, data_length, index_length
FROM information_schema.tables WHERE table_type = 'BASE TABLE'
AND table_schema NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')"""
# The command of each connection and nothing else: its statement stays where it is.
_PROCESSES = "SELECT command, COUNT(*) FROM information_schema.processlist GROUP BY command"


def collect(endpoint: Endpoint, instance: str) -> Collected:
    """One answer of the server at ``endpoint``, by a user who can only read. Raises ``SourceError``.

    Of databases that the user may not read nothing is seen; without ``PROCESS`` the states of connections
    are those of its own.
    """
    connection = session.connect(endpoint, local_name=instance)
    try:
        (version,) = session.one_row(connection, "SELECT VERSION()")
        connection.query(session.timeout_statement(version, endpoint.statement_seconds))
        guard.require_reader(connection, endpoint, instance)
        with connection.cursor() as cursor:
            cursor.execute("SHOW GLOBAL STATUS")
            status = {str(name): value for name, value in cursor.fetchall()}
            cursor.execute(_SIZES)
            tables = list(cursor.fetchall())
            cursor.execute(_PROCESSES)
            states = list(cursor.fetchall())
        (most, now) = session.one_row(connection, "SELECT @@max_connections, UTC_TIMESTAMP()")
        lag = replica.lag(connection, endpoint.place(instance))
        is_replica = guard.is_replica(connection)
    except pymysql.err.MySQLError as error:
        raise session.source_error(error, endpoint.place(instance)) from error
    finally:
        if connection.open:
            connection.close()
    metrics = [Metric(name, float(status[given])) for given, name in _STATUS.items() if given in status]
    metrics.append(Metric("connections_limit", float(most)))
    metrics += [Metric("connections_by_state", float(n), subject=str(state)) for state, n in states]
    if is_replica and lag is not None:
        metrics.append(Metric("replica_lag", lag.total_seconds(), "seconds"))
    for name, rows, data, index in tables:
        metrics += [
            Metric("table_rows", float(rows or 0), subject=name),
            Metric("table_bytes", float(data or 0), "bytes", name),
            Metric("index_bytes", float(index or 0), "bytes", name),
        ]
    started = now - dt.timedelta(seconds=int(status.get("Uptime", 0)))
    role = "replica" if is_replica else "primary"
    return Collected(role, f"{session.flavour(version)} {version}"[:64], started, metrics)
