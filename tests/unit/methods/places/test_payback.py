"""Payback against plain loops, and against the arithmetic of constant earnings."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.places.payback import (
    find_break_even_week,
    find_highest_cost,
    find_payback_week,
    summarise_draws,
)


def drawn(seed, mean=1.0):
    return np.random.default_rng(seed).normal(mean, 3.0, (300, 40))


def payback_by_hand(earnings, outlay):
    left = outlay
    if left <= 0:
        return 0
    for week, earned in enumerate(earnings, 1):
        left -= earned
        if left <= 0:
            return week
    return np.inf


def break_even_by_hand(earnings):
    for week in range(1, len(earnings) + 1):
        if all(earned >= 0 for earned in earnings[week - 1 :]):
            return week
    return np.inf


@pytest.mark.parametrize("outlay", [-1.0, 0.0, 0.5, 20.0, 1e6])
def test_payback_equals_a_plain_loop(outlay):
    expected = [payback_by_hand(row, outlay) for row in drawn(1)]
    assert find_payback_week(drawn(1).cumsum(axis=1), outlay).tolist() == expected


def test_break_even_equals_a_plain_loop():
    earnings = drawn(2, mean=4.0)
    expected = [break_even_by_hand(row) for row in earnings]
    assert find_break_even_week(earnings).tolist() == expected
    assert np.isinf(expected).any() and len(set(expected)) > 10


def test_every_short_series_of_three_values():
    """All 243 series of five weeks that earn -1, 0 or 1: boundaries included."""
    series = np.array(list(itertools.product((-1.0, 0.0, 1.0), repeat=5)))
    for outlay in (0.0, 1.0, 2.0):
        expected = [payback_by_hand(row, outlay) for row in series]
        assert find_payback_week(series.cumsum(axis=1), outlay).tolist() == expected
    assert find_break_even_week(series).tolist() == [break_even_by_hand(row) for row in series]


def test_constant_earnings_pay_back_at_the_published_ratio():
    """The textbook payback period: outlay over earnings a period, up to the next whole one."""
    for outlay, earned in ((100.0, 10.0), (101.0, 10.0), (99.0, 10.0)):
        assert find_payback_week(np.full((1, 30), earned).cumsum(axis=1), outlay) == np.ceil(outlay / earned)


def test_the_highest_cost_is_the_edge_between_paying_back_and_never():
    earned = drawn(3).cumsum(axis=1)
    highest = find_highest_cost(earned, 10.0)
    assert np.isfinite(find_payback_week(earned, 10.0, highest - 1e-9)).all()
    assert np.isinf(find_payback_week(earned, 10.0, highest + 1e-9)).all()


def test_a_cost_of_every_week_is_as_much_less_earned():
    for cost in (-0.5, 0.0, 2.0):
        expected = [payback_by_hand(row - cost, 20.0) for row in drawn(4)]
        assert find_payback_week(drawn(4).cumsum(axis=1), 20.0, cost).tolist() == expected


def test_a_week_that_earns_nothing_is_not_a_loss():
    assert find_break_even_week(np.zeros((1, 3))) == 1
    assert np.isinf(find_payback_week(np.zeros((1, 3)), 1.0)).all()


def test_never_is_kept_in_the_summary():
    mostly = summarise_draws([*range(1, 91), *[np.inf] * 10], level=0.9)
    assert (mostly.value, mostly.low, mostly.high) == (50, 5, np.inf) and mostly.p_within == 0.9
    assert summarise_draws([*range(1, 91), *[np.inf] * 10], level=0.5).high == 75
    assert summarise_draws([np.inf] * 3).low == np.inf


@pytest.mark.parametrize("broken", [np.zeros(3), np.zeros((0, 3)), np.array([[np.nan]])])
def test_earnings_of_another_shape(broken):
    for find in (
        find_break_even_week,
        lambda e: find_payback_week(e, 1.0),
        lambda e: find_highest_cost(e, 1.0),
    ):
        with pytest.raises(ParameterError, match="earnings: expected draws by weeks"):
            find(broken)
    with pytest.raises(ParameterError, match="draws"):
        summarise_draws([])
