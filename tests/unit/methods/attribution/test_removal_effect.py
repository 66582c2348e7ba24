"""Removal effects against walks through the chain, one after another."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.attribution.removal_effect import find_removal_effects


def walk(steps, without=None, n_steps=400):
    """The chance to end in an order, by powers of the whole transition matrix."""
    k = len(steps) - 1
    chance = np.zeros((k + 3, k + 3))
    chance[: k + 1, 1:] = steps / np.where(
        steps.sum(axis=1, keepdims=True) > 0, steps.sum(axis=1, keepdims=True), 1
    )
    chance[k + 1, k + 1] = chance[k + 2, k + 2] = 1.0
    if without is not None:
        chance[without + 1] = 0.0
        chance[without + 1, k + 2] = 1.0
    return np.linalg.matrix_power(chance, n_steps)[0, k + 1]


def test_they_are_those_of_the_whole_matrix_without_each_channel():
    steps = np.random.default_rng(2).poisson(20, size=(5, 6)).astype(float)
    steps[0, 4:] = 0.0  # nobody orders before a touch
    whole = walk(steps)
    expected = [1 - walk(steps, channel) / whole for channel in range(4)]
    assert find_removal_effects(steps) == pytest.approx(expected, abs=1e-9)
    both = find_removal_effects(np.stack([steps, 7 * steps]))
    assert both[1] == pytest.approx(both[0])  # chances, not counts


def test_repeats_of_a_channel_change_nothing():
    steps = np.array([[6.0, 4.0, 0.0, 0.0], [0.0, 3.0, 2.0, 1.0], [0.0, 0.0, 3.0, 4.0]])
    again = steps.copy()
    again[1, 0], again[2, 1] = 9.0, 5.0
    assert find_removal_effects(again) == pytest.approx(find_removal_effects(steps))


def test_a_channel_that_nobody_met_loses_nothing_and_a_chain_without_orders_says_nothing():
    steps = np.array([[5.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, 3.0], [0.0, 0.0, 0.0, 0.0]])
    assert find_removal_effects(steps).tolist() == [1.0, 0.0]
    steps[1] = [0.0, 0.0, 0.0, 5.0]
    assert np.isnan(find_removal_effects(steps)).all()
    with pytest.raises(ParameterError, match=r"k \+ 1 rows"):
        find_removal_effects(np.zeros((3, 3)))
