"""Launches found and counted by hand; what the page says follows the rows and is no stronger than its
interval."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import LEAN, WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.pages.page_rules import _count_words, count_numbers
from lucky_analytics.questions.product.launch_predictor import (
    advice,
    launch_months,
    launch_sisters,
    launches,
    novelty,
    texts,
    views,
)
from tests import demo_suite
from tests.launch_world import cut, make_world

GAIN, LOSS, UNSURE = (
    Estimate(value, value - 0.05, value + 0.05, level=0.9, n=20) for value in (0.2, -0.2, 0.0)
)


def one_product(units, orders=100.0):
    days = pd.date_range("2025-07-01", periods=len(units))
    product = pd.DataFrame({"product_id": ["a"], "product_name": ["Tea"], "category": ["Tea"],
                            "added_date": [pd.Timestamp("2025-07-20")]})  # fmt: skip
    return launches.make_sales(days, np.full(len(units), orders), np.array([units], float), product)


@pytest.fixture(scope="module")
def sales():
    return make_world(3)


@pytest.fixture(scope="module")
def early(sales):
    """The world three days after its last launch that has a month."""
    last = launches.find_launches(sales).query("age >= 28").iloc[-1]
    return cut(sales, int(last["first"]) + 3)


def test_a_launch_is_the_first_steady_week_and_not_a_sale_by_mistake():
    units = np.zeros(90)
    units[31] = 1  # by mistake
    units[40:] = 4
    found = launches.find_launches(one_product(units))
    assert found["launched"].tolist() == [pd.Timestamp("2025-08-10")] and found["lead"].tolist() == [21]
    assert found["age"].tolist() == [50] and not found["has_left"].any()
    units[70:] = 0
    assert launches.find_launches(one_product(units))["has_left"].all()
    fresh = np.zeros(60)
    fresh[58:] = 3
    assert launches.find_launches(one_product(fresh))["age"].tolist() == [2]
    assert launches.find_launches(one_product(np.r_[np.zeros(20), np.ones(60)])).empty  # within four weeks


def test_first_days_and_the_month_are_sums_of_days():
    rng = np.random.default_rng(0)
    units = np.r_[np.zeros(40), rng.integers(1, 9, 35)].astype(float)
    sales = one_product(units)
    sales.orders[:] = rng.integers(50, 150, 75)
    row = launches.sum_first_days(sales, launches.find_launches(sales), 3).iloc[0]
    assert row["counted"] == units[40] + units[41] + units[42] and row["month"] == units[40:68].sum()
    assert row["naive"] == row["counted"] * 28 / 3 and row["orders"] == sales.orders[15:43].sum()
    assert row["early"] == pytest.approx(row["counted"] * row["orders"] / sales.orders[40:43].sum())
    known = cut(sales, 50)
    part = launches.sum_first_days(known, launches.find_launches(known), 3).iloc[0]
    assert np.isnan(part["month"]) and part["so_far"] == units[40:50].sum() and part["early"] == row["early"]


def test_the_units_of_a_suite_are_those_of_a_plain_loop():
    suite = demo_suite.suite()
    sales = launches.load_sales(suite)
    rows = suite.order_items.select("product_id", "order_date").execute()
    named = sales.products["product_id"].tolist()
    counts = np.zeros(sales.units.shape)
    first = sales.days[0].date()
    for product, day in zip(rows["product_id"], pd.to_datetime(rows["order_date"]).dt.date, strict=True):
        counts[named.index(product), (day - first).days] += 1
    assert (counts == sales.units).all() and sales.orders.sum() == suite.orders.count().execute()
    assert sales.days[-1].date() == suite.as_of


def test_months_follow_the_rows(sales, early):
    known = launches.find_launches(early)
    found = launch_months.foretell(early, known, 3)
    assert len(found.ahead) >= 1 and (found.ahead["low"] <= found.ahead["value"]).all()
    assert (found.ahead["value"] >= found.ahead["so_far"]).all()
    top = found.ahead.iloc[0]
    more = cut(early, early.n_days)
    more.units[more.products.index[more.products["product_id"] == top["product_id"]], -3:] *= 2
    doubled = launch_months.foretell(more, launches.find_launches(more), 3).ahead.iloc[0]
    assert 1.6 < doubled["value"] / top["value"] < 2.1
    fewer = make_world(3)
    fewer.units[-5:] *= 3
    before, after = (
        launch_months.foretell_past(each, launches.find_launches(each), 3) for each in (sales, fewer)
    )
    assert after["month"].sum() > before["month"].sum()
    assert (
        launch_months.estimate_error(before).value < launch_months.estimate_error(before, "off_naive").value
    )


def test_novelty_and_sisters_follow_the_rows(sales):
    known = launches.find_launches(sales)
    lost = novelty.estimate_novelty(novelty.follow_launches(sales, known))
    assert lost.low > 0 and lost.n >= 5
    weeks = novelty.average_weeks(novelty.follow_launches(sales, known))
    assert weeks["value"].iloc[0] == 1 and weeks["value"].iloc[-1] < 0.9
    flat = make_world(3, novelty=0.0)
    assert (
        novelty.estimate_novelty(novelty.follow_launches(flat, launches.find_launches(flat))).value
        < lost.value
    )
    beside = launch_sisters.measure_sisters(sales, known)
    first = beside.iloc[0]
    day = int((first["launched"] - sales.days[0]).days)
    names = sales.products
    since = (names["first"] < 28) | (names["first"] <= day - 84)
    old = (names["first"] >= 0) & (names["first"] <= day - 56) & since
    own = old & (names["category"] == first["category"]) & (names["last"] >= day + 25)
    assert first["sisters"] == own.sum()
    taking = make_world(3, taken=0.8)
    more = launch_sisters.measure_sisters(taking, launches.find_launches(taking))
    assert launch_sisters.estimate_taken(more).value > launch_sisters.estimate_taken(beside).value


def test_promises_are_of_open_months_and_can_be_measured(early):
    found = launch_months.foretell(early, launches.find_launches(early), 3)
    promises = launch_months.list_promises(found.ahead)
    assert len(promises) == len(found.ahead)
    one, row = promises[0], found.ahead.iloc[0]
    assert one.measure.metric == "units" and one.measure.where == {"product_id": row["product_id"]}
    assert one.due == (row["launched"] + pd.Timedelta(days=27)).date() and one.low <= one.value <= one.high
    assert launch_months.list_promises(found.ahead.head(0)) == []


def test_nothing_is_said_of_too_few_launches():
    empty = launches.load_sales(demo_suite.suite(as_of="2025-06-01"))
    none = launches.find_launches(empty)
    found = launch_months.foretell(empty, none, 3)
    assert none.empty and found.past.empty and found.ahead.empty and views.pick_month(found).value is None
    few = make_world(1, n_launches=3)
    found = launch_months.foretell(few, launches.find_launches(few), 3)
    assert found.past.empty and launch_months.estimate_gain(found.past).value is None
    title, answer, made = texts.stop_early(1, 0)
    assert made.strength.word == WAIT and "1 product launched" in answer and len(title.split()) <= 14
    assert novelty.estimate_novelty(novelty.follow_launches(empty, none)).value is None
    assert launch_sisters.estimate_taken(launch_sisters.measure_sisters(empty, none)).value is None


@pytest.mark.parametrize(
    "name", ["Tea", "Iced Toasted Coconut Cloud Latte", "A very long name of a new product"]
)
@pytest.mark.parametrize("gain", [GAIN, UNSURE, LOSS, Estimate(None)])
@pytest.mark.parametrize("n_ahead", [0, 1, 3])
def test_titles_answers_and_decisions_are_no_stronger_than_the_gain(early, name, gain, n_ahead):
    found = launch_months.foretell(early, launches.find_launches(early), 3)
    ahead = pd.concat([found.ahead.head(1)] * max(n_ahead, 1)).head(n_ahead).reset_index(drop=True)
    found = launch_months.Foretold(found.past, ahead.assign(product_name=name), 15)
    title, answer = texts.name_finding(found, gain, 3), texts.describe_answer(found, gain)
    made = advice.decide(found, gain)
    assert _count_words(title) <= 14 and _count_words(answer) <= 40 and answer.count("{") <= 3
    assert count_numbers(answer.replace("{", "").replace("}", "")) == 0
    is_better = gain is GAIN
    assert ("no better" not in title) == is_better
    if n_ahead:
        assert made.strength.word == (LEAN if is_better else WAIT)
        assert ("week by week" in made.action) == (not is_better)
    else:
        assert made.strength.is_idle and ("week by week" in made.action) == (not is_better)


def test_a_launch_whose_month_is_nearly_over_needs_no_goods(sales):
    last = launches.find_launches(sales).query("age >= 28").iloc[-1]
    late = cut(sales, int(last["first"]) + 26)
    found = launch_months.foretell(late, launches.find_launches(late), 3)
    assert advice.decide(found, GAIN).strength.is_idle
    row = found.ahead[found.ahead["product_id"] == last["product_id"]].iloc[0]
    assert row["low"] >= row["so_far"] and row["high"] / row["low"] < 1.3


@pytest.mark.parametrize(
    ("value", "low", "high", "word"),
    [(0.5, 0.2, 0.8, "lost"), (-0.5, -0.8, -0.2, "gained"), (0.1, -0.2, 0.4, "not shown")],
)
def test_sentences_of_sisters_and_novelty_hold_with_their_interval(value, low, high, word):
    found = Estimate(value, low, high, level=0.9, n=9)
    assert word in texts.name_sisters(found)
    assert ("not shown" in texts.say_taken(found)) == (word == "not shown")
    assert ("no loss is shown" in texts.say_novelty(found)) == (word == "not shown")
