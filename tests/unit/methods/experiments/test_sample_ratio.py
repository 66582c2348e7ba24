"""Sizes of branches against a published case, scipy, quadrature, and looks at every day."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta, binom, chisquare

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.experiments.sample_ratio import _PRIOR, measure_ratio, weigh_ratio


def test_a_published_broken_ratio():
    """Kohavi, Tang and Xu (2020), chapter 21: 821,588 against 815,482 of even halves, p = 1.8e-6."""
    assert measure_ratio(821_588, 815_482, 0.5) == pytest.approx(1.8e-6, rel=0.03)


def test_the_p_value_is_that_of_scipy():
    found = measure_ratio(300, 140, 0.3)
    assert found == pytest.approx(chisquare([300, 140], [308, 132]).pvalue)
    assert np.isnan(measure_ratio(0, 0, 0.5)) and np.isnan(measure_ratio(3, 4, np.nan))


def test_the_factor_is_the_average_over_other_ratios():
    zero, one, planned = 60, 90, 0.5
    a = _PRIOR * planned

    def integrand(share):
        return binom.pmf(one, zero + one, share) / binom.pmf(one, zero + one, planned) * beta.pdf(share, a, a)

    assert weigh_ratio(zero, one, planned) == pytest.approx(quad(integrand, 0.3, 0.7)[0], rel=1e-6)


def test_looks_at_every_day_keep_their_promise_and_a_broken_ratio_is_seen():
    chance = np.random.default_rng(1)
    day = chance.binomial(700, 0.5, (2000, 50)).cumsum(axis=1)
    total = np.arange(1, 51) * 700
    ever = (weigh_ratio(total - day, day, 0.5) >= 20).any(axis=1).mean()
    assert ever <= 0.05
    often = (np.abs(day - total / 2) > 1.96 * np.sqrt(total) / 2).any(axis=1).mean()
    assert often > 0.15  # the usual test at every look
    broken = chance.binomial(700, 0.48, (200, 50)).cumsum(axis=1)
    assert (weigh_ratio(total - broken, broken, 0.5) >= 1000).any(axis=1).mean() > 0.99


def test_a_share_that_is_none_is_refused():
    for share in (0.0, 1.0, 2.0):
        with pytest.raises(ParameterError, match="planned share"):
            measure_ratio(3, 4, share)
