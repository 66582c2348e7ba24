"""Sizes of trials against statsmodels, simulated ratios, and where nothing can be planned."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.power import NormalIndPower

from lucky_analytics.methods.policies.trial_size import find_arm_size, find_smallest_gain, spread_of_ratio


@pytest.mark.parametrize(("gain", "sd", "level", "power"), [(0.5, 2.0, 0.95, 0.8), (0.1, 1.0, 0.99, 0.9)])
def test_sizes_are_those_of_statsmodels(gain, sd, level, power):
    expected = NormalIndPower().solve_power(gain / sd, alpha=1 - level, power=power)
    n = find_arm_size(sd, gain, level, power)
    assert n == math.ceil(expected)
    assert find_smallest_gain(n, sd, level, power) == pytest.approx(gain, rel=0.01)


def test_a_gain_that_nobody_or_no_spread_could_show_is_null():
    assert find_smallest_gain(1, 1.0) is None and find_smallest_gain(9, math.nan) is None
    assert math.isnan(spread_of_ratio(np.ones(1), np.ones(1)))


def test_the_spread_of_a_ratio_is_that_of_simulated_ratios():
    rng = np.random.default_rng(4)

    def draw(n):
        orders = 1 + rng.poisson(2.0, n)
        return orders * rng.normal(5.0, 1.0, n), orders.astype(float)

    several = [np.divide(*(part.sum() for part in draw(200))) for _ in range(400)]
    assert spread_of_ratio(*draw(20_000)) / 200**0.5 == pytest.approx(np.std(several), rel=0.12)
