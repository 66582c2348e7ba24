"""Databases and tables that were not read again stay as the previous snapshot has them."""

from __future__ import annotations

import shutil
from collections.abc import Container
from dataclasses import replace
from pathlib import Path

from lucky_analytics.snapshot import parts
from lucky_analytics.snapshot.manifest import REJECTED, Manifest, Server, TableEntry

__all__ = ["Taken", "keep", "keep_unread", "link_table", "renew_rejected"]

Taken = dict[str, tuple[Server, dict[str, TableEntry]]]


def keep(taken: Taken, previous: Manifest, root: Path, databases: Container[str] | None = None) -> Taken:
    """``taken``, and every database of ``previous`` that it has no table of, linked below ``root``.

    ``databases`` limits which of them.

    A server keeps its own cut. One that was read again for some of its databases only has the earlier of
    the two cuts, because that is how far all its tables go.
    """
    read_again = {name.partition(".")[0] for _, entries in taken.values() for name in entries}
    result = {server: (facts, dict(entries)) for server, (facts, entries) in taken.items()}
    for name, entry in previous.tables.items():
        database = name.partition(".")[0]
        if database in read_again or (databases is not None and database not in databases):
            continue
        link_table(entry, name, previous.folder, root)
        before = previous.servers[entry.server]
        facts, entries = result.setdefault(entry.server, (before, {}))
        entries[name] = entry
        result[entry.server] = (replace(facts, cut=min(facts.cut, before.cut)), entries)
    return result


def keep_unread(taken: Taken, previous: Manifest, root: Path) -> Taken:
    """``taken``, and the last state of every table that its server should have had and did not give.

    Such a table is older than its server's cut; its contracts say so, and no number is shown of it. What
    another server gave is not taken from anywhere else.
    """
    of_exports = {name for name, facts in previous.servers.items() if facts.is_export}
    given = {name for _, entries in taken.values() for name in entries}
    result = {}
    for server, (facts, entries) in taken.items():
        kept = {
            name: previous.tables[name]
            for name in (*facts.unread, *facts.absent)
            if name in previous.tables
            and name not in given
            and (previous.tables[name].server in of_exports) == facts.is_export
        }
        for name, entry in kept.items():
            link_table(entry, name, previous.folder, root)
        result[server] = (
            facts,
            {**entries, **{name: replace(entry, how="kept", server=server) for name, entry in kept.items()}},
        )
    return result


def link_table(entry: TableEntry, name: str, folder: Path, root: Path) -> None:
    """The files of one table of the snapshot in ``folder``, with its rejected rows, below ``root``."""
    # what a read left that broke off must not be written through, nor stand in the way
    shutil.rmtree(root / name.replace(".", "/"), ignore_errors=True)
    for part in entry.parts:
        parts.link(folder / part.path, root / part.path)
    rejected = Path(name.replace(".", "/"), REJECTED)
    if (folder / rejected).is_file():
        parts.link(folder / rejected, root / rejected)


def renew_rejected(existing: Manifest, root: Path) -> None:
    """The rejected rows of a snapshot whose content came again, as they are now below ``root``."""
    for name in existing.tables:
        old, new = (folder / name.replace(".", "/") / REJECTED for folder in (existing.folder, root))
        if new.is_file():
            new.replace(old)
        else:
            old.unlink(missing_ok=True)
