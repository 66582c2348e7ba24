"""The self-controlled case series against a Poisson regression with a column for each stratum."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.case_series import fit_case_series


def make(n=80, seed=4):
    rng = np.random.default_rng(seed)
    expected = rng.uniform(0.5, 3.0, (n, 3))
    rate = rng.gamma(1.0, 1.0, n)[:, None] * expected * np.array([1.0, 1.6, 0.7])
    return rng.poisson(rate), expected


def test_ratios_are_those_of_a_regression_with_a_column_for_each_stratum():
    events, expected = make()
    found = fit_case_series(events, expected, np.arange(len(events)))
    kept = events.sum(axis=1) > 0
    many, n = events[kept], int(kept.sum())
    whole = np.c_[np.tile(np.eye(3)[:, 1:], (n, 1)), np.repeat(np.eye(n), 3, axis=0)]
    offset = np.log(expected[kept]).ravel()
    oracle = sm.GLM(many.ravel(), whole, family=sm.families.Poisson(), offset=offset).fit()
    assert found.log_ratio == pytest.approx(oracle.params[:2], abs=1e-6)
    assert found.se == pytest.approx(oracle.bse[:2], rel=0.3)  # by person here, by the model there
    assert found.events.tolist() == events[:, 1:].sum(axis=0).tolist() and found.n == events.sum()


def test_strata_of_one_person_hang_together():
    events, expected = make()
    both = np.r_[events, events], np.r_[expected, expected]
    apart = fit_case_series(*both, np.arange(160))
    together = fit_case_series(*both, np.tile(np.arange(80), 2))
    assert together.log_ratio == pytest.approx(apart.log_ratio)
    assert together.se == pytest.approx(apart.se * np.sqrt(2), rel=0.01)


def test_too_few_events_of_a_kind_leave_the_others_as_they_are():
    events, expected = make()
    rare = np.c_[events, (np.arange(80) < 3).astype(int)], np.c_[expected, np.full(80, 0.001)]
    found = fit_case_series(*rare, np.arange(80))
    plain = fit_case_series(events, expected, np.arange(80))
    assert np.isnan(found.log_ratio[2]) and found.log_ratio[:2] == pytest.approx(plain.log_ratio)
    nothing = fit_case_series(np.zeros((4, 2)), np.ones((4, 2)), np.arange(4))
    assert np.isnan(nothing.log_ratio).all() and nothing.n == 0


def test_an_event_where_nothing_was_expected_is_refused():
    with pytest.raises(LuckyError, match="hours that have a share"):
        fit_case_series(np.array([[1, 1]]), np.array([[1.0, 0.0]]), np.array([0]))
