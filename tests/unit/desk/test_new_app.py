"""Names that are refused; that what is written passes: tests/notebooks/test_what_new_writes_passes.py."""

from __future__ import annotations

import json

import pytest

from lucky_analytics.desk.new_app import write_app
from lucky_analytics.errors import ParameterError
from tests.estate_rows import checkout


def test_five_files_of_which_the_notebook_has_the_title(tmp_path):
    written = write_app("growth_room", checkout(tmp_path))
    assert all(path.is_file() for path in written) and len(written) == 5
    assert json.loads(written[-1].read_text())["metadata"]["title"] == "Growth room"
    assert not any("{{" in path.read_text() for path in written)


@pytest.mark.parametrize("name", ["", "ab", "Room", "a-room", "lambda", "a/b", "../room", "x" * 31])
def test_a_name_that_cannot_be_is_one_line(tmp_path, name):
    with pytest.raises(ParameterError, match="lucky new app: expected 3 to 30 lower-case letters"):
        write_app(name, checkout(tmp_path))


@pytest.mark.parametrize("taken", ["lucky_analytics/apps/assets/app.css", "notebooks/apps/assets.ipynb"])
def test_a_name_that_is_taken_is_said_and_nothing_is_written(tmp_path, taken):
    here = checkout(tmp_path)
    (tmp_path / taken).parent.mkdir(parents=True)
    (tmp_path / taken).write_text("mine")
    with pytest.raises(ParameterError, match="app assets: expected a name not yet taken"):
        write_app("assets", here)
    assert list(tmp_path.rglob("assets*.py")) == [] and (tmp_path / taken).read_text() == "mine"
