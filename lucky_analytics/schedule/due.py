"""Which slots of an entry are due. Pure: the clock and what has been done before are given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from lucky_analytics.estate.markets import public_holidays
from lucky_analytics.schedule.cron import first_real_minute, times_between
from lucky_analytics.schedule.entries import Entry

__all__ = ["LATE", "Due", "find_due", "next_slot", "slots_between"]

LATE = dt.timedelta(minutes=15)  # an entry that never catches up lets a slot go after this
_LONGEST_HOLIDAY = dt.timedelta(days=14)  # public holidays in a row, weekends among them
_HORIZON = dt.timedelta(days=366 * 4 + 1)  # 29 February comes within it
_CHUNK = dt.timedelta(days=31)


@dataclass(frozen=True)
class Due:
    """``slot`` is to be run (null for none); ``missed`` came before it and will not be."""

    slot: dt.datetime | None
    missed: tuple[dt.datetime, ...]


def slots_between(entry: Entry, start: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """The slots (UTC) after ``start`` up to ``end``, in order, each once; holidays as the entry says.

    ``skip`` leaves out the public holidays of the market; ``next_day`` moves their slots to the same
    local time of the next day that is none.
    """
    times = times_between
    if entry.holidays == "run":
        return list(times(entry.cron, entry.zone, start, end))
    if entry.holidays == "skip":
        found = times(entry.cron, entry.zone, start, end)
        return [at for at in found if not _is_holiday(entry, at.astimezone(entry.zone).date())]
    early = times(entry.cron, entry.zone, start - _LONGEST_HOLIDAY, end)
    return sorted({moved for at in early if start < (moved := _moved(entry, at)) <= end})


def find_due(entry: Entry, after: dt.datetime, now: dt.datetime) -> Due:
    """What is due at ``now`` of the slots after ``after``, the last one that was dealt with.

    After downtime only the last slot that passed is run; those before it are missed. An entry that never
    catches up misses that one too when more than ``LATE`` has gone by.
    """
    passed = slots_between(entry, after, now)
    if not passed:
        return Due(None, ())
    if entry.catch_up == "never" and now - passed[-1] > LATE:
        return Due(None, tuple(passed))
    return Due(passed[-1], tuple(passed[:-1]))


def next_slot(entry: Entry, after: dt.datetime) -> dt.datetime | None:
    """The first slot after a moment; null when none comes within four years."""
    return next(_coming(entry, after), None)


def _coming(entry: Entry, after: dt.datetime) -> Iterator[dt.datetime]:
    start = after
    while start < after + _HORIZON:
        yield from slots_between(entry, start, start + _CHUNK)
        start += _CHUNK


def _moved(entry: Entry, at: dt.datetime) -> dt.datetime:
    local = at.astimezone(entry.zone)
    if not _is_holiday(entry, local.date()):
        return at
    while _is_holiday(entry, local.date()):
        local = local.replace(fold=0) + dt.timedelta(days=1)
    return first_real_minute(local)


def _is_holiday(entry: Entry, day: dt.date) -> bool:
    return day in public_holidays(entry.market, day.year)
