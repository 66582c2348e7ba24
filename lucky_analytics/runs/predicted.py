"""Every prediction that a run made, and what came of it and of decisions, in ``outputs/record.sqlite``.

A prediction stands as it was made first: the run folder may go, a rerun of the same day changes nothing.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lucky_analytics.runs import records
from lucky_analytics.runs.versioned import open_versioned
from lucky_analytics.settings import Settings

__all__ = [
    "Measured",
    "Prediction",
    "book_file",
    "list_aftermaths",
    "list_predictions",
    "note_aftermath",
    "note_measured",
    "note_predictions",
    "world_of",
]

_AFTERMATHS = """create table aftermaths (
    world text, decision text, found text, measured_at text, primary key (world, decision)
)"""
_TABLES = (
    """create table predictions (
        id integer primary key, world text, notebook text, department text, variant text, name text,
        label text, unit text, as_of text, due text, value real, low real, high real, level real,
        measure text, parameters text, run_id text, made_at text, is_ahead integer,
        unique (world, notebook, variant, name, as_of, due)
    )""",
    """create table measured (
        prediction integer references predictions, is_final integer, value real, reason text,
        snapshot text, measured_at text, primary key (prediction, is_final)
    )""",
)


@dataclass(frozen=True)
class Measured:
    """What came, as ``snapshot`` has it; without a ``value`` the ``reason`` why it cannot be measured."""

    value: float | None
    snapshot: str
    is_final: bool
    reason: str = ""


@dataclass(frozen=True)
class Prediction:
    """One prediction: of which report, made from data up to ``as_of``, to be measured as of ``due``.

    ``measure`` has ``metric``, ``where``, ``start`` and ``until`` as the notebook gave them; ``world`` as
    ``world_of``. ``is_ahead``: it was made before that day was over; of generated data, whose dates are
    invented, each is. ``first`` is what was measured when it fell due, ``final`` when its data had settled.
    """

    id: int
    world: str
    notebook: str
    department: str
    variant: str
    name: str
    label: str
    unit: str
    as_of: dt.date
    due: dt.date
    value: float
    low: float
    high: float
    level: float
    measure: Mapping[str, Any]
    parameters: Mapping[str, Any]
    run_id: str
    made_at: str
    is_ahead: bool
    first: Measured | None = None
    final: Measured | None = None

    @property
    def newest(self) -> Measured | None:
        """The measurement that counts: the settled one, unless it could no longer be made."""
        has_settled = self.final is not None and (self.final.value is not None or self.first is None)
        return self.final if has_settled else self.first

    @property
    def came(self) -> float | None:
        """What was measured; null before, and where it cannot be."""
        return self.newest.value if self.newest else None

    @property
    def is_held(self) -> bool | None:
        """Whether what came lies in the interval, its ends included; null where nothing was measured."""
        return None if self.came is None else self.low <= self.came <= self.high

    @property
    def miss(self) -> float:
        """How far outside of its interval what came lies, in half widths of the interval; 0 inside."""
        if self.came is None or self.is_held:
            return 0.0
        outside = max(self.low - self.came, self.came - self.high)
        half = (self.high - self.low) / 2
        return outside / half if half else float("inf")


def world_of(snapshot: Mapping[str, Any]) -> str:
    """Whose past a run's snapshot (``Record.snapshot``) tells: empty for the company's own.

    Generated data is a world for each time that it was built: what was predicted of one is held against no
    other.

    >>> world_of({"id": "s1", "source": "demo"}), world_of({"id": "s2", "source": "live"})
    ('demo s1', '')
    """
    return f"demo {snapshot['id']}" if snapshot["source"] == "demo" else ""


def book_file(settings: Settings) -> Path:
    return settings.outputs_dir / "record.sqlite"


def note_predictions(record: records.Record, settings: Settings) -> int:
    """Keep what a run predicted, unless it was predicted before from data up to the same day; how many.

    A run that failed, that was made by hand, or whose numbers are withheld makes no prediction of record.
    """
    if record.status != records.OK or record.by_hand or record.leaks:
        return 0
    results = records.read_results(record, settings)
    said = results.get("predictions", [])
    if not said or results.get("problems"):
        return 0
    is_demo = record.snapshot["source"] == "demo"
    rows = [
        (world_of(record.snapshot), record.notebook, record.department, record.variant, each["name"],
         each["label"], each["unit"], record.as_of, each["due"], each["value"], each["low"], each["high"],
         each["level"], json.dumps({key: each[key] for key in ("metric", "where", "start", "until")}),
         json.dumps(record.parameters), record.run_id, record.started_at,
         is_demo or each["due"] >= record.started_at[:10])
        for each in said
        if each["due"] > record.as_of
    ]  # fmt: skip
    names = "world, notebook, department, variant, name, label, unit, as_of, due, value, low, high, level"
    names += ", measure, parameters, run_id, made_at, is_ahead"
    marks = ", ".join("?" * 18)
    with _book(settings) as book:
        before = book.total_changes
        book.executemany(f"insert or ignore into predictions ({names}) values ({marks})", rows)
        return book.total_changes - before


def list_predictions(settings: Settings, world: str | None = None) -> list[Prediction]:
    """All predictions, or those of one world, in the order in which they fall due."""
    if not book_file(settings).is_file():
        return []
    with _book(settings) as book:
        found: dict[int, dict[str, Any]] = {
            row["id"]: dict(row)
            for row in book.execute("select * from predictions order by due, id")
            if world is None or row["world"] == world
        }
        for row in book.execute("select * from measured order by is_final"):
            if row["prediction"] in found:
                of = Measured(row["value"], row["snapshot"], bool(row["is_final"]), row["reason"])
                found[row["prediction"]]["final" if of.is_final else "first"] = of
    return [_prediction(row) for row in found.values()]


def note_measured(settings: Settings, found: Sequence[tuple[Prediction, Measured]]) -> None:
    """Keep what was measured. What was measured before stays, but for that it could not be."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    statement = """
        insert into measured values (?, ?, ?, ?, ?, ?) on conflict (prediction, is_final) do update set
        value = excluded.value, reason = excluded.reason, snapshot = excluded.snapshot,
        measured_at = excluded.measured_at where measured.value is null
    """
    rows = [(of.id, m.is_final, m.value, m.reason, m.snapshot, now) for of, m in found]
    with _book(settings) as book:
        book.executemany(statement, rows)


def list_aftermaths(settings: Settings, world: str) -> dict[str, dict[str, Any]]:
    """What was found to have come after each decision (``track_record.aftermath``), by its name."""
    if not book_file(settings).is_file():
        return {}
    with _book(settings) as book:
        rows = book.execute("select decision, found from aftermaths where world = ?", (world,))
        return {row["decision"]: json.loads(row["found"]) for row in rows}


def note_aftermath(settings: Settings, world: str, decision: str, found: Mapping[str, Any]) -> None:
    """Keep what came after a decision, in the place of what was found before."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    with _book(settings) as book:
        book.execute("insert or replace into aftermaths values (?, ?, ?, ?)",
                     (world, decision, json.dumps(found), now))  # fmt: skip


def _prediction(row: dict[str, Any]) -> Prediction:
    dated = {name: dt.date.fromisoformat(row[name]) for name in ("as_of", "due")}
    told = {name: json.loads(row[name]) for name in ("measure", "parameters")}
    return Prediction(**{**row, **dated, **told, "is_ahead": bool(row["is_ahead"])})


@contextlib.contextmanager
def _book(settings: Settings) -> Iterator[sqlite3.Connection]:
    path = book_file(settings)
    remedy = f"Bring {path} back from a backup, or move it away: the record then begins anew"
    with open_versioned(path, (_make_tables, _add_aftermaths), "the record of predictions", remedy) as book:
        book.row_factory = sqlite3.Row
        with book:
            yield book


def _add_aftermaths(book: sqlite3.Connection) -> None:
    """Version 2: what came after decisions."""
    book.execute(_AFTERMATHS)


def _make_tables(book: sqlite3.Connection) -> None:
    """Version 1."""
    for statement in _TABLES:
        book.execute(statement)
