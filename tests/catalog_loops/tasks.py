"""Tables of the warehouse's tasks by plain Python."""

from __future__ import annotations

from collections.abc import Iterator

from tests.catalog_loops.raw import AS_OF, Raw, Row, day

__all__ = ["etl_days", "etl_tasks"]


def etl_tasks(raw: Raw) -> Iterator[Row]:
    for task in raw("icyberdata.t_etl_task"):
        if day(task["create_time"]) <= AS_OF:
            yield {
                "task_id": task["task_no"],
                "task_name": task["task_name"],
                "source_database": task["source_database"],
                "source_table": task["source_table"],
                "every_minutes": task["every_minutes"] or None,
                "is_active": task["status"] == 1,
            }


def etl_days(raw: Raw) -> Iterator[Row]:
    errors = {0: None, 1: "the source did not answer", 2: "took too long", 3: "its columns changed",
              4: "the target refused"}  # fmt: skip
    for each in raw("icyberdata.t_etl_task_day"):
        if each["stat_date"] <= AS_OF:
            yield {
                "task_id": each["task_no"],
                "run_date": each["stat_date"],
                "n_runs": each["run_count"],
                "n_failed": each["failure_count"],
                "last_error": errors.get(each["error_type"], "other"),
                "last_success_at": each["last_success_time"],
                "mean_seconds": each["mean_seconds"],
                "n_rows": each["row_count"],
            }
