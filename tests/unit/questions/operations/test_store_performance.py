"""The steps of store_performance on days that can be counted by hand."""

from __future__ import annotations

import dataclasses

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, LEAN, WAIT
from lucky_analytics.estimate import Estimate
from lucky_analytics.models import store_growth
from lucky_analytics.models.watched_days.event_causes import Beside, list_silent_hours
from lucky_analytics.models.watched_days.judged_days import judge_days
from lucky_analytics.models.watched_days.machine_days import add_machines
from lucky_analytics.models.watched_days.store_events import NO_CAUSE, list_events
from lucky_analytics.models.watched_days.store_numbers import load_days, load_stores, query_sales
from lucky_analytics.questions.operations.store_performance import (
    advice,
    lights,
    naive,
    peer_standing,
    steps,
    texts,
    views,
)
from tests import demo_suite
from tests.store_days import LAST, change, make_days, make_stores, watch

N_DAYS = 120
OUTAGE = {"orders": 0.2, "dollars": 0.2}


@pytest.fixture(scope="module")
def quiet():
    return make_days(0, N_DAYS), peer_standing.add_features(make_stores(N_DAYS), LAST, 28)


def look(days, stores, goods=None, special=None, hours=None):
    """What the notebook finds in these days."""
    judged = lights.light_stores(judge_days(watch(days, stores), 4.0))
    none = pd.DataFrame(columns=["store_id", "ds", "start", "end"])
    silent = none if hours is None else list_silent_hours(hours, days)
    listed = list_events(judged, days, Beside(stores, special or {}, silent, goods or {}), 28)
    weeks, _ = store_growth.judge_weeks(days, stores)
    peers = peer_standing.compare_peers(days, stores, 28, 0.95)
    ranks = peer_standing.rank_stores(days, peers, stores, 4, 0.95)
    found = steps.find(judged, listed, weeks, days, ranks, peers)
    return judged, listed, found


# Days of the last four weeks on which a store sells little, each with its own event beside it.
EVENTS = {
    ("s1", 4): ("machines_down", 7.0, "7 of 12 machines down"),
    ("s2", 7): ("sold_out", 16.0, "16 goods sold out; sold out: Milk and Oat milk"),
    ("s4", 10): ("making_seconds", 500.0, "Production time 8.3 minutes"),
    ("s5", 13): ("missed_halves", 12.0, "closed for 360 of 780 planned minutes"),
}
SISTER, SILENT, HOLIDAY, SHARED, BETTER = 15, 18, 20, 22, 25  # days ago


def ago(n):
    return LAST - pd.Timedelta(days=n)


@pytest.fixture(scope="module")
def planted(quiet):
    """One look at days with an outage on the last one, and with what may explain one on days before."""
    days, stores = quiet
    days = change(days, "s3", LAST, **OUTAGE)
    for (store, n), (name, value, _) in EVENTS.items():
        days = change(days, store, ago(n), **OUTAGE)
        days.loc[(days["store_id"] == store) & (days["ds"] == ago(n)), name] = value
    for store, n in (("s6", SISTER), ("s7", SILENT), ("s8", HOLIDAY)):
        days = change(days, store, ago(n), **OUTAGE)
    for place in range(10):
        days = change(days, f"s{place}", ago(SHARED), **OUTAGE)
    days = change(days, "s9", ago(BETTER), orders=2.0, dollars=2.0)
    near = stores["store_id"] == "s9"
    stores = stores.assign(
        opened=stores["opened"].mask(near, ago(SISTER + 5)),
        latitude=stores["latitude"].mask(near, stores["latitude"].iloc[6] + 0.004),
    )
    hours = pd.DataFrame(
        [("s7", ds, hour, 9) for ds in pd.date_range(end=LAST, periods=50) for hour in range(8, 18)
         if not (ds == ago(SILENT) and 11 <= hour < 14)],
        columns=["store_id", "ds", "local_hour", "orders"],
    )  # fmt: skip
    goods = {("s2", ago(7)): ["Milk", "Oat milk"]}
    return look(days, stores, goods, {ago(HOLIDAY): "a holiday"}, hours)


def row_of(planted, store, n):
    listed = planted[1]
    return listed[(listed["store_id"] == store) & (listed["ds"] == ago(n))].iloc[0]


def test_a_day_counts_the_rows_of_its_store():
    suite = demo_suite.suite()
    stores = load_stores(suite)
    days = load_days(suite, stores)
    assert not days.duplicated(["store_id", "ds"]).any()
    sales = query_sales(suite).execute()
    assert days["orders"].sum() == sales["orders"].sum()
    assert days["dollars"].sum() == pytest.approx(sales["revenue"].astype(float).sum() / 100)
    refunds = suite.refunds.execute().merge(suite.orders.filter("is_trading_store").execute(), on="order_id")
    assert days["refunded"].sum() == refunds.groupby(["store_id", "refund_date"])["order_id"].nunique().sum()
    ticket = suite.production.execute()
    own = ticket[ticket["store_id"].isin(stores["store_id"])]
    assert days["tickets"].sum() == len(own) and days["not_made"].sum() == (own["status"] != "done").sum()
    complaints = suite.complaints.execute()
    assert days["complaints"].sum() == complaints["store_id"].isin(stores["store_id"]).sum()
    hours = suite.store_hours.execute()
    one = days.iloc[-1]
    row = hours[(hours["store_id"] == one["store_id"]) & (hours["business_date"] == one["ds"])].iloc[0]
    assert one["planned_minutes"] == row["planned_minutes"] and one["open_hours"] <= 13.0
    late = max((row["opened_at"] - one["opens_at"]).total_seconds(), 0)
    assert late == 0 or one["open_hours"] < 13.0


def test_hours_that_were_cut_count_as_missed_and_shorten_what_orders_are_held_against():
    def cut(hours):
        own = (hours.store_id == "100057") & (hours.business_date == ibis.date(2026, 2, 13))
        early = hours.opened_at + ibis.interval(hours=5)
        return hours.mutate(closed_at=own.ifelse(early, hours.closed_at))

    suite = demo_suite.suite(store_hours=cut)
    days = load_days(suite, load_stores(suite)).set_index(["store_id", "ds"])
    own = days.loc[("100057", LAST)]
    assert own["open_hours"] < 5.01 and own["missed_halves"] >= 15
    closed = demo_suite.suite(
        store_hours=lambda row: row.mutate(opened_at=row.opened_at.nullif(row.opened_at))
    )
    shut = load_days(closed, load_stores(closed))
    assert (shut["open_hours"].dropna() == 0).all()
    assert (shut["missed_minutes"].dropna() == shut["planned_minutes"].dropna()).all()


def test_a_machine_is_down_from_its_failure_to_its_repair():
    ds = pd.date_range("2026-02-10", periods=4)
    days = pd.DataFrame({"store_id": "a", "ds": ds, "opens_at": ds + pd.Timedelta(hours=12),
                         "closes_at": ds + pd.Timedelta(hours=24)})  # fmt: skip
    noon = pd.Timestamp("2026-02-11 12:00")
    lives = pd.DataFrame(
        {"machine_id": ["1", "1", "1", "2"], "store_id": "a", "is_up": [True, False, True, True],
         "start": [ds[0], noon, noon + pd.Timedelta(hours=30), ds[2]],
         "end": [noon, noon + pd.Timedelta(hours=30), pd.NaT, pd.NaT]}
    )  # fmt: skip
    found = add_machines(days, lives)
    assert found["machines"].tolist() == [1.0, 1.0, 2.0, 2.0]
    assert found["machines_down"].tolist() == [0.0, 1.0, 0.0, 0.0]  # of 12 Feb only six hours of twelve
    assert add_machines(days, None)["machines"].isna().all()


@pytest.fixture(scope="module")
def calm_look(quiet):
    return look(*quiet)


def test_where_nothing_happens_nothing_is_off(calm_look, quiet):
    judged, listed, found = calm_look
    assert found.today.empty and found.fallen.empty and found.off.value is None and not found.off_peers
    assert texts.name_finding(found) == "No store was off its own days on 13 Feb"
    made = advice.decide(found, 0.95)
    assert made.strength.word == WAIT and made.worth is None
    assert len(listed) <= 3 and found.n_tiles == 100
    cells = views.show_cells(judged, quiet[1])
    assert len(cells) == 100 and not (cells["state"] == "off").any()
    assert texts.name_grid(found, ["Complaints"]).endswith("not counted: complaints")


def test_an_outage_is_red_and_named_with_its_money(planted, quiet):
    judged, listed, found = planted
    days = quiet[0]
    assert found.today["store_name"].tolist() == ["Store 3"]
    assert texts.name_finding(found) == "Store 3 was off its own days on 13 Feb"
    own = days[(days["store_id"] == "s3") & (days["ds"] == LAST)]["dollars"].iloc[0]
    assert found.off.value == pytest.approx(-0.8 * own, rel=0.25)
    assert found.off.high < 0
    row = listed.iloc[0]
    assert row["cause"] == NO_CAUSE and "Orders an hour" in row["what"] and row["is_worse"]
    made = advice.decide(found, 0.95)
    assert made.action == "look first at Store 3" and made.strength.word == LEAN
    assert made.worth.low > 0 and "no table shows a cause" in made.strength.doubts
    assert "{off_by} against what is usual" in texts.describe_answer(found)
    cells = views.show_cells(judged, quiet[1])
    assert cells["store_name"].iloc[0] == "Store 3" and views.show_grid(cells)["off"].iloc[0] >= 1
    assert views.show_ranges(cells)["state"].iloc[0] == "off"


def test_a_cause_is_named_where_another_table_shows_it(planted):
    for (store, n), (_, _, said) in EVENTS.items():
        assert said in row_of(planted, store, n)["cause"]
    cause = row_of(planted, "s6", SISTER)["cause"]
    assert "Store 9 opened 0.4 km away on" in cause
    assert "no order from 11:00 to 14:00" in row_of(planted, "s7", SILENT)["cause"]
    assert row_of(planted, "s8", HOLIDAY)["cause"] == "the day: a holiday"
    explained = with_today(planted[2], row_of(planted, "s1", 4))
    assert advice.decide(explained, 0.95).strength.word == DO


def test_what_all_stores_share_is_no_single_stores_doing(planted):
    listed = planted[1]
    shared = listed[listed["ds"] == ago(SHARED)]
    assert len(shared) == 10
    assert shared["cause"].str.contains("of 9 other stores: look at what all share").all()
    found = with_today(planted[2], *(row for _, row in shared.iterrows()))
    assert advice.decide(found, 0.95).action == "look at what all stores shared on 13 Feb"
    assert texts.name_finding(found) == "10 of 10 stores were off their own days on 13 Feb"
    two = with_today(planted[2], *(row for _, row in shared.head(2).iterrows()))
    assert texts.name_finding(two).endswith("were off on 13 Feb")


def test_a_better_day_is_listed_and_is_no_ones_fault(planted):
    row = row_of(planted, "s9", BETTER)
    assert not row["is_worse"] and row["off"] > 0
    slow = row_of(planted, "s3", 0).copy()
    slow[["off", "off_low", "off_high"]] = np.nan
    found = with_today(planted[2], slow)
    made = advice.decide(found, 0.95)
    assert made.worth is None and made.strength.word == WAIT and "Null" in texts.note_off(found)


def test_stores_that_fall_slowly_are_told_by_their_weeks(quiet, calm_look):
    days, stores = quiet
    fading = days.copy()
    recent = (fading["store_id"] == "s3") & (fading["ds"] > LAST - pd.Timedelta(days=28))
    fading.loc[recent, ["orders", "dollars"]] *= 0.6
    fading["orders"] = fading["orders"].round()
    grown = store_growth.measure_growth(fading, stores, 4, 0.95)
    calm = without_today(calm_look[2], fallen=grown[grown["moved"] == "fell"].reset_index(drop=True))
    assert calm.fallen["store_name"].tolist() == ["Store 3"]
    assert texts.name_finding(calm) == "No store was off on 13 Feb; Store 3 fell over 4 weeks"
    made = advice.decide(calm, 0.95)
    lost = days[(days["store_id"] == "s3") & (days["ds"] > LAST - pd.Timedelta(days=28))]["dollars"].sum()
    assert made.worth.value == pytest.approx(0.4 * lost / 4, rel=0.2) and made.strength.word == LEAN
    grown = store_growth.measure_growth(fading, stores, 4, 0.95).iloc[0]
    assert (1 + grown["orders_part"]) * (1 + grown["value_part"]) == pytest.approx(1 + grown["change"])
    assert "1 fell more than chance" in texts.name_growth(
        calm, store_growth.measure_growth(fading, stores, 4, 0.95)
    )


def without_today(found, **changes):
    return dataclasses.replace(found, **{"today": found.today.head(0), "off": Estimate(None), **changes})


def with_today(found, *rows):
    """``found`` with these events on its last day."""
    today = pd.DataFrame(rows).reset_index(drop=True)
    return dataclasses.replace(found, today=today, off=steps.add_up(today, 0.95))


def test_comparable_stores_that_fall_together_are_asked_about_as_one(calm_look):
    found = without_today(calm_look[2])
    fell = without_today(found, together=Estimate(-0.15, -0.22, -0.06, level=0.95, n=5))
    assert texts.name_finding(fell).startswith("The oldest stores sold 15 % less over")
    made = advice.decide(fell, 0.95)
    assert made.worth.value == pytest.approx(0.15 * found.before) and made.strength.word == LEAN
    took = dataclasses.replace(fell, taken=Estimate(-0.06, -0.08, -0.03, level=0.95, n=5))
    assert texts.describe_answer(took).endswith("account for {by_sisters}, the rest may be chance.")
    row = {"store_name": "Store 3", "off": -300.0, "off_low": -400.0, "off_high": -200.0}
    off = with_today(took, row)
    assert "new stores" not in texts.describe_answer(fell) + texts.describe_answer(off)
    rose = without_today(found, together=Estimate(0.2, 0.1, 0.3, level=0.95, n=5))
    assert "20 % more" in texts.name_finding(rose) and advice.decide(rose, 0.95).strength.word == WAIT
    alone = without_today(found, together=Estimate(None))
    assert "No store is old enough" in texts.describe_answer(alone)
    young = without_today(found, n_judged=0, n_tiles=0)
    assert "No store is old enough" in texts.name_finding(young)
    assert "no store had the 28 days" in texts.describe_answer(young)
    assert texts.name_grid(young, []) == "No number of any store can be judged yet"


def test_comparable_stores_have_sold_in_every_week_and_were_open_before(quiet):
    days, stores = quiet
    assert len(store_growth.find_comparable(days, stores, 4, 8)) == 10
    young = stores.assign(
        opened=stores["opened"].mask(stores["store_id"] == "s1", LAST - pd.Timedelta(days=80))
    )
    assert "s1" not in store_growth.find_comparable(days, young, 4, 8)
    assert "s1" in store_growth.find_comparable(days, young, 4)
    shut = days.assign(
        dollars=days["dollars"].where(
            (days["store_id"] != "s2") | (days["ds"] < LAST - pd.Timedelta(days=10)), 0.0
        )
    )
    assert "s2" not in store_growth.find_comparable(shut, stores, 4)
    assert store_growth.measure_together(days, [], 4, 0.95).value is None
    moved = store_growth.measure_growth(shut, stores, 4, 0.95).set_index("store_id")["moved"]
    assert moved["s2"] == "too young" and (moved.drop("s2") == "no more than chance").all()


def test_ranks_say_how_far_they_can_be_told(quiet):
    days, stores = quiet
    peers = peer_standing.compare_peers(days, stores, 28, 0.95)
    ranks = peer_standing.rank_stores(days, peers, stores, 4, 0.95)
    n_sure, n_pairs = peer_standing.count_sure_pairs(ranks["n_sure"])
    assert n_pairs == 45 and 10 < n_sure <= 45  # levels differ by 30 %, weeks by 3 %
    assert peer_standing.count_sure_pairs(ranks["own_n_sure"])[0] < n_sure
    assert ranks["own_rank"].tolist() == sorted(ranks["own_rank"])
    rate = (
        days[days["ds"] > LAST - pd.Timedelta(days=28)].groupby("store_id")[["dollars", "open_hours"]].sum()
    )
    best = (rate["dollars"] / rate["open_hours"]).idxmax()
    assert ranks.set_index("store_id").loc[best, "rank"] == 1
    one = peer_standing.rank_stores(days[days["store_id"] == "s1"], peers, stores, 4, 0.95)
    assert one["rank"].isna().all()


def test_age_and_sisters_are_what_peers_are_compared_at():
    stores = make_stores(200, 3)
    stores["opened"] = [LAST - pd.Timedelta(days=ago) for ago in (199, 27, 6)]
    found = peer_standing.add_features(stores, LAST, 28)
    assert found["weeks_open"].tolist() == pytest.approx([200 / 7, 4.0, 1.0])
    assert np.exp(found["age"]).tolist() == pytest.approx([186 / 7, 2.0, 0.5])
    assert found["nearest_km"].iloc[0] == pytest.approx(2.22, abs=0.01)
    lost = peer_standing.add_features(stores.assign(latitude=np.nan), LAST, 28)
    assert lost["sisters"].isna().all() and lost["nearest_km"].isna().all()
    alone = peer_standing.add_features(stores.head(1), LAST, 28)
    assert alone["sisters"].tolist() == [0.0] and alone["nearest_km"].isna().all()


def test_a_plain_dashboard_alarms_far_more_often_where_nothing_happens(quiet, calm_look):
    days, judged = quiet[0], calm_look[0]
    plain = naive.flag_two_sd(days)
    rules = naive.count_alarms(judged, plain, 28)
    assert rules["days_off"].iloc[1] >= 27 and rules["days_off"].iloc[0] <= 4
    own = days[(days["store_id"] == "s1")].set_index("ds")["orders"] / 13.0
    before = own.iloc[-29:-1]
    expected = abs(own.iloc[-1] - before.mean()) > 2 * before.std()
    found = plain[(plain["store_id"] == "s1") & (plain["ds"] == LAST) & (plain["kpi"] == "orders_hour")]
    assert found["is_alarm"].tolist() == [expected]
    counts = views.count_by_day(judged, plain, 28)
    assert counts.groupby("rule")["ds"].nunique().tolist() == [28, 28]
    assert texts.name_rules(rules).startswith("A plain dashboard would have alarmed on")


def test_a_store_worse_than_its_peers_is_named(quiet):
    days, stores = quiet
    slow = days.assign(making_seconds=days["making_seconds"].where(days["store_id"] != "s3", 900.0))
    peers = peer_standing.compare_peers(slow, stores, 28, 0.95)
    off = peers[peers["is_off"]]
    assert off[["store_name", "kpi", "side"]].to_numpy().tolist() == [["Store 3", "making", "worse"]]
    shown = views.show_peers(peers)
    assert shown.iloc[0]["verdict"] == "worse than its peers" and shown.iloc[0]["unit"] == "minutes"
    fast = days.assign(making_seconds=days["making_seconds"].where(days["store_id"] != "s3", 20.0))
    assert "better than its peers" in set(
        views.show_peers(peer_standing.compare_peers(fast, stores, 28, 0.95))["verdict"]
    )


def test_the_only_store_with_a_rare_event_is_no_odd_one_out(quiet):
    days, stores = quiet
    rare = days.assign(missed_halves=0.0)
    rare.loc[(rare["store_id"] == "s3") & (rare["ds"] == LAST), "missed_halves"] = 1.0
    assert not peer_standing.compare_peers(rare, stores, 28, 0.95)["is_off"].any()
    rare.loc[(rare["store_id"] == "s3") & (rare["ds"] > ago(10)), "missed_halves"] = 12.0
    off = peer_standing.compare_peers(rare, stores, 28, 0.95).query("is_off")
    assert off[["store_name", "kpi"]].to_numpy().tolist() == [["Store 3", "hours_kept"]]


def test_one_store_and_a_zero_day_are_judged(quiet):
    days = quiet[0]
    one, stores = days[days["store_id"] == "s0"], make_stores(N_DAYS, 1)
    judged, _, found = look(one, peer_standing.add_features(stores, LAST, 28))
    assert found.n_pairs == 0 and texts.name_ranks(found) == "Too few stores to compare at one age and place"
    nothing = change(one, "s0", LAST, orders=0.0, dollars=0.0, tickets=0.0, not_made=0.0)
    listed = look(nothing, peer_standing.add_features(stores, LAST, 28))[1]
    assert listed.iloc[0]["is_worse"] and listed.iloc[0]["off"] < 0
    assert judged["ds"].max() == LAST


def test_names_that_look_like_markup_stay_text(planted):
    row = row_of(planted, "s3", 0).copy()
    row["store_name"] = "<b>Grand</b>"
    assert "<b>Grand</b> was off" in texts.name_finding(with_today(planted[2], row))
