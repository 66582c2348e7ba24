"""Who was to work when: shifts that add up to the crew hours of each store and day, and who they went to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Ints, largest_remainder, stream
from lucky_analytics.demo.process.crews import crew_hours
from lucky_analytics.demo.process.horizon import N_DAYS
from lucky_analytics.demo.process.store_plan import OPENED, StorePlan
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["N_EMPLOYEES", "N_HEAD", "Rosters", "draw_rosters"]

N_EMPLOYEES, N_HEAD = 324, 96
_LONGEST_HOURS = 6.5
_FIRST_HOUR, _LAST_HOUR = 6.5, 20.5
_SHIFTS_A_WEEK = 4
_NO_SHOW_SHARE = 0.015
_LEAD_EVERY = 5


@dataclass(frozen=True)
class Rosters:
    """Store employees, then shifts in the order of store and day; days from the horizon's first.

    ``start``: minutes after midnight; ``minutes``: length. ``stand_in``: the employee who came in the place
    of one who did not, -1 where the rostered one came.
    """

    store_of: Ints
    is_lead: Bools
    hired: Ints
    left: Ints
    store: Ints
    day: Ints
    start: Ints
    minutes: Ints
    employee: Ints
    stand_in: Ints


def draw_rosters(plan: StorePlan, planted: Plants, scale: float, seed: int) -> Rosters:
    """Shifts of at most six and a half hours, spread evenly from opening to closing.

    At scale 1 their minutes are the crew hours exactly; a smaller estate keeps that share of the shifts.
    """
    rng = stream(seed, "rosters")
    hours = crew_hours(plan, planted, scale).sum(2)
    store, day = np.nonzero(hours)
    total = np.rint(hours[store, day] * 60).astype(np.int64)
    each = np.ceil(total / (60 * _LONGEST_HOURS)).astype(np.int64)
    row = np.repeat(np.arange(len(store)), each)
    nth = np.arange(len(row)) - (np.cumsum(each) - each)[row]
    minutes = total[row] * (nth + 1) // each[row] - total[row] * nth // each[row]
    room = (_LAST_HOUR - _FIRST_HOUR) * 60 - minutes
    place = nth / np.maximum(each[row] - 1, 1)
    start = np.rint(_FIRST_HOUR * 60 + room * place).astype(np.int64)
    k = np.arange(len(row))
    kept = np.floor((k + 1) * scale + 1e-9) > np.floor(k * scale + 1e-9)
    row, start, minutes = row[kept], start[kept], minutes[kept]
    store, day = store[row], day[row]
    slots = _slots(store, day)
    wanted = max(round((N_EMPLOYEES - N_HEAD) * scale), int(slots.sum()))
    slot_of, hired, left, slot_store = _people(slots, wanted, rng)
    employee, spare = _assign(store, day, slots, slot_of, hired)
    stays_away = rng.random(len(store)) < _NO_SHOW_SHARE
    _, first = np.unique((store * N_DAYS + day)[stays_away], return_index=True)  # one a day has somebody free
    only = np.flatnonzero(stays_away)[first]
    stays_away = np.isin(np.arange(len(store)), only)
    stand_in = np.where(stays_away & (spare != employee), spare, -1)
    is_lead = np.arange(len(hired)) % _LEAD_EVERY == 0
    return Rosters(slot_store, is_lead, hired, left, store, day, start, minutes, employee, stand_in)


def _slots(store: Ints, day: Ints) -> Ints:
    """Posts of each store: enough for four shifts a week each in its busiest week, and one to spare a day."""
    n = len(OPENED)
    cell = np.bincount(store * N_DAYS + day, minlength=n * N_DAYS).reshape(n, N_DAYS)
    weeks = cell[:, : N_DAYS // 7 * 7].reshape(n, -1, 7).sum(2)
    return np.maximum(np.ceil(weeks.max(1) / _SHIFTS_A_WEEK), cell.max(1) + 1).astype(np.int64)


def _people(slots: Ints, wanted: int, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    """Employees in the order of post and time: post, first and last day (-1 while employed), store."""
    n_slots = int(slots.sum())
    store = np.repeat(np.arange(len(slots)), slots)
    opens = np.maximum(OPENED[store] - 14, -7)
    each = 1 + largest_remainder((N_DAYS - opens).astype(float), wanted - n_slots)
    slot = np.repeat(np.arange(n_slots), each)
    nth = np.arange(len(slot)) - (np.cumsum(each) - each)[slot]
    span = (N_DAYS - opens)[slot]
    jitter = np.where(nth > 0, rng.uniform(-0.3, 0.3, len(slot)), 0)
    hired = opens[slot] + np.floor(span * (nth + jitter) / each[slot]).astype(np.int64)
    is_last = nth == each[slot] - 1
    left = np.where(is_last, -1, np.r_[hired[1:], 0] - 1)
    return slot, hired, left, store[slot]


def _assign(store: Ints, day: Ints, slots: Ints, slot_of: Ints, hired: Ints) -> tuple[Ints, Ints]:
    """Who holds the next post in turn, a day's shifts to different ones, and one who is free that day."""
    first_slot = np.cumsum(slots) - slots
    opens = np.r_[True, store[1:] != store[:-1]]
    turn = np.arange(len(store)) - np.flatnonzero(opens)[np.cumsum(opens) - 1]
    new_day = np.r_[True, (store[1:] != store[:-1]) | (day[1:] != day[:-1])]
    n_today = np.diff(np.r_[np.flatnonzero(new_day), len(store)])[np.cumsum(new_day) - 1]
    begin = turn - (np.arange(len(store)) - np.flatnonzero(new_day)[np.cumsum(new_day) - 1])
    post = first_slot[store] + turn % slots[store]
    free = first_slot[store] + (begin + n_today) % slots[store]
    return _holder(post, day, slot_of, hired), _holder(free, day, slot_of, hired)


def _holder(post: Ints, day: Ints, slot_of: Ints, hired: Ints) -> Ints:
    """The employee who holds a post on a day: the last one hired for it by then."""
    span = 1_000
    key = slot_of * span + hired + 100
    return np.searchsorted(key, post * span + day + 100, side="right") - 1
