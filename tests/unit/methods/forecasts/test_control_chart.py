from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.forecasts.control_chart import (
    chart_cusum,
    date_change,
    estimate_correlation,
    estimate_run_length,
    find_threshold,
)


@pytest.mark.parametrize(
    # Two-sided, allowance 0.5: Montgomery, Introduction to Statistical Quality Control, table 9.3.
    ("threshold", "shift", "published"),
    [(4, 0, 168), (5, 0, 465), (4, 0.25, 74.2), (4, 1, 8.38), (5, 1, 10.4), (5, 2, 4.01)],
)
def test_published_run_lengths(threshold, shift, published):
    assert estimate_run_length(threshold, 0.5, shift) == pytest.approx(published, rel=0.01)


def test_false_alarms_come_as_often_as_stated():
    threshold = find_threshold(60)
    chance = np.random.default_rng(3)
    lengths = []
    for _ in range(600):
        up = down = 0.0
        for step in range(1, 2000):
            value = chance.normal()
            up, down = max(0.0, up + value - 0.5), max(0.0, down - value - 0.5)
            if max(up, down) > threshold:
                lengths.append(step)
                break
    assert np.mean(lengths) == pytest.approx(60, abs=4 * np.std(lengths) / np.sqrt(600))


@pytest.mark.parametrize("direction", [1, -1])
def test_a_shift_is_found_soon_and_dated(direction):
    found = dated = 0
    for seed in range(60):
        chance = np.random.default_rng(seed)
        values = chance.normal(0.03, 0.02, 120)
        values[90:] += direction * 0.04
        chart = chart_cusum(values, 60)
        late = chart.alarms[chart.alarms["alarm"] >= 90]
        assert late["direction"].iloc[0] == direction
        found += late["alarm"].iloc[0] <= 98
        dated += abs(late["since"].iloc[0] - 90) <= 3
    assert found >= 54 and dated >= 40


def test_run_length_and_allowance_matter():
    values = np.random.default_rng(1).normal(size=100)
    rare, often = chart_cusum(values, 50, run_length=5000), chart_cusum(values, 50, run_length=20)
    assert rare.threshold > often.threshold and len(rare.alarms) < len(often.alarms)
    assert chart_cusum(values, 50, allowance=1.0).threshold < chart_cusum(values, 50).threshold


def test_a_short_reference_needs_a_higher_threshold():
    known, long, short = (find_threshold(365, 0.5, n) for n in (None, 100_000, 28))
    assert long == pytest.approx(known, abs=0.01)
    assert find_threshold(365, 0.5, 56) > known + 1.5 and short > known + 4


def test_the_correlation_of_days_is_estimated_without_bias_and_an_odd_day_makes_none():
    chance, found = np.random.default_rng(4), []
    for _ in range(400):
        x = chance.normal(size=57)
        for day in range(1, 57):
            x[day] += 0.4 * x[day - 1]
        found.append(estimate_correlation(x[1:]))
    assert np.mean(found) == pytest.approx(0.4, abs=4 * np.std(found) / 20)
    quiet = chance.normal(size=56)
    odd = quiet.copy()
    odd[20] = 50.0
    assert estimate_correlation(odd) == pytest.approx(estimate_correlation(quiet), abs=0.15)


def test_a_chart_of_correlated_days_is_that_of_what_is_new_in_each():
    chance = np.random.default_rng(8)
    x = chance.normal(size=120)
    for day in range(1, 120):
        x[day] += 0.6 * x[day - 1]
    chart = chart_cusum(x, 56)
    assert 0.3 < chart.correlation <= 0.8
    new = x[1:] - chart.correlation * x[:-1]
    centre = np.median(new[:55])
    spread = np.median(np.abs(new[:55] - centre)) / 0.6744897501960817
    assert chart.points["z"].to_numpy() == pytest.approx((new[55:] - centre) / spread)


def test_one_odd_day_in_the_reference_hides_nothing():
    values = np.random.default_rng(2).normal(0, 0.02, 100)
    values[10] = 5.0
    values[70:] += 0.06
    assert chart_cusum(values, 60).alarms["since"].iloc[0] in range(68, 73)


def test_references_that_say_nothing_are_refused():
    for values, n in (([1.0] * 40, 20), (np.arange(40.0), 13), (np.arange(10.0), 14)):
        with pytest.raises(ParameterError, match="14 periods or more that vary"):
            chart_cusum(values, n)
    with pytest.raises(ParameterError, match="10 or more"):
        find_threshold(5)


def test_a_change_is_dated_by_least_squares():
    values = np.random.default_rng(6).normal(0, 0.03, 110)
    values[80:] += 0.1
    assert abs(date_change(values, 109) - 80) <= 1
    assert date_change(values, 40) <= 40
    brute = [
        sum(np.sum((part - part.mean()) ** 2) for part in (values[:k], values[k:])) for k in range(1, 110)
    ]
    assert date_change(values, 109) == 1 + int(np.argmin(brute))
