"""The tasks that copy each table into the warehouse, and how their runs of each day (UTC) went."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Floats, Ints, largest_remainder, stream
from lucky_analytics.demo.process.horizon import DAYS, N_DAYS, day_of
from lucky_analytics.demo.truth.planted import Plants
from lucky_analytics.estate.model import Estate

__all__ = ["ON_DEMAND", "Task", "TaskDays", "list_tasks", "run_tasks"]

N_RUNS = 5_600_000
OWN_DATABASE = "luckyus_icyberdata"
ON_DEMAND = 0  # minutes from one run to the next
# The documents count runs and say of no task how often it runs. Assumed: the largest tables each minute,
# others of a hundred thousand rows every five, the rest hourly; what people start by hand fills the count.
_EVERY, _LARGEST, _LARGE = (1, 5, 60), 8, 100_000
_FAILED_SHARE = 0.002
_DAY, _MINUTE = 86_400, 60
_COLUMNS = 3  # t_etl_task_day.error_type of columns that changed
_BROKE_AT = 9 * 3_600 + 20 * 60  # of its first day, UTC


@dataclass(frozen=True)
class Task:
    """One task: the table that it copies (empty on demand) with its published rows, minutes between runs."""

    number: str
    database: str
    table: str
    rows: int
    every: int

    @property
    def source(self) -> str:
        """``database.table``; empty on demand."""
        return f"{self.database}.{self.table}" if self.table else ""


@dataclass(frozen=True)
class TaskDays:
    """By task and day (UTC): ``runs``, ``failures``, ``error``, ``success`` (seconds from the day's begin to
    the end of its last run that succeeded; -1: none), ``seconds`` (mean; null without one), ``copied``."""

    tasks: list[Task]
    runs: Ints
    failures: Ints
    error: Ints
    success: Ints
    seconds: Floats
    copied: Ints


def list_tasks(declared: Estate) -> list[Task]:
    """One for every declared table of MySQL, in the order of their names, and what people start by hand."""
    found = [
        (database.name, table.name, table.rows or 0)
        for database in declared.databases.values()
        if database.kind == "mysql" and database.name != OWN_DATABASE
        for table in database.tables.values()
    ]
    largest = sorted(found, key=lambda each: (-each[2], each))[:_LARGEST]
    tasks = []
    for place, (database, name, rows) in enumerate(sorted(found)):
        rank = 0 if (database, name, rows) in largest else 1 if rows >= _LARGE else 2
        tasks.append(Task(f"T{4_001 + place}", database, name, rows, _EVERY[rank]))
    return [*tasks, Task(f"T{4_001 + len(tasks)}", "", "", 0, ON_DEMAND)]


def run_tasks(tasks: list[Task], orders_a_day: Ints, scale: float, planted: Plants, seed: int) -> TaskDays:
    """The days of each task. ``orders_a_day``: with them grows what is copied.

    Planted (``pipelines``): from ``fails_since`` on no run of the task that copies ``failing`` succeeds,
    because columns changed; those of ``slowing`` take ``slowing_a_week`` longer each week from
    ``slows_since`` on, and once they take longer than the time between two runs there are fewer of them. A
    name that no task copies plants nothing. How often tasks run does not shrink with ``scale``.
    """
    plant = planted["pipelines"]
    share = np.maximum(orders_a_day, 1) / np.maximum(orders_a_day, 1).sum()
    shape = (len(tasks), N_DAYS)
    runs, failures, error, success, copied = (np.zeros(shape, np.int64) for _ in range(5))
    seconds = np.full(shape, np.nan)
    for k, task in enumerate(tasks):
        rng = stream(seed, f"task {task.source}")
        usual = rng.uniform(5, 25) + 3.0 * np.log1p(task.rows) / _EVERY[-1] * max(task.every, 1)
        is_slowing = bool(task.source) and task.source == plant["slowing"]
        if is_slowing:
            usual = max(usual, 0.45 * task.every * _MINUTE)
        weeks = np.maximum(DAYS - day_of(plant["slows_since"]), 0) / 7
        growth = plant["slowing_a_week"] if is_slowing else 0.0
        seconds[k] = usual * (1 + growth) ** weeks * np.exp(rng.normal(0, 0.08, N_DAYS))
        if task.every == ON_DEMAND:
            weights = rng.lognormal(0, 0.15, N_DAYS)
            runs[k] = largest_remainder(weights, max(N_RUNS - int(runs.sum()), 0))
        else:
            room = _DAY / np.maximum(seconds[k], task.every * _MINUTE)
            runs[k] = np.minimum(_DAY // (task.every * _MINUTE), room.astype(np.int64))
        failures[k] = rng.binomial(runs[k], _FAILED_SHARE)
        error[k] = np.where(failures[k] > 0, rng.choice([1, 1, 1, 2, 4], N_DAYS), 0)
        gap = _DAY / np.maximum(runs[k], 1)
        success[k] = _DAY - gap * rng.geometric(1 - _FAILED_SHARE, N_DAYS) + np.minimum(seconds[k], gap)
        changed = task.rows * scale * share if task.rows > 5_000 else np.full(N_DAYS, 3.0)
        copied[k] = rng.poisson(changed)
        if task.source and task.source == plant["failing"]:
            _break(k, day_of(plant["fails_since"]), runs, failures, error, success, seconds, copied)
    success = np.where(runs > failures, np.clip(success, 0, _DAY - 1), -1)
    seconds = np.where(success >= 0, seconds, np.nan)
    return TaskDays(tasks, runs, failures, error, success, seconds, copied)


def _break(k: int, day: int, runs: Ints, failures: Ints, error: Ints, success: Ints, seconds: Floats,
           copied: Ints) -> None:  # fmt: skip
    """No run of a task succeeds after twenty past nine of a day on; where that is after the last, none."""
    if day >= N_DAYS:
        return
    good = int(runs[k, day] * _BROKE_AT // _DAY)
    failures[k, day] = runs[k, day] - good
    failures[k, day + 1 :] = runs[k, day + 1 :]
    error[k, day:] = _COLUMNS
    success[k, day] = _BROKE_AT - _MINUTE + int(seconds[k, day]) if good else -1
    copied[k, day] = copied[k, day] * good // max(int(runs[k, day]), 1)
    copied[k, day + 1 :] = 0
