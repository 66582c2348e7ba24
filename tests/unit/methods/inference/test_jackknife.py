from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.jackknife import jackknife_minmax, largest_level
from lucky_analytics.methods.inference.ridge import fit_ridge, ridge_predict

RNG = np.random.default_rng(2)


def minmax(X, y, new, level=0.9):
    """Intervals at ``new`` by ridge, each of the points left out once."""
    keep = ~np.eye(len(y), dtype=bool)
    left_out = [ridge_predict(X[rows], y[rows], new) for rows in keep]
    own = [ridge_predict(X[rows], y[rows], X[[i]])[0] for i, rows in enumerate(keep)]
    return jackknife_minmax(left_out, y - own, level)


def test_equals_the_definition_written_out():
    X, y, new = RNG.normal(size=(12, 1)), RNG.normal(size=12), RNG.normal(size=(1, 1))
    low, high = minmax(X, y, new, level=0.8)
    misses, there = [], []
    for i in range(12):
        rest = [j for j in range(12) if j != i]
        misses.append(abs(y[i] - ridge_predict(X[rest], y[rest], X[[i]])[0]))
        there.append(ridge_predict(X[rest], y[rest], new)[0])
    # ceil(.8 x 13) = 11th smallest miss, around the lowest and the highest of the twelve
    assert high[0] == max(there) + sorted(misses)[10] and low[0] == min(there) - sorted(misses)[10]


def test_ten_points_give_ninety_percent_and_not_ninety_five():
    X, y = np.zeros((10, 1)), RNG.normal(size=10)
    assert largest_level(10) == pytest.approx(10 / 11)
    assert np.isfinite(minmax(X, y, X[:1], 0.9)[1]).all()
    assert np.isinf(minmax(X, y, X[:1], 0.95)[1]).all()


def test_coverage_is_at_least_what_is_guaranteed():
    held = []
    for _ in range(400):
        X, noise = RNG.normal(size=(11, 2)), RNG.normal(size=11)
        y = X @ [0.5, 0.0] + noise
        low, high = minmax(X[:10], y[:10], X[10:])
        held.append(low[0] <= y[10] <= high[0])
    assert np.mean(held) > 0.9 - 2.6 * 0.015


@pytest.mark.parametrize(("left_out", "residuals"), [(np.zeros((1, 1)), [0.0]), (np.zeros((3, 1)), [0.0, 1])])
def test_one_point_and_shapes_that_do_not_fit_are_errors(left_out, residuals):
    with pytest.raises(ParameterError, match="at least 2 points, each left out once"):
        jackknife_minmax(left_out, residuals)


def test_no_penalty_is_least_squares_and_an_infinite_one_the_mean():
    X, y = RNG.normal(size=(9, 2)), RNG.normal(size=9)
    design = np.column_stack([np.ones(9), X])
    np.testing.assert_allclose(
        fit_ridge(X, y, 0.0).predict(X), design @ np.linalg.lstsq(design, y, rcond=None)[0]
    )
    np.testing.assert_allclose(fit_ridge(X, y, np.inf).predict(X), y.mean())
    shrunk = np.linalg.norm(fit_ridge(X, y, 5.0).slopes)
    assert 0 < shrunk < np.linalg.norm(fit_ridge(X, y, 0.0).slopes)


def test_ridge_equals_its_closed_form():
    X, y = RNG.normal(size=(9, 2)), RNG.normal(size=9)
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    slopes = np.linalg.inv(Z.T @ Z + 2.0 * np.eye(2)) @ Z.T @ (y - y.mean())
    np.testing.assert_allclose(fit_ridge(X, y, 2.0).slopes, slopes)
    np.testing.assert_allclose(fit_ridge(X, y, 2.0).contributions(X).sum(axis=1), Z @ slopes)


def test_a_feature_that_does_not_vary_moves_nothing():
    fit = fit_ridge(np.column_stack([np.ones(5), np.arange(5)]), np.arange(5.0), 0.0)
    assert fit.predict(np.array([[99.0, 2.0]]))[0] == pytest.approx(2.0)


@pytest.mark.parametrize(("X", "penalty"), [([[np.nan], [1.0]], 1.0), ([[0.0], [1.0]], -1.0)])
def test_ridge_refuses_missing_values_and_negative_penalties(X, penalty):
    with pytest.raises(ParameterError, match="penalty >= 0 and no missing value"):
        fit_ridge(X, [0.0, 1.0], penalty)
