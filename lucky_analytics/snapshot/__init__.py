"""Immutable, hashed and named copies of the source tables: what every report is made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lucky_analytics.snapshot.findings import Finding
from lucky_analytics.snapshot.manifest import Manifest, Part, Server, TableEntry
from lucky_analytics.snapshot.store import (
    find,
    kept_folder,
    list_all,
    list_damaged,
    prune,
    reading,
    require_whole,
    verify,
)

if TYPE_CHECKING:
    from lucky_analytics.snapshot.differences import TableChange, compare
    from lucky_analytics.snapshot.taking import take

__all__ = [
    "Finding",
    "Manifest",
    "Part",
    "Server",
    "TableChange",
    "TableEntry",
    "compare",
    "find",
    "kept_folder",
    "list_all",
    "list_damaged",
    "prune",
    "reading",
    "require_whole",
    "take",
    "verify",
]

# Taking and comparing read Parquet, whose libraries take longer to import than an unchanged suite to check.
_LATE = {"TableChange": "differences", "compare": "differences", "take": "taking"}


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    found = getattr(importlib.import_module(f"{__name__}.{_LATE[name]}"), name)
    globals()[name] = found
    return found
