"""Special days: offices closed, eves and bridges; ordinary public holidays are ordinary days."""

from __future__ import annotations

import datetime as dt

from lucky_analytics.estate.markets import MARKETS
from lucky_analytics.models.calendar import find_special_days


def test_a_year_of_new_york():
    found = find_special_days(dt.date(2025, 7, 1), dt.date(2026, 6, 30))
    assert [f"{day:%Y-%m-%d}" for day in found] == [
        "2025-07-04",
        "2025-09-01",
        "2025-11-27",
        "2025-11-28",
        "2025-12-24",
        "2025-12-25",
        "2025-12-26",
        "2025-12-31",
        "2026-01-01",
        "2026-01-02",
        "2026-05-25",
    ]
    assert dt.date(2026, 2, 12) not in found  # Lincoln's birthday


def test_a_holiday_that_is_observed_on_another_day_counts_on_both():
    found = find_special_days(dt.date(2026, 7, 1), dt.date(2026, 7, 10))
    assert list(found) == [dt.date(2026, 7, 3), dt.date(2026, 7, 4)]


def test_of_a_market_that_is_not_known_better_all_public_holidays_count():
    assert dt.date(2025, 8, 4) in find_special_days(dt.date(2025, 8, 1), dt.date(2025, 8, 31), MARKETS[1])
