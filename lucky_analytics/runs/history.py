"""Every run and headline in one embedded database, ``outputs/history.sqlite``; runs on disk can rebuild it.

The folders under ``outputs/runs`` are the record; this is a copy that can be queried. It keeps the
headlines of runs whose folders retention has removed, until it is rebuilt.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lucky_analytics.errors import LuckyError, ParameterError, RunError, UnknownNameError
from lucky_analytics.runs import records
from lucky_analytics.runs.gone import find_gone
from lucky_analytics.runs.versioned import open_versioned
from lucky_analytics.settings import Settings

__all__ = ["headline_history", "note", "prune", "rebuild"]

_TABLES = (
    """create table if not exists runs (
        notebook text, run_id text, sequence integer, variant text, status text, as_of text, snapshot text,
        started_at text, ended_at text, seconds real, peak_mib real, attempts integer, error text,
        primary key (notebook, run_id, sequence)
    )""",
    """create table if not exists headlines (
        notebook text, run_id text, sequence integer, name text, unit text,
        value real, low real, high real, level real, n integer,
        primary key (notebook, run_id, sequence, name)
    )""",
)


def note(record: records.Record, settings: Settings) -> None:
    """Add one run. The same run again, with the same sequence, is written over."""
    with _database(settings) as database:
        _insert(database, record, settings)


def rebuild(settings: Settings) -> tuple[int, list[LuckyError]]:
    """Make the database anew from the runs on disk, replaced only when whole: how many are in it, and an
    error for each that is damaged and left out."""
    path = _path(settings)
    spare = path.with_suffix(".new")
    spare.unlink(missing_ok=True)
    names = sorted(path.name for path in settings.runs_dir.glob("[!.]*") if path.name != "assets")
    faults: list[LuckyError] = [
        RunError(f"run {name}/{run}", expected="a whole manifest.json", got="none, so it is left out")
        for name in names
        for run in records.list_damaged(name, settings)
    ]
    count = 0
    with _database(settings, spare) as database:
        for record in (record for name in names for record in records.list_runs(name, settings)):
            try:
                _insert(database, record, settings)
                count += 1
            except LuckyError as error:
                faults.append(error)
    spare.replace(path)
    return count, faults


def headline_history(notebook: str, name: str, settings: Settings) -> list[dict[str, Any]]:
    """One headline over the good runs of a notebook, oldest first: sequence, as_of, unit, value, low,
    high, n.

    Raises ``UnknownNameError`` for a headline that no good run has given.
    """
    query = """
        select r.sequence, r.as_of, h.unit, h.value, h.low, h.high, h.n
        from headlines h join runs r using (notebook, run_id, sequence)
        where h.notebook = ? and h.name = ? and r.status = 'ok' and r.variant = '' and r.by_hand = ''
        order by r.sequence
    """
    with _database(settings) as database:
        rows = [dict(row) for row in database.execute(query, (notebook, name))]
        if not rows:
            names = database.execute("select distinct name from headlines where notebook = ?", (notebook,))
            raise UnknownNameError(f"headline of {notebook}", name, [row["name"] for row in names])
    return rows


def prune(
    settings: Settings, keep: int, *, gone: bool = False, dry_run: bool = False
) -> list[records.Record]:
    """Remove the folders of old runs, of each notebook and variant all but the ``keep`` newest good ones.

    A failed run stays while it is newer than the newest good one, because readers are shown it. Runs with
    other parameters than the report's own are counted apart from it. With ``gone``
    all runs of reports that are no longer made (``find_gone``) go too. A run whose evidence the log of checks
    names stays: it is kept for auditors. History keeps their headlines. Raises ``ParameterError`` for a
    ``keep`` below 1. With ``dry_run`` nothing is removed.
    """
    if keep < 1:
        raise ParameterError("keep", expected="1 or more", got=str(keep))
    removed: list[records.Record] = []
    for folder in sorted(settings.runs_dir.glob("[!.]*")):
        runs = records.list_runs(folder.name, settings)
        ended = find_gone(runs, settings) if gone else {}
        for key, by_hand in {(record.key, bool(record.by_hand)) for record in runs}:
            alike = [record for record in runs if (record.key, bool(record.by_hand)) == (key, by_hand)]
            removed += alike if key in ended else _surplus(alike, keep)
    removed = [record for record in removed if not _has_evidence(record, settings)]
    for record in () if dry_run else removed:
        folder = settings.runs_dir / record.notebook / record.run_id
        hidden = folder.with_name(f".removed-{folder.name}")
        folder.rename(hidden)
        shutil.rmtree(hidden)
    if removed and not dry_run:
        from lucky_analytics import pages  # heavy, and this module is imported by runs that skip everything

        pages.remove_unused_assets(settings.runs_dir / "assets", settings.runs_dir.glob("*/*/report.html"))
    return removed


def _has_evidence(record: records.Record, settings: Settings) -> bool:
    try:
        return bool(records.read_results(record, settings).get("attested"))
    except LuckyError:
        return False


def _surplus(runs: list[records.Record], keep: int) -> list[records.Record]:
    good = [record for record in runs if record.status == records.OK]
    newest_good = good[0].sequence if good else -1
    old_failures = [r for r in runs if r.status != records.OK and r.sequence < newest_good]
    return good[keep:] + old_failures


def _path(settings: Settings) -> Path:
    return settings.outputs_dir / "history.sqlite"


@contextlib.contextmanager
def _database(settings: Settings, path: Path | None = None) -> Iterator[sqlite3.Connection]:
    chosen = path or _path(settings)
    remedy = f"Move {chosen} away and run lucky history rebuild"
    with open_versioned(chosen, (_make_tables, _add_by_hand), "the history of runs", remedy) as database:
        database.row_factory = sqlite3.Row
        with database:
            yield database


def _make_tables(database: sqlite3.Connection) -> None:
    """Version 1. Files from before versions were written have these tables already."""
    for statement in _TABLES:
        database.execute(statement)


def _add_by_hand(database: sqlite3.Connection) -> None:
    """Version 2: the parameters in which a run was no run of the report itself, between commas."""
    database.execute("alter table runs add column by_hand text not null default ''")


def _insert(database: sqlite3.Connection, record: records.Record, settings: Settings) -> None:
    key = (record.notebook, record.run_id, record.sequence)
    error = f"{record.error['name']}: {record.error['message']}" if record.error else None
    facts = (record.variant, record.status, record.as_of, record.snapshot["id"], record.started_at)
    costs = (record.ended_at, record.seconds, record.peak_mib, record.attempts, error)
    headlines = records.read_results(record, settings)["headlines"]
    whole = (*key, *facts, *costs, ", ".join(record.by_hand))
    database.execute(f"insert or replace into runs values ({_marks(14)})", whole)
    for line in headlines:
        row = [line[name] for name in ("name", "unit", "value", "low", "high", "level", "n")]
        database.execute(f"insert or replace into headlines values ({_marks(10)})", [*key, *row])


def _marks(n: int) -> str:
    return ", ".join("?" * n)
