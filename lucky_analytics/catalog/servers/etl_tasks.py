"""``etl_tasks``, ``etl_days``: what copies tables into the warehouse, and how its runs of a day went."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, name
from lucky_analytics.catalog.local_time import home_date

__all__ = ["ETL_DAYS", "ETL_TASKS"]

NO_ERROR = "none"
ERRORS = {0: NO_ERROR, 1: "the source did not answer", 2: "took too long", 3: "its columns changed",
          4: "the target refused"}  # fmt: skip


def _tasks(suite: Tables) -> ir.Table:
    task = suite.source("icyberdata").t_etl_task
    task = task.filter(home_date(task.create_time) <= suite.as_of)
    return task.select(
        task_id=task.task_no,
        task_name=name(task.task_name),
        source_database=task.source_database,
        source_table=task.source_table,
        every_minutes=task.every_minutes.cast("int64").nullif(0),
        is_active=task.status == 1,
    )


def _days(suite: Tables) -> ir.Table:
    day = suite.source("icyberdata").t_etl_task_day
    day = day.filter(day.stat_date <= suite.as_of)
    return day.select(
        task_id=day.task_no,
        run_date=day.stat_date,
        n_runs=day.run_count,
        n_failed=day.failure_count,
        last_error=day.error_type.cases(*ERRORS.items(), else_="other").nullif(NO_ERROR),
        last_success_at=day.last_success_time,
        mean_seconds=day.mean_seconds,
        n_rows=day.row_count,
    )


ETL_TASKS = Conformed(
    name="etl_tasks",
    grain="one row per task of the warehouse made by as_of, those switched off included",
    key=("task_id",),
    columns={
        "task_id": Field("string", "number of the task, text"),
        "task_name": Field("string", "what it does, in words"),
        "source_database": Field("string", "whose table it copies; null for one on demand", nullable=True),
        "source_table": Field("string", "the table; null for one on demand", nullable=True),
        "every_minutes": Field("int64", "from one run to the next; null on demand", "minutes", nullable=True),
        "is_active": Field("boolean", "in force at the snapshot's cut"),
    },
    build=_tasks,
)

ETL_DAYS = Conformed(
    name="etl_days",
    grain="one row per task and day (UTC) that is over, up to and including as_of",
    key=("task_id", "run_date"),
    columns={
        "task_id": Field("string", "joins etl_tasks"),
        "run_date": Field("date", "day in UTC"),
        "n_runs": Field("int64", "runs that began on the day"),
        "n_failed": Field("int64", "of them, those that failed"),
        "last_error": Field("string", "kind of the day's last failure; null without one", nullable=True),
        "last_success_at": Field(
            "timestamp",
            "UTC; end of the day's last run that succeeded; null without one",
            "UTC",
            nullable=True,
        ),
        "mean_seconds": Field(
            "float64", "of runs that succeeded; null without one", "seconds", nullable=True
        ),
        "n_rows": Field("int64", "rows that were copied"),
    },
    build=_days,
)
