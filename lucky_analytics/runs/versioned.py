"""SQLite files that know which version of their tables they have, and are brought to the newest."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from lucky_analytics.errors import LuckyError

__all__ = ["Step", "open_versioned"]

WAIT_SECONDS = 30
Step = Callable[[sqlite3.Connection], None]


@contextlib.contextmanager
def open_versioned(path: Path, steps: Sequence[Step], what: str, remedy: str) -> Iterator[sqlite3.Connection]:
    """The database at ``path``, made when there is none; step ``n`` leads from version ``n`` to ``n + 1``.

    The version stands in the file (``pragma user_version``). Steps are taken in one transaction, so that
    a kill leaves the old version or the new one. Raises ``LuckyError`` with ``remedy`` for a file that is
    no database, that cannot be brought forward, or that a newer version of this package has written. One
    that we may not write is whole: then the remedy is another, so that nobody moves it away for nothing.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not (os.access(path.parent, os.W_OK) and (not path.exists() or os.access(path, os.W_OK))):
        raise LuckyError(
            str(path),
            expected=f"{what}, and that we may write it and its folder",
            got="permission denied",
            remedy="Check permissions, or set LUCKY_OUTPUTS",
        )
    try:
        opened = sqlite3.connect(path, timeout=WAIT_SECONDS)
    except sqlite3.OperationalError as error:  # a folder in its place, or one that may not be opened
        raise LuckyError(path.name, expected=what, got=str(error), remedy=remedy) from error
    with contextlib.closing(opened) as database:
        try:
            version = _bring_forward(database, steps)
        except sqlite3.DatabaseError as error:
            raise LuckyError(path.name, expected=what, got=str(error), remedy=remedy) from error
        if version > len(steps):
            raise LuckyError(
                path.name,
                expected=f"version {len(steps)} of its tables or older",
                got=f"version {version}, written by a newer installation",
                remedy=remedy,
            )
        yield database


def _bring_forward(database: sqlite3.Connection, steps: Sequence[Step]) -> int:
    """Take the steps that are missing; the version that the file has afterwards."""
    if _version(database) >= len(steps):
        return _version(database)
    database.execute("begin immediate")
    try:
        version = _version(database)  # another process may have come first
        for step in steps[version:]:
            step(database)
        version = max(version, len(steps))
        database.execute(f"pragma user_version = {version}")
        database.commit()
    except BaseException:
        database.rollback()
        raise
    return version


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("pragma user_version").fetchone()[0])
