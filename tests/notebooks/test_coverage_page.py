from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from tests.coverage_page import NOTEBOOKS, declared, find_problems, render

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"


def test_the_page_is_what_the_notebooks_declare():
    assert PAGE.read_text(encoding="utf-8") == render(), (
        "run python -m tests.coverage_page > docs/coverage.md"
    )


@pytest.mark.parametrize("path", sorted(NOTEBOOKS.glob("[!.]*/*.ipynb")), ids=lambda path: path.stem)
def test_what_a_notebook_declares_is_on_its_page(path):
    assert find_problems(nbformat.read(path, 4)) == []


def notebook(**entry):
    made = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell('report.figure(chart, f"fall_{x}", "...")')]
    )
    made.metadata["lucky_coverage"] = [{"from": "Tool 0", "requirement": "r"} | entry]
    return made


def test_a_name_that_nobody_says_is_found():
    assert find_problems(notebook(met_by=["figure fall_*"])) == []
    assert find_problems(notebook(met_by=["figure map"])) == ["r: no cell says figure map"]
    assert find_problems(notebook(met_by=["table fall_*"])) == ["r: no cell says table fall_*"]
    assert find_problems(notebook(met_by=["chart fall_*"])) == ["r: no cell says chart fall_*"]
    assert find_problems(notebook(met_by=["app nowhere"])) == ["r: no cell says app nowhere"]
    assert find_problems(notebook(met_by=["app site_scoring"])) == []


def test_a_requirement_is_met_or_not_done_and_never_both_or_neither():
    assert find_problems(notebook(not_done="the data does not exist")) == []
    assert find_problems(notebook()) and find_problems(notebook(met_by=["figure fall_*"], not_done="x"))


def test_the_page_lists_requirements_in_order(tmp_path):
    folder = tmp_path / "operations"
    folder.mkdir()
    nbformat.write(notebook(not_done="nobody counts it"), folder / "a.ipynb")
    nbformat.write(nbformat.v4.new_notebook(), folder / "b.ipynb")
    nbformat.write(notebook(not_done="nor this"), folder / "c.ipynb")
    page = render(tmp_path)
    assert "| Tool 0 | r | not done, because nobody counts it |" in page
    assert page.index("operations/a") < page.index("operations/c")
    assert declared(nbformat.v4.new_notebook()) == [] and "operations/b" not in page
