"""Worths of sets: plain shares where nobody leaves, Kaplan-Meier where some do, even where nothing acts."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.attribution.set_rates import STEADY, add_spells, value_sets

EDGES = np.linspace(0.0, 10.0, 2_001)


def paths(n, seed, rate=0.06, switch=0.15):
    """Spells in channel 0, and in both after channel 1 came; orders come whatever happens."""
    chance = np.random.default_rng(seed)
    order, other = chance.exponential(1 / rate, n), chance.exponential(1 / switch, n)
    end = np.minimum(order, 10.0)
    first = np.minimum(other, end)
    later = other < end
    start = np.r_[np.zeros(n), first[later]]
    stop = np.r_[first, end[later]]
    is_order = np.r_[(order <= 10.0) & ~later, (order <= 10.0)[later]]
    return start, stop, is_order, np.r_[np.full(n, 1), np.full(later.sum(), 3)]


def test_a_set_is_worth_what_kaplan_and_meier_say_of_it():
    start, stop, is_order, cell = paths(3_000, 4)
    orders, time = add_spells(start, stop, is_order, EDGES, cell, 4)
    own = cell == 1
    found = SurvfuncRight(stop[own], is_order[own])
    expected = 1 - found.surv_prob[-1]
    assert value_sets(orders, time, EDGES, steady=0.0)[1] == pytest.approx(expected, abs=2e-3)
    # Nobody leaves the set of all: the plain share of paths that end in an order.
    assert value_sets(orders, time, EDGES)[3] == pytest.approx(is_order.sum() / 3_000, abs=2e-3)


def test_orders_and_time_are_those_of_a_loop():
    start, stop, is_order, cell = paths(200, 9)
    edges = np.array([0.0, 0.5, 3.0, 10.0])
    orders, time = add_spells(start, stop, is_order, edges, cell, 4)
    for place in range(4):
        for age in range(3):
            low, high = edges[age], edges[age + 1]
            own = [i for i in range(len(cell)) if cell[i] == place]
            stayed = sum(max(min(stop[i], high) - max(start[i], low), 0.0) for i in own)
            assert time[place, age] == pytest.approx(stayed)
            assert orders[place, age] == sum(low < stop[i] <= high and is_order[i] for i in own)


def test_where_channels_change_nothing_sets_are_worth_the_same_though_the_plain_share_differs():
    start, stop, is_order, cell = paths(200_000, 1)
    edges = np.linspace(0.0, 10.0, 41)
    worth = value_sets(*add_spells(start, stop, is_order, edges, cell, 4), edges)
    assert worth[1] == pytest.approx(worth[3], abs=0.01)
    alone = cell[:200_000][stop[:200_000] >= 10.0].size  # never touched by the other, never ordered
    only_first = is_order[:200_000].sum() / (is_order[:200_000].sum() + alone)
    assert only_first > worth[3] + 0.1  # who ordered early met one channel: the share of people misleads


def test_a_set_without_anybody_is_worth_what_all_are_and_a_small_one_is_drawn_there():
    edges = np.array([0.0, 1.0])
    orders, time = np.array([[0.0], [0.0], [0.0], [100.0]]), np.array([[0.0], [0.0], [2.0], [900.0]])
    worth = value_sets(orders, time, edges)
    assert worth[0] == 0.0 and worth[1] == pytest.approx(worth[3])
    assert 0 < worth[2] < worth[3] and value_sets(orders, time, edges, steady=0.0)[2] == 0.0
    part = STEADY / 100
    assert worth[2] == pytest.approx(1 - np.exp(-part * 100 / (2 + part * 902)))


def test_who_orders_in_no_time_orders_for_sure_and_no_orders_are_worth_nothing():
    edges = np.array([0.0, 1.0])
    assert value_sets(np.array([[0.0], [5.0]]), np.zeros((2, 1)), edges)[1] == 1.0
    assert value_sets(np.zeros((2, 1)), np.array([[0.0], [5.0]]), edges).tolist() == [0.0, 0.0]


def test_spells_outside_the_ages_are_refused():
    for start, stop in ((-1.0, 1.0), (0.0, 11.0), (2.0, 1.0)):
        with pytest.raises(ParameterError, match="spells of paths"):
            add_spells(*(np.array([x]) for x in (start, stop)), np.array([False]), EDGES, np.array([0]), 1)
