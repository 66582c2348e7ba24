"""Immutable, hashed and named copies of the source tables: what every report is made from."""

from __future__ import annotations

from lucky_analytics.snapshot.differences import TableChange, compare
from lucky_analytics.snapshot.findings import Finding
from lucky_analytics.snapshot.manifest import Manifest, Part, Server, TableEntry
from lucky_analytics.snapshot.store import find, list_all, prune, verify
from lucky_analytics.snapshot.take import take

__all__ = [
    "Finding",
    "Manifest",
    "Part",
    "Server",
    "TableChange",
    "TableEntry",
    "compare",
    "find",
    "list_all",
    "prune",
    "take",
    "verify",
]
