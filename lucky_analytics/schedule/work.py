"""What a round has to do, from the declarations, the log and the clock; nothing is written here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lucky_analytics.schedule.due import find_due
from lucky_analytics.schedule.entries import Entry, Schedule
from lucky_analytics.schedule.state import BEGUN, FAILED, MISSED, SEEN, Slot, State

__all__ = ["FIRST_PAUSE", "Work", "find_work"]

FIRST_PAUSE = dt.timedelta(minutes=1)  # before a failed slot is tried again; doubles
Line = tuple[str, dt.datetime, str, str]


@dataclass(frozen=True)
class Work:
    """Slots to run, and lines for the log about those that will not be: entry, slot, event, detail."""

    to_run: list[tuple[Entry, dt.datetime]]
    lines: list[Line]


def find_work(schedule: Schedule, state: State, now: dt.datetime) -> Work:
    """The slot that each entry is to run now: one that is due, or one that failed or was interrupted.

    A failed slot is tried again after a pause while the entry has retries left and no later slot is due;
    an interrupted one (a kill, a power cut) once at least. An entry that the log does not know begins
    now: its past is not run.
    """
    work = Work([], [])
    for entry in schedule.entries:
        after = state.since(entry.name)
        if after is None:
            work.lines.append((entry.name, now, SEEN, ""))
            continue
        due = find_due(entry, after, now)
        newest = state.newest(entry.name)
        why = "a later slot took its place" if due.slot else "noticed too late"
        work.lines.extend((entry.name, slot, MISSED, why) for slot in due.missed)
        if due.slot or due.missed:
            if newest and newest.event == BEGUN:
                work.lines.append((entry.name, newest.slot, FAILED, "interrupted, then a later slot came"))
            if due.slot:
                work.to_run.append((entry, due.slot))
        elif newest and newest.event == BEGUN and newest.n_begun > max(entry.retries, 1):
            work.lines.append((entry.name, newest.slot, FAILED, f"interrupted {newest.n_begun} times"))
        elif newest and _is_to_be_tried_again(newest, entry, now):
            work.to_run.append((entry, newest.slot))
    return work


def _is_to_be_tried_again(newest: Slot, entry: Entry, now: dt.datetime) -> bool:
    if newest.event == BEGUN:
        return True
    has_waited = now >= newest.at + FIRST_PAUSE * 2 ** (newest.n_begun - 1)
    return newest.event == FAILED and newest.n_begun <= entry.retries and has_waited
