"""Rates drawn towards what groups share: against a plain search, a known case, and simulated groups."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import betabinom

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.shrunken_rates import (
    RateSpread,
    average_rates,
    fit_rates,
    shrink_rates,
)


def simulate(seed: int, size: float = 60.0, mean: float = 0.1, n_groups: int = 120):
    rng = np.random.default_rng(seed)
    n = rng.integers(1, 400, n_groups)
    own = rng.beta(mean * size, (1 - mean) * size, n_groups)
    return n, rng.binomial(n, own), own


def test_the_fit_is_the_best_of_a_plain_grid_of_beta_binomials():
    n, x, _ = simulate(3)
    found = fit_rates(n, x)
    means, sizes = np.linspace(0.07, 0.14, 29), np.geomspace(10, 400, 41)
    grid = [[betabinom.logpmf(x, n, m * s, (1 - m) * s).sum() for s in sizes] for m in means]
    best = np.max(grid)
    a, b = found.mean * found.size, (1 - found.mean) * found.size
    assert betabinom.logpmf(x, n, a, b).sum() >= best - 1e-6
    at = np.unravel_index(np.argmax(grid), np.shape(grid))
    assert found.mean == pytest.approx(means[at[0]], abs=0.004)
    assert found.size == pytest.approx(sizes[at[1]], rel=0.15)


def test_intervals_hold_the_own_rates_as_often_as_they_say_and_err_less_than_raw_ones():
    inside, better = [], []
    for seed in range(20):
        n, x, own = simulate(seed)
        found = shrink_rates(n, x, fit_rates(n, x))
        inside.append(np.mean((found["low"] <= own) & (own <= found["high"])))
        better.append(np.mean((found["rate"] - own) ** 2) < np.mean((x / n - own) ** 2))
    assert 0.87 < np.mean(inside) < 0.93
    assert all(better)


def test_groups_that_differ_by_chance_alone_all_have_the_common_rate():
    rng = np.random.default_rng(5)
    n = np.full(50, 2000)
    x = rng.binomial(n, 0.03)
    found = shrink_rates(n, x, fit_rates(n, x))
    raw = x / n
    assert found["rate"].std() < 0.4 * raw.std()


def test_edges_no_event_one_group_no_case():
    none = fit_rates([10, 20], [0, 0])
    assert none.mean == 0.0
    assert shrink_rates([10], [0], none)[["low", "high"]].isna().all(axis=None)
    assert fit_rates([10], [3]).mean == pytest.approx(0.3)
    unseen = shrink_rates([0], [0], RateSpread(0.2, 10.0)).iloc[0]
    assert unseen["rate"] == pytest.approx(0.2) and unseen["low"] < 0.2 < unseen["high"]
    for n, x in (([0], [0]), ([3], [4]), ([3], [-1])):
        with pytest.raises(ParameterError):
            fit_rates(n, x)


def test_averaged_rates_are_those_of_a_plain_sum_over_a_fine_grid():
    n, x = np.array([4, 9, 30, 12]), np.array([4, 6, 27, 10])
    means, spreads = (np.arange(400) + 0.5) / 400, (np.arange(200) + 0.5) / 200
    total, rates = 0.0, np.zeros(4)
    for spread in spreads:
        size = 1 / spread**2 - 1
        chance = np.exp(betabinom.logpmf(x[:, None], n[:, None], means * size, (1 - means) * size).sum(0))
        total += chance.sum()
        rates += ((means * size + x[:, None]) / (size + n[:, None])) @ chance
    found = average_rates(n, x)
    assert found["rate"].to_numpy() == pytest.approx(rates / total, abs=0.003)
    assert ((found["low"] < found["rate"]) & (found["rate"] < found["high"])).all()


@pytest.mark.parametrize("size", [6.0, 1e5])
def test_few_groups_of_few_cases_are_held_also_where_all_are_alike(size):
    inside, plugged = [], []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        n = rng.integers(4, 30, 24)
        own = rng.beta(0.82 * size, 0.18 * size, 24)
        x = rng.binomial(n, own)
        for kept, found in ((inside, average_rates(n, x)), (plugged, shrink_rates(n, x, fit_rates(n, x)))):
            kept.append(np.mean((found["low"] <= own) & (own <= found["high"])))
    assert np.mean(inside) > 0.87 and np.mean(inside) >= np.mean(plugged) - 0.01


def test_averaged_rates_keep_an_interval_at_the_ends_and_for_rare_events():
    none = average_rates([3, 40], [0, 0])
    assert (none["high"] > none["rate"]).all() and none["high"].iloc[0] >= none["high"].iloc[1] > 0.005
    rare = average_rates([2_000] * 5, [10, 12, 9, 11, 8])
    assert rare["rate"].to_numpy() == pytest.approx(0.005, abs=0.001) and (rare["low"] > 0.002).all()
    unseen = average_rates([0, 50, 50], [0, 25, 30]).iloc[0]
    assert unseen["weight"] == 0 and unseen["low"] < 0.4 < 0.6 < unseen["high"]
    wide, narrow = (average_rates([20, 30], [15, 20], level)["high"] for level in (0.99, 0.5))
    assert (wide > narrow).all()
    with pytest.raises(ParameterError):
        average_rates([0], [0])
