"""The next step of a price: arithmetic against hand, the edges, and one rule for categories and products."""

from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.models import price_steps
from lucky_analytics.models.elasticities import PriceAnswer
from lucky_analytics.models.price_steps import CUT, RAISE, WAIT
from lucky_analytics.proposed_trials import COUPON_TRIAL, plan_slot
from lucky_analytics.publish.agreement import OPPOSED

ROW = {
    "category": "Tea", "list_price": 5.0, "paid_price": 3.5, "unit_cost": 1.0, "fee_rate": 0.0,
    "units_a_month": 100.0,
}  # fmt: skip


def answer(draws, missing=0.0):
    draws = {name: np.asarray(each, dtype=float) for name, each in draws.items()}
    return PriceAnswer(draws, dict.fromkeys(draws, np.full(101, missing)), 0.5, 0.0, 0.1, pd.DataFrame())


def sure(elasticity):
    return np.full(101, elasticity)


def judged(draws, decided=None, **change):
    return price_steps.estimate_steps(
        pd.DataFrame([ROW | change]), answer({"Tea": draws}), decided=decided
    ).iloc[0]


@pytest.mark.parametrize(("elasticity", "stance", "price"), [(-0.5, RAISE, 4.0), (-4.0, CUT, 3.0)])
def test_a_step_is_one_level_of_the_list_price_and_gains_what_arithmetic_says(elasticity, stance, price):
    row = judged(sure(elasticity))
    units = (price / 3.5) ** elasticity
    assert (row["stance"], row["next_price"]) == (stance, pytest.approx(price))
    assert row["gain"] == pytest.approx(100 * (units * (price - 1) - 2.5))
    assert row["units_change"] == pytest.approx(units - 1) and row["next_discount"] == pytest.approx(
        1 - price / 5
    )


def test_a_step_that_may_lose_is_none():
    row = judged(np.linspace(-3.0, 0.0, 101))
    assert row["gain_low"] < 0 < row["gain_high"] and row["stance"] == WAIT


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"category": "Mugs"}, "units do not clearly answer to price"),
        ({"unit_cost": np.nan}, "costs are not known"),
        ({"paid_price": 2.4}, "customers pay less today than with the deepest coupon that was tried"),
        ({"list_price": 0.9, "paid_price": 0.8}, "the list price does not cover its cost"),
    ],
)
def test_where_nothing_can_be_said_there_is_no_step_and_a_reason(change, why):
    row = judged(sure(-0.5), **change)
    assert row["unknown"] == why and row["stance"] == WAIT and np.isnan(row["gain"])


def test_without_coupons_of_random_depth_every_price_waits():
    steps = price_steps.estimate_steps(pd.DataFrame([ROW]), None)
    assert steps["stance"].tolist() == [WAIT] and price_steps.find_clear_steps(steps).empty
    assert price_steps.total_gain(price_steps.find_clear_steps(steps), 0.9).value is None


def test_no_step_leaves_what_was_tried():
    up, down = judged(sure(-0.5), paid_price=4.8), judged(sure(-6.0), paid_price=2.7)
    assert up["next_price"] == pytest.approx(5.0) and down["next_price"] == pytest.approx(2.5)
    # at the list price only a lower one was tried, and it loses
    assert judged(sure(-0.5), paid_price=5.0)["stance"] == WAIT
    stuck = judged(sure(-0.5), {"Tea": RAISE}, paid_price=5.0)
    assert stuck["stance"] == WAIT and stuck["unknown"] == "no other price was tried on that side"


def test_one_of_many_is_held_to_more_than_one_alone():
    wide = np.linspace(-1.42, -0.2, 101)
    alone = judged(wide)
    assert alone["gain_low"] > 0 and alone["stance"] == RAISE
    rows = pd.DataFrame([ROW | {"category": name} for name in "ABCDEFGH"])
    vague = {name: np.linspace(-2.8, 0.0, 101) for name in "BCDEFGH"}
    many = price_steps.estimate_steps(rows, answer({"A": wide} | vague))
    assert many["gain_low"].iloc[0] == alone["gain_low"] and set(many["stance"]) == {WAIT}


def test_a_product_takes_the_step_of_its_category_and_its_own_only_where_that_waits():
    # costly to make: for this product alone a higher price clearly gains, for a cheap one a lower one
    dear, cheap = ROW | {"unit_cost": 3.0}, ROW | {"unit_cost": 0.1}
    rows, draws = pd.DataFrame([dear, cheap]), answer({"Tea": sure(-1.5)})
    own = price_steps.estimate_steps(rows, draws)
    assert own["stance"].tolist() == [RAISE, CUT]
    for stance in (RAISE, CUT):
        with_it = price_steps.estimate_steps(rows, draws, decided={"Tea": stance})
        assert set(with_it["stance"]) == {stance} and (with_it["gain"] < 0).sum() == 1
    waits = price_steps.estimate_steps(rows, draws, decided={"Tea": WAIT})
    assert waits["stance"].tolist() == own["stance"].tolist()


def test_no_page_may_both_raise_and_cut_one_price():
    assert {RAISE, CUT} in OPPOSED
    assert not any(WAIT in pair for pair in itertools.chain(OPPOSED))


def test_what_is_said_follows_the_sides():
    steps = pd.DataFrame(
        {"category": ["Tea", "Food"], "stance": [CUT, CUT], "next_price": 3.0, "paid_price": 3.5}
    ).assign(list_price=5.0, gain=[1.0, 2.0], gain_low=0.5, gain_high=3.0)
    clear = price_steps.find_clear_steps(steps)
    assert clear["category"].tolist() == ["Food", "Tea"]
    assert price_steps.describe_why(clear) == "Food and Tea would earn more with 10 points more discount."
    assert price_steps.phrase_moves(clear).startswith("More discount in Food and Tea would earn")
    assert price_steps.total_gain(clear, 0.9).value == 3.0
    assert price_steps.label_steps(clear.head(0)) == "Clear gain of one step in price"
    assert price_steps.list_stances(steps) == {"price of Tea": CUT, "price of Food": CUT}


@pytest.mark.parametrize("day", [dt.date(2026, 2, 9) + dt.timedelta(days=each) for each in range(7)])
def test_a_trial_starts_on_the_monday_on_which_the_trial_of_coupons_ends(day):
    start, end = price_steps.plan_trial(day)
    assert start.weekday() == end.weekday() == 0
    assert start == plan_slot(COUPON_TRIAL, day)[1] and 36 <= (start - day).days <= 42
