"""Profile intervals against the likelihood itself; the average over forms against its identities."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from scipy.stats import t

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.growth.growth_average import (
    average_estimates,
    chance_below,
    compare_speeds,
    estimate_one_unit_time,
    estimate_profile_time,
    form_weights,
)
from lucky_analytics.methods.growth.growth_fit import GrowthShape, fit_growth
from lucky_analytics.methods.growth.growth_readout import estimate_time_to_share
from lucky_analytics.methods.growth.unit_weeks import aggregate_weeks
from lucky_analytics.methods.growth.week_pattern import estimate_week_pattern
from lucky_analytics.methods.inference.reml import restricted_log_likelihood
from tests.ramp_world import AS_OF, simulate

FOUR, FIVE = Estimate(4.0, 3.0, 5.5, level=0.9, n=7), Estimate(5.0, 4.0, 7.0, level=0.9, n=7)


@functools.cache
def fitted(form="gompertz", speed_varies=False, **planted):
    world = simulate(5, **planted)
    opened = world.stores.set_index("unique_id")["opened"]
    weeks = aggregate_weeks(world.days, opened, estimate_week_pattern(world.days), AS_OF)
    shape = GrowthShape(form=form, speed_varies=speed_varies)
    return fit_growth(weeks, world.stores, AS_OF, shape=shape, min_weeks=3, exclude=["s0", "s1"])


@pytest.mark.parametrize("form", ["gompertz", "logistic"])
def test_at_its_ends_the_best_likelihood_has_fallen_as_far_as_it_should(form):
    """By brute force: of all b and k with that time, none is more likely than the bound allows."""
    fit = fitted(form)
    lag = -np.log(0.9) if form == "gompertz" else 1 / 0.9 - 1
    time = estimate_profile_time(fit, 0.9)
    best = restricted_log_likelihood(fit.reml.build(fit.reml.theta))
    for end in (time.low, time.high):
        log_b = np.linspace(fit.reml.theta[0] - 1.2, fit.reml.theta[0] + 1.2, 241)
        log_k = np.log(np.log(np.exp(log_b) / lag) / end)
        tried = [restricted_log_likelihood(fit.reml.build(np.r_[b, k, fit.reml.theta[2:]]))
                 for b, k in zip(log_b, log_k, strict=True)]  # fmt: skip
        assert best - max(tried) == pytest.approx(t.ppf(0.95, 6) ** 2 / 2, abs=0.06)
    assert time.value == pytest.approx(estimate_time_to_share(fit, 0.9)[0], abs=1e-6)
    assert time.high - time.value > time.value - time.low


def test_one_form_alone_is_left_as_it_is():
    alone = average_estimates([FOUR, FIVE], [1.0, 0.0])
    assert (alone.value, alone.low, alone.high) == pytest.approx((4.0, 3.0, 5.5), rel=1e-6)


def test_the_average_spans_both_forms():
    both = average_estimates([FOUR, FIVE], [0.5, 0.5])
    assert 4 < both.value < 5 and 3 < both.low < 3.6 and 6.2 < both.high < 7.0
    far = average_estimates([FOUR, Estimate(40.0, 39.0, 41.0, level=0.9)], [0.5, 0.5])
    assert far.low < 4 and far.high > 39.5


def test_an_open_end_stays_open_and_forms_that_do_not_count_do_not():
    open_end = Estimate(5.0, 4.0, None, level=0.9)
    assert average_estimates([FOUR, open_end], [0.5, 0.5]).high is None
    assert average_estimates([FOUR, open_end], [0.99, 0.01]).high is not None
    with pytest.raises(ParameterError):
        average_estimates([FOUR, Estimate(1.0, 0.5, 2.0, level=0.8)], [0.5, 0.5])


def test_chances_agree_with_the_interval():
    assert chance_below([FOUR], [1.0], 3.0) == pytest.approx(0.05)
    assert chance_below([FOUR], [1.0], 5.5) == pytest.approx(0.95)
    assert chance_below([FOUR, FIVE], [0.5, 0.5], 4.0) == pytest.approx(0.5 * 0.5 + 0.5 * 0.05)


def test_one_store_is_less_certain_than_stores_in_general():
    one = estimate_one_unit_time(FOUR, 0.3)
    assert one.low < 3.0 and one.high > 5.5
    assert np.log(one.high / 4) == pytest.approx(np.hypot(np.log(5.5 / 4), 0.3 * t.ppf(0.95, 6)))
    assert estimate_one_unit_time(Estimate(0.0, 0.0, 0.1, level=0.9, n=7), 0.3).high == 0.1


def test_weights_follow_the_likelihood():
    fits = [fitted("gompertz"), fitted("logistic")]
    first, second = form_weights(fits)
    gap = fits[0].reml.log_likelihood - fits[1].reml.log_likelihood
    assert first + second == pytest.approx(1) and np.log(first / second) == pytest.approx(gap)


def test_different_speeds_are_found_where_they_are():
    slow = {"k": 0.25, "b": 2.0, "k_sd": 0.5}
    assert compare_speeds(fitted(**slow), fitted(speed_varies=True, **slow)) < 0.01
    assert compare_speeds(fitted(), fitted(speed_varies=True)) > 0.05
    assert fitted(speed_varies=True, **slow).speed_sd > 0.2 and fitted().speed_sd == 0.0


def test_a_chain_that_does_not_grow_is_fitted_and_opens_above_the_share():
    fit = fitted(b=0.001, hump=0.0)
    assert estimate_profile_time(fit, 0.5).value == 0.0
    assert estimate_profile_time(fit, 0.9).low < 0.2
