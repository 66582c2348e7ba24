"""Names that are refused, and files of which all are written or none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lucky_analytics.desk import new_files, new_notebook
from lucky_analytics.errors import ParameterError
from lucky_analytics.runs import notebooks
from tests.estate_rows import checkout


def files_of(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*")}


def test_the_notebook_is_found_with_its_question_and_parameters(tmp_path):
    here = checkout(tmp_path)
    written = new_notebook.write_notebook("finance/daily_orders", here)
    assert all(path.is_file() for path in written) and len(written) == 7
    loaded = notebooks.load(notebooks.find("daily_orders", here))
    assert loaded.title == "Daily orders: how many orders does a store take on a day?"
    assert set(loaded.parameters) == {"snapshot", "as_of", "n_weeks", "level"}
    text = written[-1].read_text()
    assert "lucky new notebook finance/daily_orders" in text and "{{" not in text
    assert not [name for name in files_of(tmp_path) if ".lucky-new" in name]


@pytest.mark.parametrize(
    "place",
    ["finance", "finance/", "/orders", "a/b/c", "finance/1st", "Finance/orders", "finance/daily-orders"]
    + ["finance/lambda", "apps/orders", "finance/../orders", f"finance/{'a' * 31}", "finance/ab"],
)
def test_a_name_that_cannot_be_is_one_line(tmp_path, place):
    here = checkout(tmp_path)
    before = files_of(tmp_path)
    with pytest.raises(ParameterError, match="expected department/name"):
        new_notebook.write_notebook(place, here)
    assert files_of(tmp_path) == before


def test_a_name_is_taken_in_every_department(tmp_path):
    here = checkout(tmp_path)
    new_notebook.write_notebook("finance/daily_orders", here)
    with pytest.raises(ParameterError, match="not yet taken, got finance/daily_orders"):
        new_notebook.write_notebook("operations/daily_orders", here)


@pytest.mark.parametrize(
    "taken", ["params/daily_orders.yml", "lucky_analytics/questions/finance/daily_orders/steps.py"]
)
def test_a_file_in_the_way_is_kept_and_nothing_is_written(tmp_path, taken):
    here = checkout(tmp_path)
    (tmp_path / taken).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / taken).write_text("mine")
    before = files_of(tmp_path)
    with pytest.raises(ParameterError, match=f"{taken}: expected no such file"):
        new_notebook.write_notebook("finance/daily_orders", here)
    assert (tmp_path / taken).read_text() == "mine"
    assert {name for name in files_of(tmp_path) if (tmp_path / name).is_file()} == {
        name for name in before if (tmp_path / name).is_file()
    }
    assert not (tmp_path / "notebooks" / "finance").exists()


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    here = checkout(tmp_path)
    link, linked = os.link, []

    def fail_third(source, target):
        if len(linked) == 2:
            raise OSError(28, "No space left on device", str(target))
        link(source, target)
        linked.append(target)

    monkeypatch.setattr(new_files.os, "link", fail_third)
    with pytest.raises(OSError, match="No space"):
        new_notebook.write_notebook("finance/daily_orders", here)
    assert len(linked) == 2 and not any(path.exists() for path in linked)
