"""Intervals of the churn methods hold what they claim, in worlds with planted orders and departures only.

Rule, stated before the worlds are drawn: five families are tested at once, each so that all of them together
raise a false alarm with a chance of 1 % (``coverage_rule``). r, alpha, a and b of a world count together; the
customers who have not left, the orders of the 60 days that follow, the hazard ratio of a coupon and that of a
nearby opening are one yes or no a world. What a naive analyst would publish with an interval must fail the
same rule. Worlds have the seeds from 0 on: none is picked. 20 in every run of the tests, 200 in the long one.
"""

from __future__ import annotations

import functools

import numpy as np
import pytest
from scipy.stats import norm

from lucky_analytics.methods.customers.repeat_buying import fit_repeat_buying
from lucky_analytics.questions.marketing.churn_cohorts.customer_value import forecast_customers
from lucky_analytics.questions.marketing.churn_cohorts.departures import estimate_departures
from tests.churn_world import PLANT, RATIOS, simulate
from tests.coverage_rule import count_worlds, holds

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]

LEVEL = 0.9
FAMILIES = {"parameters": 0, "not left": 1, "orders": 2, "coupon": 3, "nearby opening": 4}
FALSE_ALARM = 0.01 / len(FAMILIES)
N_CUSTOMERS, N_FEW = 5_000, 20
WORLDS = [count_worlds(200)]
SILENT_DAYS = AHEAD = 60


@functools.cache
def fit_world(seed, ratios=(1.0, 1.0), variant="mbg"):
    world = simulate(N_CUSTOMERS, seed, ratios=ratios, extra=AHEAD)
    return world, fit_repeat_buying(world, variant)


def share_of_parameters(fit, level):
    found = fit.table(norm.ppf(0.5 + level / 2))
    return ((found["low"] <= PLANT) & (found["high"] >= PLANT)).mean()


def as_features(world):
    """The columns of the customers' features that the model reads; a first order counts from midday."""
    since_first = world["age"] - 0.5
    return world.assign(
        n_orders=world["frequency"] + 1,
        days_since_first=since_first,
        days_since_last=since_first - world["recency"],
    )


@functools.cache
def replication(seed, level=LEVEL):
    """For each family, the share of what was planted that its intervals hold."""
    world, fit = fit_world(seed)
    alive, orders = forecast_customers(as_features(world), fit, [AHEAD], level)
    acted, start = fit_world(seed, tuple(RATIOS.values()))
    ratio = estimate_departures(acted, start, level).set_index("name")
    return (
        share_of_parameters(fit, level),
        alive["low"] <= world["is_alive"].sum() <= alive["high"],
        orders["orders_low"].item() <= world["later"].sum() <= orders["orders_high"].item(),
        *(ratio.low[name] <= planted <= ratio.high[name] for name, planted in RATIOS.items()),
    )


def interval(share, n):
    return share + norm.ppf([0.5 - LEVEL / 2, 0.5 + LEVEL / 2]) * np.sqrt(share * (1 - share) / n)


def naive_ratio(silent, applies):
    """Share of silent customers to whom something applies over that of the others, with its interval."""
    shares, n = silent.groupby(applies).mean(), silent.groupby(applies).size()
    se = np.sqrt(((1 - shares) / (shares * n)).sum())
    return shares[True] / shares[False] * np.exp(norm.ppf([0.5 - LEVEL / 2, 0.5 + LEVEL / 2]) * se)


@functools.cache
def naive_replication(seed):
    """The same of five naive ones: nobody leaves before a second order; who ordered within 60 days has not
    left; customers go on as they did; and the shares of silent customers compared."""
    world, _ = fit_world(seed)
    active = world["age"] - world["recency"] < SILENT_DAYS
    acted, _ = fit_world(seed, tuple(RATIOS.values()))
    silent = acted["age"] - acted["recency"] >= SILENT_DAYS
    held = [interval(active.mean(), len(world)) * len(world)]
    orders = AHEAD * (world["frequency"] / world["age"]).sum()
    held.append(orders + norm.ppf([0.5 - LEVEL / 2, 0.5 + LEVEL / 2]) * np.sqrt(orders))
    held += [naive_ratio(silent, acted[name] > 0) for name in ("is_coupon_acquired", "near_last")]
    planted = (world["is_alive"].sum(), world["later"].sum(), *RATIOS.values())
    inside = [low <= value <= high for (low, high), value in zip(held, planted, strict=True)]
    return (share_of_parameters(fit_world(seed, variant="bg")[1], LEVEL), *inside)


def table(of_world, n_worlds, *more):
    return np.array([of_world(seed, *more) for seed in range(n_worlds)], float)


@pytest.mark.parametrize("n_worlds", WORLDS)
@pytest.mark.parametrize("family", FAMILIES)
def test_coverage(family, n_worlds):
    coverage = table(replication, n_worlds)[:, FAMILIES[family]]
    assert holds(coverage, LEVEL, FALSE_ALARM), f"{family}: {coverage.mean():.3f} where {LEVEL} is claimed"


@pytest.mark.parametrize(
    ("family", "level"), [(name, 0.6 if name == "parameters" else 0.25) for name in FAMILIES]
)
def test_intervals_that_are_too_short_are_found_out(family, level):
    """One yes or no a world says little: with 20 of them only far too short intervals are sure to fail."""
    assert not holds(table(replication, N_FEW, level)[:, FAMILIES[family]], LEVEL, FALSE_ALARM)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_naive_estimate_fails(family):
    coverage = table(naive_replication, N_FEW)[:, FAMILIES[family]]
    assert coverage.mean() < 0.5 and not holds(coverage, LEVEL, FALSE_ALARM)
