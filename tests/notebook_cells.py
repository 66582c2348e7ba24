"""Notebooks of a few cells, for tests of runs and pages."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

OPENING = """\
import lucky_analytics
from lucky_analytics import report
suite = lucky_analytics.open(snapshot, as_of)"""
PARAMETERS = 'snapshot: str = "newest"  # which snapshot\nas_of: "date | None" = None  # last business date'


def write_notebook(
    path: Path, *cells: str, parameters: str = PARAMETERS, title: str = "How many orders?"
) -> None:
    """A notebook with a title, a tagged parameters cell and code cells, each text its own cell."""
    node = new_notebook(cells=[new_markdown_cell(f"# {title}"), _tagged(parameters)])
    node.cells += [new_code_cell(source) for source in cells]
    node.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(node, path)


def _tagged(source: str):
    return new_code_cell(source, metadata={"tags": ["parameters"]})
