"""Runs a notebook's cells in this process on a given suite, and returns what it said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest

import lucky_analytics
from lucky_analytics import report

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def said_by(notebook: str, suite: Any, **parameters: Any) -> dict[str, list[dict[str, Any]]]:
    """Every record that ``department/name`` makes, by kind; ``parameters`` replace those of its cell."""
    said: dict[str, list[dict[str, Any]]] = {}
    patch = pytest.MonkeyPatch()
    patch.setattr(lucky_analytics, "open", lambda snapshot, as_of: suite)
    patch.setattr(report, "_say", lambda record, *rest: said.setdefault(record["kind"], []).append(record))
    namespace: dict[str, Any] = {}
    try:
        for cell in nbformat.read(NOTEBOOKS / f"{notebook}.ipynb", 4).cells:
            if cell.cell_type != "code":
                continue
            exec(compile(cell.source, notebook, "exec"), namespace)
            if "parameters" in cell.metadata.get("tags", []):
                namespace.update(parameters)
    finally:
        patch.undo()
    return said
