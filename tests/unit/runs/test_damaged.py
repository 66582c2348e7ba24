"""Files of a run that somebody cut, emptied or overwrote: each command says so in a line, and the other runs
stay what they are."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from lucky_analytics.cli import main
from lucky_analytics.errors import PublishError, RunError
from lucky_analytics.publish import publish
from lucky_analytics.runs import history, records
from lucky_analytics.runs.whole import check_whole, write_record
from tests.example_runs import make_settings, write_earlier, write_run
from tests.read_only import read_only

OLD, NEW = "0102030405060708", "a1b2c3d4e5f60718"
DAMAGES = {
    "empty": lambda whole: b"",
    "half": lambda whole: whole[: len(whole) // 2],
    "bytes": lambda whole: b"\xff\xfe\x00" + whole,
    "other": lambda whole: b"[1]",
    "null": lambda whole: b"null",
    "shallow": lambda whole: b'{"headlines": [1]}',
}
RULE = "a:\n  notebook: store_ramp_curves\n  when: plateau > 1\n"


@pytest.fixture
def here(tmp_path, monkeypatch):
    settings = make_settings(tmp_path)
    write_earlier(settings, day="2026-02-10", run_id=OLD, factor=0.9)
    write_run(settings)
    (settings.params_dir / "alerts.yml").write_text(RULE)
    monkeypatch.setenv("LUCKY_HOME", str(tmp_path))
    return settings


def call(capsys, *arguments):
    code = 0
    try:
        main(list(arguments))
    except SystemExit as ended:
        code = ended.code
    return code, capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("how", DAMAGES)
def test_damaged_results_cost_their_run_alone_and_are_named(here, capsys, how):
    file = here.runs_dir / "store_ramp_curves" / NEW / "results.json"
    file.write_bytes(DAMAGES[how](file.read_bytes()))
    named = f"results.json of run store_ramp_curves/{NEW}: expected as the run wrote it, got "
    for command in (
        ["results", "store_ramp_curves"],
        ["diff", OLD, NEW],
        ["history", "rebuild"],
        ["schedule", "list"],
    ):
        code, (line,) = call(capsys, *command)
        assert (code, line.startswith(f"lucky: {named}")) == (5, True), (command, line)
    assert len(history.headline_history("store_ramp_curves", "plateau", here)) == 1
    for _ in range(2):  # once more when the portal is unchanged
        code, (line,) = call(capsys, "publish")
        said = f"lucky: left out store_ramp_curves/{NEW}: {named}"
        assert (code, line.startswith(said)) == (PublishError.exit_code, True), line
    assert (here.site_dir / "runs" / OLD / "index.html").is_file()


@pytest.mark.parametrize("how", DAMAGES)
def test_a_damaged_manifest_is_named_and_is_no_run(here, capsys, how):
    file = here.runs_dir / "store_ramp_curves" / NEW / "manifest.json"
    file.write_bytes(DAMAGES[how](file.read_bytes()))
    code, (line,) = call(capsys, "history", "rebuild")
    assert (code, line) == (
        5,
        f"lucky: run store_ramp_curves/{NEW}: expected a whole manifest.json, got none, so it is left out",
    )
    for _ in range(2):  # built, and found unchanged
        assert publish(here).unreadable == [
            (f"store_ramp_curves/{NEW}", "no whole manifest.json; remove the folder")
        ]
    for path in (here.runs_dir / "store_ramp_curves" / OLD).glob("manifest.json"):
        path.unlink()
    code, (line,) = call(capsys, "results", "store_ramp_curves")
    assert code == 5 and f"none that can be read; no whole manifest in {OLD}, {NEW}" in line


@pytest.mark.parametrize(
    "name",
    ["report.html", "executed.ipynb", "results.json", "tables/plateaus.csv", "tables/plateaus.parquet"],
)
def test_a_run_of_which_a_file_is_missing_or_empty_is_not_whole(here, name):
    record = records.find("store_ramp_curves", NEW, here)
    check_whole(record, here)
    file = here.runs_dir / "store_ramp_curves" / NEW / name
    file.write_bytes(b"")
    with pytest.raises(RunError, match=f"{name} of run store_ramp_curves/{NEW}"):
        check_whole(record, here)
    file.unlink()
    with pytest.raises(RunError, match="got No such file or directory"):
        check_whole(record, here)


def test_what_somebody_edited_in_a_run_is_not_published_and_a_copy_without_times_is(here, capsys):
    folder = here.runs_dir / "store_ramp_curves" / NEW
    write_record(records.find("store_ramp_curves", NEW, here), folder)
    record = records.find("store_ramp_curves", NEW, here)
    for name in record.files:
        os.utime(folder / name, (1, 1))  # as of a copy that kept no times
    check_whole(record, here)
    file = folder / "results.json"
    file.write_text(file.read_text().replace('"value": ', '"value": 9', 1))
    named = f"results.json of run store_ramp_curves/{NEW}: expected as the run wrote it, got other content"
    with pytest.raises(RunError, match=named):
        check_whole(record, here)
    code, (line,) = call(capsys, "publish")
    assert (code, line.startswith(f"lucky: left out store_ramp_curves/{NEW}: {named}")) == (6, True), line


def test_a_folder_in_the_place_of_a_database_is_one_line(here, capsys):
    for name, command in (
        ("history.sqlite", ["history", "show", "store_ramp_curves", "plateau"]),
        ("schedule.sqlite", ["schedule", "history"]),
    ):
        (here.outputs_dir / name).unlink(missing_ok=True)
        (here.outputs_dir / name).mkdir()
        code, (line,) = call(capsys, *command)
        assert (code, line.startswith(f"lucky: {name}: expected the ")) == (1, True), line
        assert "got unable to open database file. Move " in line


@pytest.mark.parametrize("command", [["history", "rebuild"], ["schedule", "history"]])
def test_a_database_that_may_not_be_written_is_not_to_be_moved_away(here, command):
    program = [sys.executable, "-m", "lucky_analytics.cli", *command]
    done = subprocess.run(read_only(here.outputs_dir, program), capture_output=True, text=True)
    here.outputs_dir.chmod(0o755)
    assert done.returncode in (1, 74)
    (line,) = done.stderr.splitlines()
    assert "got permission denied. Check permissions" in line or "Read-only file system" in line
    assert "Move" not in line


def test_a_mail_of_a_damaged_notebook_is_one_line(here, capsys):
    (here.runs_dir / "store_ramp_curves" / NEW / "executed.ipynb").write_text("{")
    code, lines = call(capsys, "publish", "--mail")
    assert (code, len(lines)) == (6, 1)
    assert "mail of store_ramp_curves: expected the notebook as run" in lines[0]
    assert json.loads((here.runs_dir / "store_ramp_curves" / OLD / "results.json").read_text())["headlines"]


def test_an_unknown_run_is_told_by_runs_and_reports_not_by_the_folder_of_styles(here, capsys):
    (here.runs_dir / "assets").mkdir(exist_ok=True)
    for name in ("nosuch", "assets"):
        code, (said,) = call(capsys, "diff", name, NEW)
        known = said.partition("expected one of ")[2]
        assert code and f"unknown run '{name}'" in said and NEW in known and "assets" not in known
