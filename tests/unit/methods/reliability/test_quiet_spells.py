"""Silences and what ended them, against a plain loop over days and against simulated returns."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.reliability.quiet_spells import Returns, count_returns, quiet_days


def loop(rows, quiet):
    n = returned = days = 0
    for row in rows:
        silent = 0
        for used in row:
            if used != used:
                continue
            if used:
                if silent >= quiet:
                    returned += 1
                    days += 1
                silent = 0
            else:
                silent += 1
                n += silent == quiet
                days += silent > quiet
    return n, returned, days


@pytest.mark.parametrize("quiet", [1, 2, 5, 9])
def test_counts_are_those_of_a_plain_loop(quiet):
    chance = np.random.default_rng(3)
    used = (chance.random((60, 40)) < chance.choice([0.02, 0.2, 0.7], (60, 1))).astype(float)
    used[chance.random(used.shape) < 0.05] = np.nan
    found = count_returns(used, quiet)
    assert (found.n, found.returned, found.days) == loop(used, quiet)
    assert found.n > 5


def test_the_chance_holds_the_true_one_as_often_as_stated():
    held = []
    for seed in range(200):
        chance = np.random.default_rng(seed)
        used = chance.random((30, 120)) < 0.01
        estimate = count_returns(used, 20).chance(30, 0.9)
        held.append(estimate.low <= 1 - 0.99**30 <= estimate.high)
    assert np.mean(held) >= 0.87  # 0.9 less two errors of 200 worlds


def test_more_days_ahead_and_a_higher_level_reach_further():
    few = Returns(9, 1, 900)
    assert few.chance(60, 0.9).value > few.chance(30, 0.9).value
    assert few.chance(30, 0.99).high > few.chance(30, 0.9).high
    assert Returns(0, 0, 0).chance(30, 0.9).value is None


def test_a_silence_is_counted_to_the_last_day():
    assert quiet_days([[1, 1, 1], [1, 0, 0], [0, 0, 0]]).tolist() == [0, 2, 3]
    with pytest.raises(ParameterError, match="at least one day"):
        count_returns([[0.0]], 0)
