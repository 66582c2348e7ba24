"""Refusing a PostgreSQL user that can write, and a primary; how far a replica is behind."""

from __future__ import annotations

import datetime as dt

from psycopg import Connection

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.sources.postgres_session import one_row

__all__ = ["is_replica", "lag", "require_reader", "writing_powers"]

# Every role that this user is, or could become by SET ROLE, and what each may do beyond reading. Of a table
# the owner may do everything. TEMPORARY is left out: it touches nothing that others see.
_POWERS = """
WITH me AS (
    SELECT oid, rolname, rolsuper, rolcreaterole, rolcreatedb, rolreplication FROM pg_roles
    WHERE pg_has_role(current_user, oid, 'MEMBER')
), things AS (
    SELECT c.oid, c.relkind, n.nspname || '.' || c.relname AS name
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
)
SELECT rolname, 'SUPERUSER', '' FROM me WHERE rolsuper
UNION ALL SELECT rolname, 'CREATEROLE', '' FROM me WHERE rolcreaterole
UNION ALL SELECT rolname, 'CREATEDB', '' FROM me WHERE rolcreatedb
UNION ALL SELECT rolname, 'membership', rolname FROM me WHERE rolname IN
    ('pg_write_all_data', 'pg_write_server_files', 'pg_execute_server_program', 'pg_signal_backend',
     'pg_maintain', 'pg_create_subscription', 'pg_checkpoint')
UNION ALL SELECT rolname, 'CREATE', 'DATABASE ' || quote_ident(current_database())
    FROM me WHERE has_database_privilege(oid, current_database(), 'CREATE')
UNION ALL SELECT rolname, 'CREATE', 'SCHEMA ' || quote_ident(nspname) FROM me, pg_namespace n
    WHERE nspname !~ '^pg_' AND has_schema_privilege(me.oid, n.oid, 'CREATE')
UNION ALL SELECT rolname, privilege, 'TABLE ' || name FROM me, things,
    unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) privilege
    WHERE relkind <> 'S' AND has_table_privilege(me.oid, things.oid, privilege)
UNION ALL SELECT rolname, privilege, 'columns of ' || name FROM me, things,
    unnest(ARRAY['INSERT', 'UPDATE']) privilege
    WHERE relkind <> 'S' AND NOT has_table_privilege(me.oid, things.oid, privilege)
    AND has_any_column_privilege(me.oid, things.oid, privilege)
UNION ALL SELECT rolname, 'UPDATE', 'SEQUENCE ' || name FROM me, things
    WHERE relkind = 'S' AND has_sequence_privilege(me.oid, things.oid, 'USAGE, UPDATE')
"""


def require_reader(connection: Connection, endpoint: Endpoint, local_name: str) -> None:
    """Raise ``SourceError`` for a user that can write or a primary, unless the endpoint allows it.

    The rights are the control: a session's own ``READ ONLY`` can be undone by the same session.
    """
    at = endpoint.place(local_name)
    if not endpoint.allow_writes and (powers := writing_powers(connection)):
        shown = list(dict.fromkeys(f"{what} on {on}" if on else what for _, what, on in powers))
        more = f" and {len(shown) - 3:,} more" if len(shown) > 3 else ""
        raise SourceError(
            f"{at}: user {endpoint.user}",
            expected="a SELECT-only user",
            got=f"one with {', '.join(shown[:3])}{more}",
            remedy=f"Take it away from {', '.join(sorted({role for role, _, _ in powers})[:3])}",
        )
    endpoint.require_replica(at, lambda: is_replica(connection), "a replica (in recovery)")


def writing_powers(connection: Connection) -> list[tuple[str, str, str]]:
    """What the user may do beyond reading in this database: (role, privilege, on what).

    Roles count whether active or not: the session could activate them. ``PUBLIC``'s rights are in each.
    """
    found = connection.execute(_POWERS).fetchall()
    return sorted(found, key=lambda power: (bool(power[2]), power))  # what reaches furthest comes first


def is_replica(connection: Connection) -> bool:
    """Whether the server replays another's changes, and so refuses writes."""
    return bool(one_row(connection, "SELECT pg_is_in_recovery()")[0])


def lag(connection: Connection, where: str) -> dt.timedelta:
    """The time by which a replica is behind its primary; zero for a primary and for one that has caught up.

    Raises ``SourceError`` when nothing is received or replay is paused: nobody knows what is missing then.
    """
    if not is_replica(connection):
        return dt.timedelta()
    receives, is_paused, has_all, seconds = one_row(
        connection,
        "SELECT (SELECT count(*) FROM pg_stat_wal_receiver), pg_is_wal_replay_paused(),"
        " pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn(),"
        " extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())",
    )
    if not receives or is_paused:
        raise SourceError(
            f"{where}: replication",
            expected="a replica that follows its primary",
            got="one whose replay is paused" if is_paused else "one that receives nothing",
            remedy="Start it, or declare its cut",
        )
    return dt.timedelta() if has_all else dt.timedelta(seconds=max(float(seconds or 0), 0))
