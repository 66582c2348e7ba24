"""Win-back: the trial against a plain loop, the money against least squares by hand."""

from __future__ import annotations

import datetime as dt

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, WAIT
from lucky_analytics.questions.marketing.churn_cohorts import texts as churn_texts
from lucky_analytics.questions.marketing.churn_cohorts import win_back
from lucky_analytics.questions.marketing.churn_cohorts import win_back_trial as trials

WEEKS = [dt.date(2025, 12, 1) + dt.timedelta(weeks=k) for k in range(6)]
AS_OF = dt.date(2026, 1, 13)  # the last week is not over


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


def test_uplifts_are_in_the_order_of_silence_and_no_coupon_is_unknown():
    cells = trials.aggregate_trial(Few(n_customers=600))
    found = trials.estimate_uplifts(cells, 0.5)
    assert found.index.tolist() == ["60-89 days", "90-149 days", "150+ days"][: len(found)]
    assert (found["low"] < found["value"]).all() and (found["value"] < found["high"]).all()
    unknown = trials.estimate_uplifts(cells.head(0), 0.5)
    assert unknown.index.tolist() == ["60-89 days", "90-149 days", "150+ days"]
    assert unknown["value"].isna().all() and (unknown["n"] == 0).all()


def followed(effect=0.0, seed=0, n_customers=600, n_weeks=4, share=0.3):
    """Weeks of lapsed customers; margin in five weeks is higher by ``effect`` dollars a unit of depth."""
    chance = np.random.default_rng(seed)
    who = np.repeat(np.arange(n_customers), n_weeks)
    dose = chance.choice([0.0, 0.1, 0.25, 0.4, 0.5], len(who))
    came = chance.random(n_customers)[who] < share
    dollars = np.where(came, chance.gamma(2.0, 2.0, n_customers)[who], 0.0) + effect * dose
    return pd.DataFrame(
        {"customer": who, "week": np.tile(np.arange(n_weeks), n_customers), "silent": 100, "n_orders": 4,
         "dose": dose, "dollars": dollars, "n_in": 0, "n_later": came.astype(int)}
    )  # fmt: skip


def lapsed(n=50):
    return pd.DataFrame({"customer_id": [f"c{k}" for k in range(n)], "n_orders": 4, "days_since_last": 100.0})


def test_what_followed_equals_a_plain_loop():
    few = Few()
    few.as_of = AS_OF + dt.timedelta(days=20)
    order = few.order.assign(margin_cents=np.arange(len(few.order)) * 7.0 - 300)
    got = trials.load_followed(few, ibis.memtable(order))
    expected = []
    drawn = few.shown[few.shown["assignment"] == "random"]
    for (customer, week), coupons in drawn.groupby(["customer_id", "week_date"]):
        own = order[order["customer_id"] == customer]
        before = own[own["order_date"] < week]
        if week + dt.timedelta(days=35) > few.as_of + dt.timedelta(days=1) or before.empty:
            continue
        silent = (week - before["order_date"].max()).days
        if silent < 60:
            continue
        days = (pd.to_datetime(own["order_date"]) - pd.Timestamp(week)).dt.days
        inside = own[(days >= 0) & (days < 35)]
        n_in = int(((days >= 0) & (days < 7)).sum())
        expected.append(
            (pd.Timestamp(week), round(coupons["depth"].mean(), 3), len(before), silent,
             inside["margin_cents"].sum() / 100, n_in, len(inside) - n_in)
        )  # fmt: skip
    columns = ["week", "dose", "n_orders", "silent", "dollars", "n_in", "n_later"]
    assert sorted(got[columns].itertuples(index=False, name=None)) == sorted(expected)
    assert len(expected) > 50 and got["n_later"].sum() > 5 and got["n_in"].sum() > 5
    assert trials.load_followed(few, ibis.memtable(order.assign(order_date=AS_OF))).empty


def test_margin_of_a_segment_is_what_the_depth_changed_less_the_contact():
    table = win_back.estimate_segments(lapsed(), followed(0.4), 0.5, 2.0)
    rows = followed(0.4)
    level = rows.groupby("week")[["dose", "dollars"]].transform("mean")
    slope = np.linalg.lstsq(
        (rows["dose"] - level["dose"]).to_numpy()[:, None], rows["dollars"] - level["dollars"]
    )[0]
    assert table["segment"].tolist() == ["4+ orders, silent 90-149 days", "all"]
    assert table["dollars_each"].tolist() == pytest.approx([slope[0] / 2 - 0.02] * 2)
    assert table["dollars"][0] == pytest.approx(50 * table["dollars_each"][0])
    assert table["low"][0] < table["dollars"][0] < table["high"][0]
    assert table["low"].tolist() == pytest.approx([table["low"][0]] * 2)
    dearer = win_back.estimate_segments(lapsed(), followed(0.4), 0.5, 12.0)
    assert dearer["dollars_each"][0] == pytest.approx(table["dollars_each"][0] - 0.1)
    half = win_back.estimate_segments(lapsed(), followed(0.4), 0.25, 0.0)
    assert half["dollars_each"][0] == pytest.approx((table["dollars_each"][0] + 0.02) / 2)


def test_a_segment_is_known_only_where_enough_customers_ordered():
    rows = pd.concat([followed(5.0), followed(-5.0, 1).assign(n_orders=1, share=0.1)])
    rows["customer"] += 1000 * (rows["n_orders"] == 1)
    today = pd.concat([lapsed(50), lapsed(30).assign(n_orders=1), lapsed(9).assign(days_since_last=70.0)])
    table = win_back.estimate_segments(today, rows, 0.5, 2.0).set_index("segment")
    assert table.loc["4+ orders, silent 90-149 days", "pays"]
    assert not table.loc["1 order, silent 90-149 days", "pays"]
    assert table.loc["1 order, silent 90-149 days", "high"] < 0
    assert np.isnan(table.loc["4+ orders, silent 60-89 days", "dollars"])
    whole = table.loc["all"]
    assert whole["n"] == 80 and whole["dollars"] == pytest.approx(table["dollars"].iloc[:-1].sum())
    part = np.sqrt((((table["high"] - table["low"]) / 2).iloc[:-1] ** 2).sum())  # no customer is in both
    assert (whole["high"] - whole["low"]) / 2 == pytest.approx(part, rel=0.01)
    for unknown in (rows.head(0), rows.assign(dollars=np.nan), rows.assign(dose=0.5), rows.head(40)):
        found = win_back.estimate_segments(today, unknown, 0.5, 2.0)
        assert found["dollars"].isna().all() and not found["pays"].any()
        assert "is not known: too few" in churn_texts.phrase_answer(found.iloc[-1])
        decision = churn_texts.decide(found.iloc[:-1], 0.5, 0.9)
        assert decision.strength.word == WAIT and decision.worth is None
        assert "too few" in decision.strength.doubts[0]


def test_a_segment_pays_only_where_its_interval_does():
    unsure, sure = (win_back.estimate_segments(lapsed(), followed(effect), 0.5, 2.0) for effect in (0.2, 5.0))
    assert unsure["low"][0] < 0 < unsure["high"][0] and not unsure["pays"].any()
    assert sure["pays"].all()
    unknown = unsure.iloc[:1].assign(dollars=np.nan, low=np.nan, high=np.nan)
    best = churn_texts.decide(pd.concat([unsure.iloc[:-1], unknown]), 0.5, 0.9)
    assert best.worth.value == unsure["dollars"][0]  # a segment that nobody can value is not the best
    none, some = (churn_texts.decide(each.iloc[:-1], 0.5, 0.9) for each in (unsure, sure))
    assert none.action.startswith("send lapsed customers no new") and none.strength.word == WAIT
    assert "4+ orders" in some.action and some.strength.word == DO
    assert some.worth.low == pytest.approx(sure["low"].iloc[:-1].sum())
    assert "in five weeks" in some.record["worth"]["shown"]


def test_whether_they_ordered_on_is_told_as_it_is():
    rows = followed()
    chance = np.random.default_rng(3)
    for slope, says in ((0.0, "are not known"), (0.8, "went on"), (-0.8, "moved orders forward")):
        later = (chance.random(len(rows)) < 0.45 + slope * (rows["dose"] - 0.25)).astype(int)
        found = win_back.compare_later(rows.assign(n_later=later), 0.5)
        assert says in churn_texts.describe_later(found) and found["n"] == len(rows)
        assert abs(found["value"] - slope / 2) < 3 * (found["high"] - found["value"]) / 1.645
    assert "Too few" in churn_texts.describe_later(win_back.compare_later(rows.head(20), 0.5))
    assert np.isnan(win_back.compare_later(rows.head(0), 0.5)["value"])


@pytest.mark.parametrize(
    ("low", "high", "says"),
    [(5, 9, "would earn {winback}"), (-5, 9, "is not known yet"), (-9, -5, "would lose money")],
)
def test_the_answer_is_no_stronger_than_the_interval(low, high, says):
    assert says in churn_texts.phrase_answer(pd.Series({"low": low, "high": high}))


def test_before_the_first_customer_is_old_enough_the_title_says_so():
    assert churn_texts.name_finding(float("nan"), 60) == "No customer has been here for 60 days yet"
