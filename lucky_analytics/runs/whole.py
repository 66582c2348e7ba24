"""Whether a run's files are all there, and as the run wrote them."""

from __future__ import annotations

import dataclasses
import hashlib
import os
from pathlib import Path
from typing import Any

from lucky_analytics.runs import records
from lucky_analytics.settings import Settings

__all__ = ["check_whole", "mark_files", "write_record"]


def write_record(record: records.Record, folder: Path) -> None:
    """Writes the manifest of a run, last of its files, with the marks of the others."""
    dataclasses.replace(record, files=mark_files(folder)).write(folder)


def mark_files(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Size, time of change (ns) and SHA-256 of each file of a run but its manifest, by its path in
    ``folder``."""
    marks = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if path.name != "manifest.json":
            facts = path.stat()
            marks[path.relative_to(folder).as_posix()] = (facts.st_size, facts.st_mtime_ns, _hash(path))
    return marks


def check_whole(record: records.Record, settings: Settings) -> dict[str, Any]:
    """What the run said (``records.read_results``). Raises ``RunError`` where a file of the run is not there,
    is empty, cannot be read, or is not as the run wrote it.

    Only what has another time of change is hashed: there may be thousands of runs, and a copy that kept no
    times is still the same.
    """
    said = records.read_results(record, settings)
    names = {"report.html", "executed.ipynb", *record.files}
    for table in said.get("tables", ()):
        endings = ["csv", "parquet", *(["xlsx"] if table.get("excel") else [])]
        names.update(f"tables/{table.get('name')}.{ending}" for ending in endings)
    folder = str(settings.runs_dir / record.notebook / record.run_id)
    for name in sorted(names):
        try:
            facts = os.stat(f"{folder}/{name}")  # noqa: PTH116 — thousands: a path object costs more
            if not facts.st_size:
                raise ValueError("an empty file")
            if name in record.files:
                size, changed, digest = record.files[name]
                if facts.st_mtime_ns != changed or facts.st_size != size:
                    _require_same(Path(folder, name), digest)
        except (OSError, ValueError) as error:
            raise records.damaged(record, name, error) from error
    return said


def _require_same(path: Path, digest: str) -> None:
    if _hash(path) != digest:
        raise ValueError("other content: somebody changed it since")


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
