import math

import numpy as np
import pytest
from scipy.stats import norm
from scipy.stats import t as student

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.fieller import fieller


def test_two_numbers_of_one_error_by_geometry():
    # Creasy (1954): with equal, unrelated errors the set is the angle of the circle around (4, 3).
    half = math.asin(norm.ppf(0.975) / 5)
    middle = math.atan2(3, 4)
    expected = (math.tan(middle - half), math.tan(middle + half))
    assert fieller(3, 4, 1, 1, level=0.95) == pytest.approx(expected)


@pytest.mark.parametrize("denominator", [4.0, -4.0])
def test_every_ratio_inside_is_within_its_error_and_none_outside(denominator):
    low, high = fieller(3, denominator, 2.0, 0.8, cov=0.7, level=0.8, df=7)
    ratios = np.linspace(-5, 5, 20_001)
    allowed = abs(3 - ratios * denominator) <= student.ppf(0.9, 7) * np.sqrt(
        2 - 2 * ratios * 0.7 + ratios**2 * 0.8
    )
    assert (ratios[allowed].min(), ratios[allowed].max()) == pytest.approx((low, high), abs=1e-3)
    assert allowed.sum() == pytest.approx((high - low) / 10 * 20_000, abs=2)


def test_a_denominator_without_error_is_only_a_scale():
    assert fieller(3, 4, 1, 0) == pytest.approx(((3 - norm.ppf(0.95)) / 4, (3 + norm.ppf(0.95)) / 4))
    assert fieller(0, 4, 0, 1) == (0, 0)


def test_each_argument_matters():
    base = fieller(3, 8, 1, 1)
    others = [
        fieller(3, 8, 1, 1, cov=0.5),
        fieller(3, 8, 2, 1),
        fieller(3, 8, 1, 2),
        fieller(3, 8, 1, 1, level=0.5),
        fieller(3, 8, 1, 1, df=4),
    ]
    assert all(abs(other[0] - base[0]) > 1e-3 for other in others)
    assert others[3][0] > base[0] > others[4][0]


def test_what_cannot_be_said_is_none():
    # a denominator of 1.6 standard errors is not clear of 0 at 90 %, and is at 80 %
    assert fieller(10, 1.6, 1, 1) is None
    assert fieller(10, 1.6, 1, 1, level=0.8) is not None
    assert fieller(10, 0, 1, 0) is None
    assert fieller(float("nan"), 4, 1, 1) is None
    assert fieller(10, 4, 1, math.inf) is None


def test_a_covariance_that_cannot_be_is_refused():
    with pytest.raises(LuckyError, match="a covariance that they allow, got 1, 1 and 2"):
        fieller(1, 4, 1, 1, cov=2)
    with pytest.raises(LuckyError, match="at least 0"):
        fieller(1, 4, -1, 1)


def test_nine_of_ten_intervals_hold_the_ratio_and_a_weak_denominator_is_mostly_not_said():
    rng, n = np.random.default_rng(3), 2000
    found = [fieller(a, b, 1, 1) for a, b in rng.multivariate_normal([60, 6], np.eye(2), n)]
    # three binomial standard errors; 6 standard errors from 0, so that the set always has ends
    assert np.mean([f[0] <= 10 <= f[1] for f in found]) == pytest.approx(0.9, abs=3 * np.sqrt(0.09 / n))
    weak = [fieller(a, b, 1, 1) for a, b in rng.multivariate_normal([0, 0], np.eye(2), n)]
    assert np.mean([f is None for f in weak]) == pytest.approx(0.9, abs=3 * np.sqrt(0.09 / n))
