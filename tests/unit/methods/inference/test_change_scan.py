"""A scan for one change: the Nile at Aswan, a plain loop, and sequences in which nothing changes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom
from statsmodels.datasets import nile

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.change_scan import scan_change


def test_the_nile_falls_after_1898_as_published():
    """Cobb (1978), Biometrika 65: one change after 28 values, mean flow 1,098 before and 850 after."""
    flow = nile.load_pandas().data["volume"].to_numpy(float)
    found = scan_change(flow)
    assert found.place == 28 and found.p_value == 1e-4
    assert (round(found.before, 2), round(found.after, 2)) == (1097.75, 849.97)
    assert 26 <= found.first <= 28 <= found.last <= 30
    assert found.low < -247.78 < found.high and found.high < -150


def test_a_plain_loop_finds_the_same_place_with_weights():
    rng = np.random.default_rng(3)
    for _ in range(5):
        y, w = rng.normal(size=24), rng.uniform(0.5, 4.0, 24)
        found = scan_change(y, w, fewest=4, n_shuffles=99)

        def within(k, y=y, w=w):
            sides = (slice(None, k), slice(k, None))
            return sum(float(w[s] @ (y[s] - np.average(y[s], weights=w[s])) ** 2) for s in sides)

        assert found.place == min(range(4, 21), key=within)
        assert found.after == pytest.approx(np.average(y[found.place :], weights=w[found.place :]))
        assert found.step == pytest.approx(found.after - found.before) and found.low < found.step < found.high


def test_a_weight_counts_as_so_many_values_and_units_do_not_matter():
    y = np.array([0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 3.0, 2.0, 3.0, 3.0, 2.0, 2.0])
    plain, scaled = scan_change(y, fewest=3), scan_change(1e6 + 1e-3 * y, 7.0 * np.ones(12), fewest=3)
    assert (plain.place, plain.p_value) == (scaled.place, scaled.p_value)
    assert scaled.step == pytest.approx(1e-3 * plain.step)
    heavy = scan_change(y, np.r_[np.ones(6), 9.0, np.ones(5)], fewest=3)
    assert heavy.after > plain.after


def test_without_a_change_it_is_found_no_more_often_than_stated():
    found = [scan_change(np.random.default_rng(seed).random(30) < 0.07, np.ones(30), n_shuffles=499)
             for seed in range(120)]  # fmt: skip
    hits = sum(each is not None and each.p_value <= 0.1 for each in found)
    assert hits <= binom.ppf(0.995, 120, 0.1)


def test_a_fall_is_found_and_its_place_held():
    held = hits = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        n = np.r_[[3] * 25, [4] * 18]
        late = rng.binomial(n, np.r_[[0.07] * 25, [0.4] * 18])
        found = scan_change(late / n, n, n_shuffles=499)
        hits += found.p_value <= 0.05
        held += found.first <= 25 <= found.last
    assert hits >= 54 and held >= binom.ppf(0.005, 60, 0.9)


def test_edges_too_few_all_alike_not_finite():
    assert scan_change([1.0] * 30) is None and scan_change([1, 2, 3, 4]) is None and scan_change([]) is None
    assert scan_change([0.0] * 6 + [1.0] * 6).low == 1.0  # no spread at all on either side
    for values, weights in (([np.nan] * 12, None), (range(12), [0.0] * 12), (range(12), [1.0])):
        with pytest.raises(ParameterError, match="scan for a change"):
            scan_change(values, weights)
