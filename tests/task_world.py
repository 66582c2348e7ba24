"""Tasks that copy tables into the warehouse, made without an estate: as planted, or with nothing planted."""

from __future__ import annotations

import copy
import datetime as dt
import functools

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics import estate
from lucky_analytics.catalog.servers.etl_tasks import ERRORS, NO_ERROR
from lucky_analytics.demo.process.horizon import FIRST_DATE, N_DAYS
from lucky_analytics.demo.process.pipelines import list_tasks, run_tasks
from lucky_analytics.demo.truth.planted import plants
from lucky_analytics.demo.truth.single import only_plants

__all__ = ["PLANT", "conform", "frames"]

PLANT = plants()["pipelines"]


@functools.cache
def frames(kind: str = "planted", seed: int = 7) -> dict[str, pd.DataFrame]:
    """``etl_tasks`` and ``etl_days`` as the catalog has them; ``kind``: planted or null."""
    planted = copy.deepcopy(plants())
    if kind == "null":
        planted = only_plants(planted, "customers")
    tasks = list_tasks(estate.load())
    ran = run_tasks(tasks, np.full(N_DAYS, 2_000), 1.0, planted, seed)
    numbers = [task.number for task in tasks]
    midnight = np.array([pd.Timestamp(FIRST_DATE) + pd.Timedelta(days=day) for day in range(N_DAYS)])
    day = np.tile(midnight, len(tasks))
    after = pd.to_timedelta(np.where(ran.success < 0, np.nan, ran.success).ravel(), unit="s")
    known = pd.DataFrame({
        "task_id": numbers,
        "task_name": [f"copy {task.source}" for task in tasks],
        "source_database": [task.database or None for task in tasks],
        "source_table": [task.table or None for task in tasks],
        "every_minutes": pd.array([task.every or None for task in tasks], "Int64"),
        "is_active": True,
    })  # fmt: skip
    days = pd.DataFrame({
        "task_id": np.repeat(numbers, N_DAYS),
        "run_date": [at.date() for at in pd.to_datetime(day)],
        "n_runs": ran.runs.ravel(),
        "n_failed": ran.failures.ravel(),
        "last_error": [None if code == 0 else ERRORS[code] for code in ran.error.ravel().tolist()],
        "last_success_at": pd.to_datetime(day) + after,
        "mean_seconds": ran.seconds.ravel(),
        "n_rows": ran.copied.ravel(),
    })  # fmt: skip
    assert NO_ERROR not in set(days["last_error"])
    return {"etl_tasks": known, "etl_days": days[days["run_date"] <= dt.date(2026, 2, 13)]}


def conform(kind: str = "planted") -> dict[str, ir.Table]:
    """The same as tables."""
    return {name: ibis.memtable(rows) for name, rows in frames(kind).items()}
