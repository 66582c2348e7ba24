"""Ranges of ranks against all orders that the intervals allow."""

from __future__ import annotations

import itertools

import numpy as np

from lucky_analytics.methods.inference.rank_ranges import rank_ranges


def test_ranges_are_those_of_every_order_that_the_intervals_allow():
    rng = np.random.default_rng(2)
    for _ in range(60):
        middle, half = rng.normal(0, 1, 5), rng.uniform(0, 0.8, 5)
        low, high = middle - half, middle + half
        ranks = {i: set() for i in range(5)}
        for order in itertools.permutations(range(5)):  # from the largest
            # Values exist that stand in this order: greedily as high as may be.
            top, fits = np.inf, True
            for i in order:
                top = min(top, high[i])
                fits &= top >= low[i]
            if fits:
                for place, i in enumerate(order):
                    ranks[i].add(place + 1)
        first, last = rank_ranges(low, high)
        assert [min(each) for each in ranks.values()] == first.tolist()
        assert [max(each) for each in ranks.values()] == last.tolist()


def test_a_value_without_an_interval_may_have_any_rank_and_holds_back_nobody():
    first, last = rank_ranges(np.array([5.0, np.nan, 1.0]), np.array([6.0, np.nan, 2.0]))
    assert first.tolist() == [1, 1, 2] and last.tolist() == [2, 3, 3]


def test_nothing_to_rank():
    assert [each.tolist() for each in rank_ranges(np.array([]), np.array([]))] == [[], []]
