"""What a server has: columns with their types, and primary keys."""

from __future__ import annotations

from collections.abc import Sequence

from pymysql.connections import Connection

__all__ = ["load"]


def load(
    connection: Connection, databases: Sequence[str]
) -> tuple[dict[tuple[str, str], dict[str, str]], dict[tuple[str, str], tuple[str, ...]]]:
    """Columns with their types, and primary keys, of every table of ``databases``.

    Both are keyed by (database, table); columns are in the table's order and typed as
    ``information_schema`` writes it. What the user may not see is not there.
    """
    columns: dict[tuple[str, str], dict[str, str]] = {}
    keys: dict[tuple[str, str], tuple[str, ...]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_schema, table_name, column_name, column_type FROM information_schema.columns"
            " WHERE table_schema IN %s ORDER BY table_schema, table_name, ordinal_position",
            (list(databases),),
        )
        for database, table, column, kind in cursor.fetchall():
            columns.setdefault((database, table), {})[column] = kind
        cursor.execute(
            "SELECT table_schema, table_name, column_name FROM information_schema.statistics"
            " WHERE index_name = 'PRIMARY' AND table_schema IN %s"
            " ORDER BY table_schema, table_name, seq_in_index",
            (list(databases),),
        )
        for database, table, column in cursor.fetchall():
            keys[database, table] = (*keys.get((database, table), ()), column)
    return columns, keys
