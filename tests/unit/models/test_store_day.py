"""One day of a store, beside plain loops over its rows."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from lucky_analytics.models import store_day
from tests import demo_suite

GRAND = "100057"


@pytest.fixture(scope="module")
def suite():
    return demo_suite.suite()


def test_hours_are_the_orders_of_the_day(suite):
    hours = store_day.load_hours(suite, 15)
    orders = suite.orders.filter("is_trading_store").execute()
    age = (pd.Timestamp(suite.as_of) - orders["order_date"]).dt.days
    assert hours["orders"].sum() == (age < 15).sum()
    own = orders[(orders["store_id"] == GRAND) & (age == 0)]
    day = store_day.compare_hours(hours[hours["store_id"] == GRAND], pd.Timestamp(suite.as_of))
    assert day["orders"].sum() == len(own) and day["n_before"].max() == 2
    counted = own["local_hour"].value_counts()
    assert day.set_index("hour")["orders"].to_dict() == {hour: counted.get(hour, 0) for hour in day["hour"]}
    assert (day["low"] <= day["usual"]).all() and (day["usual"] <= day["high"]).all()


def test_a_first_day_has_nothing_before_it():
    hours = pd.DataFrame({"ds": pd.to_datetime(["2026-02-13"] * 2), "local_hour": [9, 10], "orders": [1, 2]})
    day = store_day.compare_hours(hours, pd.Timestamp("2026-02-13"))
    assert day["usual"].isna().all() and day["orders"].tolist() == [1.0, 2.0]
    assert store_day.compare_hours(hours, pd.Timestamp("2026-02-20"))["orders"].tolist() == [0.0, 0.0]


def test_open_orders_are_counted_minute_by_minute(suite):
    found = store_day.measure_queue(suite, GRAND).set_index("hour")
    ticket = suite.production.execute()
    own = ticket[(ticket["store_id"] == GRAND) & (ticket["production_date"].dt.date == suite.as_of)]
    own = own.dropna(subset="done_at")
    busiest = own["local_hour"].value_counts().idxmax()
    begin = own.loc[own["local_hour"] == busiest, "opened_at"].min().floor("h")
    moments = [begin + pd.Timedelta(seconds=second) for second in range(0, 3600, 5)]
    depth = [int(((own["opened_at"] <= moment) & (own["done_at"] > moment)).sum()) for moment in moments]
    assert found.loc[busiest, "open_orders"] == pytest.approx(sum(depth) / len(depth), rel=0.05)
    assert found.loc[busiest, "most_open"] >= max(depth)
    assert store_day.measure_queue(suite, "nowhere").empty


def test_what_was_sold_out_has_its_name_its_hour_and_its_days(suite):
    stock = suite.stock.execute()
    out = stock[stock["is_stock_out"]]
    last = out["stock_date"].max()
    found = store_day.list_sold_out(demo_suite.suite(as_of=str(last.date())), 28)
    own = out[out["stock_date"] == last]
    assert len(found) == len(own) > 0
    recent = out[(last - out["stock_date"]).dt.days < 28]
    days = recent.groupby(["store_id", "goods_id"])["stock_date"].nunique()
    expected = sorted(days[(row.store_id, row.goods_id)] for row in own.itertuples())
    assert sorted(found["days_out"]) == expected
    assert found["ran_out_at"].str.fullmatch(r"\d\d:\d\d").all()
    assert found["goods_name"].isin(suite.goods.execute()["goods_name"]).all()


def test_machines_that_wait_for_repair_come_first_and_the_gone_are_gone(suite):
    machines = suite.machines.execute()
    store = machines.loc[machines["status"] == "waiting for repair", "store_id"].iloc[0]
    found = store_day.list_machines(suite, store)
    standing = machines[(machines["store_id"] == store) & (machines["status"] != "decommissioned")]
    assert set(found["serial"]) == set(standing["serial"])
    assert found["state"].iloc[0] == "waiting for repair"
    cups = suite.cups.execute()
    own = cups[(cups["store_id"] == store) & (cups["cup_date"].dt.date == suite.as_of)]
    assert found["cups"].sum() == len(own)


def test_without_their_tables_they_are_null():
    suite = demo_suite.suite()
    gone = ("opproduction", "shopstock", "iot_platform")
    left = {
        name: table for name, table in suite.snapshot.tables.items() if not any(part in name for part in gone)
    }
    suite.snapshot = dataclasses.replace(suite.snapshot, tables=left)
    assert store_day.measure_queue(suite, GRAND) is None
    assert store_day.list_sold_out(suite, 28) is None and store_day.list_machines(suite, GRAND) is None
