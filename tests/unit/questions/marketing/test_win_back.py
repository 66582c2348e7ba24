"""Win-back: the trial against a plain loop, the money against arithmetic on one segment."""

from __future__ import annotations

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, WAIT
from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.customers.repeat_buying import RepeatFit
from lucky_analytics.methods.forecasts.rolling_origin import Miss
from lucky_analytics.questions.marketing.churn_cohorts import customer_value, win_back
from lucky_analytics.questions.marketing.churn_cohorts import texts as churn_texts
from lucky_analytics.questions.marketing.churn_cohorts import win_back_trial as trials

WEEKS = [dt.date(2025, 12, 1) + dt.timedelta(weeks=k) for k in range(6)]
AS_OF = dt.date(2026, 1, 13)  # the last week is not over


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    """Nothing here depends on how finely an interval is drawn, and drawing is all that takes time."""
    monkeypatch.setattr(win_back, "N_DRAWS", 6)


class Few:
    """Orders, items and coupons of a few customers, drawn by chance."""

    as_of = AS_OF

    def __init__(self, seed=5, n_customers=120):
        chance = np.random.default_rng(seed)
        orders, shown = [], []
        for customer in range(n_customers):
            first = dt.date(2025, 7, 1) + dt.timedelta(days=int(chance.integers(0, 150)))
            days = {first} | {first + dt.timedelta(days=int(d)) for d in chance.integers(0, 190, 3)}
            orders += [(f"c{customer}", day) for day in sorted(days) if day <= AS_OF]
            for week in WEEKS:
                kind = "random" if chance.random() < 0.8 else "rule"
                depths = chance.choice([0.0, 0.1, 0.3, 0.5], 2)
                for category, depth in zip(chance.permutation(["A", "B", "C"]), depths, strict=False):
                    shown.append((f"c{customer}", week, str(category), float(depth), kind))
        self.order = pd.DataFrame(orders, columns=["customer_id", "order_date"])
        self.order["order_id"] = [f"o{k}" for k in range(len(self.order))]
        self.item = self.order[["order_id"]].assign(
            category=chance.choice(["A", "B", "C"], len(self.order)), list_cents=600
        )
        self.shown = pd.DataFrame(
            shown, columns=["customer_id", "week_date", "category", "depth", "assignment"]
        )
        self.orders, self.order_items, self.coupon_exposures = (
            ibis.memtable(frame) for frame in (self.order, self.item, self.shown)
        )


def test_trial_equals_a_plain_loop():
    few = Few()
    expected = {}
    drawn = few.shown[few.shown["assignment"] == "random"]
    for (customer, week), coupons in drawn.groupby(["customer_id", "week_date"]):
        if week + dt.timedelta(days=7) > AS_OF + dt.timedelta(days=1):
            continue
        own = few.order[few.order["customer_id"] == customer]
        before = own.loc[own["order_date"] < week, "order_date"]
        if before.empty or (week - before.max()).days < 60:
            continue
        inside = own[(own["order_date"] >= week) & (own["order_date"] < week + dt.timedelta(days=7))]
        bought = few.item[few.item["order_id"].isin(inside["order_id"])]
        covered = bought.loc[bought["category"].isin(coupons["category"]), "list_cents"].sum()
        silence = trials.name_silence(pd.Series([(week - before.max()).days]))[0]
        key = (silence, week, round(coupons["depth"].mean(), 3))
        n, came, cents = expected.get(key, (0, 0, 0))
        expected[key] = (n + 1, came + (len(inside) > 0), cents + int(covered))
    cells = trials.aggregate_trial(few)
    got = {
        (row.silence, pd.Timestamp(row.stratum).date(), row.dose): (row.n, row.n_event, row.covered_cents)
        for row in cells.itertuples()
    }
    assert got == expected and sum(came for _, came, _ in got.values()) > 10


def test_uplifts_are_in_the_order_of_silence_a_what_if_has_no_interval_and_no_coupon_is_unknown():
    cells = trials.aggregate_trial(Few(n_customers=600))
    found = trials.estimate_uplifts(cells, 0.5)
    assert found.index.tolist() == ["60-89 days", "90-149 days", "150+ days"][: len(found)]
    assert (found["low"] < found["value"]).all() and (found["value"] < found["high"]).all()
    assumed = trials.estimate_uplifts(cells, 0.5, 0.02)
    assert (assumed["value"] == 0.02).all() and (assumed["se"] == 0).all()
    unknown = trials.estimate_uplifts(cells.head(0), 0.5)
    assert unknown.index.tolist() == ["60-89 days", "90-149 days", "150+ days"]
    assert unknown["value"].isna().all() and (unknown["n"] == 0).all()


FIT = RepeatFit(np.array([0.43, 4.6, 0.83, 1.27]), 1e-8 * np.eye(4), 0.0, 1000, "mbg")


def lapsed(n=50):
    return pd.DataFrame(
        {
            "customer_id": [f"c{k}" for k in range(n)],
            "n_orders": 4,
            "days_since_first": 200.0,
            "days_since_last": 100.0,
            "mean_order_cents": 400.0,
        }
    )


def uplifts(value=0.01, se=0.002, coupon=150.0):
    row = {"value": value, "se": se, "coupon_cents": coupon}
    return pd.DataFrame([row], index=pd.Index(["90-149 days"], name="silence"))


def spend():
    return customer_value.fit_order_values(
        pd.DataFrame(
            {
                "n_orders": [1, 2, 3, 4] * 50,
                "mean_order_cents": np.random.default_rng(1).gamma(6, 70, 200).round(),
            }
        )
    )


def test_margin_of_a_segment_is_gain_less_discount_and_contact():
    offer = win_back.Offer(uplifts(), 0.6, 2.0)
    table = win_back.estimate_segments(lapsed(), FIT, spend(), offer)
    one = customer_value.value_lapsed(lapsed(), FIT, spend(), 60, 7.0).iloc[0]
    gain = (one["orders_after"] - one["year_orders"]) * one["order_cents"] * 0.6
    expected = 0.01 * gain - 150 * (one["p_return"] + 0.01) - 2
    assert table["segment"].tolist() == ["4+ orders, silent 90-149 days", "all"]
    assert table["dollars_each"].tolist() == pytest.approx([expected / 100] * 2)
    assert table["low"][0] < table["dollars"][0] < table["high"][0]
    at = table["break_even"][0]
    assert at * (gain - 150) == pytest.approx(150 * one["p_return"] + 2)


def test_each_part_of_the_offer_moves_the_margin():
    def dollars(*offer):
        return win_back.estimate_segments(lapsed(), FIT, spend(), win_back.Offer(*offer))["dollars"][0]

    base = dollars(uplifts(), 0.6, 2.0)
    assert dollars(uplifts(0.02), 0.6, 2.0) > base > dollars(uplifts(), 0.3, 2.0)
    assert base > dollars(uplifts(coupon=300.0), 0.6, 2.0) and base > dollars(uplifts(), 0.6, 20.0)
    with pytest.raises(ParameterError, match="margin rate"):
        win_back.Offer(uplifts(), 1.2, 2.0)


def test_an_uncertain_uplift_widens_the_interval():
    sure, unsure = (
        win_back.estimate_segments(lapsed(), FIT, spend(), win_back.Offer(uplifts(se=se), 0.6, 2.0)).iloc[0]
        for se in (0.0, 0.004)
    )
    assert unsure["high"] - unsure["low"] > 10 * (sure["high"] - sure["low"])


def test_the_error_of_order_forecasts_widens_the_value():
    offer = win_back.Offer(uplifts(), 0.6, 2.0)
    known, missed = (
        win_back.estimate_segments(lapsed(), FIT, spend(), offer, miss=miss).iloc[0]
        for miss in (None, Miss(0.3, 4.0, 8))
    )
    assert missed["dollars"] == known["dollars"]
    assert missed["high"] > known["high"] and missed["low"] < known["low"]


def test_a_segment_pays_only_where_its_interval_does():
    unsure = win_back.estimate_segments(lapsed(), FIT, spend(), win_back.Offer(uplifts(se=0.05), 0.6, 2.0))
    assert unsure["low"][0] < 0 < unsure["high"][0] and not unsure["pays"].any()
    sure = win_back.estimate_segments(lapsed(), FIT, spend(), win_back.Offer(uplifts(0.1), 0.6, 2.0))
    assert sure["pays"].all()
    none, some = (churn_texts.decide(each.iloc[:-1], 0.5, 0.9) for each in (unsure, sure))
    assert none.action.startswith("send lapsed customers no win-back") and none.strength.word == WAIT
    assert "4+ orders" in some.action and some.strength.word == DO
    assert some.worth.low == pytest.approx(sure["low"].iloc[:-1].sum())


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [(5, 9, "would earn {winback}"), (-5, 9, "is not known yet"), (-9, -5, "would lose money")],
)
def test_the_answer_is_no_stronger_than_the_interval(low, high, says):
    assert says in churn_texts.phrase_answer(pd.Series({"low": low, "high": high}))


def test_before_the_first_customer_is_old_enough_the_title_says_so():
    assert churn_texts.name_finding(float("nan"), 60) == "No customer has been here for 60 days yet"
