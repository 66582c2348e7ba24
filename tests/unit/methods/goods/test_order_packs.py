"""Packs to order against brute force, the newsvendor, and a simulated shelf that uses the oldest first."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.goods.newsvendor import critical_ratio, order_from_draws
from lucky_analytics.methods.goods.order_packs import (
    choose_packs,
    cost_of_level,
    find_level,
    find_order_point,
)


def draws(seed, mean, n=400, items=6):
    return np.random.default_rng(seed).poisson(mean, (n, items)).astype(float)


def test_where_the_life_ends_with_the_need_it_is_the_newsvendor():
    need = draws(1, 40)
    best = find_level(need, need, 80.0, 20.0, 0.0)
    assert best == pytest.approx(order_from_draws(need, critical_ratio(80, 20)), abs=1e-4)
    # Of what never spoils only the holding costs: the same with the holding in its place.
    assert find_level(need, np.full_like(need, np.inf), 80.0, 999.0, 20.0) == pytest.approx(best, abs=1e-4)


@pytest.mark.parametrize("pack", [1.0, 7.0, 60.0])
@pytest.mark.parametrize("position", [0.0, 25.0, 500.0])
def test_no_other_number_of_packs_costs_less(pack, position):
    need = draws(2, 30)
    life = need + draws(3, 10)
    chosen = choose_packs(position, pack, need, life, 5.0, 2.0, 0.1)
    tried = np.stack([cost_of_level(position + n * pack, need, life, 5.0, 2.0, 0.1) for n in range(120)])
    found = tried[chosen, np.arange(need.shape[1])]
    assert (found <= tried.min(axis=0) + 1e-9).all()


def simulate(level, demand, review, life, under, waste):
    """Dollars a day of ordering up to a level every ``review`` days, delivered at once: a plain loop."""
    layers, lost, gone = [], 0.0, 0.0  # [age, quantity], oldest first
    for day, wanted in enumerate(demand):
        if day % review == 0:
            layers.append([0, max(level - sum(q for _, q in layers), 0.0)])
        left = wanted
        for layer in layers:
            taken = min(layer[1], left)
            layer[1] -= taken
            left -= taken
        lost += left
        gone += sum(q for age, q in layers if age + 1 >= life)
        layers = [[age + 1, q] for age, q in layers if age + 1 < life and q > 0]
    return (under * lost + waste * gone) / len(demand)


@pytest.mark.parametrize(("review", "life"), [(2, 2), (2, 3), (2, 5), (3, 4)])
def test_the_level_is_close_to_the_best_of_a_simulated_shelf(review, life):
    """Within a tenth of the cost of the best level of all, found by trying each."""
    random = np.random.default_rng(4)
    demand = random.poisson(10, 6_000).astype(float)
    blocks = random.poisson(10, (4_000, max(review, life))).astype(float)
    need, use = blocks[:, :review].sum(axis=1, keepdims=True), blocks[:, :life].sum(axis=1, keepdims=True)
    own = float(find_level(need, use, 3.0, 1.0, 0.0)[0])
    costs = {level: simulate(level, demand, review, life, 3.0, 1.0) for level in range(10, 60)}
    assert simulate(round(own), demand, review, life, 3.0, 1.0) <= 1.1 * min(costs.values()) + 0.05


def test_nonsense_is_refused_and_nothing_wanted_is_nothing_ordered():
    need = draws(5, 3)
    assert (choose_packs(0.0, 5.0, need * 0, need * 0, 1.0, 1.0, 1.0) == 0).all()
    assert (choose_packs(1e9, 5.0, need, need, 1.0, 1.0, 1.0) == 0).all()
    for call in (
        lambda: choose_packs(0.0, 0.0, need, need, 1.0, 1.0, 0.0),
        lambda: find_level(need, need[:3], 1.0, 1.0, 0.0),
        lambda: find_level(need, need, -1.0, 1.0, 0.0),
    ):
        with pytest.raises(ParameterError):
            call()


@pytest.mark.parametrize("pack", [1.0, 8.0, 90.0])
def test_the_order_point_says_the_same_as_the_packs_of_each_position(pack):
    need = draws(6, 30)
    life = need + draws(7, 12)
    point = find_order_point(pack, need, life, 5.0, 2.0, 0.1)
    for position in np.linspace(0, 60, 41):
        packs = choose_packs(position, pack, need, life, 5.0, 2.0, 0.1)
        by_point = np.maximum(np.ceil((point - position) / pack - 1e-6), 0)
        assert (packs == by_point).mean() >= 0.98  # but where two numbers of packs cost the same
    assert find_order_point(500.0, need, need, 1.0, 50.0, 0.0).max() < 0.01
