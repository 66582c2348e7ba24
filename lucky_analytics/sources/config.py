"""Which server holds which source: ``sources.toml`` or one URL."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lucky_analytics import declarations, estate
from lucky_analytics.errors import SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.sources.endpoint import Endpoint, parse

__all__ = ["Config", "load"]


@dataclass(frozen=True)
class Config:
    """Endpoints by database name; ``defaults`` serve, by kind, every database without one of its own."""

    endpoints: dict[str, Endpoint]
    defaults: dict[str, Endpoint]

    def endpoint(self, database: str) -> Endpoint | None:
        """The server of the database of that name; ``None`` when none is configured."""
        return self.endpoints.get(database, self.defaults.get(estate.load().database(database).kind))


def load(settings: Settings, *, allow_primary: bool = False) -> Config:
    """The configured servers.

    ``LUCKY_SOURCE_URL`` wins over the file. In the file, each table is a source (by source, server or
    database name), or serves every source of its URL's kind without one: ``default``, or a name that begins
    with ``default_``. ``replica`` is its URL, or ``primary`` together with ``allow_primary = true``. Raises
    ``SourceError`` or ``UnknownNameError`` naming file and table.
    """
    if settings.source_url:
        options = {"allow_primary": True} if allow_primary else {}
        only = parse(settings.source_url, options, folder=settings.root)
        return Config({}, {only.kind: only})
    path = settings.sources_file
    if not path.exists():
        raise SourceError(
            "live source",
            expected=f"servers in {path} or LUCKY_SOURCE_URL",
            got="neither",
            remedy="Copy sources.example.toml",
        )
    declared = declarations.read(path)
    endpoints: dict[str, Endpoint] = {}
    defaults: dict[str, Endpoint] = {}
    for name, body in declared.items():
        where = f"{path.name} [{name}]"
        endpoint = _endpoint(where, body, settings, allow_primary)
        if name.partition("_")[0] == "default":
            if endpoint.kind in defaults:
                raise SourceError(where, expected=f"one default of kind {endpoint.kind}", got="a second one")
            defaults[endpoint.kind] = endpoint
            continue
        database = estate.load().database(name)
        if endpoint.kind != database.kind:
            raise SourceError(where, expected=f"a URL of kind {database.kind}", got=endpoint.kind)
        endpoints[database.name] = endpoint
    return Config(endpoints, defaults)


def _endpoint(where: str, body: Any, settings: Settings, allow_primary: bool) -> Endpoint:
    options = dict(body) if isinstance(body, dict) else {}
    urls = {role: str(options.pop(role)) for role in ("replica", "primary") if role in options}
    if allow_primary:
        options["allow_primary"] = True
    if "replica" in urls:
        return parse(urls["replica"], options, folder=settings.root)
    if "primary" not in urls:
        raise SourceError(where, expected='replica = "mysql://user@host:port"', got="no URL")
    if not options.get("allow_primary"):
        raise SourceError(
            where,
            expected="a replica",
            got="only a primary",
            remedy="Add its replica, or allow_primary = true to read the primary",
        )
    return parse(urls["primary"], options, folder=settings.root)
