"""What a portal was built from, so that nothing is built twice. Imports nothing heavy."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

__all__ = ["MARK", "compute", "is_current", "read_mark", "write"]

MARK = ".published.json"

_PACKAGE = Path(__file__).parents[1]
_SHOWN = (
    "pages",
    "publish",
    "estate",
    "metrics",
    "snapshot",
    "track_record",
    "schedule",
)  # what the portal looks like, and what it shows


def compute(*inputs: Path, note: str = "") -> str:
    """A hash over the names, sizes and times of the files at or below ``inputs``, and of our own code.

    ``note`` is anything else that decides what is built. Folders whose name starts with a dot are still
    being written and do not count.
    """
    digest = hashlib.sha256(note.encode())
    for path in (*inputs, *(_PACKAGE / name for name in _SHOWN)):
        for name, facts in [(".", path.stat())] if path.is_file() else _files(path):
            line = f"{path.parent.name}/{path.name}/{name}|{facts.st_size}|{facts.st_mtime_ns}\n"
            digest.update(line.encode())
    return digest.hexdigest()


def write(
    site: Path,
    fingerprint: str,
    days: tuple[dt.date, dt.date],
    *,
    said: Sequence[str] = (),
    left_out: Sequence[tuple[str, str]] = (),
) -> None:
    """Note in ``site`` what it was built from, which files it has, with their sizes, on which ``days`` (the
    second exclusive) it would be built the same again, and what is told of it each time: lines that are
    ``said``, and the runs ``left_out`` with the reason."""
    sizes = {name: facts.st_size for name, facts in _files(site)}
    noted = {
        "built_from": fingerprint,
        "days": [day.isoformat() for day in days],
        "files": sizes,
        "said": [*said],
        "left_out": [[*each] for each in left_out],
    }
    (site / MARK).write_text(json.dumps(noted), encoding="utf-8")


def read_mark(site: Path) -> dict[str, Any]:
    """What ``write`` noted: ``built_from``, ``days``, ``files`` with their sizes, ``said``, ``left_out``.

    Raises ``OSError`` where there is none.
    """
    return json.loads((site / MARK).read_text(encoding="utf-8"))


def is_current(site: Path, fingerprint: str, today: dt.date) -> bool:
    """Whether ``site`` was built from this, none of its files is missing or of another size, and the same
    reports are stale ``today``."""
    try:
        noted = read_mark(site)
        first, end = noted["days"]
        if noted["built_from"] != fingerprint or not first <= today.isoformat() < end:
            return False
        there = {name: facts.st_size for name, facts in _files(site)}
        return all(there.get(name) == size for name, size in noted["files"].items())
    except (OSError, ValueError, KeyError):
        return False


def _files(folder: Path | str, below: str = "") -> Iterator[tuple[str, os.stat_result]]:
    """The files below a folder by their names from there, with what the disk says of each: tens of thousands
    in a large house, for which paths as objects take longer than the disk."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.name.startswith(".") or entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _files(entry.path, f"{below}{entry.name}/")
        else:
            with contextlib.suppress(FileNotFoundError):  # a link to nothing costs nobody but itself
                yield below + entry.name, entry.stat()
