"""Attribution against published small examples."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.methods.attribution.removal_effect import find_removal_effects
from lucky_analytics.methods.attribution.shapley import share_out, sum_within


def test_shapley_values_of_three_channels():
    """Facebook, organic, LinkedIn with conversions of each set of 20, 10, 17, 17, 30, 0 and 6 %: the game of
    "Data-driven marketing attribution" (Towards Data Science, 2018), solved there as .455, .205 and .34."""
    own = np.array([0.0, 0.2, 0.1, 0.17, 0.17, 0.3, 0.0, 0.06])  # bits: F, O, L
    assert sum_within(own) == pytest.approx([0.0, 0.2, 0.1, 0.47, 0.17, 0.67, 0.27, 1.0])
    assert share_out(sum_within(own)) == pytest.approx([0.455, 0.205, 0.34])


def test_shapley_values_of_the_glove_game():
    """Two with a right glove, one with a left: 1/6, 1/6, 2/3 (Shapley and Shubik's market game)."""
    worth = np.array([float(bool(each & 4) and bool(each & 3)) for each in range(8)])
    assert share_out(worth) == pytest.approx([1 / 6, 1 / 6, 2 / 3])


def test_removal_effects_of_three_paths():
    """C1 > C2 > C3 > order; C1; C2 > C3: a third orders, removal effects .5, 1 and 1, so credit .2, .4, .4
    (Bryl 2016, "Attribution model with R, part 1: Markov chains concept", analyzecore.com)."""
    steps = np.array([[2.0, 1, 0, 0, 0], [0, 1, 0, 0, 1], [0, 0, 2, 0, 0], [0, 0, 0, 1, 1]])
    effect = find_removal_effects(steps)
    assert effect == pytest.approx([0.5, 1.0, 1.0])
    assert effect / effect.sum() == pytest.approx([0.2, 0.4, 0.4])


def test_removal_effects_of_four_paths_by_hand():
    """Search twice to an order, mail once, search > mail once, search to none (paths of Puzyrov 2019, "Markov
    chain attribution"). .8 order: .8 x (1/2 + 1/4) + .2; without search .2, without mail .4."""
    steps = np.array([[4.0, 1, 0, 0], [0, 1, 2, 1], [0, 0, 2, 0]])
    assert find_removal_effects(steps) == pytest.approx([0.75, 0.5])
