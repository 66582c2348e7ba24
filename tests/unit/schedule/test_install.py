"""Units, crontab lines and DAG files: what their own programs make of them, awkward paths among them."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.estate.markets import MARKETS
from lucky_analytics.schedule import install
from lucky_analytics.schedule.airflow import format_dags
from lucky_analytics.schedule.declare import Entry, Schedule
from lucky_analytics.settings import Settings
from tests.notebook_cells import write_notebook

AWKWARD = 'a b % "c" $HOME {{ x }}'


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    root = tmp_path / AWKWARD
    (root / "params").mkdir(parents=True)
    write_notebook(root / "notebooks" / "operations" / "shops.ipynb")
    return Settings(root, root / "data", root / "outputs")


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_accepts_the_units_of_an_awkward_path(here: Settings):
    units = install.format_units(here)
    install.verify(units)
    broken = {name: text.replace("OnCalendar=*", "OnCalendar=no") for name, text in units.items()}
    with pytest.raises(LuckyError, match="systemd units: expected no complaint"):
        install.verify(broken)


def test_systemd_gives_back_the_very_path(here: Settings):
    service = install.format_units(here)["lucky-schedule.service"]
    line = next(line for line in service.splitlines() if "LUCKY_HOME" in line)
    word = line.removeprefix("Environment=")[1:-1]
    given_back = word.replace("%%", "%").replace('\\"', '"').replace("\\\\", "\\")
    assert given_back == f"LUCKY_HOME={here.root}"


def test_a_shell_reads_the_crontab_line_as_it_was_meant(here: Settings, monkeypatch: pytest.MonkeyPatch):
    here.outputs_dir.mkdir()
    show = ["/bin/sh", "-c", 'printf "%s|%s" "$LUCKY_HOME" "$*"', "sh"]
    monkeypatch.setattr(install, "command", lambda: show)
    line = next(line for line in install.format_crontab(here).splitlines() if line.startswith("* * * * * "))
    assert line.count("%") == line.count("\\%")  # cron takes a bare one as the end of the command
    command = line.removeprefix("* * * * * ").replace("\\%", "%")
    subprocess.run(["/bin/sh", "-c", command], check=True, env={"PATH": os.environ["PATH"]})
    assert (here.outputs_dir / "schedule.log").read_text() == f"{here.root}|schedule run"


def test_installing_twice_leaves_one_line_and_the_lines_of_others(here: Settings):
    ours = install.format_crontab(here)
    once = install.merge_crontab("MAILTO=me\n5 4 * * * theirs\n", ours)
    assert install.merge_crontab(once, ours) == once
    assert once.startswith("MAILTO=me\n5 4 * * * theirs\n")
    assert once.count("schedule run") == 1


def test_a_machine_without_the_program_is_told_what_else_works(
    here: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(LuckyError, match=r"crontab: expected the program, got none\. Use lucky schedule run"):
        install.install("cron", here)


def test_dag_files_are_programs_and_hold_an_awkward_path_as_it_is(here: Settings):
    jinja = pytest.importorskip("jinja2")
    entry = Entry("daily", (), "30 6 * * *", MARKETS[0], parameters={"level": "0.8"})
    text = format_dags(here, Schedule("demo", (entry,)))
    assigned = {
        node.targets[0].id: node.value for node in ast.parse(text).body if isinstance(node, ast.Assign)
    }
    environment = ast.literal_eval(assigned["ENVIRONMENT"])
    assert jinja.Template(environment["LUCKY_HOME"]).render() == str(here.root)
    assert "run shops -p level=0.8" in text


def test_a_list_of_slots_for_airflow_is_not_endless(here: Settings):
    entry = Entry("loop", (), "*/5 * * * *", MARKETS[0], holidays="skip")
    with pytest.raises(ParameterError, match="at most 2000 slots"):
        format_dags(here, Schedule("demo", (entry,)))
