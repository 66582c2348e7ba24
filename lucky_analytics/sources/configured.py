"""The servers of ``sources.toml`` as sources, whatever their kind."""

from __future__ import annotations

from collections.abc import Sequence

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.sources import config, exports
from lucky_analytics.sources.base import Source
from lucky_analytics.sources.broken import BrokenSource
from lucky_analytics.sources.config import FilesPlace
from lucky_analytics.sources.endpoint import Endpoint
from lucky_analytics.sources.mysql import MysqlSource
from lucky_analytics.sources.postgres import PostgresSource
from lucky_analytics.sources.telemetry import DATABASE, TelemetrySource

__all__ = ["connect"]


def connect(
    settings: Settings,
    names: Sequence[str] | None = None,
    *,
    allow_primary: bool = False,
    files: FilesPlace | None = None,
) -> list[Source]:
    """The configured servers that hold ``names`` (source, server or database names; all by default).

    MySQL databases that share an endpoint share one connection, and so one consistent view; a PostgreSQL
    connection sees one database. Where telemetry is collected, all servers together are one source more, and
    so are exported files that join them: ``files``, else those of ``sources.toml``. Nothing is opened yet. An
    entry that is wrong is a source that says so when it is opened, and costs no other. Raises
    ``UnknownNameError`` for a name the estate does not have, ``SourceError`` for one that no server is
    configured for.
    """
    known = estate.load()
    configured = config.load(settings, allow_primary=allow_primary)
    databases = [known.database(name) for name in names] if names else list(known.databases.values())
    asked = {database.name for database in databases} if names else None
    fault = configured.broken.get(exports.NAME) if files is None else None
    joined, in_files = exports.join_exports(files or configured.files, fault, asked)
    by_endpoint: dict[Endpoint, list[str]] = {}
    unsound = [name for name in configured.broken if name != exports.NAME]
    broken: dict[str, list[str]] = {} if names else {name: [] for name in unsound}
    wants_telemetry = False
    for database in databases:
        if database.name == DATABASE:
            wants_telemetry = configured.collects_telemetry
            continue
        if entry := configured.broken_entry(database.name):
            broken.setdefault(entry, []).append(database.name)
            continue
        endpoint = configured.endpoint(database.name)
        if endpoint is not None:
            by_endpoint.setdefault(endpoint, []).append(database.name)
        elif names and database.name not in in_files:
            raise SourceError(f"source {database.source}", expected="a server in sources.toml", got="none")
    required = [database.name for database in databases] if names else list(configured.endpoints)
    found: list[Source] = []
    for endpoint, held in by_endpoint.items():
        if endpoint.kind == "postgresql":
            found += [PostgresSource(endpoint, [name], required=required) for name in held]
        else:
            found.append(MysqlSource(endpoint, held, required=required))
    found += [BrokenSource(name, configured.broken[name], held) for name, held in broken.items()]
    if wants_telemetry:
        of_server: dict[str, list[str]] = {}
        for database in known.databases.values():
            of_server.setdefault(database.server, []).append(database.name)
        found.append(TelemetrySource(configured.instances, settings.data_dir / DATABASE, of_server))
    if not found and not (names and joined):
        raise SourceError("live source", expected="at least one configured server", got="none")
    return [*found, joined] if joined else found
