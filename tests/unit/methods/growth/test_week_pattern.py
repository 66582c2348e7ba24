from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.week_pattern import estimate_week_pattern

DATES = pd.date_range("2025-09-01", periods=12 * 7)
WEEKDAY = np.array([1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5])


def days(level, **exceptional):
    factor = np.ones(len(DATES))
    for date, value in exceptional.items():
        factor[DATES.get_loc(date.replace("_", "-").lstrip("d"))] = value
    y = np.round(level * WEEKDAY[DATES.day_of_week] * factor).astype(int)
    return pd.DataFrame({"unique_id": "a", "ds": DATES, "y": y})


def test_growth_does_not_leak_into_weekdays():
    growing = 400 * np.exp(0.3 * np.arange(12).repeat(7))
    pattern = estimate_week_pattern(days(growing))
    np.testing.assert_allclose(pattern.weekday, WEEKDAY, atol=0.01)
    assert pattern.exceptional.empty


def test_holiday_is_found_and_does_not_move_its_neighbours():
    pattern = estimate_week_pattern(days(1000.0, d2025_11_20=0.4))
    assert pattern.exceptional.index.strftime("%Y-%m-%d").tolist() == ["2025-11-20"]
    assert pattern.exceptional.iloc[0] == pytest.approx(0.4, abs=0.02)
    np.testing.assert_allclose(
        pattern.weights(pd.DatetimeIndex(["2025-11-20", "2025-11-19"])), [0.48, 1.2], atol=0.02
    )


def test_small_changes_and_large_z_are_ignored():
    frame = days(1000.0, d2025_11_20=0.4)
    assert estimate_week_pattern(frame, smallest_change=2.0).exceptional.empty
    noisy = frame.assign(
        y=(frame["y"] * np.exp(np.random.default_rng(0).normal(0, 0.1, len(frame)))).astype(int)
    )
    assert len(estimate_week_pattern(noisy, z=5.0).exceptional) == 1
    assert estimate_week_pattern(noisy, z=100.0).exceptional.empty


def test_opening_days_are_left_out():
    frame = days(1000.0)
    frame.loc[frame["ds"] < "2025-09-10", "y"] = [5, 5, 5, 5, 5, 500, 500, 5, 5]
    assert estimate_week_pattern(frame).weekday.round(2).tolist() == pytest.approx(WEEKDAY, abs=0.02)
    assert estimate_week_pattern(frame).exceptional.empty
    assert not estimate_week_pattern(frame, settle_days=0).exceptional.empty


def test_a_closed_day_is_a_zero_not_an_error():
    frame = days(1000.0)
    frame.loc[40, "y"] = 0
    assert estimate_week_pattern(frame).weekday.mean() == pytest.approx(1)


def test_no_orders_at_all():
    with pytest.raises(LuckyError, match="84 days without a single one"):
        estimate_week_pattern(days(0.0))
