"""Influence against plain loops, scipy's negative binomial, and worlds in which it is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import gamma, nbinom

from lucky_analytics.methods.customers.influence import (
    Influence,
    count_by_chance,
    estimate_influence,
    estimate_top,
    expect_equal,
    fit_influence,
)


def test_what_is_expected_is_that_of_a_loop():
    chance = np.random.default_rng(3)
    since, events = chance.integers(0, 30, 40), chance.integers(0, 40, 25)
    by_loop = np.zeros(40)
    for at in events:
        members = since < at
        if members.any():
            by_loop[members] += 1 / members.sum()
    assert expect_equal(since, events) == pytest.approx(by_loop)
    assert expect_equal([5], [1, 2]).tolist() == [0.0]


def test_where_ages_differ_as_many_are_expected_of_each_age_as_there_were():
    chance = np.random.default_rng(4)
    since, edges = chance.uniform(0, 50, 300), [3.0, 10.0]
    events = np.sort(chance.uniform(10, 60, 400))
    zeal = np.array([6.0, 2.0, 0.5])
    ages = []
    for at in events:
        age = at - since[since < at]
        weight = zeal[np.searchsorted(edges, age)]
        ages.append(chance.choice(age, p=weight / weight.sum()))
    found = expect_equal(since, events, ages, edges)
    assert found.sum() == pytest.approx(len(events))
    # Of each age, by the plain definition: whoever is here at the time, weighed by the rate of that age.
    place = np.searchsorted(edges, ages)
    rate = rates_by_loop(since, events, place, edges)
    by_loop, by_age = np.zeros(len(since)), np.zeros(3)
    for at in events:
        here = np.flatnonzero(since < at)
        own = np.searchsorted(edges, at - since[here])
        part = rate[own] / rate[own].sum()
        by_loop[here] += part
        by_age += np.bincount(own, part, 3)
    assert found == pytest.approx(by_loop, rel=1e-4)
    assert by_age == pytest.approx(np.bincount(place), rel=1e-4)


def rates_by_loop(since, events, place, edges):
    """The maximum of the partial likelihood of Cox (1972) over rates of three ages, by scipy."""
    cells = [
        np.bincount(np.searchsorted(edges, at - since[since < at]), minlength=3).astype(float)
        for at in events
    ]
    members = np.array(cells)

    def loss(logs):
        rate = np.exp(np.r_[0.0, logs])
        return -(np.log(rate[place]) - np.log(members @ rate)).sum()

    return np.exp(np.r_[0.0, minimize(loss, np.zeros(2), tol=1e-10).x])


def world(spread: float, seed: int = 5, n: int = 8_000) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    expected = chance.gamma(2, 0.1, n)
    influence = chance.gamma(1 / spread, spread, n) if spread else np.ones(n)
    return chance.poisson(influence * expected), expected


def test_the_fit_is_where_scipys_likelihood_is_highest_and_its_ends_where_it_has_fallen():
    count, expected = world(2.0)
    found = fit_influence(count, expected)
    scaled = expected * count.sum() / expected.sum()

    def likelihood(spread: float) -> float:
        return float(nbinom.logpmf(count, 1 / spread, 1 / (1 + scaled * spread)).sum())

    top = likelihood(found.spread)
    assert all(likelihood(found.spread * factor) < top for factor in (0.97, 1.03))
    assert top - likelihood(found.low) == pytest.approx(1.3527, abs=0.01)  # half of chi-squared at 90 %
    assert top - likelihood(found.high) == pytest.approx(1.3527, abs=0.01)
    assert found.low < 2.0 < found.high and found.p_value < 1e-6


def test_where_all_are_alike_nothing_is_found_and_every_count_is_pulled_to_the_mean():
    count, expected = world(0.0)
    found = fit_influence(count, expected)
    assert found.p_value > 0.05 and found.low == 0.0 and found.spread < 0.1
    alike = Influence(0.0, 0.0, 0.1, 0.5, 0.9, 3)
    assert estimate_influence(alike, [9, 0, 1], [0.1, 0.1, 5.0])[0].tolist() == [1.0, 1.0, 1.0]
    assert estimate_top(alike).value == 0.01
    assert not fit_influence([1] * 40, [1.0] * 40).is_known
    assert estimate_top(fit_influence([], [])).value is None


def test_influence_is_that_of_the_gamma_given_the_count():
    found = Influence(4.0, 3.5, 4.5, 0.0, 0.9, 2)
    value, low, high = estimate_influence(found, [3, 0], [0.5, 0.5])
    assert value == pytest.approx([3.25 / 0.75, 0.25 / 0.75])
    assert low[0] == pytest.approx(gamma.ppf(0.05, 3.25, scale=1 / 0.75), rel=1e-3)
    assert high[1] == pytest.approx(gamma.ppf(0.95, 0.25, scale=1 / 0.75), rel=1e-3)


def test_the_share_of_the_top_is_that_of_many_draws():
    draws = np.sort(np.random.default_rng(1).gamma(0.25, 4.0, 400_000))[::-1]
    share = draws[:4_000].sum() / draws.sum()
    assert estimate_top(Influence(4.0, 3.0, 5.0, 0.0, 0.9, 9)).value == pytest.approx(share, rel=0.02)


def test_counts_by_chance_are_those_of_many_draws():
    expected = np.random.default_rng(2).gamma(1, 0.5, 200_000)
    drawn = np.minimum(np.random.default_rng(3).poisson(expected), 3)
    by_chance = count_by_chance(expected, 3)
    assert by_chance == pytest.approx(np.bincount(drawn, minlength=4)[1:], rel=0.03)
