"""The newest of several counts against SciPy, and all ways to divide a sum; how often it is wrong."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy.stats import binomtest, nbinom

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.count_excess import estimate_dispersion, find_excess


def test_poisson_counts_are_tested_as_scipy_tests_them():
    before = [[2, 3, 1, 2], [0, 0, 0, 0], [5, 9, 4, 7], [0, 0, 0, 1]]
    for now in ([9, 2, 3, 0], [0, 0, 30, 3]):
        found = find_excess(now, before)
        for place, (x, row) in enumerate(zip(now, before, strict=True)):
            n = x + sum(row)
            expected = binomtest(x, n, 1 / 5, alternative="greater").pvalue if n else 1.0
            assert found[place] == pytest.approx(expected)


def test_scattered_counts_are_tested_as_all_ways_to_divide_the_sum():
    now, before, dispersion = 4, (1, 0, 2), 2.5
    total = now + sum(before)
    size = total / 4 / (dispersion - 1)
    ways = [way for way in itertools.product(range(total + 1), repeat=4) if sum(way) == total]
    # Any success probability gives the same: the sum takes it out.
    chance = np.array([np.prod(nbinom.pmf(way, size, 0.37)) for way in ways])
    by_hand = chance[[way[0] >= now for way in ways]].sum() / chance.sum()
    assert find_excess([now], [before], dispersion)[0] == pytest.approx(by_hand)
    assert find_excess([now], [before], 1.0001)[0] == pytest.approx(find_excess([now], [before])[0], abs=1e-3)


@pytest.mark.parametrize("dispersion", [1.0, 2.0])
def test_false_alarms_come_no_more_often_than_said(dispersion):
    rng = np.random.default_rng(8)
    mean = np.repeat([0.3, 1.0, 4.0, 20.0], 5_000)[:, None]
    shape = (len(mean), 9)
    counts = (
        rng.poisson(np.broadcast_to(mean, shape))
        if dispersion == 1
        else rng.negative_binomial(np.broadcast_to(mean / (dispersion - 1), shape), 1 / dispersion)
    )
    assert estimate_dispersion(counts[:, 1:]) == pytest.approx(dispersion, rel=0.05)
    p = find_excess(counts[:, 0], counts[:, 1:], dispersion).reshape(4, -1)
    for level in (0.01, 0.05):
        assert (p <= level).mean(axis=1).max() <= level * 1.35


def test_wrong_counts_are_refused_by_name():
    for wrong in ([[1]], [[1, -1]], [1, 2]):
        with pytest.raises(ParameterError, match="counts by week"):
            estimate_dispersion(wrong)
    with pytest.raises(ParameterError, match="newest counts"):
        find_excess([1, 2], [[1, 2]])
    with pytest.raises(ParameterError, match="dispersion"):
        find_excess([1], [[1, 2]], 0.5)
    assert estimate_dispersion([[0, 0], [0, 0]]) == 1.0 and find_excess([0], [[0, 0]], 3.0)[0] == 1.0
