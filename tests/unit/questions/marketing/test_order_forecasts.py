"""Forecasts of orders on dates gone by: counted as a plain loop counts, blind to what came later."""

from __future__ import annotations

import datetime as dt
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.repeat_buying import fit_repeat_buying
from lucky_analytics.methods.forecasts.rolling_origin import Miss
from lucky_analytics.models.churn_scores import load_histories
from lucky_analytics.models.customer_purchases import load_purchases
from lucky_analytics.questions.marketing.churn_cohorts import order_forecasts as order_tests
from tests import demo_suite

CUT = pd.Timestamp("2025-12-15")


@functools.cache
def bought():
    return load_purchases(demo_suite.suite())


@functools.cache
def forecasts():
    return order_tests.run_order_tests(bought())


def only(frame, cut, period, whose):
    own = frame[(frame["cut"] == cut) & (frame["period"] == period) & (frame["whose"] == whose)]
    return own.iloc[0]


@pytest.mark.parametrize("period", [30, 60])
def test_what_came_equals_a_plain_count(period):
    order = bought().order.select("customer_id", "order_date").execute()
    days = pd.to_datetime(order["order_date"])
    known = set(order.loc[days <= CUT, "customer_id"])
    inside = order[(days > CUT) & (days <= CUT + pd.Timedelta(days=period))]
    assert only(forecasts(), CUT, period, "all")["came"] == len(inside)
    assert only(forecasts(), CUT, period, "known")["came"] == inside["customer_id"].isin(known).sum()


def test_a_forecast_knows_nothing_of_what_followed():
    until = load_purchases(demo_suite.suite(as_of="2025-12-15"))
    then = order_tests.run_order_tests(until)
    for whose in ("known", "all"):
        now = only(forecasts(), CUT, 60, whose)
        before = only(then, CUT, 60, whose)
        assert before["predicted"] == pytest.approx(now["predicted"], rel=1e-9)
        assert np.isnan(before["came"])


def test_an_interval_comes_from_tests_that_were_over():
    scored = order_tests.score_intervals(forecasts(), 0.9)
    row = only(scored, CUT, 30, "known")
    over = scored[(scored["whose"] == "known") & (scored["period"] == 30)]
    over = over[over["cut"] <= CUT - pd.Timedelta(days=30)]
    miss = np.log(over["came"] / over["predicted"])
    assert len(over) >= 3
    sd = np.sqrt((miss**2).mean())
    dof = (over["cut"].max() - over["cut"].min()).days / 30 + 1
    assert np.log(row["high"] / row["predicted"]) == pytest.approx(Miss(sd, dof, len(over)).half(0.9))
    assert row["is_held"] == (row["low"] <= row["came"] <= row["high"])
    first = scored[(scored["whose"] == "known") & (scored["period"] == 30)].iloc[0]
    assert np.isnan(first["low"]) and first["is_held"] is pd.NA
    narrow = only(order_tests.score_intervals(forecasts(), 0.5), CUT, 30, "known")
    assert narrow["high"] < row["high"]


def test_new_customers_add_their_first_and_later_orders():
    histories = load_histories(bought(), dt.date(2025, 12, 15))
    fit = fit_repeat_buying(histories, "mbg")
    without, few, many = (
        order_tests.expect_orders(histories, fit, pace, [60]).set_index("whose")["predicted"]
        for pace in (0.0, 10.0, 20.0)
    )
    assert without["all"] == without["known"] == few["known"]
    assert few["all"] - few["known"] > 10 * 60
    assert many["all"] - many["known"] == pytest.approx(2 * (few["all"] - few["known"]))


def test_without_three_tests_there_is_no_miss():
    with pytest.raises(LuckyError, match="3 forecasts that came true or did not"):
        order_tests.longest_miss({("known", 30): Miss(0.1, 2.0, 2), ("all", 30): Miss(0.1, 2.0, 9)})
    misses = {
        ("known", 30): Miss(0.1, 2.0, 9),
        ("known", 60): Miss(0.2, 2.0, 4),
        ("known", 90): Miss(0.1, 1, 2),
    }
    assert order_tests.longest_miss(misses).sd == 0.2
