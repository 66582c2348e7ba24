"""Rows of the benchmark: each a ratio that one run measured of both sides, with their versions."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

__all__ = ["MARK", "read_rows", "tell_row", "write_table"]

MARK = "@bench "  # begins a line of a script's output that is a row, for the table
_ABOUT = ("what", "ours", "alternative", "other", "ratio")


def tell_row(
    what: str, ours: str, alternative: str, other: str, ratio: float, libraries: Sequence[str]
) -> None:
    """Print one row. ``ours`` and ``other`` are what was measured, with units; ``libraries`` those whose
    versions decide it, by their names as distributions; ``ratio`` as ``what`` says it."""
    versions = {name: importlib.metadata.version(name) for name in libraries}
    row = {"what": what, "ours": ours, "alternative": alternative, "other": other, "ratio": round(ratio, 3)}
    print(MARK + json.dumps({**row, "versions": versions, "load": round(os.getloadavg()[0], 1)}), flush=True)


def read_rows(lines: Iterable[str]) -> list[dict[str, Any]]:
    """The rows among the lines that a script printed.

    >>> read_rows(["found 3", '@bench {"what": "a"}'])
    [{'what': 'a'}]
    """
    return [json.loads(line.removeprefix(MARK)) for line in lines if line.startswith(MARK)]


def write_table(rows: Sequence[dict[str, Any]], failed: Sequence[str], file: Path) -> str:
    """Write ``file`` and give the table as text; ``failed`` are scripts that did not end well."""
    machine = {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"machine": machine, "rows": [*rows], "failed": [*failed]}, indent=1) + "\n")
    cells = [_ABOUT, *(tuple(str(row[name]) for name in _ABOUT) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)) for line in cells]
    return "\n".join([*(line.rstrip() for line in lines), *(f"failed: {name}" for name in failed)])
