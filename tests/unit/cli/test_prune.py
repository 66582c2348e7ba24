"""``lucky prune``: each sentence of the rule that the command states, on a house that breaks them all."""

from __future__ import annotations

import datetime as dt
import sqlite3

import pytest
from click.testing import CliRunner

from lucky_analytics import estate, pages, snapshot
from lucky_analytics import settings as settings_module
from lucky_analytics.cli.prune import prune
from lucky_analytics.cli.snapshot import snapshot as snapshot_commands
from lucky_analytics.runs import history, records
from lucky_analytics.snapshot import store
from lucky_analytics.sources.files import FilesSource
from tests import tiny_estate
from tests.example_runs import ERROR, RECORD, make_settings, write_run
from tests.taken_estate import ORDERS, rewrite

DAYS = ("01-04", "01-21", "02-10", "02-11", "02-12")


@pytest.fixture
def house(tmp_path, monkeypatch):
    """Five snapshots; four good runs of one report, two of another, failures, and one with evidence."""
    here = make_settings(tmp_path)
    monkeypatch.setattr(settings_module, "load", lambda: here)
    tiny_estate.write(here.demo_dir, [estate.load().database("salesorder")], n_rows=40)
    for number, day in enumerate(DAYS):
        rewrite(here, ORDERS, number)
        cut = dt.datetime.fromisoformat(f"2026-{day}T00:00:00+00:00")
        snapshot.take(FilesSource(here.demo_dir, cut=cut), settings=here)
    failed = {"status": records.FAILED, "error": ERROR}
    runs = [
        keep_run(here, "good1", 1),
        keep_run(here, "bad1-failed", 2, **failed),
        keep_run(here, "good2", 3),
        keep_run(here, "good3", 4),
        keep_run(here, "good4", 5),
        keep_run(here, "bad2-failed", 6, **failed),
        keep_run(here, "other1", 1, notebook="inventory", made_from=DAYS[0]),
        keep_run(here, "other2", 2, notebook="inventory", made_from=DAYS[2]),
        keep_run(here, "proof1", 1, notebook="compliance"),
        keep_run(here, "proof2", 2, notebook="compliance"),
        keep_run(here, "proof3", 3, notebook="compliance"),
    ]
    results = here.runs_dir / "compliance" / "proof1" / "results.json"
    records.write_json(results, {**records.read_results(runs[8], here), "attested": [{"control": "C1"}]})
    for record in runs:
        history.note(record, here)
    return here


def keep_run(here, run_id, hour, made_from=DAYS[4], **changes):
    (manifest,) = (m for m in snapshot.list_all(here) if f"{m.cut:%m-%d}" == made_from)
    made = {**RECORD.snapshot, "id": manifest.id}
    ended = f"2026-02-13T{hour:02}:00:00.000+00:00"
    return write_run(here, run_id=run_id, snapshot=made, ended_at=ended, **changes)


def lucky_prune(*options: str) -> str:
    result = CliRunner().invoke(prune, options, catch_exceptions=False)
    return result.output.strip().splitlines()[-1]


def runs_of(here, notebook: str) -> set[str]:
    return {record.run_id for record in records.list_runs(notebook, here)}


def days_left(here) -> list[str]:
    return sorted(f"{manifest.cut:%m-%d}" for manifest in snapshot.list_all(here))


def test_of_each_report_its_newest_good_runs_stay_and_a_failure_that_is_the_newest(house):
    lucky_prune("--runs", "2")
    assert runs_of(house, RECORD.notebook) == {"good3", "good4", "bad2-failed"}
    assert runs_of(house, "inventory") == {"other1", "other2"}


def test_a_run_whose_evidence_the_log_of_checks_names_stays(house):
    lucky_prune("--runs", "1")
    assert runs_of(house, "compliance") == {"proof1", "proof3"}


@pytest.mark.parametrize("command", [(prune, "--snapshots"), (snapshot_commands, "prune", "--keep")])
def test_snapshots_the_newest_the_last_of_a_month_and_those_of_pages_that_readers_see_stay(house, command):
    CliRunner().invoke(command[0], [*command[1:], "1"], catch_exceptions=False)
    assert days_left(house) == [DAYS[1], DAYS[2], DAYS[4]]  # that of other1, an older run, is gone
    for record in records.newest_good(house):
        assert snapshot.verify(snapshot.find(record.snapshot["id"], house)) == []


def test_a_snapshot_that_is_being_read_stays(house):
    (read,) = (m for m in snapshot.list_all(house) if f"{m.cut:%m-%d}" == DAYS[0])
    with store.reading(read):
        lucky_prune("--snapshots", "1")
    assert DAYS[0] in days_left(house)
    lucky_prune("--snapshots", "1")
    assert DAYS[0] not in days_left(house)


def test_styles_and_scripts_stay_while_a_run_refers_to_them(house):
    assets = house.runs_dir / "assets"
    pages.write_assets(assets)
    for name in ("suite-0ld00000.css", "suite-01der000.css"):
        (assets / name).write_text("of another version")
    for run_id, name in (("good4", "suite-0ld00000.css"), ("good1", "suite-01der000.css")):
        page = house.runs_dir / RECORD.notebook / run_id / "report.html"
        page.write_text(f'<link rel="stylesheet" href="../../assets/{name}">')
    lucky_prune("--runs", "1")
    left = {file.name for file in assets.iterdir()}
    assert "suite-0ld00000.css" in left and "suite-01der000.css" not in left


def test_history_keeps_the_headlines_of_runs_that_are_gone(house):
    lucky_prune("--runs", "1")
    with sqlite3.connect(house.outputs_dir / "history.sqlite") as database:
        told = {row[0] for row in database.execute("select distinct run_id from headlines")}
    assert "good1" in told and "good1" not in runs_of(house, RECORD.notebook)


def test_what_a_dry_run_says_is_what_goes_and_a_second_time_nothing_does(house):
    before = runs_of(house, RECORD.notebook), days_left(house)
    would = lucky_prune("--runs", "1", "--snapshots", "1", "--dry-run")
    assert (runs_of(house, RECORD.notebook), days_left(house)) == before
    assert would.replace("would be removed", "removed") == lucky_prune("--runs", "1", "--snapshots", "1")
    assert lucky_prune("--runs", "1", "--snapshots", "1") == "0 runs and 0 snapshots removed"
