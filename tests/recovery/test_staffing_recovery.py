"""Staffing: where rosters are right, or demand has no pattern, nothing is found; what other shifts would
serve is within its interval; people who do not come are counted, and covered only where nobody stands in.

Rules, stated before the worlds are drawn (seeds from 0 on). A page that says more than the data bears says so
in at most one world of twenty (the end of an interval of 90 %), within the exact 99 % band of the binomial.
An interval of 90 % holds the truth at least as often as the lower end of that band; the truth of the gain is
the mean over all worlds. Planted gains are claimed in at least two worlds of three.
"""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom

from lucky_analytics.models.no_shows import CALLED_IN, count_no_shows
from lucky_analytics.models.order_demand import score_past
from lucky_analytics.models.order_demand_later import foretell_later
from lucky_analytics.questions.operations.staffing import steps
from lucky_analytics.questions.operations.staffing.texts import LEAST_GAIN
from tests.staffing_world import TERMS, make_prepared
from tests.unit.models.test_order_demand import MADE, make_demand

LEVEL = 0.9
LONG = [pytest.mark.full, pytest.mark.timeout(3600)]
MANY = [3, pytest.param(120, marks=LONG)]
NULLS = {"rosters already right": {"planned": True}, "demand without a pattern": {"flat": True}}


def most(n, rate):
    """The upper end of the exact 99 % band of a count of rare things."""
    return int(binom.ppf(0.995, n, rate))


def fewest(n, rate):
    return int(binom.ppf(0.005, n, rate))


@functools.cache
def tried(seed, **world):
    return steps.try_weeks(make_prepared(seed, n_stores=1, **world), TERMS)


def claims(estimate, least=LEAST_GAIN):
    return estimate.low is not None and estimate.low >= least


@pytest.mark.parametrize(
    ("null", "n"),
    [("demand without a pattern", 3), *(pytest.param(null, 120, marks=LONG) for null in NULLS)],
)
def test_where_nothing_is_to_be_gained_nothing_is_claimed(null, n):
    found = [tried(seed, told_off=0.1, **NULLS[null]) for seed in range(n)]
    assert sum(claims(trial.gain) for trial, _ in found) <= most(n, 0.05)
    assert sum(claims(notice.gain) for _, notice in found) <= most(n, 0.05)
    # A fortnight's notice with as good a view costs nothing.
    assert sum(claims(notice.lost, 1e-9) for _, notice in found) <= most(n, 0.05)


@pytest.mark.parametrize("n", MANY)
def test_what_other_shifts_would_serve_is_within_its_interval(n):
    found = [tried(seed, told_off=0.2) for seed in range(n)]
    for estimates in ([trial.gain for trial, _ in found], [notice.gain for _, notice in found]):
        truth = float(np.mean([each.value for each in estimates]))
        assert sum(each.holds(truth) for each in estimates) >= fewest(n, LEVEL)
    assert sum(claims(trial.gain) for trial, _ in found) >= 2 / 3 * n
    worse = np.mean([notice.lost.value for _, notice in found])
    assert worse > 0  # twice as far off serves fewer


def draw_shifts(seed, rate, stands_in, n_people=60, n_each=40, alike=0.0):
    """Shifts of people who stay away at rates of their own around ``rate``; somebody stands in so often."""
    chance = np.random.default_rng(seed)
    own = np.full(n_people, rate)
    if alike:
        own = chance.beta(rate / alike, (1 - rate) / alike, n_people)
    away = chance.random((n_people, n_each)) < own[:, None]
    who, day = (place.ravel() for place in np.indices(away.shape))
    date = pd.Timestamp("2026-01-01") + pd.to_timedelta(day, unit="D")
    frame = pd.DataFrame({"store_id": "a", "employee_id": who, "date": date, "begins": 420, "ends": 720,
                          "status": "worked", "is_clocked": ~away.ravel()})  # fmt: skip
    missing = frame[away.ravel()]
    called = missing[chance.random(len(missing)) < stands_in].assign(
        status=CALLED_IN, is_clocked=True, employee_id=-1
    )
    return pd.concat([frame, called], ignore_index=True)


NO_SHOWS = [(0.0, 0.0, 0.0, 5), (0.03, 0.0, 0.02, 40)]
FULL_NO_SHOWS = [(0.0, 0.0, 0.0, 50), (0.02, 1.0, 0.0, 300), (0.03, 0.5, 0.0, 300), (0.03, 0.0, 0.02, 300)]


@pytest.mark.parametrize(
    ("rate", "stands_in", "alike", "n"),
    [*NO_SHOWS, *(pytest.param(*each, marks=LONG) for each in FULL_NO_SHOWS)],
)
def test_the_share_who_do_not_come_is_within_its_interval(rate, stands_in, alike, n):
    found = [count_no_shows(draw_shifts(seed, rate, stands_in, alike=alike), LEVEL) for seed in range(n)]
    assert sum(each.away.holds(rate) for each in found) >= fewest(n, LEVEL)
    assert sum(each.lost.holds(rate * (1 - stands_in)) for each in found) >= fewest(n, LEVEL)
    if rate * (1 - stands_in) == 0:  # nobody lacks: no cover is held in any world
        assert all(each.lost.value == 0 for each in found)


@pytest.mark.parametrize("n", [4, pytest.param(100, marks=LONG)])
@pytest.mark.parametrize("swing", [pytest.param(0.0, marks=LONG), 0.15])
def test_half_hours_of_weeks_told_a_fortnight_ahead_stay_below_what_is_planned_for(swing, n):
    off = []
    for seed in range(n):
        demand = make_demand(seed=seed, n_weeks=11, hours=range(8, 13))
        weeks = (demand.orders["date"] - pd.Timestamp(MADE)).dt.days // 7
        jumps = np.random.default_rng(seed).lognormal(0, swing, 60)
        demand.orders["y"] = (demand.orders["y"] * jumps[weeks + 30]).round()
        told = {made: foretell_later(demand, made) for made in (MADE - dt.timedelta(weeks=2),)}
        scores = score_past(demand, told, 0.8)
        off.append(float((scores["inside"] - scores["expected"]).sum() / scores["n"].sum()))
    assert abs(np.mean(off)) < 0.03 + 2.6 * np.std(off, ddof=1) / np.sqrt(n)
