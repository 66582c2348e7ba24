"""From demand to heads, and from heads to shifts: what each half-hour needs, and the rosters that cover
it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from lucky_analytics.methods.queues.absence import estimate_thinned_level, find_rostered
from lucky_analytics.methods.scheduling.shift_assignment import Assignment, assign_shifts
from lucky_analytics.methods.scheduling.shift_cover import cover_need, list_shifts
from lucky_analytics.models.order_demand import DAYS, SLOTS, take_rate
from lucky_analytics.questions.operations.staffing.crew import WEEKDAYS
from lucky_analytics.questions.operations.staffing.staffing_prepared import PreparedStaffing, Week

__all__ = [
    "STATES",
    "Need",
    "StorePlan",
    "Terms",
    "aim_heads",
    "assign_people",
    "count_late",
    "find_need",
    "light",
    "plan_store",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_SECONDS = 1_800.0  # of a half-hour
STATES = ("under-staffed", "tight", "well staffed")
_SKILLS = {"can open": "can_open", "can close": "can_close", "is past learning": "is_able"}


@dataclass(frozen=True)
class Terms:
    """What a plan is asked for. ``hands``: seconds that an order keeps a pair of hands busy. ``share`` of
    orders is begun within ``wait`` seconds. ``orders``: times the forecast. ``more_heads``: in the plan,
    beside what that needs. ``least`` on duty while staffed. ``shortest`` and ``longest``: half-hours of a
    shift. ``absent``: the chance that somebody rostered stays away and nobody stands in; the plan holds cover
    for it where the target asks for that."""

    hands: float
    wait: float = 60.0
    share: float = 0.8
    orders: float = 1.0
    more_heads: int = 0
    least: int = 1
    shortest: int = 8
    longest: int = 16
    gap: float = 0.05
    absent: float = 0.0

    def with_hands(self, seconds: float) -> Terms:
        """The same for orders that keep hands busy for another time."""
        return replace(self, hands=seconds)

    @property
    def as_came(self) -> Terms:
        """For heads that came: whoever stayed away is not among them."""
        return replace(self, absent=0.0)


@dataclass(frozen=True)
class Need:
    """Heads by store, day and half-hour: ``planned`` for the demand that is not exceeded with the chance that
    was asked for, ``expected`` for its mean; both 0 where nobody has to be there."""

    planned: Ints
    expected: Ints


@dataclass(frozen=True)
class StorePlan:
    """A store's week: ``shifts`` (``day``, ``start``, ``end`` as half-hours of the day), ``heads`` (days,
    half-hours), ``hours``, ``short`` (orders by heads missing), ``gap`` from the best at most, as a share."""

    shifts: pd.DataFrame
    heads: Ints
    hours: float
    short: float
    gap: float


def find_need(week: Week, terms: Terms, quantile: float) -> Need:
    """The smallest number of heads with which the share of orders is begun in time, by Erlang's formula, on
    the mean over who stays away."""
    rates = (take_rate(week.mean, week.spread, quantile), week.mean)
    planned, expected = (_heads(terms.orders * rate, week.staffed, terms) for rate in rates)
    return Need(np.maximum(planned, expected), expected)


def _heads(rate: Floats, staffed: NDArray[np.bool_], terms: Terms) -> Ints:
    load = rate / _SECONDS * terms.hands
    heads = find_rostered(load, terms.hands, terms.share, terms.wait, terms.absent)
    return np.where(staffed, np.maximum(heads, terms.least), 0).astype(np.int64)


def aim_heads(planned: Ints, terms: Terms) -> Ints:
    """What a plan is to cover: the need, with the heads more or fewer that a what-if asks for.

    >>> aim_heads(np.array([0, 1, 3]), Terms(55.0, more_heads=-1)).tolist()
    [0, 1, 2]
    """
    return np.where(planned > 0, np.maximum(planned + terms.more_heads, terms.least), 0).astype(np.int64)


def light(heads: Ints, need: Need) -> Ints:
    """0 under-staffed (fewer than the mean demand needs), 1 tight, 2 well staffed (as planned); -1 closed."""
    found = np.where(heads >= need.planned, 2, np.where(heads >= need.expected, 1, 0))
    return np.where(need.planned > 0, found, -1).astype(np.int64)


def count_late(orders: Floats, heads: Ints, terms: Terms) -> Floats:
    """Orders that wait for longer than ``wait`` for a pair of hands, by Erlang's formula: all of them where
    nobody is there, and where they keep more hands busy than there are. ``heads`` are rostered: where nobody
    stands in for those who stay away, the mean over how many come."""
    load = orders / _SECONDS * terms.hands
    return orders * (1 - estimate_thinned_level(load, heads, terms.hands, terms.wait, terms.absent))


def plan_store(
    need: Ints,
    orders: Floats,
    staffed: NDArray[np.bool_],
    terms: Terms,
    *,
    most_hours: float | None = None,
    most_short: float | None = None,
) -> StorePlan:
    """Shifts of a store's week, (days, half-hours) each, that cover ``need`` in the fewest paid hours.

    With ``most_hours`` no more hours are paid, and the orders of half-hours that lack heads are made least.
    With ``most_short`` that sum may be as large, and hours are made least. At least ``terms.least`` are there
    all the time. Raises ``LuckyError`` where the hours do not suffice for that.
    """
    kinds = [_kinds(staffed[day], terms) for day in range(DAYS)]
    days = np.repeat(np.arange(DAYS), [len(each) for each in kinds])
    shifts = np.concatenate(kinds)
    row_day, row_slot = np.nonzero(staffed)
    if not len(shifts):
        return StorePlan(_frame(days, shifts), np.zeros((DAYS, SLOTS), np.int64), 0.0, 0.0, 0.0)
    covers = (
        (row_day[:, None] == days) & (row_slot[:, None] >= shifts[:, 0]) & (row_slot[:, None] < shifts[:, 1])
    )
    own = need[row_day, row_slot]
    found = cover_need(
        own, sparse.csr_matrix(covers), (shifts[:, 1] - shifts[:, 0]) / 2,
        must=np.minimum(own, terms.least), weight=orders[row_day, row_slot] + 0.01,
        most_cost=most_hours, most_short=most_short, gap=terms.gap,
    )  # fmt: skip
    chosen = np.repeat(np.arange(len(shifts)), found.counts)
    heads = np.zeros((DAYS, SLOTS), np.int64)
    np.add.at(heads, (row_day, row_slot), (covers @ found.counts).astype(np.int64))
    short = float((orders * np.maximum(need - heads, 0))[staffed].sum())
    return StorePlan(_frame(days[chosen], shifts[chosen]), heads, found.cost, short, found.gap)


def assign_people(plan: StorePlan, people: pd.DataFrame, prepared: PreparedStaffing) -> Assignment:
    """The plan's shifts to the store's ``people``: rest, hours, days on which they work, and skills.

    Somebody who can open is in the first shift of each day, who can close in the last, and somebody past
    learning is there at all times. A skill that nobody of the store has is missed once, as "nobody can open".
    """
    shifts = plan.shifts
    at = pd.DataFrame({"day": shifts["day"], "start": 24.0 * shifts["day"] + shifts["start"] / 2,
                       "end": 24.0 * shifts["day"] + shifts["end"] / 2})  # fmt: skip
    first = prepared.ahead.dates[0].weekday()
    names = [WEEKDAYS[(first + day) % 7] for day in range(DAYS)]
    day_of, begins, ends = (shifts[name].to_numpy(int) for name in ("day", "start", "end"))
    can_work = people[names].to_numpy(bool)[:, day_of]
    earliest, latest = (people[[f"{day}_{end}" for day in names]].to_numpy(int) for end in ("first", "last"))
    can_work = can_work & (earliest[:, day_of] <= begins) & (ends <= latest[:, day_of])
    skills = {name: people[column].to_numpy(bool) for name, column in _SKILLS.items()}
    lacking = tuple(f"nobody {name}" for name, able in skills.items() if not able.any())
    groups = {}
    for day in np.unique(day_of):
        own = np.flatnonzero(day_of == day)
        first_in, last_out = begins[own].min(), ends[own].max()
        there = {"can open": own[begins[own] == first_in], "can close": own[ends[own] == last_out]}
        for slot in range(int(first_in), int(last_out)):
            on = own[(begins[own] <= slot) & (ends[own] > slot)]
            there[f"is past learning at {slot // 2}:{30 * (slot % 2):02d}"] = on
        seen: set[tuple[str, ...]] = set()
        for name, those in there.items():
            skill = next(each for each in skills if name.startswith(each))
            key = (skill, *map(str, those))
            if skills[skill].any() and len(those) and key not in seen:
                seen.add(key)
                groups[f"{names[day]}: nobody {name}"] = (those.tolist(), skills[skill])
    made = assign_shifts(at, people["cents"].to_numpy(float), can_work, prepared.rules, groups)
    return replace(made, missed=(*lacking, *made.missed))


def _kinds(staffed: NDArray[np.bool_], terms: Terms) -> Ints:
    places = np.flatnonzero(staffed)
    if not len(places):
        return np.zeros((0, 2), np.int64)
    first, last = int(places[0]), int(places[-1]) + 1
    return list_shifts(last, min(terms.shortest, last - first), terms.longest, first)


def _frame(days: Ints, shifts: Ints) -> pd.DataFrame:
    found = pd.DataFrame({"day": days, "start": shifts[:, 0], "end": shifts[:, 1]})
    return found.sort_values(["day", "start", "end"], ignore_index=True)
