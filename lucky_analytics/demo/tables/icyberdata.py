"""The database of the warehouse's own tasks: which table each copies, and how its runs of a day went."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.demo.build.arrow_columns import choose, dates, datetimes, table
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.horizon import DAYS, FIRST_DATE, N_DAYS
from lucky_analytics.demo.process.pipelines import Task, list_tasks, run_tasks

__all__ = ["tables"]

_FIRST_SECOND = int(np.datetime64(FIRST_DATE, "s").astype(np.int64))


def tables(world: World) -> Iterator[NamedTable]:
    """``t_etl_task`` and ``t_etl_task_day``."""
    known = estate.load()
    declared = known.database("luckyus_icyberdata")
    tasks = list_tasks(known)
    yield declared.name, "t_etl_task", _tasks(declared.table("t_etl_task").schema, tasks)
    yield declared.name, "t_etl_task_day", _days(declared.table("t_etl_task_day").schema, tasks, world)


def _tasks(schema: pa.Schema, tasks: list[Task]) -> pa.Table:
    n = len(tasks)
    return table(schema, {
        "id": 4_001 + np.arange(n),
        "task_no": [task.number for task in tasks],
        "task_name": [f"copy {task.source}" if task.source else "started by hand" for task in tasks],
        "source_database": [task.database or None for task in tasks],
        "source_table": [task.table or None for task in tasks],
        "every_minutes": [task.every for task in tasks],
        "status": np.ones(n, np.int64),
        "create_time": datetimes(np.full(n, _FIRST_SECOND - 30 * 86_400)),
    })  # fmt: skip


def _days(schema: pa.Schema, tasks: list[Task], world: World) -> pa.Table:
    """By day and task."""
    orders = np.bincount(np.maximum(world.book.day, 0), minlength=N_DAYS)[:N_DAYS]
    ran = run_tasks(tasks, orders, world.targets.scale, world.planted, world.seed)
    day, task = np.repeat(DAYS, len(tasks)), np.tile(np.arange(len(tasks)), N_DAYS)
    success = ran.success[task, day]
    ended = _FIRST_SECOND + day * 86_400 + success
    seconds = ran.seconds[task, day]
    return table(schema, {
        "id": 900_001 + np.arange(len(day)),
        "task_no": choose(task, [each.number for each in tasks]),
        "stat_date": dates(day),
        "run_count": ran.runs[task, day],
        "failure_count": ran.failures[task, day],
        "error_type": ran.error[task, day],
        "last_success_time": datetimes(np.where(success >= 0, ended, -1)),
        "mean_seconds": pa.array(seconds, mask=np.isnan(seconds)),
        "row_count": ran.copied[task, day],
    })  # fmt: skip
