"""Taking a snapshot: read every table once, mask, write, hash, and only then make it visible."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import hashlib
import importlib.metadata
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lucky_analytics import estate
from lucky_analytics.errors import SnapshotError, SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import contracts, store
from lucky_analytics.snapshot.boundary import Boundary, load_key
from lucky_analytics.snapshot.keep import Taken, keep, keep_unread, renew_rejected
from lucky_analytics.snapshot.manifest import Manifest, content_hash
from lucky_analytics.snapshot.read_servers import Progress, read_servers, where_read
from lucky_analytics.snapshot.table import Into
from lucky_analytics.snapshot.taking_rules import read_rules
from lucky_analytics.snapshot.what_arrived import find_losses, with_losses
from lucky_analytics.snapshot.workspace import claim
from lucky_analytics.sources.base import Source

__all__ = ["take"]


def take(
    source: Source | Sequence[Source],
    *,
    settings: Settings,
    resume: bool = False,
    whole: bool = False,
    names: Sequence[str] | None = None,
    keep_others: bool = False,
    forget: Sequence[str] = (),
    progress: Progress | None = None,
) -> Manifest:
    """Read the declared tables of one or several sources into a new immutable snapshot.

    Sources must be of one kind; each is read within one consistent view, two servers at a time. Exported
    files that join servers (``Source.is_export``) are read after them, set no cut, and may not have a table
    of a database that a server has: such a table is taken from the server, and named. ``names`` limits the
    databases; with ``keep_others`` the others stay as the newest snapshot has them, each with the cut of its
    server, and the result is a whole snapshot whose own cut is the earliest. Personal columns do not pass
    (see ``boundary``). Of live tables only what changed since the previous snapshot is read where that can be
    proven complete (see ``incremental``), unless ``whole`` is set; parts of equal content are shared on disk.
    When nothing at all changed, the existing snapshot is returned with ``unchanged`` set. ``resume`` keeps
    the servers that an interrupted run had finished. ``progress`` is called with one line per table.

    One mistake costs itself. A server that cannot be read (one that has lost a database is such a one)
    keeps its last state with its own cut, a table that cannot be read its last state; the result's
    ``failures`` name them all, and so do its contracts. Of a table that is damaged in the previous snapshot
    nothing is used. A database that is gone on purpose is named in ``forget``. Of the demo nothing is kept:
    it is built whole.

    Until the end nothing is visible: after a kill, a lost server or a full disk the previous snapshot is
    still the newest. Raises ``SourceError`` when no server could be read, or ``SnapshotError``.

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
    gone = {estate.load().database(name).name for name in forget}
    with contextlib.ExitStack() as held:
        workspace = held.enter_context(claim(settings.snapshots_dir, kind, resume=resume))
        standing = previous = _previous(kind, settings, keep_others=keep_others, is_part=bool(only))
        if standing:
            held.enter_context(store.reading(standing))
            previous = store.without_damaged(standing)
            for name in previous.damaged:
                say(f"{name}: damaged in snapshot {standing.id}, nothing of it is used")
        fingerprint = _fingerprint(sources, only)
        if previous and fingerprint and previous.fingerprint == fingerprint and not resume:
            workspace.discard()
            return _again(previous)
        try:
            boundary = Boundary(load_key(settings.data_dir, kind))
            into = Into(workspace.folder, previous, boundary, whole)
            servers = [source for source in sources if not source.is_export]
            exports = [source for source in sources if source.is_export]
            taken, unreached = read_servers(servers, workspace, into, only, gone, say)
            is_whole = only is None or previous is None
            if taken or not servers:
                into = replace(into, elsewhere=where_read(servers, taken, previous, keep_others, gone))
                more, faults = read_servers(exports, workspace, into, only, gone, say)
                taken, unreached = {**taken, **more}, {**unreached, **faults}
            if not taken:
                _mark_unreached(standing if is_whole else None, unreached)
                raise _nothing_read(unreached)
            if previous and only is None and not exports:
                _tell_left_out(previous, taken, say)
            if previous:
                taken = keep_unread(taken, previous, workspace.folder)
            if previous and keep_others:
                others = {name.partition(".")[0] for name in previous.tables} - gone
                taken = keep(taken, previous, workspace.folder, others)
                is_whole, fingerprint = True, None
            elif previous and unreached:
                lost = {
                    name for source in sources if source.name in unreached for name in source.databases or ()
                }
                lost |= {
                    name.partition(".")[0] for name, e in previous.tables.items() if e.server in unreached
                }
                wanted = lost if only is None else lost & set(only)
                taken = keep(taken, previous, workspace.folder, wanted - gone)
                fingerprint = None
            reasons = {name: str(error) for name, error in unreached.items()}
            manifest = _manifest(kind, taken, fingerprint, settings.snapshots_dir)
            manifest = replace(manifest, unreached=reasons)
            is_same = previous and not previous.damaged and _same_content(previous, manifest)
            existing = previous if is_same else None
            if existing is None and manifest.folder.is_dir():
                with contextlib.suppress(SnapshotError):  # damaged: it is taken again
                    found_again = store.find(manifest.id, settings)
                    existing = None if found_again.damaged else found_again
            if existing is not None:
                renew_rejected(existing, workspace.folder)
                workspace.discard()
                return _again(_looked_at_again(existing, manifest))
            found = contracts.check(replace(manifest, folder=workspace.folder))
            losses = find_losses(manifest, standing or previous)
            manifest = replace(manifest, findings=with_losses(found, losses))
            # some sources alone must not take the place of a snapshot that reports can be made from
            workspace.publish(manifest, as_newest=is_whole)
        except OSError as error:
            workspace.discard()
            raise _no_room(error, kind, settings) from error
        return manifest


def _previous(kind: str, settings: Settings, *, keep_others: bool, is_part: bool) -> Manifest | None:
    """The snapshot that reports are made from now, if it is of this kind: what is not read stays as in it.

    Otherwise the one of this kind that was taken last; for some databases alone, always that one.
    """
    if is_part and not keep_others:
        return store.newest_of(kind, settings)
    try:
        newest = store.find("newest", settings, check=False)
    except SnapshotError:
        if keep_others:
            raise
        return store.newest_of(kind, settings)
    if newest.kind == kind:
        if keep_others:
            store.require_whole(store.without_damaged(newest))
        return newest
    if not keep_others:
        return store.newest_of(kind, settings)
    raise SnapshotError(
        "keeping the other databases",
        expected=f"a newest snapshot of {kind}",
        got=newest.kind,
        remedy=f"Take a whole one first: lucky snapshot take --source {kind}",
    )


def _mark_unreached(newest: Manifest | None, unreached: dict[str, SourceError]) -> None:
    """The snapshot that stays the newest says that its servers could not be read again."""
    if newest is not None and newest.kind != "demo":
        marked = replace(newest, unreached={name: str(error) for name, error in unreached.items()})
        marked = replace(marked, findings=contracts.with_unreached(marked))
        marked.write(marked.folder)


def _nothing_read(unreached: dict[str, SourceError]) -> SourceError:
    if len(unreached) == 1:
        return next(iter(unreached.values()))
    reasons = "; ".join(str(error).rstrip(".") for error in unreached.values())
    return SourceError("no server could be read", got=reasons)


def _tell_left_out(previous: Manifest, taken: Taken, say: Progress) -> None:
    """Exported files that joined the servers before and were not asked for now."""
    read = {name for _, entries in taken.values() for name in entries}
    for server in (name for name, facts in previous.servers.items() if facts.is_export):
        names = [n for n, entry in previous.tables.items() if entry.server == server and n not in read]
        if names:
            say(f"{', '.join(names)}: from exported files before, which nothing names now; left out")


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


def _looked_at_again(existing: Manifest, now: Manifest) -> Manifest:
    """The same content, found from other files, on changed tables or by newer rules: it is checked anew.

    What was found around the content (drift, rows that did not fit, missing tables, servers that did not
    answer) is as of now, and so are the names of the servers: one of them may be read under another name
    than before.
    """
    tables = {
        name: replace(
            entry,
            drift=now.tables[name].drift,
            noted=now.tables[name].noted,
            rejected=now.tables[name].rejected,
            remarks=now.tables[name].remarks,
            server=now.tables[name].server,
            mark=now.tables[name].mark,
        )
        for name, entry in existing.tables.items()
    }
    servers = {
        name: server
        if server.is_export or name not in existing.servers
        else replace(server, cut=existing.servers[name].cut)
        for name, server in now.servers.items()
    }
    renewed = replace(
        existing,
        fingerprint=now.fingerprint or existing.fingerprint,
        tables=tables,
        servers=servers,
        unreached=now.unreached,
    )
    losses = [finding for finding in existing.findings if finding.rule == "rows"]
    renewed = replace(renewed, findings=with_losses(contracts.check(renewed), losses))
    renewed.write(existing.folder)
    return renewed


def _same_content(one: Manifest, other: Manifest) -> bool:
    """Whether nothing a report could show differs: the same rows, and no server has closed a further day."""
    hashes = [{name: entry.content_hash for name, entry in m.tables.items()} for m in (one, other)]
    days = [
        {name: server.cut.date() for name, server in m.servers.items() if not server.is_export}
        for m in (one, other)
    ]
    return hashes[0] == hashes[1] and days[0] == days[1]


def _fingerprint(sources: Sequence[Source], only: list[str] | None) -> str | None:
    """Equal fingerprints mean that reading again would give the same snapshot."""
    of_sources = [source.fingerprint() for source in sources]
    if any(mark is None for mark in of_sources):
        return None
    declared = repr([(name, database) for name, database in sorted(estate.load().databases.items())])
    facts = [*map(str, of_sources), declared, str(only), *read_rules()]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _manifest(kind: str, taken: Taken, fingerprint: str | None, snapshots_dir: Path) -> Manifest:
    tables = {name: entry for _, entries in taken.values() for name, entry in entries.items()}
    tables = dict(sorted(tables.items()))
    cuts = {name: server.cut for name, (server, _) in taken.items() if not server.is_export}
    cut = min(cuts.values(), default=min(server.cut for server, _ in taken.values()))
    # the same rows of more days are another snapshot; its name has the earliest cut alone
    later = sorted(f"{name} {at.date()}" for name, at in cuts.items() if at.date() != cut.date())
    digest = content_hash([*(f"{name} {entry.content_hash}" for name, entry in tables.items()), *later])
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
