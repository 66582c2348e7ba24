"""Runs with other parameters than the report's own stand beside it, and a report comes back when they go."""

from __future__ import annotations

import json

import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.publish import publish
from lucky_analytics.runs import batch, history, records
from lucky_analytics.runs.plan import _hash_files
from tests import estate_rows
from tests.example_runs import make_settings, write_run
from tests.notebook_cells import OPENING, PARAMETERS, write_notebook

HEADLINE = 'report.headline("factor", "Factor", factor, unit="orders", n=1, n_of="x")\nsuite.orders'
EXTRA = PARAMETERS + "\nfactor: int = 1  # tries a parameter"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    here = estate_rows.checkout(tmp_path)
    estate_rows.take_snapshot(here, {"luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK]})
    write_notebook(here.notebooks_dir / "operations" / "tries.ipynb", OPENING, HEADLINE, parameters=EXTRA)
    return here


def run(here, **more):
    (outcome,) = batch.run_notebooks(["tries"], here, **more)
    return outcome


def own(here, value):
    here.params_dir.mkdir(exist_ok=True)
    (here.params_dir / "tries.yml").write_text(f"factor: {value}\n", encoding="utf-8")


def test_the_report_stays_what_its_parameters_make_it(here):
    first = run(here).record
    tried = run(here, given={"factor": "7"}).record
    assert (first.by_hand, tried.by_hand) == ([], ["factor"])
    assert records.find("tries", None, here).run_id == first.run_id
    assert run(here).action == "skipped"
    built = publish(here)
    page = built.folder / "operations" / "tries"
    assert first.run_id in (page / "index.html").read_text()
    assert (built.folder / "runs" / tried.run_id / "index.html").is_file()
    assert "with another factor" in (page / "history.html").read_text()
    told = json.loads((page / "history.js").read_text().removeprefix("window.luckyHistory = ").rstrip(";\n"))
    assert told["beside"] == {tried.run_id: "with another factor"}
    assert {first.run_id, tried.run_id} <= {*built.runs}
    assert [row["value"] for row in history.headline_history("tries", "factor", here)] == [1]
    assert len(history.prune(here, keep=1)) == 0  # each is the newest of its kind

    own(here, 7)  # what was tried becomes the report's own, without another run
    again = run(here)
    assert (again.action, again.record.run_id, again.record.by_hand) == ("skipped", tried.run_id, [])
    assert [row["value"] for row in history.headline_history("tries", "factor", here)] == [1, 7]
    own(here, 1)  # and back
    back = run(here)
    assert (back.action, back.record.run_id) == ("skipped", first.run_id)
    assert back.reason == "an earlier run is the report's again"
    assert first.run_id in (publish(here).folder / "operations" / "tries" / "index.html").read_text()
    assert run(here).reason == "nothing that matters changed"


def test_another_file_of_parameters_is_by_hand_too_and_a_wrong_own_file_hinders_it_not(here, tmp_path):
    own(here, "[")
    (tmp_path / "other.yml").write_text("factor: 3\n", encoding="utf-8")
    assert run(here, parameter_file=tmp_path / "other.yml").record.by_hand == ["factor"]


def test_a_report_without_a_run_of_its_own_is_shown_with_the_one_by_hand_and_says_so(tmp_path):
    settings = make_settings(tmp_path)
    write_run(settings, by_hand=["scenario"])
    page = publish(settings).folder / "operations" / "store_ramp_curves"
    assert "Made by hand with another scenario" in (page / "history.js").read_text()


def test_what_stands_in_a_file_that_a_parameter_names_decides_whether_a_report_is_made_again(here, tmp_path):
    extra = f'{PARAMETERS}\nnoted_file: str = ""  # a file from outside'
    says = (
        'from pathlib import Path\nreport.headline("noted", "Noted", len(Path(noted_file).read_text()), '
        'unit="letters", n=1, n_of="x")\nsuite.orders'
    )
    write_notebook(here.notebooks_dir / "operations" / "reads.ipynb", OPENING, says, parameters=extra)
    here.params_dir.mkdir(exist_ok=True)
    (here.params_dir / "reads.yml").write_text("noted_file: noted.csv\n", encoding="utf-8")
    file = tmp_path / "noted.csv"
    file.write_text("one", encoding="utf-8")

    def again():
        (outcome,) = batch.run_notebooks(["reads"], here)
        return outcome

    first = again()
    assert first.action == "ran" and again().action == "skipped"
    file.write_text("three", encoding="utf-8")
    second = again()
    assert (second.action, second.record.by_hand) == ("ran", [])
    assert second.reason == "changed: contents of noted_file"
    assert second.record.run_id != first.record.run_id
    file.write_text("one", encoding="utf-8")
    assert again().record.run_id == first.record.run_id


def test_what_stands_in_a_folder_that_a_parameter_names_counts_file_by_file(tmp_path):
    folder = tmp_path / "books"
    folder.mkdir()
    (folder / "one.md").write_text("one", encoding="utf-8")
    seen = []
    for change in (lambda: None, lambda: (folder / "one.md").write_text("two", encoding="utf-8"),
                   lambda: (folder / "one.md").rename(folder / "other.md")):  # fmt: skip
        change()
        seen.append(_hash_files({"books_folder": "books", "else_folder": "", "days": 3}, tmp_path))
    assert all(set(found) == {"books_folder"} for found in seen)
    assert len({found["books_folder"] for found in seen}) == 3


def test_another_snapshot_as_a_parameter_is_refused_wherever_it_stands(here):
    other = "20260101T000000Z-demo-00000000"
    with pytest.raises(
        ParameterError, match=f"parameter snapshot: expected newest.*got {other}. Pass --snap"
    ):
        run(here, given={"snapshot": other})
    (here.params_dir).mkdir(exist_ok=True)
    (here.params_dir / "tries.yml").write_text(f"snapshot: {other}\n", encoding="utf-8")
    assert "parameter snapshot" in run(here).reason


def test_lists_are_written_each_time_because_somebody_may_have_removed_them(here):
    extra = EXTRA + '\nexport_lists: bool = False  # write\nlist_owner: str = ""  # who'
    write_notebook(here.notebooks_dir / "operations" / "tries.ipynb", OPENING, HEADLINE, parameters=extra)
    asked = {"export_lists": "true", "list_owner": "ann"}
    assert [run(here, given=asked).action, run(here, given=asked).action] == ["ran", "ran"]
    assert [run(here).action, run(here).action] == ["ran", "skipped"]
