"""What keeps a PostgreSQL user from reading tables whole."""

from __future__ import annotations

from collections.abc import Collection

from psycopg import Connection

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.sources import postgres_session
from lucky_analytics.sources.endpoint import Endpoint

__all__ = ["find_withheld"]

# (table, SELECT on it, columns that the user may not read, rows hidden from it)
_RIGHTS = """
SELECT c.relname, has_table_privilege(c.oid, 'SELECT'),
       ARRAY(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0
             AND NOT a.attisdropped AND NOT has_column_privilege(c.oid, a.attnum, 'SELECT')),
       row_security_active(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = %s AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"""
_SCHEMA = "SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE nspname = %s"


def find_withheld(
    connection: Connection, endpoint: Endpoint, database: str, where: str
) -> dict[str, tuple[str, str, str]]:
    """By table of the endpoint's schema that cannot be read whole: what was expected, what is, what mends it.

    A table whose withheld columns nobody would read is none of them. Raises ``SourceError`` (begun with
    ``where``) where there is no such schema.
    """
    schema = endpoint.schema
    found = postgres_session.one_row(connection, _SCHEMA, (schema,))
    if not found:
        got, remedy = "no such schema", "Correct schema in sources.toml"
        raise SourceError(f"{where}: schema {schema}", expected="one with tables", got=got, remedy=remedy)
    withheld = {}
    for name, may_select, columns, hides_rows in connection.execute(_RIGHTS, (schema,)).fetchall():
        asked = _list_asked(database, name)
        if reason := _say_reason(endpoint, name, asked, found[0], may_select, columns, hides_rows):
            withheld[name] = reason
    return withheld


def _say_reason(
    endpoint: Endpoint,
    name: str,
    asked: list[str],
    may_use: bool,
    may_select: bool,
    withheld: Collection[str],
    hides_rows: bool,
) -> tuple[str, str, str] | None:
    schema, user = endpoint.schema, endpoint.user
    if not may_use:
        return (
            f"USAGE on schema {schema}",
            "permission denied",
            f"GRANT USAGE ON SCHEMA {schema} TO {user}",
        )
    if hides_rows:
        remedy = f"ALTER ROLE {user} BYPASSRLS, which lets it read all rows and write none"
        return "all rows of the table", "row level security, which hides some from this user", remedy
    lacking = [column for column in asked if column in withheld]
    if may_select or not lacking:
        return None
    got = f"permission denied for {', '.join(lacking)}" if len(lacking) < len(asked) else "permission denied"
    return "SELECT on the table", got, f"GRANT SELECT ON {schema}.{name} TO {user}"


def _list_asked(database: str, name: str) -> list[str]:
    """The columns that would be read of a table: contact and address columns are not asked for."""
    declared = estate.load().database(database).tables.get(name)
    return [n for n, c in declared.columns.items() if c.passes] if declared else []
