"""Shapley values against all orders of joining, and the four properties that only they have."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.attribution.shapley import MOST_MEMBERS, share_out, sum_within


def by_permutations(worth):
    n = len(worth).bit_length() - 1
    value = np.zeros(n)
    orders = list(itertools.permutations(range(n)))
    for order in orders:
        inside = 0
        for member in order:
            value[member] += worth[inside | 1 << member] - worth[inside]
            inside |= 1 << member
    return value / len(orders)


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_they_are_the_mean_over_all_orders_of_joining(n):
    worth = np.random.default_rng(n).normal(size=1 << n)
    assert share_out(worth) == pytest.approx(by_permutations(worth), abs=1e-12)


def test_nothing_is_left_over_twins_get_the_same_a_dummy_nothing_and_games_add_up():
    chance = np.random.default_rng(3)
    one, two = chance.normal(size=(2, 16))
    assert share_out(one).sum() == pytest.approx(one[-1] - one[0])  # efficiency
    assert share_out(one + two) == pytest.approx(share_out(one) + share_out(two))  # additivity
    place = np.arange(16)
    size = np.array([bin(each).count("1") for each in place])
    assert share_out(np.sqrt(size)) == pytest.approx(np.full(4, 0.5))  # symmetry: only how many counts
    without = one[place & ~4]  # member 2 changes nothing
    assert share_out(without)[2] == pytest.approx(0.0, abs=1e-12)


def test_many_games_at_once_are_each_its_own():
    worth = np.random.default_rng(1).normal(size=(4, 3, 8))
    assert share_out(worth)[2, 1] == pytest.approx(by_permutations(worth[2, 1]))


def test_sums_within_a_set_are_those_of_a_loop():
    counts = np.random.default_rng(5).poisson(4, 32).astype(float)
    expected = [sum(counts[part] for part in range(32) if part & each == part) for each in range(32)]
    assert sum_within(counts).tolist() == expected
    assert sum_within(np.stack([counts, 2 * counts]))[1].tolist() == [2 * each for each in expected]


@pytest.mark.parametrize("n_sets", [1, 3, 1 << (MOST_MEMBERS + 1)])
def test_another_number_of_sets_is_refused(n_sets):
    with pytest.raises(ParameterError, match="sets of a game: expected 2, 4, 8"):
        share_out(np.zeros(n_sets))
