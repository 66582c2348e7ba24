"""A difference net of the past: least squares as the oracle, coverage, and where there is no past."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import norm

from lucky_analytics.methods.experiments.prior_period import Branch, compare_branches
from tests.coverage_rule import holds


def sums(y, x):
    return Branch(len(y), y.sum(), (y**2).sum(), x.sum(), (x**2).sum(), (x * y).sum())


def draw(seed, n=400, truth=0.5, slope=1.2, spread=(1.0, 2.0)):
    chance = np.random.default_rng(seed)
    treated = chance.random(n) < 0.4
    x = chance.gamma(2.0, 1.0, n)
    y = truth * treated + slope * x + chance.normal(0, np.where(treated, *spread[::-1]), n)
    return y, x, treated


def compare(y, x, treated):
    return compare_branches(sums(y[~treated], x[~treated]), sums(y[treated], x[treated]))


def test_the_difference_is_that_of_least_squares_and_its_error_that_of_robust_errors():
    y, x, treated = draw(1)
    found = compare(y, x, treated)
    fitted = sm.OLS(y, sm.add_constant(np.column_stack([treated, x]).astype(float))).fit(cov_type="HC2")
    assert found.value == pytest.approx(fitted.params[1])
    assert found.se == pytest.approx(fitted.bse[1], rel=0.02)
    welch = np.sqrt(y[treated].var(ddof=1) / treated.sum() + y[~treated].var(ddof=1) / (~treated).sum())
    assert found.raw == pytest.approx(y[treated].mean() - y[~treated].mean())
    assert found.raw_se == pytest.approx(welch)
    assert found.saved == pytest.approx(1 - (found.se / found.raw_se) ** 2) and found.saved > 0.2


def test_intervals_hold_as_often_as_they_say_and_a_past_without_bearing_costs_next_to_nothing():
    for slope in (1.2, 0.0):
        found = [compare(*draw(seed, slope=slope)) for seed in range(400)]
        held = [abs(one.value - 0.5) <= norm.ppf(0.95) * one.se for one in found]
        assert holds(np.array(held, float), 0.9)
    assert abs(np.mean([one.saved for one in found])) < 0.02


def test_days_are_compared_all_at_once_and_too_few_customers_are_null():
    y, x, treated = draw(3, n=90)
    cuts = [2, 40, 90]
    parts = [[sums(y[:cut][treated[:cut] == side], x[:cut][treated[:cut] == side]) for cut in cuts]
             for side in (False, True)]  # fmt: skip
    both = [Branch(*(np.array(values) for values in zip(*side, strict=True))) for side in parts]
    found = compare_branches(*both)
    assert np.isnan(found.value[0]) and np.isnan(found.se[0])
    assert found.value[2] == pytest.approx(compare(y, x, treated).value)


def test_without_a_past_nothing_changes():
    y, _, treated = draw(4)
    found = compare(y, np.zeros(len(y)), treated)
    assert found.value == found.raw and found.se == found.raw_se and found.saved == 0
