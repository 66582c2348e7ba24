from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.unit_weeks import aggregate_weeks
from lucky_analytics.methods.growth.week_pattern import WeekPattern

PATTERN = WeekPattern(
    pd.Series([1.2] * 5 + [0.5] * 2, index=range(7)),
    pd.Series({pd.Timestamp("2026-01-14"): 0.5}),
)
OPENED = pd.Series({"a": pd.Timestamp("2026-01-10")})


def days(*rows):
    return pd.DataFrame(
        [("a", pd.Timestamp(date), y, 10 * y) for date, y in rows], columns=["unique_id", "ds", "y", "value"]
    )


def weeks(*rows, as_of=dt.date(2026, 1, 31)):
    return aggregate_weeks(days(*rows), OPENED, PATTERN, as_of)


def test_a_weekend_opening_counts_as_what_it_is_worth():
    week = weeks(("2026-01-10", 50), ("2026-01-11", 50)).iloc[0]
    assert week["n_days"] == 2 and week["clock_days"] == pytest.approx(1.0)
    assert week["y_week"] == pytest.approx(700) and week["value"] == 1000
    assert week["age_weeks"] == pytest.approx(0.5 / 7)


def test_a_holiday_counts_half():
    week = weeks(("2026-01-14", 60)).iloc[0]
    assert week["clock_days"] == pytest.approx(0.6) and week["y_week"] == pytest.approx(700)


def test_closed_days_early_days_and_later_days_do_not_count():
    table = weeks(
        ("2026-01-09", 99),
        ("2026-01-12", 120),
        ("2026-01-13", 0),
        ("2026-01-20", 99),
        as_of=dt.date(2026, 1, 15),
    )
    assert table[["n_days", "y"]].values.tolist() == [[1, 120]]
    assert table["week_start"].tolist() == [pd.Timestamp("2026-01-12")]


def test_a_store_without_an_opening_date_is_named():
    with pytest.raises(LuckyError, match="opening date for every store, got none for b"):
        aggregate_weeks(days(("2026-01-12", 1)).assign(unique_id="b"), OPENED, PATTERN, dt.date(2026, 1, 31))
