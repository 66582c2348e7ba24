"""Databases that were not read again stay as the previous snapshot has them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from lucky_analytics.snapshot import parts
from lucky_analytics.snapshot.manifest import Manifest, Server, TableEntry

__all__ = ["Taken", "keep"]

Taken = dict[str, tuple[Server, dict[str, TableEntry]]]


def keep(taken: Taken, previous: Manifest, root: Path) -> Taken:
    """``taken``, and every database of ``previous`` that it has no table of, linked below ``root``.

    A server keeps its own cut. One that was read again for some of its databases only has the earlier of
    the two cuts, because that is how far all its tables go.
    """
    read_again = {name.partition(".")[0] for _, entries in taken.values() for name in entries}
    result = {server: (facts, dict(entries)) for server, (facts, entries) in taken.items()}
    for name, entry in previous.tables.items():
        if name.partition(".")[0] in read_again:
            continue
        for part in entry.parts:
            parts.link(previous.folder / part.path, root / part.path)
        before = previous.servers[entry.server]
        facts, entries = result.setdefault(entry.server, (before, {}))
        entries[name] = entry
        result[entry.server] = (replace(facts, cut=min(facts.cut, before.cut)), entries)
    return result
