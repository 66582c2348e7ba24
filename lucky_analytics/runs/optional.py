"""Sections that a notebook can do without: left out, and named, where the snapshot lacks what they read.

The cells of such a section carry one tag, ``optional-what-errors-cost``; no other cell uses what they make.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lucky_analytics import estate
from lucky_analytics.runs.endings import SKIPPED
from lucky_analytics.runs.needs import missing_tables, require_tables, require_undamaged
from lucky_analytics.runs.notebooks import Cell
from lucky_analytics.snapshot import Manifest

if TYPE_CHECKING:
    from nbformat import NotebookNode

__all__ = ["find_missing", "leave_out", "section_of", "uses_outside"]

TAG = "optional-"


def find_missing(cells: Sequence[Cell], snapshot: Manifest) -> dict[str, list[str]]:
    """The optional sections that cannot be made from ``snapshot``, each with the tables that it lacks.

    Raises ``LacksTablesError`` naming the tables that the notebook cannot do without.
    """
    code = [cell for cell in cells if cell.kind == "code"]
    everything = [cell.source for cell in code]
    require_undamaged(everything, snapshot)
    require_tables([cell.source for cell in code if not section_of(cell.tags)], snapshot, among=everything)
    sections: dict[str, list[str]] = {}
    for cell in code:
        if section := section_of(cell.tags):
            sections.setdefault(section, []).append(cell.source)
    lacking = {
        section: missing_tables(sources, snapshot, among=everything) for section, sources in sections.items()
    }
    return {section: tables for section, tables in lacking.items() if tables}


def leave_out(node: NotebookNode, missing: Mapping[str, Sequence[str]]) -> None:
    """Have a notebook say which sections are missing, in place of running their cells."""
    from nbformat.v4 import new_code_cell

    kept, told = [], set()
    for cell in node.cells:
        section = section_of(cell.metadata.get("tags", ()))
        if section in missing:
            if section not in told:
                told.add(section)
                servers = {
                    name: estate.load().database(name.split(".")[0]).server for name in missing[section]
                }
                said = f"report.missing({section!r}, {servers!r})"
                kept.append(new_code_cell(f"from lucky_analytics import report\n\n{said}"))
            if cell.cell_type == "markdown":
                continue
            cell.metadata.tags = [*cell.metadata.tags, SKIPPED]
        kept.append(cell)
    node.cells = kept


def section_of(tags: Sequence[str]) -> str:
    """The section's name as readers see it; empty for a cell of no optional section.

    >>> section_of(["optional-what-errors-cost"])
    'what errors cost'
    """
    names = [tag.removeprefix(TAG) for tag in tags if tag.startswith(TAG)]
    return names[0].replace("-", " ").strip() if names else ""


def uses_outside(cells: Sequence[Cell]) -> list[str]:
    """What is wrong with how a notebook is divided: names that optional cells make and others use."""
    code = [(section_of(cell.tags), ast.parse(cell.source)) for cell in cells if cell.kind == "code"]
    found = []
    for section in {section for section, _ in code if section}:
        made = {name for own, tree in code if own == section for name in _names(tree, ast.Store)}
        others = {name for own, tree in code if own != section for name in _names(tree, ast.Store)}
        for own, tree in code:
            shared = (made - others) & _names(tree, ast.Load)
            if own != section and shared:
                found.append(f"{', '.join(sorted(shared))} of {section} is used outside of it")
    return found


def _names(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    return {
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }
