"""What has been done of the schedule: an append-only log in a database, ``outputs/schedule.sqlite``.

Every line is committed before the work that it announces, so that a kill at any moment leaves a slot either
not begun, or begun and not ended; the latter is taken up once more. If the file is lost, the schedule starts
from that moment: no slot that has passed is run again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lucky_analytics.locks import HeldError, hold
from lucky_analytics.runs.versioned import open_versioned
from lucky_analytics.schedule.recipients import load_delivery
from lucky_analytics.settings import Settings

__all__ = ["BEGUN", "DONE", "FAILED", "MISSED", "SEEN", "Slot", "State", "alone", "open_state"]

BEGUN, DONE, FAILED, MISSED, SEEN = "begun", "done", "failed", "missed", "seen"
_TABLES = (
    """create table if not exists events (
        number integer primary key autoincrement,
        entry text not null, slot text not null, event text not null, at text not null, detail text not null
    )""",
    "create index if not exists events_by_slot on events (entry, slot)",
    """create table if not exists outbox (
        key text primary key, stream text not null, recipient text not null, channel integer not null,
        message text not null, digest text not null, created_at text not null,
        state text not null, n_tries integer not null, next_at text not null, detail text not null
    )""",
    "create index if not exists outbox_by_state on outbox (state, next_at)",
    """create table if not exists alerts (
        number integer primary key autoincrement,
        rule text not null, subject text not null, event text not null, at text not null,
        evidence text not null
    )""",
    "create index if not exists alerts_by_rule on alerts (rule, subject)",
)


@dataclass(frozen=True)
class Slot:
    """One slot as it stands: its newest event, when (UTC), how often it was begun, what was said of it.

    ``event`` is ``begun`` while it runs or when it was killed, then ``done``, ``failed`` or ``missed``.
    ``began_at`` is null for a missed one.
    """

    entry: str
    slot: dt.datetime
    event: str
    at: dt.datetime
    n_begun: int
    detail: str
    began_at: dt.datetime | None


class State:
    """The log. Nothing in it is ever changed or removed."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self.database = database

    def note(self, entry: str, slot: dt.datetime, event: str, at: dt.datetime, detail: str = "") -> None:
        """Append one line; on disk when this returns."""
        with self.database:
            self.database.execute(
                "insert into events (entry, slot, event, at, detail) values (?, ?, ?, ?, ?)",
                (entry, _text(slot), event, _text(at), detail),
            )

    def since(self, entry: str) -> dt.datetime | None:
        """The last slot that was dealt with, or when the entry was first seen; null for one never seen."""
        newest = self.database.execute("select max(slot) from events where entry = ?", (entry,)).fetchone()
        return dt.datetime.fromisoformat(newest[0]) if newest[0] else None

    def newest(self, entry: str) -> Slot | None:
        """The last slot that was begun or missed; null before the first."""
        found = self.database.execute(
            "select slot from events where entry = ? and event != 'seen' order by slot desc limit 1", (entry,)
        ).fetchone()
        return self._slot(entry, found[0]) if found else None

    def history(self, entry: str | None = None, n: int = 1000) -> list[Slot]:
        """The ``n`` last slots of one entry or of all, the newest first."""
        rows = self.database.execute(
            "select distinct entry, slot from events where event != 'seen' and (? is null or entry = ?) "
            "order by slot desc, entry limit ?",
            (entry, entry, n),
        ).fetchall()
        return [self._slot(name, slot) for name, slot in rows]

    def _slot(self, entry: str, slot: str) -> Slot:
        events = self.database.execute(
            "select event, at, detail from events where entry = ? and slot = ? and event != 'seen' "
            "order by number",
            (entry, slot),
        ).fetchall()
        begun = [dt.datetime.fromisoformat(at) for event, at, _ in events if event == BEGUN]
        event, at, detail = events[-1]
        moments = (dt.datetime.fromisoformat(slot), event, dt.datetime.fromisoformat(at))
        return Slot(entry, *moments, len(begun), detail, begun[-1] if begun else None)


@contextlib.contextmanager
def open_state(settings: Settings) -> Iterator[State]:
    """The log, made when there is none, brought to the newest version of its tables when it is older.

    Raises ``LuckyError`` for a file that is no database or that a newer installation has written.
    """
    path = settings.outputs_dir / "schedule.sqlite"
    steps = (_make_tables, functools.partial(_key_by_address, settings))
    remedy = f"Move {path} away: the schedule then goes on from now"
    with open_versioned(path, steps, "the schedule's log", remedy) as database:
        database.execute("pragma synchronous = full")
        yield State(database)


def _make_tables(database: sqlite3.Connection) -> None:
    """Version 1. Files from before versions were written have these tables already."""
    for statement in _TABLES:
        database.execute(statement)


def _key_by_address(settings: Settings, database: sqlite3.Connection) -> None:
    """Version 2: a message waits for an address and not for a place in ``delivery.toml``.

    Where a recipient is wrong in it just now, its messages keep their place until the file is mended.
    """
    delivery = load_delivery(settings)
    database.execute("alter table outbox add column address text not null default ''")
    rows = database.execute("select key, recipient, channel from outbox where state = 'waiting'").fetchall()
    for key, recipient, number in rows:
        channels = delivery.recipients.get(recipient, ())
        unknown = f"#{number}" if delivery.faults and not channels else ""
        address = channels[number].key if number < len(channels) else unknown
        database.execute("update outbox set address = ? where key = ?", (address, key))
    database.execute("alter table outbox drop column channel")


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[bool]:
    """Whether we are the only loop over this checkout; the system drops the lock when its holder dies."""
    settings.outputs_dir.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(hold(_lock_file(settings)))
        except HeldError:
            yield False
            return
        yield True


def _lock_file(settings: Settings) -> Path:
    return settings.outputs_dir / ".schedule.lock"


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds")
