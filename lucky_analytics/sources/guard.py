"""Refusing what could do harm: a user that can write, and a primary."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pymysql.connections import Connection

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.sources.session import flavour, one_row

__all__ = ["WritingGrant", "is_replica", "require_reader", "writing_grants"]

# What a reader may hold: nothing here changes data, structure, users or the server.
_READING = {
    "USAGE",
    "SELECT",
    "SHOW VIEW",
    "SHOW DATABASES",
    "PROCESS",
    "REPLICATION CLIENT",
    "BINLOG MONITOR",
    "SLAVE MONITOR",
    "REPLICA MONITOR",
}
_GRANT = re.compile(r"^GRANT (?P<what>.+?) ON (?P<on>.+?) TO (?P<to>(?:`[^`]*`|\S)+?)(?= |$)", re.IGNORECASE)
_ROLE = re.compile(r"^GRANT (?P<roles>`[^`]*`(?:@`[^`]*`)?(?:,\s*`[^`]*`(?:@`[^`]*`)?)*) TO ")
_PRIVILEGE = re.compile(r"[A-Za-z][A-Za-z_ ]*(?:\([^)]*\))?")


def require_reader(connection: Connection, endpoint: Endpoint, local_name: str) -> None:
    """Raise ``SourceError`` for a user that can write or a primary, unless the endpoint allows it.

    The grant is the control: a session's own ``READ ONLY`` can be undone by the same session.
    """
    at = endpoint.place(local_name)
    writing = writing_grants(connection)
    if writing and not endpoint.allow_writes:
        names = sorted({name for grant in writing for name in map(_bare, grant.privileges)})
        raise SourceError(
            f"{at}: user {endpoint.user}",
            expected="a SELECT-only user",
            got=f"one with {', '.join(names[:3])} on {writing[0].on}",
            remedy=f"Take it away: {'; '.join(grant.revoke for grant in writing[:3])}",
        )
    endpoint.require_replica(at, lambda: is_replica(connection), "a replica (read_only = 1)")


def is_replica(connection: Connection) -> bool:
    """Whether the server refuses writes, as a replica does."""
    (read_only,) = one_row(connection, "SELECT @@global.read_only")
    return str(read_only) not in ("0", "OFF")


@dataclass(frozen=True)
class WritingGrant:
    """One grant with privileges beyond reading: which (of columns, with them), on what, and to whom."""

    privileges: tuple[str, ...]
    on: str
    to: str

    @property
    def revoke(self) -> str:
        """The statement that takes it away.

        >>> WritingGrant(("INSERT", "GRANT OPTION"), "`test`.*", "PUBLIC").revoke
        'REVOKE INSERT, GRANT OPTION ON `test`.* FROM PUBLIC'
        """
        everything = "ALL PRIVILEGES" in self.privileges  # no other may stand beside it
        names = "ALL PRIVILEGES" if everything else ", ".join(self.privileges)
        return f"REVOKE {names} ON {self.on} FROM {self.to}"


def writing_grants(connection: Connection) -> list[WritingGrant]:
    """The grants of the current user beyond reading, those to all users (``PUBLIC``) included.

    Roles count whether active or not: the session could activate them.
    """
    (version,) = one_row(connection, "SELECT VERSION()")
    lines = _grants(connection, "SHOW GRANTS")
    roles = _roles(lines)
    if roles and flavour(version) == "mysql":
        lines += _grants(connection, f"SHOW GRANTS FOR CURRENT_USER() USING {', '.join(roles)}")
    elif roles:
        (before,) = one_row(connection, "SELECT CURRENT_ROLE()")
        for role in roles:  # MariaDB shows a role's grants, and those of roles in it, only while it is set
            connection.query(f"SET ROLE {role}")
            lines += _grants(connection, "SHOW GRANTS")
        connection.query(f"SET ROLE `{before}`" if before else "SET ROLE NONE")
    found = [
        WritingGrant(names, match["on"], match["to"])
        for line in dict.fromkeys(lines)
        if (match := _GRANT.match(line))
        and (names := tuple(n for n in _privileges(line) if _bare(n) not in _READING))
    ]
    return sorted(found, key=lambda grant: (grant.on, grant.to))


def _grants(connection: Connection, statement: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return [str(row[0]) for row in cursor.fetchall()]


def _roles(grants: list[str]) -> list[str]:
    """The roles that lines of SHOW GRANTS name, quoted as the server quotes them."""
    found = [match["roles"] for line in grants if (match := _ROLE.match(line))]
    return [role.strip() for roles in found for role in roles.split(",")]


def _privileges(grant: str) -> list[str]:
    """The privileges that one line of SHOW GRANTS names; a role's own line names none.

    >>> _privileges("GRANT SELECT, UPDATE (`a`, `b`) ON `shop`.* TO `x`@`%` WITH GRANT OPTION")
    ['SELECT', 'UPDATE (`a`, `b`)', 'GRANT OPTION']
    """
    match = _GRANT.match(grant)
    if match is None:
        return []
    names = [name.strip() for name in _PRIVILEGE.findall(match["what"])]
    return names + (["GRANT OPTION"] if "WITH GRANT OPTION" in grant.upper() else [])


def _bare(privilege: str) -> str:
    """A privilege without its columns."""
    return privilege.partition("(")[0].strip().upper()
