"""Copies into the warehouse: what fails is told with its age, what slows down too; all else is left."""

from __future__ import annotations

import datetime as dt

import ibis
import pandas as pd
import pytest

from lucky_analytics.errors import UnknownNameError
from lucky_analytics.questions.platform.database_health import copies, texts, views
from tests import task_world


class Held:
    """The two tables of the tasks, or none."""

    def __init__(self, frames):
        self._frames = frames

    def optional(self, name):
        return ibis.memtable(self._frames[name]) if name in self._frames else None


def read(tasks, days, server=""):
    return copies.read_copies(Held({"etl_tasks": tasks, "etl_days": days}), 0.9, server)


def made(failed, every=60, seconds=10.0, first=dt.date(2026, 2, 1)):
    """One task with these failed runs of 24 a day, the oldest day first; a day all failed has no success."""
    dates = [first + dt.timedelta(days=k) for k in range(len(failed))]
    tasks = pd.DataFrame({
        "task_id": ["T1"], "task_name": ["copy a.b"], "source_database": ["a"], "source_table": ["b"],
        "every_minutes": [every], "is_active": [True],
    })  # fmt: skip
    days = pd.DataFrame({
        "task_id": "T1", "run_date": dates, "n_runs": 24, "n_failed": failed,
        "last_error": ["its columns changed" if n else None for n in failed],
        "last_success_at": [
            pd.Timestamp(day) + pd.Timedelta(hours=24 - n) if n < 24 else pd.NaT
            for day, n in zip(dates, failed, strict=True)
        ],
        "mean_seconds": seconds, "n_rows": 0,
    })  # fmt: skip
    return tasks, days


def test_the_planted_ones_are_found_and_no_other():
    found = copies.list_broken(read(*task_world.frames().values()))
    assert [(row["kind"], row["subject"]) for row in found] == [
        (copies.FAILED, task_world.PLANT["failing"]),
        (copies.SLOWING, task_world.PLANT["slowing"]),
    ]
    assert found[0]["since"] == pd.Timestamp("2026-02-11 09:19") + pd.Timedelta(
        seconds=found[0]["since"].second
    )
    assert found[0]["reason"] == "its columns changed"
    hours = (pd.Timestamp("2026-02-14") - found[0]["since"]) / pd.Timedelta(hours=1)
    assert found[0]["value"] == pytest.approx(hours)


@pytest.mark.parametrize("seed", [7, 8])
def test_where_nothing_is_planted_nothing_is_told(seed):
    assert copies.list_broken(read(*task_world.frames("null", seed).values())) == []


@pytest.mark.parametrize(
    ("failed", "hours"),
    [([0, 0, 2], None), ([0, 0, 4], 4.0), ([0, 5, 24], 29.0), ([24, 24, 24], float("nan"))],
)  # fmt: skip
def test_three_runs_in_a_row_make_a_copy_fail_and_its_age_counts_from_the_last_good_one(failed, hours):
    rows = copies.list_broken(read(*made(failed)))
    assert [row["value"] for row in rows] == pytest.approx([] if hours is None else [hours], nan_ok=True)


def test_a_failure_that_later_runs_made_good_is_none():
    tasks, days = made([0, 9, 0])
    assert copies.list_broken(read(tasks, days)) == []
    assert read(tasks, days)["n_failed"].tolist() == [9]


def test_slow_and_not_slower_is_no_fault_and_slower_with_room_neither():
    tasks, days = made([0] * 28)
    steady = days.assign(mean_seconds=4_000.0)
    assert copies.list_broken(read(tasks, steady)) == []
    rising = [10 * 1.02**day * (1 + 0.01 * (day % 3)) for day in range(28)]
    assert copies.list_broken(read(tasks, days.assign(mean_seconds=rising))) == []
    full = days.assign(mean_seconds=[300 * value for value in rising])
    assert [row["kind"] for row in copies.list_broken(read(tasks, full))] == [copies.SLOWING]


def test_a_page_of_another_server_is_silent_on_copies_and_a_strange_one_is_refused():
    tasks, days = made([0, 0, 24])
    other = read(tasks, days, "salesorder")
    assert (
        other.empty and copies.list_broken(other) == [] and copies.count_broken(other, other) == (None, None)
    )
    assert "all servers" in texts.describe_copies(other, other) and "all servers" in texts.say_copies(other)
    assert len(read(tasks, days, "icyberdata")) == 1
    with pytest.raises(UnknownNameError):
        read(tasks, days, "nobody")


def test_without_tables_or_rows_nobody_can_tell():
    assert copies.read_copies(Held({}), 0.9) is None
    tasks, days = made([0])
    assert read(tasks.iloc[:0], days) is None and read(tasks, days.iloc[:0]) is None
    assert copies.list_broken(None) == [] and "Nobody can say" in texts.describe_copies(None, days)
    assert views.show_copies(None, days).empty
    assert any("CyberData" in what for what in texts.list_unknown(None, None)["what"])
    assert not any("CyberData" in what for what in texts.list_unknown(read(tasks, days), None)["what"])
