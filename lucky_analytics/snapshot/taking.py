"""Taking a snapshot: read every table once, mask, write, hash, and only then make it visible."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import importlib.metadata
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from lucky_analytics import estate
from lucky_analytics.errors import SnapshotError
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import contracts, store
from lucky_analytics.snapshot.boundary import Boundary, load_key
from lucky_analytics.snapshot.keep import Taken, keep
from lucky_analytics.snapshot.manifest import Manifest, Server, TableEntry, content_hash
from lucky_analytics.snapshot.table import Into, take_table
from lucky_analytics.snapshot.workspace import Workspace, claim
from lucky_analytics.sources.base import LostConnectionError, Source

__all__ = ["take"]

Progress = Callable[[str], None]
SERVERS_AT_ONCE = 2
FIRST_PAUSE = 0.5


def take(
    source: Source | Sequence[Source],
    *,
    settings: Settings,
    resume: bool = False,
    whole: bool = False,
    names: Sequence[str] | None = None,
    keep_others: bool = False,
    progress: Progress | None = None,
) -> Manifest:
    """Read the declared tables of one or several sources into a new immutable snapshot.

    Sources must be of one kind; each is read within one consistent view, two servers at a time.
    ``names`` limits the databases; with ``keep_others`` the others stay as the newest snapshot has them,
    each with the cut of its server, and the result is a whole snapshot whose own cut is the earliest.
    Personal columns do not pass (see ``boundary``). Of live tables only what changed since the previous
    snapshot is read where that can be proven complete (see ``incremental``), unless ``whole`` is set;
    parts of equal content are shared on disk. When nothing at all changed, the existing snapshot is
    returned with ``unchanged`` set. ``resume`` keeps the servers that an interrupted run had finished.
    ``progress`` is called with one line per table.

    Until the end nothing is visible: after a kill, a lost server or a full disk the previous snapshot is
    still the newest. Raises ``SourceError`` or ``SnapshotError``.

    >>> with_demo = take(demo.connect(settings.demo_dir), settings=settings)      # doctest: +SKIP
    >>> with_demo.tables["luckyus_sales_order.t_order"].rows                      # doctest: +SKIP
    516000
    """
    sources = [source] if isinstance(source, Source) else list(source)
    kinds = {one.kind for one in sources}
    if len(kinds) != 1:
        raise SnapshotError(
            "sources", expected="one or more of one kind", got=", ".join(sorted(kinds)) or "none"
        )
    kind = kinds.pop()
    only = [estate.load().database(name).name for name in names] if names else None
    say = progress or (lambda line: None)
    with claim(settings.snapshots_dir, kind, resume=resume) as workspace:
        previous = _kept(kind, settings) if keep_others else store.newest_of(kind, settings)
        fingerprint = _fingerprint(sources, only)
        if previous and fingerprint and previous.fingerprint == fingerprint and not resume:
            workspace.discard()
            return _again(previous)
        try:
            boundary = Boundary(load_key(settings.data_dir, kind))
            into = Into(workspace.folder, previous, boundary, whole)
            taken = _all_servers(sources, workspace, into, only, say)
            is_whole = only is None or previous is None
            if previous and keep_others:
                taken = keep(taken, previous, workspace.folder)
                is_whole, fingerprint = True, None
            manifest = _manifest(kind, taken, fingerprint, settings.snapshots_dir)
            existing = previous if previous and _same_content(previous, manifest) else None
            if existing is None and manifest.folder.is_dir():
                existing = store.find(manifest.id, settings)
            if existing is not None:
                workspace.discard()
                return _again(_looked_at_again(existing, fingerprint or existing.fingerprint))
            found = contracts.check(replace(manifest, folder=workspace.folder))
            manifest = replace(manifest, findings=found)
            # some sources alone must not take the place of a snapshot that reports can be made from
            workspace.publish(manifest, as_newest=is_whole)
        except OSError as error:
            workspace.discard()
            raise _no_room(error, kind, settings) from error
        return manifest


def _kept(kind: str, settings: Settings) -> Manifest:
    """The snapshot that reports are made from now, if it is of this kind: what is not read stays as in it."""
    newest = store.find("newest", settings)
    if newest.kind != kind:
        raise SnapshotError(
            "keeping the other databases",
            expected=f"a newest snapshot of {kind}",
            got=newest.kind,
            remedy=f"Take a whole one first: lucky snapshot take --source {kind}",
        )
    return newest


def _no_room(error: OSError, kind: str, settings: Settings) -> SnapshotError:
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    return SnapshotError(
        f"snapshot of {kind}",
        expected="room on the disk" if full else "a writable folder",
        got=f"{error.strerror or error} in {settings.snapshots_dir}",
        remedy="Free space, run lucky snapshot prune, or set LUCKY_DATA" if full else "",
    )


def _again(manifest: Manifest) -> Manifest:
    store.point_newest(manifest)
    return replace(manifest, unchanged=True)


def _looked_at_again(manifest: Manifest, fingerprint: str | None) -> Manifest:
    """The same content, found from other files or by newer rules: its contracts are checked anew."""
    renewed = replace(manifest, fingerprint=fingerprint, findings=contracts.check(manifest))
    renewed.write(manifest.folder)
    return renewed


def _same_content(one: Manifest, other: Manifest) -> bool:
    """Whether nothing a report could show differs: the same rows, and no further day closed since."""
    hashes = [{name: entry.content_hash for name, entry in m.tables.items()} for m in (one, other)]
    return hashes[0] == hashes[1] and one.cut.date() == other.cut.date()


def _fingerprint(sources: Sequence[Source], only: list[str] | None) -> str | None:
    """Equal fingerprints mean that reading again would give the same snapshot."""
    of_sources = [source.fingerprint() for source in sources]
    if any(mark is None for mark in of_sources):
        return None
    declared = repr([(name, database) for name, database in sorted(estate.load().databases.items())])
    rules = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("*.[py]*"))]
    facts = [*map(str, of_sources), declared, str(only), *rules]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _all_servers(
    sources: Sequence[Source],
    workspace: Workspace,
    into: Into,
    only: list[str] | None,
    say: Progress,
) -> Taken:
    """Every source, a few at a time. The first failure is raised after those at work have ended."""
    with ThreadPoolExecutor(min(SERVERS_AT_ONCE, len(sources))) as pool:
        futures = {
            source.name: pool.submit(_one_server, source, workspace, into, only, say) for source in sources
        }
        try:
            return {name: future.result() for name, future in futures.items()}
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _one_server(
    source: Source, workspace: Workspace, into: Into, only: list[str] | None, say: Progress
) -> tuple[Server, dict[str, TableEntry]]:
    """One server, begun again from its first table when the connection is lost: one view for all of them."""
    if (done := workspace.finished(source.name)) is not None:
        say(f"{source.name}: finished before, kept")
        return done
    for attempt in range(1, source.attempts):
        try:
            return _read_server(source, workspace, into, only, say)
        except LostConnectionError as error:
            pause = FIRST_PAUSE * 2 ** (attempt - 1)
            say(f"{error.what}: connection lost, reading it again in {pause:g} s")
            time.sleep(pause)
    return _read_server(source, workspace, into, only, say)


def _read_server(
    source: Source, workspace: Workspace, into: Into, only: list[str] | None, say: Progress
) -> tuple[Server, dict[str, TableEntry]]:
    entries = {}
    with source:
        for database, tables in source.tables().items():
            if only is not None and database not in only:
                continue
            for table in tables:
                name = f"{database}.{table}"
                entries[name] = take_table(source, database, table, into)
                say(f"{name}: {entries[name].rows:,} rows, {entries[name].how}")
        absent = [name for name in source.absent() if only is None or name.split(".")[0] in only]
        server = Server(source.version, source.cut, tuple(absent))
    workspace.finish(source.name, server, entries)
    return server, entries


def _manifest(kind: str, taken: Taken, fingerprint: str | None, snapshots_dir: Path) -> Manifest:
    tables = {name: entry for _, entries in taken.values() for name, entry in entries.items()}
    tables = dict(sorted(tables.items()))
    cut = min(server.cut for server, _ in taken.values())
    digest = content_hash(f"{name} {entry.content_hash}" for name, entry in tables.items())
    identity = f"{cut:%Y%m%dT%H%M%SZ}-{kind}-{digest[:8]}"
    return Manifest(
        id=identity,
        taken_at=dt.datetime.now(dt.UTC),
        cut=cut,
        kind=kind,
        lucky_version=importlib.metadata.version("lucky-analytics"),
        servers={name: server for name, (server, _) in taken.items()},
        tables=tables,
        folder=snapshots_dir / identity,
        fingerprint=fingerprint,
    )
