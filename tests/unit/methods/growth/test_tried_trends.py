"""Past trends: ranges that were too narrow are widened so that as many hold as stated."""

from __future__ import annotations

import numpy as np

from lucky_analytics.methods.growth.tried_trends import FEWEST_TESTS, fit_lately, miss_by, widen_by

DAYS = np.arange(120)


def paths(n, drift, seed=2):
    """Growth of 1 % a day with noise, whose pace changes at random 30 days before the end by ``drift``."""
    chance = np.random.default_rng(seed)
    for _ in range(n):
        bend = np.where(DAYS >= 90, (DAYS - 90) * chance.normal(0, drift), 0)
        yield np.exp(0.01 * DAYS + bend + chance.normal(0, 0.02, len(DAYS)))


def test_where_growth_goes_on_nothing_is_widened_much():
    assert widen_by([miss_by(DAYS, path, 42, 30, 0.9) for path in paths(60, 0.0)], 0.9) < 1.4


def test_where_growth_bends_ranges_are_widened_and_then_hold():
    factor = widen_by([miss_by(DAYS, path, 42, 30, 0.9) for path in paths(60, 0.01)], 0.9)
    held = []
    for path in paths(100, 0.01, seed=9):
        end = fit_lately(DAYS, path, 42, 30).widen(factor).foretell(30, 0.9)
        held.append(end.low <= path[-1] <= end.high)
    assert factor > 1.5 and np.mean(held) >= 0.8


def test_too_few_past_trends_say_nothing_and_gaps_make_none():
    assert widen_by([1.0] * (FEWEST_TESTS - 1), 0.9) is None
    path = next(paths(1, 0.0)).copy()
    path[:70] = np.nan
    assert miss_by(DAYS, path, 42, 30, 0.9) is None
