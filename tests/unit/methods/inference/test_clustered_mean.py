"""A clustered mean against statsmodels, in simulated clusters, and where nothing can be said."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.clustered_mean import estimate_mean


def draw(seed, n=400, a=60, b=7, sd=0.5):
    rng = np.random.default_rng(seed)
    one, two = rng.integers(a, size=n), rng.integers(b, size=n)
    return rng.normal(size=n) + sd * rng.normal(size=a)[one] + sd * rng.normal(size=b)[two], one, two


def test_one_way_is_that_of_statsmodels():
    y, one, _ = draw(1)
    fit = sm.OLS(y, np.ones(len(y))).fit(cov_type="cluster", cov_kwds={"groups": one})
    found = estimate_mean(y, one)
    assert found.se == pytest.approx(fit.bse[0]) and found.mean.value == pytest.approx(fit.params[0])


def test_two_way_is_that_of_statsmodels_but_never_below_either_way():
    for seed in range(8):
        y, one, two = draw(seed)
        fit = sm.OLS(y, np.ones(len(y))).fit()
        both, *single = (float(cov[0, 0]) for cov in cov_cluster_2groups(fit, one, two))
        assert estimate_mean(y, one, two).se == pytest.approx(max(both, *single) ** 0.5)


def test_intervals_hold_with_few_clusters_of_one_kind():
    held = [estimate_mean(*draw(seed, b=5)).mean.holds(0) for seed in range(300)]
    assert np.mean(held) > 0.86  # 90 % nominal: below it by less than three standard errors


def test_p_is_one_sided_and_small_for_gains_alone():
    y, one, two = draw(2, sd=0.0)
    assert estimate_mean(y + 1, one, two).p < 0.01 < 0.99 < estimate_mean(y - 1, one, two).p


def test_what_has_no_spread_or_no_second_cluster_has_no_interval():
    y, one, two = draw(3)
    for found in (estimate_mean(np.ones(5), np.arange(5)), estimate_mean(y, one, np.zeros(len(y)))):
        assert found.mean.value is not None and found.mean.low is None and np.isnan(found.p)
    nothing = estimate_mean(np.full(3, np.nan), np.arange(3))
    assert nothing.mean.value is None and nothing.mean.n == 0
    with pytest.raises(ParameterError, match="one or two"):
        estimate_mean(y)
    y[0] = np.nan
    assert estimate_mean(y, one, two).mean.n == len(y) - 1
    assert estimate_mean(y, one, two, level=0.5).mean.low > estimate_mean(y, one, two).mean.low
