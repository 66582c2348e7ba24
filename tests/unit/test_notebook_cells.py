"""Cells of the notebooks are code: short, and right when run twice; ``make lint`` holds them to its rules."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted(path for path in (ROOT / "notebooks").glob("[!.]*/*.ipynb"))
MOST_LINES, MOST_WIDE = 10, 150


def code_cells(path: Path) -> list[nbformat.NotebookNode]:
    return [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]


def is_parameters(cell: nbformat.NotebookNode) -> bool:
    return "parameters" in cell.metadata.get("tags", [])


def own_names(body: list[ast.stmt]) -> tuple[set[str], set[str]]:
    """Names that statements bind, and names that they read before they bind them."""
    bound: set[str] = set()
    read: set[str] = set()
    for statement in body:
        parts: list[ast.AST] = [statement]
        blocks: list[list[ast.stmt]] = []
        if isinstance(statement, ast.For | ast.If | ast.With):
            heads = ("iter", "target") if isinstance(statement, ast.For) else ("test", "items")
            found = [getattr(statement, head, []) for head in heads]
            parts = [each for part in found for each in (part if isinstance(part, list) else [part])]
            blocks = [statement.body, getattr(statement, "orelse", [])]
        for part in parts:
            inner = {
                node.id
                for each in ast.walk(part)
                if isinstance(each, ast.comprehension)
                for node in ast.walk(each.target)
                if isinstance(node, ast.Name)
            }
            names = [node for node in ast.walk(part) if isinstance(node, ast.Name)]
            read |= {node.id for node in names if isinstance(node.ctx, ast.Load)} - bound - inner
            if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
                read |= {part.target.id} - bound
            bound |= {node.id for node in names if isinstance(node.ctx, ast.Store)} - inner
        for block in blocks:
            made, used = own_names(block)
            read |= used - bound
            bound |= made
        if isinstance(statement, ast.Import | ast.ImportFrom):
            bound |= {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
    return bound, read - set(dir(builtins))


def find_twice(cells: list[str]) -> list[str]:
    """Cells that change a name which they read and another cell made: run again, they do something else."""
    before: set[str] = set()
    found = []
    for number, source in enumerate(cells):
        bound, read = own_names(ast.parse(source).body)
        found += [f"cell {number} changes {name!r}, which it reads" for name in sorted(bound & read & before)]
        before |= bound
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_cell_is_long_and_none_breaks_when_it_is_run_again(path):
    cells = code_cells(path)
    for number, cell in enumerate(cells):
        lines = [line for line in cell.source.splitlines() if line.strip()]
        assert len(lines) <= MOST_LINES or is_parameters(cell), f"cell {number} has {len(lines)} lines"
        assert max(map(len, lines)) <= MOST_WIDE or is_parameters(cell), f"cell {number} is wide"
        tree = ast.parse(cell.source)
        assert not [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    assert find_twice([cell.source for cell in cells]) == []


def test_a_cell_that_changes_what_it_reads_is_found():
    assert find_twice(["a = 1", "a = a + 1"]) == ["cell 1 changes 'a', which it reads"]
    assert find_twice(["a = 1", "a += 1"]) == ["cell 1 changes 'a', which it reads"]
    assert find_twice(["from x import a", "b = [a for a in (1, 2)]", "a = 2\na = a + 1"]) == []
