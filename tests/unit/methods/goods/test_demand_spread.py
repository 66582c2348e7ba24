"""How far demand strays: quantiles against numpy, pools by size and length, and coverage of new periods."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.goods.demand_spread import LEVELS, learn_spread


def periods(seed, mean, n, days=1):
    random = np.random.default_rng(seed)
    expected = np.full(n, float(mean))
    return expected, random.poisson(mean, n).astype(float), expected, np.full(n, days)


def test_a_pool_has_the_quantiles_of_its_ratios():
    expected, wanted, uses, days = periods(1, 20, 500)
    spread = learn_spread(expected, wanted, uses, days)
    found = spread.quantities(np.array([20.0, 40.0]), np.array([20.0, 20.0]), np.array([1, 1]))
    assert found[:, 0] == pytest.approx(np.quantile(wanted, LEVELS))
    assert found[:, 1] == pytest.approx(2 * found[:, 0]) and spread.n == 500


def test_small_and_short_expectations_stray_more_where_they_did():
    small, large = periods(2, 1, 600), periods(3, 100, 600)
    both = [np.concatenate(part) for part in zip(small, large, strict=True)]
    spread = learn_spread(*both)
    one, many = (spread.quantities(np.array(1.0), np.array(size), 1) for size in (1.0, 100.0))
    assert one[0] == 0 < many[0] and one[-1] > 2 * many[-1]
    # A size that was never seen takes what all did, a length the pool of its size.
    unseen = spread.quantities(np.array(1.0), np.array(10.0), 1)
    assert unseen == pytest.approx(np.quantile(both[1] / both[0], LEVELS))
    assert spread.quantities(np.array(1.0), np.array(100.0), 7) == pytest.approx(many)


def test_nine_in_ten_new_periods_lie_within_the_middle_nine_tenths():
    random, sizes = np.random.default_rng(4), np.tile([0.7, 3.0, 12.0, 90.0], 2_000)
    factor = random.gamma(20, 1 / 20, len(sizes))
    spread = learn_spread(sizes, random.poisson(sizes * factor), sizes, np.ones(len(sizes)))
    later = random.poisson(sizes * random.gamma(20, 1 / 20, len(sizes)))
    low, high = (spread.quantities(sizes, sizes, 1)[place] for place in (9, 189))
    assert 0.88 < ((later >= low) & (later <= high)).mean() < 0.97
    assert (later > high).mean() == pytest.approx(0.045, abs=0.02)


def test_nulls_and_nothing_expected_are_left_out_and_nothing_at_all_is_refused():
    spread = learn_spread(np.array([1.0, 0.0, 1.0]), np.array([3.0, 9.0, np.nan]), np.ones(3), np.ones(3))
    assert spread.n == 1 and (spread.ratios == 3).all()
    with pytest.raises(ParameterError):
        learn_spread(np.zeros(3), np.ones(3), np.ones(3), np.ones(3))
