"""Demand on days that ran out, against a plain loop, a day whose answer is known, and the planted share."""

from __future__ import annotations

import datetime as dt
import functools
import json
import zoneinfo

import ibis
import pandas as pd
import pytest

from lucky_analytics.models.goods_demand import LEAST_SERVED, load_goods_demand
from tests import demo_suite

START, END = dt.date(2025, 6, 30), dt.date(2026, 2, 14)
NEW_YORK = zoneinfo.ZoneInfo("America/New_York")


@functools.cache
def demand():
    return load_goods_demand(demo_suite.suite(), START, END).execute()


@functools.cache
def orders():
    frame = demo_suite.suite().orders.filter("is_trading_store").select("order_date", "local_hour").execute()
    frame["order_date"] = pd.to_datetime(frame["order_date"])
    frame = frame[frame["order_date"] >= pd.Timestamp(END) - pd.Timedelta(days=56)]
    return frame.assign(of_weekend=frame["order_date"].dt.day_of_week >= 5)


def test_a_plain_loop_finds_the_same_share_and_demand():
    stock = demo_suite.suite().stock.filter("is_stock_out").execute()
    ours = demand()[demand()["is_stock_out"]].set_index(["store_id", "goods_id", "demand_date"])
    assert len(stock) == len(ours) > 100
    for row in stock.to_dict("records")[::7]:
        day = pd.Timestamp(row["stock_date"])
        clock = pd.Timestamp(row["stock_out_at"], tz="UTC").astimezone(NEW_YORK)
        kind = orders()[orders()["of_weekend"] == (day.day_of_week >= 5)]
        share = (
            (kind["local_hour"] < clock.hour).sum()
            + (kind["local_hour"] == clock.hour).sum() * clock.minute / 60
        ) / len(kind)
        own = ours.loc[(row["store_id"], row["goods_id"], row["stock_date"])]
        assert own["served_share"] == pytest.approx(share) and own["is_estimated"]
        if share >= LEAST_SERVED:
            assert own["demand_quantity"] == pytest.approx(float(row["consumed_quantity"]) / share)


def test_other_days_wanted_what_they_used_and_no_row_is_lost():
    rest = demand()[~demand()["is_stock_out"]]
    assert (rest["demand_quantity"] == rest["used_quantity"]).all() and (rest["served_share"] == 1).all()
    assert len(demand()) == demo_suite.suite().stock.count().execute()
    assert not demand().duplicated(["store_id", "goods_id", "demand_date"]).any()
    assert (demand()["weekday"] == pd.to_datetime(demand()["demand_date"]).dt.day_of_week).all()


def test_the_share_that_a_stock_out_lost_is_the_planted_one():
    truth = json.loads((demo_suite.estate() / "truth.json").read_text())
    lost = 1 - demand().loc[demand()["is_stock_out"], "served_share"]
    planted = truth["forecasts"]["lost_share_of_a_stock_out_day"]["realised"]
    assert lost.mean() == pytest.approx(planted, abs=0.03)
    assert (
        demand()["demand_quantity"].dropna() >= demand()["used_quantity"][demand()["demand_quantity"].notna()]
    ).all()


def moved(hour: int):
    """The estate with every stock-out at this New York hour (winter and summer an hour apart)."""

    def edit(table):
        at = table.stock_date.cast("timestamp") + ibis.interval(hours=hour)
        return table.mutate(stock_out_at=ibis.ifelse(table.is_stock_out, at, ibis.null("timestamp")))

    return edit


def test_what_ran_out_before_opening_says_nothing_of_demand():
    early = load_goods_demand(demo_suite.suite(stock=moved(5)), START, END).execute()
    out = early[early["is_stock_out"]]
    assert len(out) and out["demand_quantity"].isna().all() and (out["served_share"] < LEAST_SERVED).all()


def test_what_ran_out_after_closing_wanted_what_it_used():
    late = load_goods_demand(demo_suite.suite(stock=moved(30)), START, END).execute()
    out = late[late["is_stock_out"]]
    assert out["demand_quantity"].to_numpy() == pytest.approx(out["used_quantity"].to_numpy(), rel=1e-9)


def test_without_orders_only_stock_outs_are_unknown_and_an_empty_period_is_empty():
    none = demo_suite.suite(orders=lambda t: t.filter(ibis.literal(False)))
    found = load_goods_demand(none, START, END).execute()
    assert (found["demand_quantity"].isna() == found["is_stock_out"]).all()
    assert load_goods_demand(demo_suite.suite(), START, START).count().execute() == 0
