"""What a PostgreSQL server says of itself: sizes, estimated rows, counts of connections and work."""

from __future__ import annotations

import datetime as dt

import psycopg

from lucky_analytics.sources import postgres_guard, postgres_session
from lucky_analytics.sources.collection import Collected, Metric
from lucky_analytics.sources.endpoint import Endpoint

__all__ = ["collect"]

_WORK = """
SELECT sum(numbackends), sum(xact_commit + xact_rollback), sum(blks_hit + blks_read), sum(blks_read),
       sum(deadlocks), current_setting('max_connections')::int, pg_postmaster_start_time(),
       current_setting('server_version')
FROM pg_stat_database"""
# The state of each connection and nothing else: its statement stays where it is.
_STATES = """
SELECT coalesce(state, 'hidden'), count(*) FROM pg_stat_activity
WHERE backend_type = 'client backend' OR backend_type IS NULL GROUP BY 1"""
_SIZES = """
SELECT current_database() || '.' || c.relname, greatest(c.reltuples, 0), pg_table_size(c.oid),
       pg_indexes_size(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"""


def collect(endpoint: Endpoint, instance: str, databases: list[str]) -> Collected:
    """One answer of the server at ``endpoint``, by a user who can only read. Raises ``SourceError``.

    Tables are those of ``databases``; without ``pg_monitor`` the states of other users are ``hidden``.
    """
    metrics: list[Metric] = []
    for number, database in enumerate(databases or ["postgres"]):
        connection = postgres_session.connect(endpoint, database, local_name=instance)
        try:
            connection.execute(f"SET statement_timeout = {round(endpoint.statement_seconds * 1000)}")
            connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY")
            postgres_guard.require_reader(connection, endpoint, instance)
            for name, rows, data, index in connection.execute(_SIZES).fetchall():
                metrics += [
                    Metric("table_rows", float(rows), subject=name),
                    Metric("table_bytes", float(data), "bytes", name),
                    Metric("index_bytes", float(index), "bytes", name),
                ]
            if number == 0:
                work = postgres_session.one_row(connection, _WORK)
                states = connection.execute(_STATES).fetchall()
                is_replica = postgres_guard.is_replica(connection)
                lag = postgres_guard.lag(connection, endpoint.place(instance))
        except psycopg.Error as error:
            raise postgres_session.source_error(error, endpoint.place(instance)) from error
        finally:
            connection.close()
    names = (
        "connections",
        "transactions",
        "cache_requests",
        "cache_misses",
        "deadlocks",
        "connections_limit",
    )
    metrics += [Metric(name, float(value or 0)) for name, value in zip(names, work, strict=False)]
    metrics += [Metric("connections_by_state", float(n), subject=state) for state, n in states]
    if is_replica:
        metrics.append(Metric("replica_lag", lag.total_seconds(), "seconds"))
    started = work[6].astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    return Collected("replica" if is_replica else "primary", f"postgresql {work[7]}"[:64], started, metrics)
