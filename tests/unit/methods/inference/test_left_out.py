"""Ways judged on points left out: by a plain loop, and rarely fooled where nothing is to be found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.left_out import Way, judge_ways, left_out_errors
from lucky_analytics.methods.inference.ridge import ridge_predict, ridge_weights


def test_errors_are_those_of_a_plain_loop():
    chance = np.random.default_rng(1)
    X, offset, y = chance.normal(size=(8, 2)), chance.normal(size=8), chance.normal(size=8)
    expected = []
    for i in range(8):
        rows = [j for j in range(8) if j != i]
        expected.append(offset[i] + ridge_predict(X[rows], (y - offset)[rows], X[[i]], 2.0)[0] - y[i])
    assert left_out_errors(y, Way(offset, X, 2.0)) == pytest.approx(np.array(expected))


def test_weights_give_the_prediction_and_sum_to_one():
    chance = np.random.default_rng(2)
    X, y, X_at = chance.normal(size=(7, 3)), chance.normal(size=7), chance.normal(size=(4, 3))
    weights = ridge_weights(X, X_at, 1.5)
    assert weights @ y == pytest.approx(ridge_predict(X, y, X_at, 1.5))
    assert weights.sum(axis=1) == pytest.approx(np.ones(4))


def test_where_nothing_is_to_be_found_the_best_of_two_ways_seldom_looks_proven():
    fooled = 0
    for seed in range(200):
        chance = np.random.default_rng(seed)
        X, demand, y = chance.normal(size=(9, 3)), chance.normal(0, 0.3, 9), chance.normal(0, 0.35, 9)
        ways = {"demand": Way(demand, X[:, :0]), "corrected": Way(demand, X, 3.0)}
        fooled += judge_ways(y, ways, seed=seed, n_draws=199)["p_luck"].min() <= 0.05
    low, high = binomtest(fooled, 200).proportion_ci(0.99)
    assert low <= 0.05 <= high


def test_a_way_that_foretells_is_proven_and_its_gain_is_what_the_mean_errs_more():
    chance = np.random.default_rng(3)
    y = chance.normal(0, 0.35, 9)
    judged = judge_ways(y, {"good": Way(y + chance.normal(0, 0.05, 9), np.zeros((9, 0)))}).iloc[0]
    assert judged["p_luck"] < 0.01
    mean = np.abs(left_out_errors(y, Way(np.zeros(9), np.zeros((9, 0))))).mean()
    assert judged["gain"] == pytest.approx(mean - judged["error"])


def test_too_few_points_and_missing_values_are_one_clear_error():
    for y in ([1.0, 2.0], [1.0, np.nan, 2.0]):
        with pytest.raises(ParameterError, match="points left out: expected at least 3"):
            left_out_errors(y, Way(np.zeros(len(y)), np.zeros((len(y), 0))))
