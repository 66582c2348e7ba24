"""Notebooks whose newest run failed: what it said, and where the last good page stands."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from lucky_analytics.publish.shelf import Run, Shelf

__all__ = ["Failure", "find_failures"]

_COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TRACEBACK_SHOWN = 20_000  # characters: enough for any stack, too little to make the page heavy


@dataclass(frozen=True)
class Failure:
    """``last_good`` is null for a notebook that never completed; ``traceback`` is plain text."""

    run: Run
    last_good: Run | None
    traceback: str


def find_failures(shelf: Shelf) -> list[Failure]:
    """One failure for each notebook whose newest run did not complete, newest failure first; one that waits
    for tables (``access_page``) did not fail."""
    failures = [
        Failure(runs[0], next((run for run in runs if run.is_good), None), _read_traceback(runs[0]))
        for runs in shelf.runs.values()
        if not runs[0].is_good and not runs[0].is_waiting
    ]
    return sorted(failures, key=lambda failure: failure.run.record.ended_at, reverse=True)


def _read_traceback(run: Run) -> str:
    """The last error of the executed notebook, without terminal colours; empty when it holds none."""
    try:
        notebook = json.loads((run.folder / "executed.ipynb").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    outputs = [output for cell in notebook.get("cells", []) for output in cell.get("outputs", [])]
    lines = [output["traceback"] for output in outputs if output.get("output_type") == "error"]
    text = _COLOURS.sub("", "\n".join(lines[-1])) if lines else ""
    return text[-_TRACEBACK_SHOWN:]
