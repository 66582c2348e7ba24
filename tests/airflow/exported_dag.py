"""``make test-airflow``: the exported file in a real DagBag of a real Airflow, in an environment of its own.

Not among the tests of ``make test``, because that environment takes half a gigabyte.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
from pathlib import Path

import pytest

from lucky_analytics.schedule.airflow import format_dags
from lucky_analytics.schedule.due import slots_between
from lucky_analytics.schedule.entries import load
from lucky_analytics.settings import Settings
from tests import estate_rows, scheduled_checkout
from tests.notebook_cells import PARAMETERS, write_notebook

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-airflow" / "bin" / "python"
SCHEDULE = """\
source: demo
entries:
  morning:
    notebook: all
    cron: "30 6 * * *"
    deadline: 45 min
    retries: 2
  islands:
    notebook: shops
    parameters: {name: "a 'b' {{ c }}"}
    cron: "0 6 * * 1-5"
    market: Rarotonga
    snapshot: [salesorder, opshop]
    retries: 0
  weekly:
    notebook: shops
    cron: "0 7 * * 4"
    holidays: next_day
    snapshot: none
"""
N = 12


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    here = estate_rows.checkout(tmp_path_factory.mktemp("it's a checkout") / 'of % {{ x }} "y"')
    declared = PARAMETERS + '\nname: str = ""  # a text'
    for name in ("shops", "orders"):
        write_notebook(here.notebooks_dir / "operations" / f"{name}.ipynb", parameters=declared)
    (here.params_dir / "schedule.yml").write_text(SCHEDULE)
    return here


def airflow(here: Settings, folder: Path, *commands: list[str]) -> str:
    """What the last command of Airflow's Python says, where the exported file is its only one."""
    dags = folder / "dags"
    dags.mkdir()
    (dags / "lucky.py").write_text(format_dags(here, load(here)))
    environment = {
        **os.environ,
        "AIRFLOW_HOME": str(folder / "home"),
        "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }
    for command in commands:
        done = subprocess.run([str(PYTHON), *command], capture_output=True, text=True, env=environment)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def read(here: Settings, folder: Path, start: dt.datetime) -> dict:
    script = str(ROOT / "tests/airflow/read_dags.py")
    said = airflow(here, folder, [script, str(folder / "dags"), start.isoformat(), str(N)])
    return json.loads(said.splitlines()[-1])


@pytest.fixture(scope="module")
def bag(here: Settings, tmp_path_factory: pytest.TempPathFactory) -> dict:
    return read(here, tmp_path_factory.mktemp("spring"), dt.datetime(2026, 3, 3, tzinfo=dt.UTC))


def test_the_file_parses(bag: dict):
    assert bag["errors"] == {}
    assert sorted(bag["dags"]) == ["lucky_islands", "lucky_morning", "lucky_weekly"]


def test_tasks_wait_for_each_other_and_a_failed_run_is_still_published(bag: dict):
    tasks = bag["dags"]["lucky_morning"]["tasks"]
    assert {name: task["after"] for name, task in tasks.items()} == {
        "snapshot": [],
        "run_orders": ["snapshot"],
        "run_shops": ["snapshot"],
        "publish": ["run_orders", "run_shops", "snapshot"],
        "tell": ["publish", "snapshot"],
        "tell_not_made": ["snapshot"],
    }
    rules = {name: task["rule"] for name, task in tasks.items()}
    once = (
        "all_done_min_one_success"  # of them the snapshot: a failed run or portal keeps nobody from hearing
    )
    assert (rules["publish"], rules["tell"], rules["tell_not_made"]) == (once, once, "all_failed")
    alone = {name: task["rule"] for name, task in bag["dags"]["lucky_weekly"]["tasks"].items()}
    assert (alone["publish"], alone["tell"]) == ("all_done", "all_done")
    assert {tasks[name]["retries"] for name in ("snapshot", "run_shops", "publish")} == {2}
    assert "snapshot" not in bag["dags"]["lucky_weekly"]["tasks"]


def test_schedule_zone_deadline_and_catch_up(bag: dict):
    morning, islands = bag["dags"]["lucky_morning"], bag["dags"]["lucky_islands"]
    assert (morning["time_zone"], islands["time_zone"]) == ("America/New_York", "Pacific/Rarotonga")
    assert (morning["timeout"], islands["timeout"], morning["catchup"]) == (2700.0, None, False)


@pytest.mark.parametrize("start", ["2025-10-29T00:00:00+00:00", "2026-03-03T00:00:00+00:00"])
def test_airflow_runs_when_our_own_loop_does_on_daylight_saving_days(
    here: Settings, tmp_path: Path, start: str
):
    moment = dt.datetime.fromisoformat(start)
    dags = read(here, tmp_path, moment)["dags"]
    for entry in load(here).entries[:2]:
        slots = slots_between(entry, moment, moment + dt.timedelta(days=30))
        assert dags[f"lucky_{entry.name}"]["runs"] == [slot.isoformat() for slot in slots[:N]]


def test_slots_that_a_holiday_moved_are_written_out(here: Settings, bag: dict):
    now = dt.datetime.now(dt.UTC)
    ours = slots_between(load(here).entry("weekly"), now, now + dt.timedelta(days=300))
    assert bag["dags"]["lucky_weekly"]["runs"] == [slot.isoformat() for slot in ours[:N]]


def test_commands_hold_the_parameters_and_no_secret(bag: dict):
    command = bag["dags"]["lucky_islands"]["tasks"]["run_shops"]["command"]
    assert "run shops -p" in command
    snapshot = bag["dags"]["lucky_islands"]["tasks"]["snapshot"]["command"]
    assert snapshot.endswith("--source demo --source-name salesorder --source-name opshop --keep-others")


DAILY = 'entries:\n  daily:\n    notebook: shops\n    cron: "30 6 * * *"\n    parameters: {error_file: ""}\n'


@pytest.mark.timeout(900)
def test_a_run_of_the_dag_makes_snapshot_report_and_portal(tmp_path: Path):
    """``airflow dags test`` carries out every task for real, in a folder with a space and braces."""
    world = scheduled_checkout.make(tmp_path / "a {{ x }}", DAILY, scheduled_checkout.utc("2026-02-15T11:30"))
    run = ["-m", "airflow", "dags", "test", "lucky_daily", "2026-02-15T11:30:00+00:00"]
    airflow(world.settings, tmp_path, ["-m", "airflow", "db", "migrate"], run)
    assert (world.settings.site_dir / "operations" / "shops" / "index.html").is_file()
    audit = "".join(path.read_text() for path in (world.settings.outputs_dir / "audit").glob("*.jsonl"))
    assert "run shops" in audit and '"publish"' in audit
    assert (world.settings.outputs_dir / "schedule.sqlite").is_file()  # the last task has told
