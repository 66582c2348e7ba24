"""Taking a snapshot: read every table once, mask, write, hash, and only then make it visible."""

from __future__ import annotations

import datetime as dt
import errno
import hashlib
import importlib.metadata
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lucky_analytics import estate
from lucky_analytics.errors import SnapshotError
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import parts, store
from lucky_analytics.snapshot.boundary import kept_columns, masked_columns
from lucky_analytics.snapshot.manifest import Manifest, Part, Server, TableEntry, content_hash
from lucky_analytics.snapshot.workspace import Workspace, claim
from lucky_analytics.sources.base import Source

__all__ = ["take"]

Progress = Callable[[str], None]
SERVERS_AT_ONCE = 2


def take(
    source: Source | Sequence[Source],
    *,
    settings: Settings,
    resume: bool = False,
    names: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Manifest:
    """Read the declared tables of one or several sources into a new immutable snapshot.

    Sources must be of one kind; each is read within one consistent view, two servers at a time.
    ``names`` limits the databases. Personal columns do not pass (see ``boundary``). Parts whose content
    the previous snapshot of this kind has are shared with it. When nothing at all changed, the existing
    snapshot is returned with ``unchanged`` set. ``resume`` keeps the servers that an interrupted run had
    finished. ``progress`` is called with one line per table.

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
        previous = store.newest_of(kind, settings)
        fingerprint = _fingerprint(sources, only)
        if previous and fingerprint and previous.fingerprint == fingerprint and not resume:
            workspace.discard()
            return _again(previous)
        try:
            taken = _all_servers(sources, workspace, previous, only, say)
        except OSError as error:
            workspace.discard()
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            raise SnapshotError(
                f"snapshot of {kind}",
                expected="room on the disk" if full else "a writable folder",
                got=f"{error.strerror or error} in {settings.snapshots_dir}",
                remedy="Free space, run lucky snapshot prune, or set LUCKY_DATA" if full else "",
            ) from error
        manifest = _manifest(kind, taken, fingerprint, settings.snapshots_dir)
        existing = previous if previous and _same_content(previous, manifest) else None
        if existing is None and manifest.folder.is_dir():
            existing = store.find(manifest.id, settings)
        if existing is not None:
            workspace.discard()
            return _again(existing)
        workspace.publish(manifest)
        return manifest


def _again(manifest: Manifest) -> Manifest:
    store.point_newest(manifest)
    return replace(manifest, unchanged=True)


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
    facts = [*map(str, of_sources), declared, str(only), importlib.metadata.version("lucky-analytics")]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


Taken = dict[str, tuple[Server, dict[str, TableEntry]]]


def _all_servers(
    sources: Sequence[Source],
    workspace: Workspace,
    previous: Manifest | None,
    only: list[str] | None,
    say: Progress,
) -> Taken:
    """Every source, a few at a time. The first failure is raised after those at work have ended."""
    with ThreadPoolExecutor(min(SERVERS_AT_ONCE, len(sources))) as pool:
        futures = {
            source.name: pool.submit(_one_server, source, workspace, previous, only, say)
            for source in sources
        }
        try:
            return {name: future.result() for name, future in futures.items()}
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _one_server(
    source: Source, workspace: Workspace, previous: Manifest | None, only: list[str] | None, say: Progress
) -> tuple[Server, dict[str, TableEntry]]:
    if (done := workspace.finished(source.name)) is not None:
        say(f"{source.name}: finished before, kept")
        return done
    entries = {}
    with source:
        for database, tables in source.tables().items():
            if only is not None and database not in only:
                continue
            for table in tables:
                name = f"{database}.{table}"
                entries[name] = _one_table(source, database, table, workspace, previous)
                say(f"{name}: {entries[name].rows:,} rows")
        server = Server(source.version, source.cut)
    workspace.finish(source.name, server, entries)
    return server, entries


def _one_table(
    source: Source, database: str, table: str, workspace: Workspace, previous: Manifest | None
) -> TableEntry:
    declared = estate.load().database(database).table(table)
    folder = workspace.folder / database / table
    masked = masked_columns(declared)
    columns = kept_columns(declared)
    schema = pa.schema([declared.columns[name].arrow for name in columns])
    earlier = previous.tables.get(f"{database}.{table}") if previous else None
    stored = source.stored(database, table) if not masked else None
    if stored is not None:
        written = [_linked(stored, folder / "part-00000.parquet", workspace.folder, previous, earlier)]
    else:
        written = parts.write(source.read(database, table, columns), schema, folder, workspace.folder)
    if previous and earlier:
        _share(written, workspace.folder, previous.folder, earlier.parts)
    described = [f"{field.name} {field.type}" for field in schema]
    return TableEntry(
        rows=sum(part.rows for part in written),
        bytes=sum(part.bytes for part in written),
        content_hash=content_hash([*described, *(part.sha256 for part in written)]),
        schema={field.name: str(field.type) for field in schema},
        parts=tuple(written),
        server=source.name,
        masked=tuple(masked),
        zero_dates=_zero_dates(
            [c for c in columns if declared.columns[c].zero_dates], workspace.folder, written
        ),
        unexpected=tuple(source.unexpected(database, table)),
    )


def _linked(
    stored: Path, target: Path, root: Path, previous: Manifest | None, earlier: TableEntry | None
) -> Part:
    """A file that is a part already. Its hash is known when it is the very file of the last snapshot."""
    parts.link(stored, target)
    rows = pq.read_metadata(target).num_rows
    before = earlier.parts[0] if earlier and len(earlier.parts) == 1 else None
    same = before is not None and previous is not None and target.samefile(previous.folder / before.path)
    digest = before.sha256 if before is not None and same else parts.hash_file(target)
    return Part(str(target.relative_to(root)), rows, target.stat().st_size, digest)


def _share(written: Sequence[Part], root: Path, previous: Path, earlier: Sequence[Part]) -> None:
    by_hash = {part.sha256: part.path for part in earlier}
    for part in written:
        if part.sha256 in by_hash:
            parts.share(root / part.path, previous / by_hash[part.sha256])


def _zero_dates(columns: list[str], root: Path, written: Sequence[Part]) -> dict[str, int]:
    if not columns:
        return {}
    counts = dict.fromkeys(columns, 0)
    for part in written:
        file = pq.ParquetFile(root / part.path)
        for batch in file.iter_batches(columns=columns):
            for column in columns:
                counts[column] += pc.count(batch.column(column), mode="only_null").as_py()
    return counts


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
