"""Influence against plain loops, scipy's negative binomial, and worlds in which it is known."""

from __future__ import annotations

import numpy as np
import pytest
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
