"""Copies into the warehouse in a small estate: the published count, sane days, and what is planted."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import duckdb
import numpy as np
import pytest

from lucky_analytics import estate
from lucky_analytics.demo.process.horizon import N_DAYS, day_of
from lucky_analytics.demo.process.pipelines import ON_DEMAND, list_tasks, run_tasks
from lucky_analytics.demo.truth.planted import plants

TASKS = list_tasks(estate.load())


def run(**plant):
    planted = copy.deepcopy(plants())
    planted["pipelines"].update(plant)
    return run_tasks(TASKS, np.full(N_DAYS, 2_000), 1.0, planted, 7)


@pytest.mark.parametrize(
    "sql",
    [
        "t_etl_task_day where failure_count not between 0 and run_count or row_count < 0",
        "t_etl_task_day where (last_success_time is null) <> (failure_count = run_count)",
        "t_etl_task_day where (mean_seconds is null) <> (last_success_time is null) or mean_seconds <= 0",
        "t_etl_task_day where (error_type = 0) <> (failure_count = 0)",
        "t_etl_task_day where last_success_time::date <> stat_date",
        "t_etl_task_day d join t_etl_task t using (task_no) where run_count * every_minutes > 1440",
        "t_etl_task_day anti join t_etl_task using (task_no)",
        "t_etl_task where (source_table is null) <> (every_minutes = 0)",
    ],
)  # fmt: skip
def test_nothing_is_implausible(db: duckdb.DuckDBPyConnection, sql: str):
    assert db.execute(f"select count(*) from {sql}").fetchall() == [(0,)]


def test_the_runs_add_up_to_the_published_count_and_every_table_has_its_task(db: duckdb.DuckDBPyConnection):
    assert db.execute("select sum(run_count) from t_etl_task_day").fetchall() == [(5_600_000,)]
    copied = {task.source for task in TASKS if task.every != ON_DEMAND}
    declared = {
        f"{database.name}.{table}"
        for database in estate.load().databases.values()
        for table in database.tables
        if database.kind == "mysql" and database.name != "luckyus_icyberdata"
    }
    assert copied == declared


def test_what_fails_fails_from_its_day_on_and_the_truth_names_it(tiny: Path, db: duckdb.DuckDBPyConnection):
    rows = json.loads((tiny / "truth.json").read_text())["exceptions"]["rows"]
    sql = """select task_no from t_etl_task_day where stat_date > date '2026-02-11'
             group by 1 having sum(run_count) = sum(failure_count)"""
    assert [list(row) for row in db.execute(sql).fetchall()] == [rows["failing_tasks"]]
    last = "select max(last_success_time)::varchar from t_etl_task_day where task_no = ?"
    assert db.execute(last, rows["failing_tasks"]).fetchall()[0][0].startswith("2026-02-11 09:19")


def test_what_slows_down_does_so_by_as_much_a_week_and_then_runs_less_often():
    k = next(k for k, task in enumerate(TASKS) if task.source == plants()["pipelines"]["slowing"])
    slow, usual = run(), run(slowing="")
    weeks = (N_DAYS - 1 - day_of("2025-12-15")) / 7
    assert slow.seconds[k, -1] / slow.seconds[k, day_of("2025-12-15")] == pytest.approx(1.12**weeks, rel=0.4)
    assert slow.runs[k, -7:].mean() < usual.runs[k, -7:].mean() == 288
    others = np.arange(len(TASKS) - 1) != k
    assert (slow.runs[:-1][others] == usual.runs[:-1][others]).all()
    assert slow.runs.sum() == usual.runs.sum() == 5_600_000


@pytest.mark.parametrize(
    "plant", [{"failing": "", "slowing": ""}, {"failing": "no.table", "slowing": "no.table"}]
)
def test_a_name_that_no_task_copies_plants_nothing(plant):
    quiet = run(**plant)
    assert (quiet.success >= 0).all() and (quiet.failures < quiet.runs).all()
    assert np.abs(quiet.seconds[:, -28:].mean(1) / quiet.seconds[:, :28].mean(1) - 1).max() < 0.15


def test_a_failure_after_the_last_day_is_none():
    assert (run(fails_since="2026-03-01").success >= 0).all()
