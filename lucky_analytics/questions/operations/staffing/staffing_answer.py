"""What a plan brings against the rosters of today: hours, cost, half-hours short, orders that wait."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.scheduling.shift_assignment import Assignment, find_breaches
from lucky_analytics.questions.operations.staffing.staffing_plan import (
    Need,
    StorePlan,
    Terms,
    aim_heads,
    assign_people,
    count_late,
    find_need,
    light,
    plan_store,
)
from lucky_analytics.questions.operations.staffing.staffing_prepared import LEVEL, PreparedStaffing, Week

__all__ = [
    "Planned",
    "answer_store",
    "check_rest",
    "estimate_same_service",
    "estimate_target",
    "fewest_hours",
    "plan_week",
    "sum_lights",
    "weigh_short",
]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Planned:
    """The next seven days of one store: ``need``, ``plan`` (for no more hours than the roster has, unless
    that cannot be), ``who`` works it, ``today`` the roster's heads; ``lights`` and ``late`` (orders a week)
    of both; ``cents`` of both with what is paid on top of wages. ``is_within``: the hours of the roster
    suffice."""

    store_id: str
    need: Need
    plan: StorePlan
    who: Assignment | None
    today: NDArray[np.int64]
    lights_today: NDArray[np.int64]
    lights_plan: NDArray[np.int64]
    late_today: float
    late_plan: float
    cents_today: float
    cents_plan: float
    is_within: bool


def answer_store(
    prepared: PreparedStaffing,
    store_id: str,
    terms: Terms,
    people: pd.DataFrame | None = None,
    *,
    same_hours: bool = True,
) -> Planned:
    """The plan of one store: for the paid hours of its roster, or for what the target asks."""
    place, week = prepared.place(store_id), prepared.ahead
    whole = find_need(_one(week, place), terms, prepared.quantile)
    own = Need(whole.planned[0], whole.expected[0])
    came = find_need(_one(week, place), terms.as_came, prepared.quantile)
    own_came = Need(came.planned[0], came.expected[0])
    orders, staffed = terms.orders * week.mean[place], week.staffed[place]
    paid = float(week.paid[place])
    floor = fewest_hours(staffed, terms)
    is_within = same_hours and paid >= floor
    plan = plan_store(
        aim_heads(own.planned, terms), orders, staffed, terms, most_hours=paid if is_within else None
    )
    crew = prepared.people if people is None else people
    crew = crew[crew["store_id"] == store_id].reset_index(drop=True)
    who = assign_people(plan, crew, prepared) if len(crew) else None
    on_top = prepared.on_top.value or 1.0
    usual = (
        float(week.paid_cents[place]) / paid if paid else float(crew["cents"].mean()) if len(crew) else 0.0
    )
    left_open = 0.0 if who is None else float((_hours(plan)[who.person < 0]).sum())
    cents = plan.hours * usual if who is None else who.cost + left_open * usual
    today = week.heads[place] * staffed
    return Planned(
        store_id,
        own,
        plan,
        who,
        today,
        light(today, own_came),
        light(plan.heads, own),
        float(count_late(orders, today, terms.as_came).sum()),
        float(count_late(orders, plan.heads, terms).sum()),
        float(week.paid_cents[place]) * on_top,
        cents * on_top,
        is_within,
    )


def plan_week(prepared: PreparedStaffing, terms: Terms, people: pd.DataFrame | None = None) -> list[Planned]:
    """``answer_store`` of each store."""
    return [answer_store(prepared, store, terms, people) for store in prepared.stores["store_id"]]


def sum_lights(lights: list[NDArray[np.int64]]) -> tuple[float, int]:
    """The share of half-hours that are under-staffed, and how many there are."""
    known = np.concatenate([each[each >= 0] for each in lights]) if lights else np.zeros(0)
    return (float((known == 0).mean()), len(known)) if len(known) else (np.nan, 0)


def estimate_target(prepared: PreparedStaffing, terms: Terms) -> Estimate:
    """By what share the paid hours would change, were the target met in every half-hour: above 0 it takes
    more.

    Its ends are over how long an order can keep hands busy and how far a week's orders may be off.
    """
    bounds = prepared.hands.bounds or (terms.hands, terms.hands)
    wide = 0.0 if np.isnan(prepared.half_week) else prepared.half_week
    low = _target_hours(prepared, _with_orders(terms.with_hands(min(bounds[0], terms.hands)), np.exp(-wide)))
    high = _target_hours(prepared, _with_orders(terms.with_hands(max(bounds[1], terms.hands)), np.exp(wide)))
    paid = float(prepared.ahead.paid.sum())
    value = _target_hours(prepared, terms)
    ends = (min(low, value) / paid - 1, max(high, value) / paid - 1)
    return Estimate(value / paid - 1, *ends, level=LEVEL, n=int(prepared.ahead.staffed.sum()))


def _with_orders(terms: Terms, times: float) -> Terms:
    return Terms(**{**vars(terms), "orders": terms.orders * float(times)})


def _target_hours(prepared: PreparedStaffing, terms: Terms) -> float:
    week = prepared.ahead
    need = aim_heads(find_need(week, terms, prepared.quantile).planned, terms)
    return sum(
        plan_store(need[place], week.mean[place], week.staffed[place], terms).hours
        for place in range(len(prepared.stores))
    )


def estimate_same_service(prepared: PreparedStaffing, terms: Terms) -> pd.DataFrame:
    """The fewest paid hours with which no more orders lack heads than with today's roster, by store.

    ``store_id``, ``paid`` (hours of the roster), ``fewest`` (the least that opening times allow), ``hours``
    (the same service), ``hours_low`` and ``hours_high`` (over how long an order can keep hands busy).
    """
    week, bounds = prepared.ahead, prepared.hands.bounds or (terms.hands, terms.hands)
    rows = []
    for place, store in enumerate(prepared.stores["store_id"]):
        orders, staffed = terms.orders * week.mean[place], week.staffed[place]
        paid, floor = float(week.paid[place]), fewest_hours(staffed, terms)
        found = []
        for hands in (terms.hands, *bounds):
            own = terms.with_hands(hands)
            need = find_need(_one(week, place), own, prepared.quantile).planned[0]
            short = weigh_short(need, week.heads[place] * staffed, orders, staffed)
            # A roster that is paid for less than a plan needs is the better plan: nothing is saved.
            hours = plan_store(need, orders, staffed, own, most_short=short).hours if paid > floor else paid
            found.append(min(hours, paid))
        rows.append((store, paid, floor, found[0], min(found), max(found)))
    return pd.DataFrame(rows, columns=["store_id", "paid", "fewest", "hours", "hours_low", "hours_high"])


def weigh_short(
    need: NDArray[np.int64], heads: NDArray[np.int64], orders: Floats, staffed: NDArray[np.bool_]
) -> float:
    """Orders by the heads that they lack, as ``plan_store`` weighs them."""
    return float(((orders + 0.01) * np.maximum(need - heads, 0))[staffed].sum())


def check_rest(planned: list[Planned], prepared: PreparedStaffing) -> dict[str, int]:
    """How often the plans break the rules of rest, days and hours, counted from the plans themselves."""
    total = {"rest": 0, "two_a_day": 0, "days": 0, "hours": 0}
    for each in planned:
        if each.who is not None:
            shifts = each.plan.shifts
            worked = pd.DataFrame({"day": shifts["day"], "start": 24.0 * shifts["day"] + shifts["start"] / 2,
                                   "end": 24.0 * shifts["day"] + shifts["end"] / 2})  # fmt: skip
            worked["person"] = pd.Series(each.who.person).where(each.who.person >= 0)
            for name, n in find_breaches(worked, prepared.rules).items():
                total[name] += n
    return total


def _hours(plan: StorePlan) -> Floats:
    return ((plan.shifts["end"] - plan.shifts["start"]) / 2).to_numpy(float)


def fewest_hours(staffed: NDArray[np.bool_], terms: Terms) -> float:
    """The fewest paid hours with which ``least`` are there all the time that a store is staffed."""
    return float(terms.least * staffed.sum() / 2)


def _one(week: Week, place: int) -> Week:
    """The week of one store, which stays an array of one."""
    only = slice(place, place + 1)
    parts = {
        name: getattr(week, name)[only]
        for name in ("mean", "spread", "staffed", "heads", "y", "paid", "paid_cents")
    }
    return Week(week.dates, **parts)
