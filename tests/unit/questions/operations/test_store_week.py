"""The steps of store_week on days that can be counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError, UnknownNameError
from lucky_analytics.methods.growth.trend import expect_next
from lucky_analytics.questions.operations.store_week import steps
from tests import demo_suite


def make_days(*weekly: float) -> pd.DataFrame:
    """Weeks of seven equal days, up to 13 Feb 2026."""
    dollars = [week / 7 for week in weekly for _ in range(7)]
    dates = pd.date_range(end="2026-02-13", periods=len(dollars))
    return pd.DataFrame({"date": dates, "orders": 10, "dollars": dollars})


def test_days_are_one_stores_rows_and_add_up_to_all_stores():
    suite = demo_suite.suite()
    stores = suite.stores.filter("is_trading_store").execute().set_index("store_id")["store_name"]
    orders = suite.orders.filter("is_trading_store").execute()
    for name in ("221 Grand", "8th & Broadway"):
        own = orders[orders["store_id"].map(stores) == name]
        days = steps.load_days(suite, name)
        assert days["orders"].sum() == len(own)
        assert days["dollars"].sum() == pytest.approx(own["revenue_cents"].sum() / 100)
        assert days["date"].is_monotonic_increasing and days["date"].iloc[-1].date() == suite.as_of
        assert len(days) == (days["date"].iloc[-1] - days["date"].iloc[0]).days + 1
    assert steps.load_days(suite, "")["orders"].sum() == len(orders)
    with pytest.raises(UnknownNameError, match="221 Gramd"):
        steps.load_days(suite, "221 Gramd")


def test_a_week_ends_on_the_last_day_and_the_first_days_are_left_out():
    weeks = steps.aggregate_weeks(make_days(700, 1400).tail(12))
    assert weeks[["orders", "dollars"]].values.tolist() == [[70, pytest.approx(1400)]]
    assert str(weeks["end"].iloc[0].date()) == "2026-02-13"
    with pytest.raises(LuckyError, match="at least 7, got 6"):
        steps.aggregate_weeks(make_days(700).tail(6))


def test_a_range_comes_from_the_weeks_before_and_from_no_more_of_them_than_asked():
    weeks = steps.aggregate_weeks(make_days(100, 110, 120, 135, 150, 400))
    ranges = steps.estimate_ranges(weeks, 4, 0.9)
    last, expected = ranges.iloc[-1], expect_next([110, 120, 135, 150], 0.9)
    found = (last["expected"], last["low"], last["high"])
    assert found == pytest.approx((expected.value, expected.low, expected.high))
    assert ranges["is_inside"].tolist() == [None, None, None, None, True, False]
    assert "more than the weeks before" in steps.describe_week(last)
    assert steps.advise(last).startswith("Operations")
    low = steps.estimate_ranges(weeks.assign(dollars=[100, 110, 120, 135, 150, 20]), 4, 0.9).iloc[-1]
    assert "less than the weeks before" in steps.describe_week(low)
    assert "fewer than 4 weeks" in steps.describe_week(ranges.iloc[3])


def test_a_closed_week_before_gives_no_range():
    weeks = steps.aggregate_weeks(make_days(100, 110, 0, 135, 150))
    assert steps.estimate_ranges(weeks, 8, 0.9)["is_inside"].tolist() == [None] * 5


def test_weekdays_are_compared_with_the_same_weekdays():
    days = make_days(700, 1400, 2100)
    compared = steps.compare_weekdays(days, 1)
    assert compared["date"].tolist()[0] == "Sat 7 Feb"
    assert compared["change"].tolist() == pytest.approx([0.5] * 7)
    assert steps.compare_weekdays(days, 2)["usual_dollars"].tolist() == pytest.approx([150] * 7)
    assert steps.compare_weekdays(days.tail(7), 2)["usual_dollars"].isna().all()
