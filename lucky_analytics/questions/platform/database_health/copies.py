"""The tasks that copy tables into the warehouse: which of them fail, how old that makes what they copy, and
which take longer and longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lucky_analytics.estate import servers as fleet
from lucky_analytics.methods.growth.tried_trends import fit_lately

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["COLUMNS", "FAILED", "SLOWING", "count_broken", "list_broken", "read_copies", "write_query"]

SERVER = "aws-luckyus-icyberdata-rw"
FAILED, SLOWING = "copy", "copy_slow"
_IN_A_ROW = 3  # runs that did not succeed, from which on a task is told as failing
_DAYS, _LATELY = 28, 7
COLUMNS = ("table", "every", "last_at", "hours", "missed", "error", "n", "n_failed", "seconds", "used",
           "growth", "growth_low", "growth_high")  # fmt: skip


def read_copies(suite: Suite, level: float, server: str = "") -> pd.DataFrame | None:
    """One row a task that runs by the clock; None where the snapshot does not have them, no row where the
    page is of another server.

    ``table`` (``database.table``), ``every`` (minutes), ``last_at`` (UTC end of its last run that succeeded),
    ``hours`` from there to the end of the newest day (UTC), ``missed`` (times of ``every`` in that beyond the
    first), ``error``, ``n`` and ``n_failed`` (runs of seven days), ``seconds`` (mean of seven days), ``used``
    (of the time until the next run), ``growth`` (of the seconds, a week) with ends that hold for all tasks
    together.
    """
    tasks, days = suite.optional("etl_tasks"), suite.optional("etl_days")
    if tasks is None or days is None:
        return None
    if server and fleet.load().server(server).name != SERVER:
        return pd.DataFrame(columns=COLUMNS)
    known = tasks.filter(tasks.is_active, tasks.every_minutes.notnull()).execute()
    ran = days.execute()
    if known.empty or ran.empty:
        return None
    ran["run_date"] = pd.to_datetime(ran["run_date"])
    newest = ran["run_date"].max()
    each = 1 - (1 - level) / len(known)
    by_task = dict(iter(ran.sort_values("run_date").groupby("task_id")))
    none = ran.iloc[:0]
    rows = [
        _describe(task, by_task.get(task["task_id"], none), newest, each) for task in known.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values(
        ["missed", "used"], ascending=False, ignore_index=True
    )


def _describe(task: dict[str, Any], ran: pd.DataFrame, newest: pd.Timestamp, level: float) -> dict[str, Any]:
    every = float(task["every_minutes"])
    end = newest + pd.Timedelta(days=1)
    last_at = pd.to_datetime(ran["last_success_at"]).max()
    hours = (end - last_at) / pd.Timedelta(hours=1)
    since = ran[ran["run_date"] > newest - pd.Timedelta(days=_LATELY)]
    good = ran.dropna(subset="mean_seconds")
    number = (good["run_date"] - newest).dt.days.to_numpy()
    lately = good["mean_seconds"][number > -_LATELY]
    trend = fit_lately(number, good["mean_seconds"], _DAYS) if len(good) else None
    growth = trend.growth(7, level) if trend is not None else None
    seconds = float(lately.mean()) if len(lately) else np.nan
    errors = ran["last_error"].dropna()
    return {
        "table": f"{task['source_database']}.{task['source_table']}",
        "every": every,
        "last_at": last_at,
        "hours": hours,
        "missed": np.floor(max(hours * 60 / every - 1, 0)) if pd.notna(hours) else np.inf,
        "error": str(errors.iloc[-1]) if len(errors) else "",
        "n": int(since["n_runs"].sum()),
        "n_failed": int(since["n_failed"].sum()),
        "seconds": seconds,
        "used": seconds / (60 * every),
        "growth": growth.value if growth else np.nan,
        "growth_low": growth.low if growth else np.nan,
        "growth_high": growth.high if growth else np.nan,
    }


def is_failing(copies: pd.DataFrame) -> pd.Series:
    """Whose last runs failed, as many in a row as ``_IN_A_ROW`` or more."""
    return (copies["missed"] >= _IN_A_ROW) & (copies["n_failed"] >= _IN_A_ROW)


def list_broken(copies: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Rows for ``health.find_issues``: copies that fail (hours old), and those that surely take longer each
    week and by now longer than until their next run (times of that time)."""
    if copies is None or copies.empty:
        return []
    failing = is_failing(copies)
    late = ~failing & (copies["growth_low"] > 0) & (copies["used"] >= 1)
    rows: list[dict[str, Any]] = [
        {"server": SERVER, "kind": FAILED, "subject": row["table"], "value": row["hours"],
         "since": row["last_at"], "reason": row["error"]}
        for row in copies[failing].to_dict("records")
    ]  # fmt: skip
    return rows + [
        {"server": SERVER, "kind": SLOWING, "subject": row["table"], "value": row["used"]}
        for row in copies[late].to_dict("records")
    ]


def count_broken(issues: pd.DataFrame, copies: pd.DataFrame | None) -> tuple[int | None, float | None]:
    """How many copies fail and how many hours old the oldest is; nulls where nobody can tell."""
    if copies is None or copies.empty:
        return None, None
    own = issues[issues["kind"] == FAILED]
    return len(own), float(own["value"].max()) if len(own) else None


def write_query(suite: Suite, copies: pd.DataFrame | None) -> str | None:
    """SQL of the last success and of the runs by task; None without the tables."""
    days = suite.optional("etl_days")
    if copies is None or days is None:
        return None
    return suite.sql(
        days.group_by("task_id").agg(
            last_at=days.last_success_at.max(), n=days.n_runs.sum(), n_failed=days.n_failed.sum()
        )
    )
