"""Units, crontab lines and DAG files: what their own programs make of them, awkward paths among them."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.estate.markets import MARKETS
from lucky_analytics.schedule import install
from lucky_analytics.schedule.airflow import format_dags
from lucky_analytics.schedule.entries import Entry, Schedule
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


@pytest.fixture
def crontab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program of this name over a file: the real one would change the crontab of whoever runs the tests."""
    programs, table = tmp_path / "programs", tmp_path / "table"
    programs.mkdir()
    (programs / "crontab").write_text(
        f'#!/bin/sh\n[ "$1" = - ] && exec cat > "{table}"\n'
        f'cat "{table}" 2>/dev/null || {{ echo "no crontab for ana" >&2; exit 1; }}\n'
    )
    (programs / "crontab").chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    return table


@pytest.mark.parametrize("before", [b"", b"MAILTO=me\n# caf\xe9\n5 4 * * * theirs\n"])
def test_cron_is_installed_once_and_removed_without_a_trace(here: Settings, crontab: Path, before: bytes):
    if before:
        crontab.write_bytes(before)
    install.install("cron", here)
    once = crontab.read_bytes()
    install.install("cron", here)
    assert crontab.read_bytes() == once
    assert once.startswith(before) and once.count(b"schedule run") == 1
    assert install.remove("cron") == ["crontab: our lines are gone"]
    assert crontab.read_bytes() == before
    assert install.remove("cron") == ["crontab: nothing of ours"]


def test_lines_of_others_stay_whatever_became_of_ours(here: Settings):
    ours = install.format_crontab(here)
    begin, *_, end = ours.splitlines(keepends=True)
    assert install.merge_crontab(f"{begin}5 4 * * * theirs\n", ours) == f"{begin}5 4 * * * theirs\n{ours}"
    assert install.merge_crontab(f"{begin}5 4 * * * theirs\n{ours}", "") == f"{begin}5 4 * * * theirs\n"
    assert install.merge_crontab(f"{end}5 4 * * * theirs", ours) == f"{end}5 4 * * * theirs\n{ours}"


def test_only_what_lies_elsewhere_is_told(here: Settings):
    assert install.environment(here) == {"LUCKY_HOME": str(here.root)}
    moved = replace(here, outputs_dir=Path("/large/outputs"), site_url="https://reports.example.internal")
    more = {"LUCKY_OUTPUTS": "/large/outputs", "LUCKY_SITE_URL": "https://reports.example.internal"}
    assert install.environment(moved) == {"LUCKY_HOME": str(here.root), **more}


@pytest.mark.skipif(shutil.which("systemctl") is None, reason="no systemd here")
def test_without_a_systemd_at_work_nothing_is_written(
    here: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "nowhere"))
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    for act in (lambda: install.install("systemd", here), lambda: install.remove("systemd")):
        with pytest.raises(LuckyError, match=r"systemctl --user .* Use --to cron"):
            act()
    assert not (tmp_path / "home").exists()


def test_a_machine_without_the_program_is_told_what_else_works(
    here: Settings, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(
        LuckyError, match=r"crontab: expected the program, got none\. Use --to cron, or lucky"
    ):
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
