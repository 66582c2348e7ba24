"""Cards on days that can be counted by hand: what is one event, how serious it is, what dismissals teach."""

from __future__ import annotations

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.models.watched_days.kpis import ALL
from lucky_analytics.questions.platform.anomaly_feed import advice, texts, views
from lucky_analytics.questions.platform.anomaly_feed.cards import DRIFT, list_cards
from lucky_analytics.questions.platform.anomaly_feed.feed_series import FEED, NO_ROW
from lucky_analytics.questions.platform.anomaly_feed.judged_feed import (
    Rates,
    learn_weights,
    list_drifts,
    name_series,
    watch_days,
)
from lucky_analytics.questions.platform.anomaly_feed.severity import (
    CRITICAL,
    INFO,
    WARNING,
    Thresholds,
    grade,
)
from lucky_analytics.questions.platform.anomaly_feed.steps import Seen, find, list_smallest, mark_answers
from lucky_analytics.questions.platform.anomaly_feed.systems import SYSTEMS, are_linked
from lucky_analytics.runs.answered import ACKNOWLEDGED, DISMISSED, Answer
from tests.store_days import CALM, LAST, change, make_days, make_stores, watch

N_DAYS, N_STORES = 75, 10
NOT_KEPT = ["not_made", "complaints", "sold_out", "machines_down", "refunded"]  # each takes time
RATES = Rates(4.0, 4.0, 52.0)
SHUT = {"orders": 0.35, "dollars": 0.35}
NO_EVENTS = pd.DataFrame(columns=["store_id", "ds", "cause"])


@pytest.fixture(scope="module")
def quiet():
    return make_days(0, N_DAYS, N_STORES).assign(**dict.fromkeys(NOT_KEPT, np.nan))


def load(days, failed=None, rows=None):
    """What is watched of these days; ``failed`` payments and factors of payment ``rows``, by day."""
    watched = watch(days, make_stores(N_DAYS, N_STORES))
    chain = watched.chain
    chain["payments"] = (1.08 * chain["orders"]).round()
    chain["failed_payments"] = np.random.default_rng(1).poisson(6, len(chain)).astype(float)
    chain["failed_payments"] = chain["failed_payments"].where(~chain["ds"].isin(failed or ()), 150.0)
    feed = chain[["store_id", "ds", "orders"]].assign(stores=10.0, shifts=40.0, paid=chain["dollars"])
    feed = feed.assign(**{kpi.y: np.nan for kpi in FEED if kpi.y not in feed})
    feed["rows_payments"] = (chain["payments"] * feed["ds"].map(rows or {}).fillna(1.0)).clip(lower=NO_ROW)
    return watched, feed


def look(days, answers=(), **others):
    """The judged days, and the cards of all days."""
    watched, feed = load(days, **others)
    judged = watch_days(watched, feed, RATES, answers)
    drifts = list_drifts(judged, RATES.drift)
    cards = list_cards(judged, drifts, watched, NO_EVENTS, {}, Thresholds())
    return judged, mark_answers(cards, list(answers))


def ago(n):
    return LAST - pd.Timedelta(days=n)


def of_day(cards, ds=LAST):
    return cards[(cards["first"] <= ds) & (cards["last"] >= ds)]


def shut(days, store, ds=LAST):
    days = change(days, store, ds, **SHUT)
    days.loc[(days["store_id"] == store) & (days["ds"] == ds), "missed_halves"] = 13.0
    return days


def test_a_quiet_world_has_no_more_cards_than_its_rates_allow(quiet):
    judged, cards = look(quiet)
    n_days = judged.loc[judged["p_value"].notna(), "ds"].nunique()
    assert len(cards) <= 2 * n_days / 28 + 4 and not (cards["kind"] == DRIFT).any()


def test_a_store_that_shut_for_half_a_day_is_one_card_with_its_money(quiet):
    found = of_day(look(shut(quiet, "s3"))[1])
    assert len(found) == 1
    card = found.iloc[0]
    assert (
        card["place"] == "s3" and card["system"] == "sales" and card["headline"] == "closed in planned hours"
    )
    assert card["n_numbers"] >= 2 and card["off"] < card["off_high"] < 0
    assert card["severity"] == (CRITICAL if -card["off_high"] >= 500 else WARNING)


def test_two_stores_on_one_day_are_two_cards_and_days_in_a_row_are_one(quiet):
    days = shut(shut(quiet, "s3"), "s1")
    assert sorted(of_day(look(days)[1])["place"]) == ["s1", "s3"]
    days = shut(shut(quiet, "s3"), "s3", ago(1))
    cards = of_day(look(days)[1])
    assert len(cards) == 1 and cards.iloc[0]["n_days"] == 2


def test_payments_that_fail_with_fewer_orders_everywhere_are_one_card(quiet):
    days = quiet
    for place in range(N_STORES):
        days = change(days, f"s{place}", LAST, orders=0.5, dollars=0.5)
    found = of_day(look(days, failed=[LAST])[1])
    assert len(found) == 1
    card = found.iloc[0]
    assert card["place"] == ALL and set(card["all_systems"]) == {"payments", "sales"}
    assert card["system"] == "payments" and card["owner"] == "Finance" and "10 stores" in card["cause"]


def test_a_card_keeps_its_name_when_days_are_added_and_while_it_lasts(quiet):
    days = shut(quiet, "s3", ago(1))
    before = look(days[days["ds"] < LAST])[1]
    after = look(shut(days, "s3"))[1]
    own = of_day(before, ago(1)).iloc[0]["id"]
    assert own == of_day(after).iloc[0]["id"] == of_day(after, ago(1)).iloc[0]["id"]
    assert len(set(after["id"])) == len(after) and all(
        name.isalpha() and len(name) == 8 for name in after["id"]
    )


def test_rows_that_are_missing_or_double_are_critical_without_money(quiet):
    for factor, words in ((2.0, "too many"), (0.0, "missing")):
        card = of_day(look(quiet, rows={LAST: factor})[1]).iloc[0]
        assert card["severity"] == CRITICAL and words in card["headline"] and pd.isna(card["off"])
        assert "t_trade" in card["cause"]


def test_what_creeps_to_the_worse_is_a_drift_and_what_creeps_to_the_better_is_not(quiet):
    for sign, n in ((1, 1), (-1, 0)):
        days = quiet.copy()
        own = days["store_id"] == "s5"
        since = (days["ds"] - ago(35)).dt.days.clip(lower=0)
        days.loc[own, "making_seconds"] *= np.exp(sign * 0.012 * since[own])
        found = look(days)[1]
        drifts = found[found["kind"] == DRIFT]
        assert len(drifts) == n
        if n:
            card = drifts.iloc[0]
            assert card["place"] == "s5" and card["severity"] == WARNING
            assert "Production time went from 3." in card["what"]


def test_more_than_usual_is_information(quiet):
    card = of_day(look(change(quiet, "s2", LAST, orders=2.2, dollars=2.2))[1]).iloc[0]
    assert card["severity"] == INFO and card["off"] > 0 and card["why"] == "nothing is worse than usual"


def dismissed(cards, *names, reason="not-real", act=DISMISSED):
    rows = cards.set_index("id")
    return [
        Answer(name, act, reason, "ops", "", tuple(rows.loc[name, "series"]), rows.loc[name, "last"].date())
        for name in names
    ]


def test_a_dismissal_raises_the_bar_for_its_series_alone_and_from_the_next_day_on(quiet):
    days = shut(quiet, "s3", ago(5))
    plain, cards = look(days)
    name = of_day(cards, ago(5)).iloc[0]["id"]
    taught, after = look(days, dismissed(cards, name))
    own = set(of_day(cards, ago(5)).iloc[0]["series"])
    lower = set(name_series(taught)[taught["weight"] < 1])
    assert lower == own and (taught.loc[taught["ds"] <= ago(5), "weight"] == 1).all()
    assert set(taught.loc[taught["weight"] < 1, "weight"]) == {0.5}
    assert (
        not (taught["is_alarm"] & ~plain["is_alarm"]).any() and (taught["is_told"] == plain["is_told"]).all()
    )
    assert after.set_index("id").loc[name, "state"] == DISMISSED
    gone = dataclasses.replace(dismissed(cards, name)[0], series=("s99|making",))
    assert (learn_weights(taught, [gone]) == 1).all()  # a store that is watched no longer


@pytest.mark.full
def test_what_was_known_teaches_nothing_and_what_was_real_gives_the_budget_back(quiet):
    days = shut(quiet, "s3", ago(5))
    _, cards = look(days)
    name = of_day(cards, ago(5)).iloc[0]["id"]
    assert (look(days, dismissed(cards, name, reason="known"))[0]["weight"] == 1).all()
    assert (look(days, dismissed(cards, name, reason="", act=ACKNOWLEDGED))[0]["weight"] == 1).all()


def test_a_large_anomaly_is_told_however_often_it_was_dismissed(quiet):
    days = change(shut(quiet, "s3", ago(20)), "s3", LAST, orders=0.05, dollars=0.05)
    days.loc[(days["store_id"] == "s3") & (days["ds"] == LAST), "missed_halves"] = 24.0
    _, cards = look(days)
    once = dismissed(cards, of_day(cards, ago(20)).iloc[0]["id"])
    many = [dataclasses.replace(once[0], card=f"card{place}") for place in range(60)]
    judged, after = look(days, many)
    assert judged["weight"].min() == 0.1 and "s3" in set(of_day(after)["place"])


def test_severity_is_no_stronger_than_the_interval():
    common = {"n_days": 1, "n_worse": 1, "is_records": False, "is_shared": False, "limits": Thresholds()}
    assert grade((-900.0, -1400.0, -501.0), **common)[0] == CRITICAL
    assert grade((-900.0, -1400.0, -400.0), **common)[0] == WARNING
    assert grade((-90.0, -140.0, -40.0), **common)[0] == INFO
    assert grade((-9000.0, -19000.0, 1.0), **common)[0] == INFO
    assert grade((None, None, None), **common) == (INFO, "no money can be put on it")
    assert grade((None, None, None), **{**common, "n_days": 2})[0] == WARNING
    assert grade((None, None, None), **{**common, "n_worse": 3})[0] == WARNING
    assert grade((None, None, None), **{**common, "is_shared": True})[0] == WARNING
    assert grade((900.0, 500.0, 1300.0), **{**common, "n_worse": 0})[0] == INFO
    assert grade((None, None, None), **{**common, "is_records": True})[0] == CRITICAL


def test_every_number_has_one_system_with_an_owner_and_steps():
    names = [name for system in SYSTEMS for name in system.kpis]
    assert len(names) == len(set(names)) and {kpi.name for kpi in FEED} <= set(names)
    assert all(system.owner and system.steps for system in SYSTEMS)
    assert (
        are_linked("stock", "sales") and are_linked("records", "stock") and not are_linked("stock", "coupons")
    )


def found_in(days):
    judged, cards = look(days)
    seen = Seen(judged, cards, pd.DataFrame())
    return seen, find(seen, list_smallest(judged, *load(days), RATES), LAST.date(), 14)


def test_texts_say_what_is_open_and_no_more(quiet):
    last = dt.date(2026, 2, 13)
    seen, found = found_in(shut(quiet, "s3"))
    cards = seen.cards
    own = of_day(cards)
    one = dataclasses.replace(found, open=own)
    assert texts.name_finding(one, CALM) == "Store 3: closed in planned hours on 13 Feb"
    made = advice.decide(one, CALM)
    assert made.owner == "Operations" and made.strength.word == DO and made.worth.low > 0
    two = dataclasses.replace(found, open=pd.concat([own, own]))
    assert texts.name_finding(two, CALM).startswith("2 events need a look")
    none = dataclasses.replace(found, open=own.head(0))
    assert texts.name_finding(none, CALM) == "Nothing unusual in the last 14 days"
    made = advice.decide(none, CALM)
    assert made.action == "look at nothing today" and made.strength.word == WAIT
    assert "would have to fall" in texts.describe_answer(none)
    small = dataclasses.replace(found, open=own.assign(severity=INFO))
    fell = dataclasses.replace(CALM, together=Estimate(-0.15, -0.22, -0.06, level=0.95, n=5))
    said = texts.name_finding(none, fell)
    assert said.startswith("No single day was unusual; older stores sold {weeks_fall:value} less over")
    assert len(said.split()) <= 14 and advice.decide(none, fell).strength.is_idle
    assert "decided on the page of stores" in advice.decide(none, fell).because
    assert "decided on" not in advice.decide(none, CALM).because
    assert texts.name_finding(one, fell) == texts.name_finding(one, CALM)
    assert advice.decide(one, fell) == advice.decide(one, CALM)
    assert texts.name_finding(small, CALM) == "Nothing serious is open; 1 small card to read"
    assert advice.decide(small, CALM).strength.word == WAIT and texts.name_critical(small) == {}
    young = dataclasses.replace(none, n_watched=0)
    assert texts.name_finding(young, CALM) == "Too few days to say what is unusual"
    assert "28 days" in texts.describe_answer(young)
    assert found.as_of == last and len(texts.list_points(one)) == 1
    assert texts.plain("a {b}") == "a {{b}}"
    strip = views.show_strip(seen, LAST)
    assert (strip[strip["ds"] == LAST].set_index("label")["state"] != views.AS_USUAL)["Sales"]
    grown = pd.DataFrame({"moved": ["fell", "no more than chance"]})
    assert "15 % less than in the 4 weeks before; 1 alone fell" in texts.name_weeks(fell, grown)
    assert texts.name_weeks(fell, grown.tail(1)).endswith("none alone fell more than chance")
    young_weeks = dataclasses.replace(CALM, together=Estimate(None))
    assert texts.name_weeks(young_weeks, grown).startswith("Over 4 weeks, of stores old enough 1 alone")
    assert "of 56 days had something unusual" in texts.name_strip(strip, 56)


@pytest.mark.full
def test_the_smallest_change_of_more_orders_is_smaller(quiet):
    falls = []
    for days in (quiet, make_days(0, N_DAYS, N_STORES, size=30.0).assign(**dict.fromkeys(NOT_KEPT, np.nan))):
        judged = look(days)[0]
        smallest = list_smallest(judged, *load(days), RATES)
        falls.append(smallest.set_index("kpi").loc["orders_hour", "fall"].median())
        table = views.show_smallest(smallest, judged)
        assert table["label"].is_unique and set(table["way"]) == {"fall", "rise"}
    assert 0.1 < falls[0] < 0.95 and (np.isnan(falls[1]) or falls[0] < falls[1])


def test_events_of_the_past_are_over_and_told_in_one_line(quiet):
    cards = found_in(shut(quiet, "s3"))[0].cards
    later = LAST + pd.Timedelta(days=20)
    told = texts.say_past(cards, later, 14)
    assert told.startswith("Before these 14 days: ") and "Store 3, closed in planned hours on 13 Feb" in told
    assert texts.say_past(cards[cards["last"] == LAST], LAST, 14) == ""  # what is open has a line of its own
    assert texts.say_past(cards.assign(severity=INFO), later, 14) == ""
    assert set(views.close_past(cards, later, 14)["state"]) == {views.OVER}
    known = cards.assign(state="dismissed")
    assert set(views.close_past(known, later, 14)["state"]) == {"dismissed"}
    assert (views.close_past(cards[cards["last"] == LAST], LAST, 14)["state"] == "open").all()
