"""Stores, rosters and demand by hand: what a plan of shifts is to find is known."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.scheduling.shift_assignment import Rules
from lucky_analytics.models.bar_hands import Hands
from lucky_analytics.models.no_shows import NoShows
from lucky_analytics.models.order_demand import DAYS, SLOTS
from lucky_analytics.questions.operations.staffing.staffing_plan import Terms, find_need, plan_store
from lucky_analytics.questions.operations.staffing.staffing_prepared import N_PAST, PreparedStaffing, Week

AS_OF = dt.date(2026, 2, 13)
FIRST, LAST = 13, 41  # half-hours: staffed from half past six to half past eight
EVEN = ((13, 25), (21, 33), (29, 41))  # three shifts a day, spread evenly, whatever comes
TERMS = Terms(55.0)
_SHARES = np.array([6, 9, 14.5, 12.5, 7.5, 8, 12, 11, 6.5, 5, 4, 2.5, 1.5])


def make_prepared(
    seed: int = 1,
    n_stores: int = 2,
    orders: float = 270.0,
    planned: bool = False,
    spread: float = 0.03,
    flat: bool = False,
    told_off: float = 0.2,
) -> PreparedStaffing:
    """Stores with ``orders`` a day, peaks at nine and one. Rosters lie evenly over the day, or follow demand:
    ``planned`` ones are plans of a forecast as good as the page's, for as many hours. ``flat``: demand has no
    pattern, neither over the day nor over the week. ``told_off``: by how much, ln, a day is off what was
    foretold a fortnight before; 0.1 is as good as the week before."""
    rng = np.random.default_rng(seed)
    weeks = [_make_week(ago, rng, n_stores, orders, planned, spread, flat) for ago in range(N_PAST + 1)]
    stores = pd.DataFrame({"store_id": [f"{n}" for n in range(n_stores)],
                           "store_name": [f"Store {n}" for n in range(n_stores)],
                           "opened_date": pd.Timestamp("2025-07-01")})  # fmt: skip
    hands = [Estimate(value, value, value, level=0.9, n=9_000) for value in (35.0, 90.0, 40.0)]
    scores = pd.DataFrame(
        {
            "made": pd.Timestamp(AS_OF),
            "store_id": "0",
            "n": 100,
            "inside": 84,
            "expected": 83.0,
            "predicted": 110.0,
            "mean": 100.0,
            "y": 100.0,
            "off": 20.0,
            "off_raw": 24.0,
        },
        index=[0, 1],
    )
    return PreparedStaffing(
        AS_OF,
        stores,
        weeks[0],
        tuple(weeks[1:]),
        tuple(_tell(week, rng, orders, flat, told_off) for week in weeks[1:]),
        make_people(n_stores),
        Hands(*hands),
        Estimate(-0.005, -0.012, 0.002, level=0.9, n=9_000),
        Estimate(1.1, 1.09, 1.11, level=0.9, n=20),
        NoShows(
            Estimate(0.01, 0.005, 0.02, level=0.9, n=900),
            Estimate(0.0, 0.0, 0.2, level=0.9, n=9),
            Estimate(0.0, 0.0, 0.004, level=0.9, n=900),
            9,
        ),
        0.0,
        scores,
        scores,
        0.06,
        _list_roster(n_stores),
        make_shifts(),
        n_stores,
        Rules(),
        0.8,
    )


def make_people(n_stores: int, n_each: int = 9) -> pd.DataFrame:
    """Everybody can do everything on every day, at wages that differ a little."""
    n = n_stores * n_each
    people = pd.DataFrame(
        {
            "store_id": np.repeat([f"{k}" for k in range(n_stores)], n_each),
            "label": [f"employee {1 + k % n_each}" for k in range(n)],
            "cents": 1_800.0 + 10 * (np.arange(n) % n_each),
        }
    )
    for name in ("is_able", "can_open", "can_close", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"):
        people[name] = True
        if len(name) == 3:
            people[f"{name}_first"], people[f"{name}_last"] = 0, SLOTS
    return people.assign(is_lead=False, is_told=False)


def _tell(week: Week, rng: np.random.Generator, orders: float, flat: bool, off: float) -> Week:
    """The week as it was foretold a fortnight before."""
    true = _true_rate(week.dates, len(week.mean), orders, flat)
    days = np.exp(rng.normal(0, off, (*true.shape[:2], 1)))
    return Week(**{**vars(week), "mean": true * days, "spread": week.spread + max(off**2 - 0.01, 0)})


def make_shifts() -> pd.DataFrame:
    """Shifts of one person on four whole weeks, the last of each called in two hours before."""
    days = pd.date_range("2026-01-05", "2026-02-12", freq="D")
    shifts = pd.DataFrame({"store_id": "0", "employee_id": 1, "date": days, "begins": 390, "ends": 750,
                           "is_worked": True, "is_clocked": True, "status": "worked",
                           "notice_days": 16.0})  # fmt: skip
    called = shifts["date"].dt.day_of_week == 6
    shifts.loc[called, ["status", "notice_days"]] = ["worked by call-in", 2 / 24]
    return shifts


def count_even() -> np.ndarray:
    """Heads of a day with evenly spread shifts."""
    heads = np.zeros(SLOTS, np.int64)
    for first, last in EVEN:
        heads[first:last] += 1
    return heads


def _make_week(
    ago: int, rng: np.random.Generator, n_stores: int, orders: float, planned: bool, spread: float, flat: bool
) -> Week:
    made = AS_OF - dt.timedelta(days=7 * ago)
    dates = tuple(made + dt.timedelta(days=day) for day in range(1, DAYS + 1))
    mean = _true_rate(dates, n_stores, orders, flat)
    staffed = np.zeros((n_stores, DAYS, SLOTS), bool)
    staffed[:, :, FIRST:LAST] = True
    foretold = mean * np.exp(rng.normal(0, 0.1, (n_stores, DAYS, 1)))
    heads = np.broadcast_to(count_even(), (n_stores, DAYS, SLOTS)).copy()
    week = Week(dates, foretold, np.full(mean.shape, spread), staffed, heads, np.zeros(mean.shape),
                np.full(n_stores, 126.0), np.full(n_stores, 126.0 * 1_840))  # fmt: skip
    if planned:
        own = mean * np.exp(rng.normal(0, 0.1, (n_stores, DAYS, 1)))
        parts = {**vars(week), "mean": own}
        need = find_need(Week(**parts), TERMS, 0.8).planned
        plans = [plan_store(need[k], own[k], staffed[k], TERMS, most_hours=126.0) for k in range(n_stores)]
        heads[:] = [plan.heads for plan in plans]
        paid = np.array([plan.hours for plan in plans])
        week = Week(**{**vars(week), "heads": heads, "paid": paid, "paid_cents": paid * 1_840})
    rate = rng.gamma(1 / spread, spread, mean.shape) * mean
    return Week(**{**vars(week), "y": rng.poisson(rate).astype(float)})


def _true_rate(dates: tuple[dt.date, ...], n_stores: int, orders: float, flat: bool) -> np.ndarray:
    shares = np.zeros(SLOTS)
    shares[14:40] = 1 / 26 if flat else np.repeat(_SHARES / _SHARES.sum() / 2, 2)
    size = np.array([1.0 if flat else 0.5 if day.weekday() >= 5 else 1.1 for day in dates])
    return orders * np.broadcast_to(size[:, None] * shares, (n_stores, DAYS, SLOTS)).copy()


def _list_roster(n_stores: int) -> pd.DataFrame:
    rows = [(f"{store}", day, float(first), float(last))
            for store in range(n_stores) for day in range(DAYS) for first, last in EVEN]  # fmt: skip
    return pd.DataFrame(rows, columns=["store_id", "day", "start", "end"])
