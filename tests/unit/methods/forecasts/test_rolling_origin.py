from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import t as student

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.forecasts.rolling_origin import Miss, measure_miss, walk_days


def test_spans_that_overlap_count_as_one():
    miss = measure_miss([0, 15, 30, 45], 60, [100, 100, 100, 100], [110, 90, 120, 100])
    assert miss.dof == pytest.approx(45 / 60 + 1) and miss.n == 4
    assert miss.sd == pytest.approx(np.sqrt(np.mean(np.log([1.1, 0.9, 1.2, 1.0]) ** 2)))
    # Origins far apart are as many tests as there are origins, not more.
    assert measure_miss([0, 100, 400], 30, [1, 1, 1], [1, 2, 1]).dof == 3


def test_the_half_width_is_students():
    miss = Miss(0.1, 2.5, 5)
    assert miss.half(0.9) == pytest.approx(0.1 * student.ppf(0.95, 2.5))
    assert miss.half(0.5) < miss.half(0.9)


def test_two_tests_say_nothing():
    miss = measure_miss([0, 60], 60, [100, 100], [101, 99])
    assert miss.half(0.9) == float("inf")
    with pytest.raises(ParameterError, match="3 origins"):
        miss.draw(5, np.random.default_rng(1))
    assert measure_miss([], 60, [], []).half(0.9) == float("inf")


def test_draws_are_as_wide_as_the_interval():
    miss = Miss(0.1, 5.0, 9)
    drawn = np.log(miss.draw(20_000, np.random.default_rng(1)))
    assert np.quantile(drawn, [0.05, 0.95]) == pytest.approx([-miss.half(0.9), miss.half(0.9)], rel=0.05)


def test_nothing_predicted_is_refused():
    with pytest.raises(ParameterError, match="above 0"):
        measure_miss([0], 30, [0.0], [1.0])


def test_intervals_hold_where_the_level_wanders():
    """A level with shocks of its own, forecast by its last value: the share of intervals that hold."""
    chance = np.random.default_rng(5)
    held = []
    for _ in range(400):
        level = np.exp(np.cumsum(chance.normal(0, 0.02, 260)))
        origins = np.arange(60, 200, 15)
        came = [level[day + 1 : day + 31].sum() for day in origins]
        half = measure_miss(origins, 30, 30 * level[origins], came).half(0.9)
        held.append(abs(np.log(level[230:260].sum() / (30 * level[229]))) <= half)
    assert 0.85 < np.mean(held) < 0.97


def test_a_grid_is_what_draws_come_to():
    miss = Miss(0.1, 5.0, 9)
    grid = np.log(miss.grid(999))
    assert grid[499] == pytest.approx(0) and (np.diff(grid) > 0).all()
    assert np.quantile(grid, 0.95) == pytest.approx(miss.half(0.9), rel=0.01)
    with pytest.raises(ParameterError, match="3 origins"):
        Miss(0.1, 1.0, 2).grid(5)


def test_drift_is_the_variance_of_a_simulated_total():
    """Orders that come ever more slowly, their level a walk: ln of the total against its integral."""
    chance, days = np.random.default_rng(3), np.arange(365)
    pace = np.exp(-days / 60)
    walks = np.cumsum(chance.normal(0, 0.01, (4_000, 365)), axis=1)
    totals = np.log((np.exp(walks) * pace).sum(axis=1) / pace.sum())
    come = np.concatenate([[0.0], np.cumsum(pace) / pace.sum()])
    assert totals.std() == pytest.approx(0.01 * np.sqrt(walk_days(np.arange(366), come)), rel=0.05)
    assert walk_days([0, 365], [0.0, 1.0]) == pytest.approx(365 / 3)
    for days_, shares in (([0], [1.0]), ([1, 2], [0.0, 1.0]), ([0, 2], [1.0, 0.5])):
        with pytest.raises(ParameterError, match="rise from 0"):
            walk_days(days_, shares)


def test_a_year_that_was_never_seen_is_held_as_often_as_promised():
    """Quarters tested over half a year, then a year ahead: the level wanders all the time."""
    chance, held = np.random.default_rng(5), []
    times = walk_days([0, 365], [0, 1]) / walk_days([0, 90], [0, 1])
    for _ in range(400):
        level = np.exp(np.cumsum(chance.normal(0, 0.02, 229 + 365)))
        origins = np.arange(60, 229 - 90, 15)
        came = [level[day + 1 : day + 91].sum() for day in origins]
        half = measure_miss(origins, 90, 90 * level[origins], came).stretch(times).half(0.9)
        held.append(abs(np.log(level[229:].sum() / (365 * level[228]))) <= half)
    assert 0.85 < np.mean(held) < 0.97
