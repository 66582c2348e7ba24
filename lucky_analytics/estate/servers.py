"""Every server that the company names, and how many more it counts."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path

from lucky_analytics import declarations
from lucky_analytics.errors import UnknownNameError
from lucky_analytics.estate.model import Database, Estate

__all__ = ["SERVERLESS", "Fleet", "Server", "count_undeclared", "declared_on", "find_unnamed", "load"]

# Kinds of database that lie on no server: what all servers say, and what is exported to files.
SERVERLESS = ("telemetry", "exports")


@dataclass(frozen=True)
class Server:
    """One server. ``kind`` is ``mysql``, ``postgresql`` or ``redis``; ``database`` is ``None`` if unknown."""

    name: str
    kind: str
    database: str | None = None
    about: str = ""

    @property
    def source(self) -> str:
        """The short name used in commands.

        >>> Server("aws-luckyus-scm-shopstock-rw", "mysql").source
        'scm-shopstock'
        """
        prefix = "luckyus-" if self.kind == "redis" else "aws-luckyus-"
        return self.name.removeprefix(prefix).removesuffix("-rw")


@dataclass(frozen=True)
class Fleet:
    """The named servers by name, and per kind how many are counted but not named."""

    servers: dict[str, Server]
    unnamed: dict[str, int]

    def server(self, name: str) -> Server:
        """The server of that full or short name, or of that database. Raises ``UnknownNameError``.

        A short name that a MySQL and a Redis server share means the MySQL one.
        """
        if name in self.servers:
            return self.servers[name]
        for server in self.servers.values():
            if name in (server.source, server.database):
                return server
        raise UnknownNameError("server", name, [*self.servers, *(s.source for s in self.servers.values())])

    def count(self, kind: str) -> int:
        """Servers of one kind, the unnamed ones included."""
        return sum(server.kind == kind for server in self.servers.values()) + self.unnamed[kind]


@functools.cache
def load() -> Fleet:
    """The fleet as ``servers.yml`` declares it.

    >>> load().count("mysql"), load().count("postgresql"), load().count("redis")
    (62, 3, 78)
    """
    body = declarations.read(Path(__file__).with_name("servers.yml"))
    unnamed = body.pop("unnamed")
    servers = {
        name: Server(name, kind, **facts) for kind, listed in body.items() for name, facts in listed.items()
    }
    return Fleet(servers, unnamed)


def find_unnamed(declared: Estate, fleet: Fleet) -> list[str]:
    """One line for each database on a server that ``servers.yml`` does not name; some lie on none.

    >>> from lucky_analytics import estate
    >>> find_unnamed(estate.load(), load())
    []
    """
    return [
        f"{database.name}: its server {database.server} is not in servers.yml"
        for database in declared.databases.values()
        if database.kind not in SERVERLESS and database.server not in fleet.servers
    ]


def declared_on(declared: Estate, fleet: Fleet) -> dict[str, list[Database]]:
    """By name of each server the databases that are declared on it, in the fleet's order; an empty list where
    none is: of such a server nothing can be read but what it says of itself (telemetry).

    >>> from lucky_analytics import estate
    >>> found = declared_on(estate.load(), load())
    >>> [database.name for database in found["aws-luckyus-opshop-rw"]], found["aws-luckyus-iehr-rw"]
    (['luckyus_opshop'], [])
    """
    found: dict[str, list[Database]] = {name: [] for name in fleet.servers}
    for database in declared.databases.values():
        if database.server in found:
            found[database.server].append(database)
    return found


def count_undeclared(declared: Estate, fleet: Fleet) -> list[str]:
    """One line a kind of server: how many have declared tables, telemetry alone, or no name."""
    found = declared_on(declared, fleet)
    lines = []
    for kind, unnamed in fleet.unnamed.items():
        own = [name for name, server in fleet.servers.items() if server.kind == kind]
        bare = sum(not found[name] for name in own)
        line = f"{kind}: {len(own) - bare} of {len(own)} named servers with declared tables"
        lines.append(f"{line}, {bare} with telemetry alone; {unnamed} counted without a name")
    return lines
