"""Which server holds which source: ``sources.toml`` or one URL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lucky_analytics import declarations, estate
from lucky_analytics.declarations import Block
from lucky_analytics.errors import LuckyError, SourceError, UnknownNameError
from lucky_analytics.estate import Database, servers
from lucky_analytics.estate.servers import Server
from lucky_analytics.settings import Settings
from lucky_analytics.sources.endpoint import Endpoint, find_option_faults, parse, require_sound

__all__ = ["Config", "FilesPlace", "load"]


@dataclass(frozen=True)
class FilesPlace:
    """Where exported files lie that join the servers, and the file that says what they are."""

    folder: str
    mapping: Path | None = None


@dataclass(frozen=True)
class Config:
    """Endpoints by database name; ``defaults`` serve, by kind, every database without one of its own.

    ``broken`` has what is wrong with an entry that does not stand, by its database, or by the name that it
    is written under where that is a default or no source of ours. ``instances`` are all servers by their
    name in the fleet, those without a declared database among them; ``collects_telemetry`` says whether they
    are asked about themselves. ``files`` are exported files that join them.
    """

    endpoints: dict[str, Endpoint]
    defaults: dict[str, Endpoint]
    broken: Mapping[str, SourceError] = field(default_factory=dict)
    instances: dict[str, Endpoint] = field(default_factory=dict)
    collects_telemetry: bool = False
    files: FilesPlace | None = None

    def endpoint(self, database: str) -> Endpoint | None:
        """The server of the database of that name; ``None`` when none is configured.

        Raises what is wrong with its entry.
        """
        entry = self.broken_entry(database)
        if entry:
            raise self.broken[entry]
        return self.endpoints.get(database, self.defaults.get(estate.load().database(database).kind))

    def broken_entry(self, database: str) -> str:
        """The entry that should say where a database is and is wrong; empty when there is none."""
        if database in self.broken:
            return database
        if database in self.endpoints or estate.load().database(database).kind in self.defaults:
            return ""
        return next((name for name in self.broken if _is_default(name)), "")


def load(settings: Settings, *, allow_primary: bool = False) -> Config:
    """The configured servers.

    ``LUCKY_SOURCE_URL`` wins over the file. In the file, each table is a source (by source, server or
    database name), or serves every source of its URL's kind without one: ``default``, or a name that begins
    with ``default_``. ``replica`` is its URL, or ``primary`` together with ``allow_primary = true``. An entry
    that is wrong costs its source alone (``Config.broken``). ``[files]`` names a ``folder`` of exported
    files, and their ``mapping`` where it does not lie in it. Raises ``SourceError`` where there is no server
    at all, ``ParameterError`` for a file that cannot be read.
    """
    if settings.source_url:
        options = {"allow_primary": True} if allow_primary else {}
        only = parse(settings.source_url, options, folder=settings.root)
        return Config({}, {only.kind: only})
    path = settings.sources_file
    if not declarations.is_written(path):
        raise SourceError(
            "live source",
            expected=f"servers in {path} or LUCKY_SOURCE_URL",
            got="neither",
            remedy="Copy sources.example.toml",
        )
    declared = declarations.read(path, by_entry=True)
    endpoints: dict[str, Endpoint] = {}
    defaults: dict[str, Endpoint] = {}
    instances: dict[str, Endpoint] = {}
    collects = False
    files: FilesPlace | None = None

    def add(name: str, body: Any) -> None:
        nonlocal collects, files
        where = f"{path.name} [{name}]"
        if not isinstance(body, Block):
            raise SourceError(
                where, expected='a table with replica = "mysql://user@host:port"', got="a value"
            )
        if name == "files":
            files = _files(where, body, settings)
            return
        if name == "telemetry":
            _require_known(where, body, ("collect",))
            collects = body.get_as("collect", bool, False)
            return
        faults = [] if _is_default(name) else _unknown_name(name)
        try:
            endpoint = _endpoint(where, body, settings, allow_primary)
        except LuckyError as error:
            faults.append(error)
        require_sound(where, faults)
        if _is_default(name):
            if endpoint.kind in defaults:
                raise SourceError(where, expected=f"one default of kind {endpoint.kind}", got="a second one")
            defaults[endpoint.kind] = endpoint
            return
        database = _database(name, endpoint)
        server = _server(name, database, endpoint)
        if endpoint.kind != server.kind:
            raise SourceError(where, expected=f"a URL of kind {server.kind}", got=endpoint.kind)
        instances[server.name] = endpoint
        if database is not None:
            endpoints[database.name] = endpoint

    _, faults = declarations.each(declared, add)
    broken = {
        _known_name(name): fault if isinstance(fault, SourceError) else SourceError(str(fault))
        for name, fault in faults.items()
    }
    every = {**{f"default_{kind}": default for kind, default in defaults.items()}, **instances}
    return Config(endpoints, defaults, broken, every, collects, files)


def _files(where: str, body: Block, settings: Settings) -> FilesPlace:
    _require_known(where, body, ("folder", "mapping"))
    folder, mapping = body.get_as("folder", str, ""), body.get_as("mapping", str, "")
    if not folder:
        raise SourceError(where, expected='folder = "exports"', got="no folder")
    if "://" not in folder:
        folder = str(settings.root / Path(folder).expanduser())
    return FilesPlace(folder, settings.root / Path(mapping).expanduser() if mapping else None)


def _require_known(where: str, body: Block, known: Sequence[str]) -> None:
    unknown = [name for name in body if name not in known]
    require_sound(where, [UnknownNameError(f"field of {where}", name, known) for name in unknown])


def _unknown_name(name: str) -> list[LuckyError]:
    """The fault of a name that is neither a database or source of the estate nor a server."""
    if any(name in (server.name, server.source) for server in servers.load().servers.values()):
        return []
    try:
        estate.load().database(name)
    except UnknownNameError as error:
        known = {*error.known, *(server.source for server in servers.load().servers.values())}
        return [UnknownNameError("source", name, known)]
    return []


def _database(name: str, endpoint: Endpoint) -> Database | None:
    """The declared database of that name; null for a server of which nothing but itself is known."""
    try:
        return estate.load().database(name)
    except UnknownNameError:
        known = servers.load().servers.values()
        if any(name in (server.name, server.source) for server in known):
            return None
        if endpoint.kind == "redis":
            raise UnknownNameError("server", name, [server.source for server in known]) from None
        raise


def _server(name: str, database: Database | None, endpoint: Endpoint) -> Server:
    """The server of that name. A short name that two kinds share means the one of the URL's kind."""
    if database is not None and database.kind == endpoint.kind:
        return Server(database.server, database.kind)
    known = servers.load().servers.values()
    same = [s for s in known if name in (s.name, s.source) and s.kind == endpoint.kind]
    return same[0] if same else servers.load().server(name)


def _is_default(name: str) -> bool:
    return name.partition("_")[0] == "default"


def _known_name(name: str) -> str:
    try:
        return name if _is_default(name) else estate.load().database(name).name
    except LuckyError:
        return name


def _endpoint(where: str, body: Block, settings: Settings, allow_primary: bool) -> Endpoint:
    options = dict(body)
    urls = {role: str(options.pop(role)) for role in ("replica", "primary") if role in options}
    if allow_primary:
        options["allow_primary"] = True
    if "replica" in urls:
        return parse(urls["replica"], options, folder=settings.root)
    if "primary" not in urls:
        none = SourceError(where, expected='replica = "mysql://user@host:port"', got="no URL")
        require_sound(where, [none, *find_option_faults(options)])
    if not options.get("allow_primary"):
        only = SourceError(
            where,
            expected="a replica",
            got="only a primary",
            remedy="Add its replica, or allow_primary = true to read the primary",
        )
        require_sound(where, [only, *find_option_faults(options)])
    return parse(urls["primary"], options, folder=settings.root)
