"""A file that is no notebook: one line that names it, before any kernel starts."""

from __future__ import annotations

import html
import json

import nbformat
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.runs import notebooks
from tests import estate_rows
from tests.example_runs import write_run
from tests.notebook_cells import OPENING, write_notebook

CODE = {"cell_type": "code", "metadata": {}, "source": "1", "outputs": [], "execution_count": None}
PARAMETERS = {**CODE, "metadata": {"tags": ["parameters"]}, "source": ""}
INJECTED = {**CODE, "metadata": {"tags": ["injected-parameters"]}}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "a Jupyter notebook of format 4, got UnicodeDecodeError"),
        (b"", "a Jupyter notebook of format 4, got JSONDecodeError"),
        ("truncated", "a Jupyter notebook of format 4, got JSONDecodeError"),
        (b"[1, 2]", "a Jupyter notebook of format 4, got TypeError"),
        (b'{"nbformat": 4}', "a Jupyter notebook of format 4, got KeyError 'cells'"),
        (b'{"nbformat": 4, "cells": ["text"]}', "a Jupyter notebook of format 4, got "),
        (b'{"nbformat": 3, "worksheets": []}', "a Jupyter notebook of format 4, got ValueError format 3"),
        (json.dumps({"nbformat": 4, "cells": [CODE]}).encode(), "one cell tagged parameters, got 0"),
        (json.dumps({"nbformat": 4, "cells": [PARAMETERS, INJECTED]}).encode(), "no cell tagged injected-"),
        (None, "a Jupyter notebook of format 4, got IsADirectoryError"),
    ],
    ids=[
        "binary",
        "empty",
        "truncated",
        "list",
        "no-cells",
        "text-cells",
        "format-3",
        "untagged",
        "injected",
        "folder",
    ],
)
def test_a_file_that_is_no_notebook_is_one_line_that_names_it(tmp_path, content, words):
    here = estate_rows.checkout(tmp_path)
    path = here.notebooks_dir / "operations" / "broken.ipynb"
    write_notebook(path, OPENING)
    whole = path.read_bytes()
    path.unlink()
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(whole[: len(whole) // 2] if content == "truncated" else content)
    with pytest.raises(LuckyError) as caught:
        notebooks.load(notebooks.find("broken", here))
    assert str(caught.value).startswith("notebook broken")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_whole_notebook_is_read_with_its_question_and_its_parameters(tmp_path):
    here = estate_rows.checkout(tmp_path)
    path = here.notebooks_dir / "operations" / "whole.ipynb"
    write_notebook(path, OPENING)
    loaded = notebooks.load(notebooks.find("whole", here))
    assert (loaded.title, list(loaded.parameters)) == ("How many orders?", ["snapshot", "as_of"])
    assert len(loaded.cells) == len(nbformat.read(path, as_version=4).cells)


@pytest.mark.parametrize(
    ("place", "content", "words"),
    [
        ("notebooks/operations/draft.ipynb", "{", "notebook draft.ipynb: expected a Jupyter notebook"),
        ("params/draft.yml", "n_days: 8", "unknown parameter 'n_days': expected one of as_of, snapshot"),
        ("params/draft.yml", "as_of: [", "draft.yml line 2: expected YAML"),
        ("params/grids/draft.yml", "as_of: 5", "draft.yml line 1, as_of: expected a list of values, got '5'"),
    ],
    ids=["notebook", "parameter", "parameters", "grid"],
)
def test_publish_and_list_name_a_notebook_that_cannot_be_run(tmp_path, monkeypatch, place, content, words):
    from click.testing import CliRunner

    from lucky_analytics.cli.publish import publish
    from lucky_analytics.cli.runs import list_notebooks

    here = estate_rows.checkout(tmp_path)
    write_run(here)
    draft = here.notebooks_dir / "operations" / "draft.ipynb"
    write_notebook(draft, OPENING)
    whole = draft.read_text()
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    failures = here.site_dir / "failures.html"
    assert CliRunner().invoke(publish).exit_code == 0
    assert "draft" not in failures.read_text()
    (tmp_path / place).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / place).write_text(content)
    for state in ("published", "unchanged"):
        ended = CliRunner().invoke(publish)
        assert f"portal {state}" in ended.output
        assert str(ended.exception).startswith(f"not run, so not renewed: {words}")
    assert f"<code>draft</code>: {words}" in html.unescape(failures.read_text())
    assert "Failures (1)" in failures.read_text()
    assert "1 of 2 notebooks cannot be run: draft" in str(CliRunner().invoke(list_notebooks).exception)
    (tmp_path / place).unlink()
    draft.write_text(whole)
    assert CliRunner().invoke(publish).exit_code == 0
    assert "draft" not in failures.read_text()
