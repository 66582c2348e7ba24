"""What questions promise is what their measures will count, from the day after their data ends."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.models import week_ahead
from lucky_analytics.models.measure import Measure
from lucky_analytics.questions.marketing.churn_cohorts import promises as of_customers
from lucky_analytics.questions.operations.store_ramp_curves import ahead as of_ramps
from lucky_analytics.questions.supply_chain.forecast_accuracy import next_week
from tests import demo_suite

CUT = dt.date(2025, 12, 15)
LEAVING = {"value": 300.0, "low": 250.0, "high": 350.0, "n": 900}


def forecasts(**changes):
    row = {
        "cut": pd.Timestamp(CUT),
        "period": 30,
        "whose": "all",
        "predicted": 50.0,
        "low": 40.0,
        "high": 60.0,
    }
    others = [{**row, "whose": "known"}, {**row, "cut": pd.Timestamp("2025-11-15")}]
    return pd.DataFrame([{**row, **changes}, *others])


def test_orders_to_come_are_those_of_people_from_tomorrow_on():
    orders, leaving = of_customers.list_promises(forecasts(), LEAVING, 60, CUT, 0.9)
    assert (orders.name, orders.value, orders.due) == ("orders_30", 50, dt.date(2026, 1, 14))
    assert orders.measure == Measure("orders", of_customers.PEOPLE, dt.date(2025, 12, 16))
    assert (leaving.name, leaving.low, leaving.due) == ("leaving_60", 250, dt.date(2026, 2, 13))


def test_an_interval_from_none_to_all_is_no_promise():
    names = [
        each.name for each in of_customers.list_promises(forecasts(), {**LEAVING, "low": 0}, 60, CUT, 0.9)
    ]
    assert names == ["orders_30"]


def test_who_leaves_is_counted_as_a_plain_loop_counts():
    horizon = 30
    later = demo_suite.suite(as_of="2026-01-14")
    leaving = [*of_customers.list_promises(forecasts(), LEAVING, horizon, CUT, 0.9)][-1]
    order = later.orders.filter(later.orders.channel != "delivery platform").execute()
    dates = pd.to_datetime(order["order_date"])
    first, cut = pd.Timestamp(CUT) - pd.Timedelta(days=horizon - 1), pd.Timestamp(CUT)
    active = set(order.loc[(dates >= first) & (dates <= cut), "customer_id"])
    stayed = set(order.loc[dates > cut, "customer_id"])
    assert leaving.measure.read(later, leaving.due) == len(active - stayed) > 0


def test_a_young_store_promises_its_next_whole_week_and_its_twelfth():
    stores = pd.DataFrame({"store_name": ["A", "B"], "unique_id": ["1", "2"],
                           "opened": pd.to_datetime(["2025-12-01", "2025-10-06"])})  # fmt: skip
    young = pd.DataFrame({"store_name": ["A"] * 10 + ["B"] * 2, "week": [*range(3, 13), 11, 12]})
    young = young.assign(y=100.0, low=80.0, high=120.0)
    made = {each.name: each for each in of_ramps.list_promises(young, stores, CUT, 0.9)}
    assert set(made) == {"next_week_1", "twelfth_week_1", "next_week_2"}
    # 15 December is the first day of A's third week, which has begun: the fourth is the next whole one.
    assert made["next_week_1"].measure == Measure("orders", {"store_id": "1"}, dt.date(2025, 12, 22))
    assert made["next_week_1"].due == dt.date(2025, 12, 28)
    assert made["next_week_1"].label == "Orders of A in week 4 of its life"
    assert made["twelfth_week_1"].due == dt.date(2026, 2, 22)
    assert made["next_week_2"].measure.start == dt.date(2025, 12, 22)


def test_the_week_ahead_is_the_sum_of_the_newest_forecasts_and_its_misses_those_of_whole_weeks():
    suite = demo_suite.suite(as_of=CUT)
    weeks = next_week.sum_weeks(week_ahead.load_days(suite, 6))
    made = suite.order_forecasts.execute()
    made = made[(pd.to_datetime(made["made_date"]) == pd.Timestamp(CUT)) & made["lead_days"].between(1, 7)]
    newest = made.sort_values("version").groupby(["store_id", "demand_date", "local_hour"]).tail(1)
    expected = newest.groupby("store_id")["predicted_orders"].sum()
    now = weeks[weeks["made"] == pd.Timestamp(CUT)].set_index("store_id")
    assert len(now) and now["came"].isna().all()
    assert now["predicted"].to_dict() == pytest.approx(expected[now.index].to_dict())
    past = weeks[weeks["made"] < pd.Timestamp(CUT)].sample(5, random_state=7)
    for row in past.itertuples():
        measure = Measure("orders", {"store_id": row.store_id}, (row.made + pd.Timedelta(days=1)).date())
        assert measure.read(suite, (row.made + pd.Timedelta(days=7)).date()) == row.came


def test_the_week_ahead_is_as_uncertain_as_weeks_were_off():
    days = pd.to_datetime(["2025-12-01", "2025-12-08", "2025-12-15"])
    rows = pd.DataFrame({"store_id": "1", "made": days, "predicted": 120.0, "expected": 100.0})
    rows["came"] = [110.0, 90.0, np.nan]
    few = next_week.foresee_weeks(rows, CUT, 0.9)
    assert few["low"].isna().all() and few["n"].tolist() == [2, 2]
    before = rows.iloc[:2].assign(made=rows["made"][:2] - pd.Timedelta(days=14))
    found = next_week.foresee_weeks(pd.concat([before, rows]), CUT, 0.9)
    assert (found["low"] < 90).all() and (found["high"] > 110).all()
    promised = [
        *next_week.list_promises(found, pd.DataFrame({"store_id": ["1"], "store_name": ["A"]}), CUT, 0.9)
    ]
    assert [each.name for each in promised] == ["orders_week_all", "orders_week_1"]
    assert promised[0].measure == Measure("orders", {"store_id": ["1"]}, dt.date(2025, 12, 16))


def test_without_a_forecast_of_today_nothing_is_promised():
    rows = pd.DataFrame(
        {
            "store_id": ["1"],
            "made": [pd.Timestamp("2025-12-08")],
            "predicted": [9.0],
            "expected": [9.0],
            "came": [8.0],
        }
    )
    assert next_week.foresee_weeks(rows, CUT, 0.9).empty
