"""Intervals of named days hold what was planted as often as they say; where nothing was, nothing is found."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.methods.growth.named_days import compare_days, measure_days, pool_days
from tests.coverage_rule import count_worlds, holds_at_least
from tests.named_world import HOLIDAYS, simulate

N_WORLDS = count_worlds(150)
LEVEL = 0.95
CASES = [(1.0, 300.0, 0.0), (1.0, 300.0, 0.04), (1.0, 20.0, 0.05), (1.0, 2.0, 0.0)]


@pytest.mark.full
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(("change", "level", "scatter"), CASES)
def test_intervals_hold_as_often_as_they_say_where_nothing_was_planted(change, level, scatter):
    rng, each, together = np.random.default_rng(11), [], []
    for _ in range(N_WORLDS):
        measured = measure_days(simulate(rng, change=change, level=level, scatter=scatter), HOLIDAYS)
        is_named = measured["name"].notna()
        found = compare_days(measured, is_named, LEVEL)
        each.append(not found["differs"].fillna(False).any())
        together.append(pool_days(measured, is_named, LEVEL).holds(change - 1))
    assert holds_at_least(each, LEVEL)
    assert holds_at_least(together, LEVEL)


@pytest.mark.full
def test_a_planted_half_is_found_on_every_day_and_held():
    rng, held, n_found = np.random.default_rng(12), [], 0
    for _ in range(60):
        measured = measure_days(simulate(rng, change=0.5, level=60.0, scatter=0.04), HOLIDAYS)
        is_named = measured["name"].notna()
        n_found += int(compare_days(measured, is_named, LEVEL)["differs"].fillna(False).sum())
        held.append(pool_days(measured, is_named, LEVEL).holds(-0.5))
    assert n_found >= 0.95 * 60 * len(HOLIDAYS)
    assert np.mean(held) >= LEVEL  # that of an ordinary day, which scatters more: wider than it had to be
