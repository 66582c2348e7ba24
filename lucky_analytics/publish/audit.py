"""What the audit log says of runs: who ran what on which tables, which lists of customers were written."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from lucky_analytics.audit_log import account, append_entry
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.runs.batch import Outcome
    from lucky_analytics.runs.records import Record

__all__ = ["auditing", "note_retest"]


@contextlib.contextmanager
def auditing(settings: Settings) -> Iterator[Callable[[Outcome], None]]:
    """Gives what logs a run, to be called as each ends: who ran what on which tables, with how many rows.

    A skipped run read nothing and is not logged. When the block ends, also by an error, the lists of
    customers that were written in it are logged (``lists.write_list``).
    """
    before = _find_lists(settings)
    try:
        yield lambda outcome: _append_run(settings, outcome)
    finally:
        if lists := _find_lists(settings) - before:
            append_entry(settings, "lists of customers written", exports=[path for path, _ in lists])


def note_retest(settings: Settings, record: Record) -> bool:
    """Log that a run was made again with the same result; whether it had attested tests, else nothing is."""
    logged = _log_checks(settings, record, "tested again")
    if logged:
        append_entry(settings, f"verify {record.key}", snapshot=record.snapshot["id"], checks=logged)
    return bool(logged)


def _log_checks(settings: Settings, record: Record, act: str) -> str:
    """The hash of the line that the log of checks got of a run; empty where it attested nothing."""
    from lucky_analytics.publish.check_log import append_checks
    from lucky_analytics.runs.records import read_results

    tests = [test for said in read_results(record, settings).get("attested", []) for test in said["tests"]]
    return append_checks(settings, record, tests, who=account(), act=act) if tests else ""


def _append_run(settings: Settings, outcome: Outcome) -> None:
    record = outcome.record
    if record and outcome.action in ("ran", "failed", "waits"):
        checks = _log_checks(settings, record, "tested") if outcome.action == "ran" else ""
        append_entry(
            settings,
            f"run {record.notebook} {record.variant}".strip(),
            snapshot=record.snapshot["id"],
            tables={name: record.rows_read.get(name) for name in record.tables_read},
            exports=[str(settings.runs_dir / record.notebook / record.run_id)],
            checks=checks,
        )


def _find_lists(settings: Settings) -> set[tuple[str, int]]:
    """The lists of customers and when each was written."""
    folder = settings.outputs_dir / "lists"
    return {(str(path), path.stat().st_mtime_ns) for path in folder.glob("*.csv")}
