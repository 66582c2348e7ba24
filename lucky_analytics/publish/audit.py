"""An append-only log of who did what with the data: one JSON object a line, one file a day, kept 90 days."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import pwd
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucky_analytics.errors import PublishError
from lucky_analytics.settings import Settings

if TYPE_CHECKING:
    from lucky_analytics.runs.batch import Outcome
    from lucky_analytics.runs.records import Record

__all__ = ["KEPT_DAYS", "append_entry", "auditing", "note_retest", "read_entries"]

KEPT_DAYS = 90


def append_entry(
    settings: Settings,
    command: str,
    *,
    snapshot: str = "",
    tables: Mapping[str, int | None] | None = None,
    exports: Iterable[str] = (),
    checks: str = "",
    at: dt.datetime | None = None,
) -> None:
    """Add one line to ``outputs/audit/<day>.jsonl`` and remove the files of days out of retention.

    ``tables`` maps ``database.table`` to the rows that were read of it (null when unknown); ``exports``
    are the files or folders that now hold data; ``checks`` is the hash of the newest line of the log of
    checks (``check_log``) where a run wrote one. ``at`` is the moment, by default now; the day is UTC's.
    Each line is one ``write`` to a file opened for appending, so that two commands at once do not mix.
    Raises ``PublishError`` when it cannot be written.

    >>> append_entry(settings.load(), "publish", exports=["outputs/site"])  # doctest: +SKIP
    """
    moment = at or dt.datetime.now(dt.UTC)
    entry = {
        "at": moment.isoformat(timespec="seconds"),
        "who": _account(),
        "command": command,
        "snapshot": snapshot,
        "tables": dict(tables or {}),
        "exports": sorted(exports),
    }
    if checks:
        entry["checks"] = checks
    folder = settings.outputs_dir / "audit"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _append(folder / f"{moment:%Y-%m-%d}.jsonl", entry)
        _remove_old(folder, moment.date())
    except OSError as error:
        raise PublishError(
            f"audit log in {folder}",
            expected="a folder that can be written",
            got=error.strerror or str(error),
            remedy="Check its permissions and the free space",
        ) from error


def _account() -> str:
    """As the system has it, not a variable that anybody may set; in containers it often has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid {os.getuid()}"


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
    return append_checks(settings, record, tests, who=_account(), act=act) if tests else ""


def _append_run(settings: Settings, outcome: Outcome) -> None:
    record = outcome.record
    if record and outcome.action in ("ran", "failed"):
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


def read_entries(settings: Settings) -> Iterator[dict[str, Any]]:
    """All kept entries, oldest first. A line that a full disk cut short is left out."""
    for file in sorted((settings.outputs_dir / "audit").glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _append(file: Path, entry: Mapping[str, Any]) -> None:
    line = json.dumps(entry, ensure_ascii=False) + "\n"
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


def _remove_old(folder: Path, today: dt.date) -> None:
    oldest = today - dt.timedelta(days=KEPT_DAYS)
    for file in folder.glob("*.jsonl"):
        if file.stem < oldest.isoformat():
            file.unlink()
