"""Machines: failures ahead are within their interval as often as stated, whatever wears the machines; the
clocks are told apart; where nothing falls no machine is flagged beyond the stated rate, and falls are found.

Rules, stated before the worlds are drawn (seeds from 0 on). The interval of the failures in 30 days holds at
least as often as the lower end of the exact binomial band (counts cannot hit a level exactly), and is at most
1.35 times as wide as that of who knows the rates. A test at 5 % rejects in no more worlds than the upper end
of the band. Days with a false flag are at most as common as stated, by the same band; of falls by 30 % in one
of 120 machines two in three are found after 14 days.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, poisson

from lucky_analytics.methods.inference.false_alarms import flag_alarms
from lucky_analytics.methods.reliability.failure_rates import compare_clocks
from lucky_analytics.methods.reliability.share_drops import compare_parts
from lucky_analytics.questions.operations.machine_fleet.capacity import measure_down_hour
from lucky_analytics.questions.operations.machine_fleet.failures_ahead import count_failed, expect, look_ahead
from lucky_analytics.questions.operations.machine_fleet.lives import see
from tests.fleet_world import draw_fleet

LEVEL, DAYS, WEEKS_APART = 0.9, 30, 4.0
LONG = [pytest.mark.full, pytest.mark.timeout(3600)]
TYPES = np.linspace(1.6, 0.5, 14) * 0.28
WORLDS = {
    "weibull": {"rates": TYPES},
    "constant": {"since": 0.0, "rates": TYPES},
    "types alike": {"rates": 0.28},
    "age": {"since": 0.0, "age": 0.4, "rates": 0.7 * TYPES},
    "both": {"since": 0.3, "age": 0.3, "rates": 0.7 * TYPES},
}


def most(n, rate):
    """The upper end of the exact 99 % band of a count of rare things."""
    return int(binom.ppf(0.995, n, rate))


def fewest(n, rate):
    return int(binom.ppf(0.005, n, rate))


def foretell(seed, **world):
    fleet = draw_fleet(seed, **world)
    seen = see(fleet, fleet.cut - pd.Timedelta(days=DAYS))
    found = expect(look_ahead(seen, DAYS, 1000).ahead.failures.sum(axis=1), LEVEL, len(seen.rows))
    came = count_failed(fleet, fleet.cut - pd.Timedelta(days=DAYS), fleet.cut, seen.rows)
    known = poisson.ppf(0.95, found.value) - poisson.ppf(0.05, found.value)
    return found.holds(came), (found.high - found.low) / known, seen.spells


CASES = [("weibull", 10), *(pytest.param(name, 200, marks=LONG) for name in WORLDS)]


@pytest.mark.parametrize(("world", "n"), CASES)
def test_failures_ahead_are_within_their_interval_as_often_as_stated(world, n):
    every = [foretell(seed, **WORLDS[world]) for seed in range(n)]
    assert sum(held for held, *_ in every) >= fewest(n, LEVEL)
    assert np.median([width for _, width, _ in every]) < 1.35


@functools.cache
def clocks(world, seed):
    return compare_clocks(see(draw_fleet(seed, **WORLDS[world])).spells).set_index("clock")["p_value"]


@pytest.mark.parametrize("n", [3, pytest.param(100, marks=LONG)])
def test_the_clock_that_wears_machines_is_told_from_the_other(n):
    def rejected(clock, world):
        return sum(clocks(world, seed)[clock] < 0.05 for seed in range(n))

    assert rejected("since repair", "constant") <= most(n, 0.05)
    assert rejected("both", "weibull") <= most(n, 0.05)
    assert rejected("since repair", "weibull") >= 0.9 * n
    assert rejected("age", "age") >= fewest(n, 0.8)


def pour(chance, fall=0.0, n_stores=10, n_each=12, days=42):
    """Cups of machines of ten stores that shrink and swing; one falls by ``fall`` in the last 14 days."""
    group = np.repeat(np.arange(n_stores), n_each)
    at_work = chance.random((len(group), days)) < 0.95
    weight = np.broadcast_to(chance.lognormal(0, 0.2, len(group))[:, None], at_work.shape).copy()
    one = int(chance.integers(0, len(group)))
    weight[one, -14:] *= 1 - fall
    swing = np.linspace(1, 0.8, days) * chance.lognormal(0, 0.1, (n_stores, days))
    load = chance.poisson(chance.uniform(180, 500, n_stores)[:, None] * swing)
    part = np.where(at_work, weight, 0.0)
    counts = np.zeros(part.shape)
    for store in range(n_stores):
        own = part[group == store]
        counts[group == store] = chance.multinomial(load[store], (own / own.sum(axis=0)).T).T
    found = compare_parts(counts, at_work, group, 14)
    flags = flag_alarms(found.assign(ds=0), WEEKS_APART)["is_alarm"] & (found["ratio"] < 0.8)
    naive = counts[:, -14:].sum(axis=1) / at_work[:, -14:].sum(axis=1)
    before = counts[:, :-14].sum(axis=1) / at_work[:, :-14].sum(axis=1)
    return flags, one, int((naive < 0.8 * before).sum())


@pytest.mark.parametrize("n", [40, pytest.param(200, marks=LONG)])
def test_where_nothing_falls_no_machine_is_flagged_beyond_the_stated_rate(n):
    worlds = [pour(np.random.default_rng(seed)) for seed in range(n)]
    assert sum(flags.any() for flags, *_ in worlds) <= most(n, 1 / (7 * WEEKS_APART))
    assert np.mean([naive for *_, naive in worlds]) > 5  # fewer cups an hour, as a dashboard would flag


@pytest.mark.parametrize("n", [30, pytest.param(200, marks=LONG)])
def test_a_fall_by_a_third_of_one_machine_is_found(n):
    found = [pour(np.random.default_rng(seed), 0.3) for seed in range(n)]
    hits = sum(bool(flags[one]) for flags, one, _ in found)
    others = sum(int(flags.sum()) - int(flags[one]) for flags, one, _ in found)
    assert hits >= n * 2 / 3 and others <= most(n, 1 / 14)


def sell(seed, cost, n_days):
    """Days of ten stores; a machine down takes ``cost`` (share) off the day's revenue."""
    chance = np.random.default_rng(seed)
    down = np.zeros((10, n_days))
    for store in range(10):
        for begin in np.flatnonzero(chance.random(n_days) < 0.06):
            down[store, begin : begin + 4] += 1
    walk = np.cumsum(chance.normal(0, 0.01, (10, n_days)), axis=1)
    noise = chance.normal(0, 0.1, (10, n_days)) + chance.normal(0, 0.1, n_days)
    dollars = 1500 * np.exp(walk + noise) * (1 - cost) ** down
    ds = pd.date_range("2025-07-01", periods=n_days)
    ids = np.repeat([f"s{k}" for k in range(10)], n_days)
    frame = pd.DataFrame({"store_id": ids, "ds": np.tile(ds, 10), "dollars": dollars.ravel()})
    return frame.assign(open_hours=13.0, machines_down=down.ravel())


DOWN = [(0.0, 6, 70), (0.1, 6, 70), *(pytest.param(cost, 150, 200, marks=LONG) for cost in (0.0, 0.05))]


@pytest.mark.parametrize(("cost", "n", "n_days"), DOWN)
def test_what_a_down_hour_cost_is_within_its_interval(cost, n, n_days):
    held = 0
    for seed in range(n):
        days = sell(seed, cost, n_days)
        found = measure_down_hour(days, LEVEL)
        held += found.holds(float((days["dollars"] / 13).mean()) * cost)
        assert cost < 0.1 or found.low > 0
    assert held >= fewest(n, LEVEL)
