"""The log of checks only grows, and shows what was changed, taken out or cut off, in it and in evidence."""

from __future__ import annotations

import json
import threading

import pandas as pd
import pytest
from click.testing import CliRunner

from lucky_analytics import report_data
from lucky_analytics.audit_log import read_entries
from lucky_analytics.cli.checks import checks
from lucky_analytics.errors import PublishError, RunError
from lucky_analytics.publish import audit, check_log
from lucky_analytics.report_evidence import hash_evidence
from lucky_analytics.runs import history, records
from lucky_analytics.runs.batch import Outcome
from tests.example_runs import make_settings, write_run

ROWS = pd.DataFrame({"control": ["fees", "fees", "late"], "case": ["1", "2", "3"]})


@pytest.fixture
def settings(tmp_path):
    return make_settings(tmp_path)


def attested_run(settings, run_id, **changes):
    """A finished run with evidence, and what it attested of it."""
    record = write_run(settings, run_id=run_id, **changes)
    folder = settings.runs_dir / record.notebook / run_id
    table = report_data.decode(report_data.encode(ROWS, "table evidence"))
    (folder / "tables/evidence.csv").write_text("".join(report_data.write_csv_text(table)), newline="")
    tests = [
        {"name": name, "outcome": "failed", "n": 1, "cases": 2, "sha256": sha}
        for name, sha in hash_evidence(ROWS).items()
    ]
    results = json.loads((folder / "results.json").read_text())
    records.write_json(folder / "results.json", {**results, "attested": [{"tests": tests}]})
    return record


def log_file(settings):
    return settings.outputs_dir / "checks/log.jsonl"


def logged(settings, n=3):
    with audit.auditing(settings) as note:
        for number in range(n):
            record = attested_run(settings, f"run{number}")
            note(Outcome(record.notebook, "ran", "new", record))
    return log_file(settings).read_text().splitlines()


def test_each_run_adds_a_line_that_holds_the_hash_of_the_one_before(settings):
    lines = logged(settings)
    entries = [json.loads(line) for line in lines]
    assert [entry["run"] for entry in entries] == ["run0", "run1", "run2"]
    assert entries[0]["previous"] == check_log.FIRST
    assert all(entry["who"] and entry["at"] and entry["act"] == "tested" for entry in entries)
    assert {test["name"] for test in entries[0]["tests"]} == {"fees", "late"}
    assert log_file(settings).stat().st_mode & 0o077 == 0
    assert check_log.find_breaks(settings) == (3, [])
    assert [entry["checks"] for entry in read_entries(settings)][-1]


@pytest.mark.parametrize("change", ["taken out", "changed", "put in", "swapped", "cut off", "no entry"])
def test_whatever_is_done_to_the_log_is_noticed(settings, change):
    lines = logged(settings)
    if change == "taken out":
        del lines[0]
    elif change == "changed":
        lines[1] = lines[1].replace('"failed"', '"passed"', 1)
    elif change == "put in":
        lines.insert(1, lines[0])
    elif change == "swapped":
        lines[0], lines[1] = lines[1], lines[0]
    elif change == "cut off":
        del lines[-1]
    else:
        lines[1] = "{"
    log_file(settings).write_text("\n".join(lines) + "\n")
    n, found = check_log.find_breaks(settings)
    assert n == len(lines) and found


def test_evidence_that_was_changed_or_removed_is_named(settings):
    logged(settings, 2)
    folder = settings.runs_dir / "store_ramp_curves"
    evidence = folder / "run0/tables/evidence.csv"
    evidence.write_text(evidence.read_text().replace("fees,2", "fees,9"))
    (folder / "run1/tables/evidence.csv").unlink()
    found = check_log.find_breaks(settings)[1]
    assert len(found) == 2
    assert "evidence of fees is not what was logged" in found[0] and "cannot be read" in found[1]


def test_the_command_says_so_and_ends_with_an_error(settings, monkeypatch):
    monkeypatch.setattr("lucky_analytics.settings.load", lambda: settings)
    lines = logged(settings, 2)
    run = CliRunner()
    assert "2 lines, none changed" in run.invoke(checks, ["verify"], catch_exceptions=False).output
    listed = run.invoke(checks, ["list"]).output.splitlines()
    assert len(listed) == 2 and "2 failed" in listed[0]
    assert json.loads(run.invoke(checks, ["list", "--json"]).output.splitlines()[0]) == json.loads(lines[0])
    log_file(settings).write_text(lines[1] + "\n")
    result = run.invoke(checks, ["verify"])
    assert isinstance(result.exception, RunError) and result.exception.exit_code
    assert "changed or taken out" in str(result.exception)


def test_an_empty_log_is_whole_and_a_run_without_tests_adds_nothing(settings):
    assert check_log.find_breaks(settings) == (0, [])
    record = write_run(settings, run_id="plain")
    with audit.auditing(settings) as note:
        note(Outcome(record.notebook, "ran", "new", record))
        note(Outcome(record.notebook, "skipped", "nothing changed", attested_run(settings, "other")))
    assert not log_file(settings).exists()
    assert audit.note_retest(settings, record) is False


def test_a_second_test_with_the_same_result_is_an_entry_of_its_own(settings):
    record = attested_run(settings, "run0")
    assert audit.note_retest(settings, record) is True
    assert [entry["act"] for entry in check_log.read_checks(settings)] == ["tested again"]
    assert check_log.find_breaks(settings) == (1, [])


def test_commands_at_once_leave_one_chain(settings):
    record = attested_run(settings, "run0")
    threads = [threading.Thread(target=audit.note_retest, args=(settings, record)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert check_log.find_breaks(settings) == (10, [])


def test_a_line_that_a_full_disk_cut_short_is_named_and_does_not_swallow_the_next(settings):
    logged(settings, 1)
    with log_file(settings).open("a") as file:
        file.write('{"at": "2026')
    audit.note_retest(settings, attested_run(settings, "run9"))
    n, found = check_log.find_breaks(settings)
    assert n == 3 and found == ["line 2: no entry of the log"]


def test_retention_leaves_the_runs_that_have_evidence(settings):
    for number in range(3):
        attested_run(settings, f"kept{number}", ended_at=f"2026-02-1{number}T12:00:00+00:00")
        write_run(settings, run_id=f"old{number}", ended_at=f"2026-02-1{number}T11:00:00+00:00")
    removed = {record.run_id for record in history.prune(settings, 1)}
    assert removed == {"old0", "old1", "old2"}


def test_a_log_that_cannot_be_written_stops_the_command(settings):
    record = attested_run(settings, "run0")
    (settings.outputs_dir / "checks").write_text("not a folder")
    with pytest.raises(PublishError, match="log of checks"):
        audit.note_retest(settings, record)
