"""Is everything there to take a snapshot: one check a line."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import time
from collections.abc import Collection, Iterator, Mapping

from lucky_analytics import estate
from lucky_analytics.declarations import is_written
from lucky_analytics.engines import require_engine
from lucky_analytics.errors import LuckyError
from lucky_analytics.estate import servers
from lucky_analytics.settings import Settings
from lucky_analytics.sources import configured
from lucky_analytics.sources.base import Source
from lucky_analytics.sources.broken import BrokenSource
from lucky_analytics.sources.doctor_tables import Check, check_drift, check_rights

__all__ = ["Check", "examine"]

_MOST_NEEDED = ("duckdb", "ibis-framework", "numpy", "pandas", "papermill", "pyarrow", "pymysql", "sqlglot")
_FREE_BYTES = 5 << 30


def examine(settings: Settings, known: Collection[str] = ()) -> Iterator[Check]:
    """Versions, disk, estate, and for each configured server: connection, flavour, zone, grants, role, drift.

    A server that refuses is one failed line; the others are examined all the same. Without any configured
    server there is nothing to check about servers, which is not a failure. Of exported files that join them,
    the first rows of every table are read. ``known`` are the databases that were read before: one of them
    that a server no longer shows is a failed line.
    """
    yield _versions(settings)
    yield _disk(settings)
    yield _estate()
    yield _engine(settings)
    file = settings.sources_file
    if not settings.source_url and not settings.is_named(file) and not is_written(file):
        yield Check("servers", True, "none configured; snapshots come from the demo or files")
        return
    try:
        sources = configured.connect(settings)
    except LuckyError as error:
        yield Check("servers", False, str(error))
        return
    at: dict[str, str] = {}
    for source in (each for each in sources if not each.is_export):
        yield from _server(source, known, at)
    for source in (each for each in sources if each.is_export):
        yield from _exports(source, at)


def _versions(settings: Settings) -> Check:
    try:
        lock = settings.lock_file.read_text(encoding="utf-8")
    except OSError as error:
        return Check("versions", False, f"{settings.lock_file}: {error.strerror or error}")
    locked = dict(re.findall(r"^([a-z0-9.-]+)==([^\s;\\]+)", lock, re.MULTILINE))
    differing = [
        f"{name} {importlib.metadata.version(name)} instead of {locked[name]}"
        for name in _MOST_NEEDED
        if name in locked and importlib.metadata.version(name) != locked[name]
    ]
    return Check("versions", not differing, ", ".join(differing) or "as locked")


def _engine(settings: Settings) -> Check:
    try:
        return Check("engine", True, require_engine(settings) or settings.engine)
    except LuckyError as error:
        return Check("engine", False, str(error))


def _disk(settings: Settings) -> Check:
    folder = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free = shutil.disk_usage(folder).free
    found = f"{free / 2**30:.1f} GiB free in {folder}"
    return Check("disk", free >= _FREE_BYTES, found + ("" if free >= _FREE_BYTES else ", wanted 5"))


def _estate() -> Check:
    declared, unnamed = estate.load(), servers.find_unnamed(estate.load(), servers.load())
    found = "; ".join(unnamed) or f"the servers of {len(declared.databases)} databases are named"
    return Check("estate", True, found, is_warning=bool(unnamed))


def _server(source: Source, known: Collection[str], at: dict[str, str]) -> Iterator[Check]:
    """The checks of one server. Opening it proves login, zone, grants and replica, or says which failed.

    ``at`` is told which server each database is on.
    """
    if isinstance(source, BrokenSource):
        yield Check(f"{source.name}: declaration", False, str(source.error))
        return
    began = time.monotonic()
    try:
        with source:
            milliseconds = (time.monotonic() - began) * 1000
            yield Check(f"{source.name}: connection", True, f"{source.where}, open in {milliseconds:.0f} ms")
            for name, found in source.facts().items():
                yield Check(f"{source.name}: {name}", True, found)
            for line in source.warnings():
                yield Check(f"{source.name}: warning", True, line, is_warning=True)
            for error in source.unreadable():
                yield Check(f"{source.name}: rights", False, str(error))
            denied = set(source.denied())
            yield from check_rights(source, denied)
            yield from check_drift(source, denied)
            at |= dict.fromkeys(source.tables(), source.name)
            for database in sorted({*(source.databases or ())} & {*known} - source.tables().keys()):
                lost = "was read before and cannot be seen now: was its grant taken away?"
                yield Check(f"{source.name}: database {database}", False, lost)
    except LuckyError as error:
        yield Check(f"{source.name}: connection", False, str(error))


def _exports(source: Source, at: Mapping[str, str]) -> Iterator[Check]:
    """The checks of exported files beside servers, which ``at`` names by database: one line a table."""
    try:
        with source:
            yield Check(source.name, True, f"{source.where}, newest of {source.cut:%Y-%m-%d %H:%M} UTC")
            for database, tables in source.tables().items():
                for table in tables:
                    yield _export(source, database, table, at.get(database))
    except LuckyError as error:
        yield Check(source.name, False, str(error))


def _export(source: Source, database: str, table: str, server: str | None) -> Check:
    name = f"{source.name}: {database}.{table}"
    if server:
        return Check(
            name, False, f"in two places: server {server} and {source.where}; it is read from the server"
        )
    try:
        next(iter(source.read(database, table)), None)
    except LuckyError as error:
        return Check(name, False, str(error))
    rejected = sum(source.rejected(database, table).reasons.values())
    left_out = f"; of the first rows {rejected:,} do not fit" if rejected else ""
    found = f"its first rows can be read{left_out}"
    return Check(name, True, found, is_warning=bool(rejected), tables=(f"{database}.{table}",))
