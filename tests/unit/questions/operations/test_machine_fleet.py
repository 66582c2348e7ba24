"""The steps of machine_fleet on lives and cups that can be counted by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import IDLE, say_strength
from lucky_analytics.estimate import Estimate
from lucky_analytics.models.watched_days import store_numbers
from lucky_analytics.questions.operations.machine_fleet import (
    advice,
    capacity,
    failures_ahead,
    lives,
    plans,
    steps,
    texts,
    velocity,
    views,
)
from tests import demo_suite
from tests.fleet_world import START, draw_fleet


@pytest.fixture(scope="module")
def fleet():
    return draw_fleet(5, n=60, n_days=120)


@pytest.fixture(scope="module")
def outlook(fleet):
    return failures_ahead.look_ahead(lives.see(fleet), 30, 400)


def test_lives_of_the_estate_are_those_of_a_loop_over_its_events():
    suite = demo_suite.suite()
    found = lives.load_fleet(suite)
    events = suite.device_events.execute().sort_values(["machine_id", "happened_at", "event_id"])
    last = events.groupby("machine_id")["kind"].last()
    named = {"installed": "in service", "repaired": "in service", "failed": "waiting for repair"}
    own = found.machines.set_index("machine_id")
    at_work = own["state"].replace({"online": "in service", "offline": "in service"})
    assert (at_work == last.map(named).fillna("decommissioned")[own.index]).all()
    assert found.n_all == 216 and found.n_all - found.n_other == len(own) and found.is_now
    counts = events.groupby(["machine_id", "kind"]).size().unstack(fill_value=0)
    assert (own["n_failed"] == counts["failed"][own.index]).all()
    seen = lives.see(found)
    assert seen.spells.failed.sum() == (events["kind"] == "failed").sum()
    assert len(seen.repairs) == (events["kind"] == "repaired").sum()
    assert len(seen.rows) == len(found.standing) and seen.n_out == (last == "decommissioned").sum()
    assert seen.standing.is_up.sum() == steps.count_states(views.add_states(found, None, None))["working"]


def test_an_earlier_day_knows_no_later_event_and_not_who_was_in_touch():
    now, then = (lives.load_fleet(demo_suite.suite(as_of)) for as_of in (None, "2025-11-30"))
    assert not then.is_now and set(then.machines["state"]) <= {
        "in service",
        "waiting for repair",
        "decommissioned",
    }
    cut = pd.Timestamp("2025-12-01 05:00")
    back, own = lives.see(now, cut), lives.see(then)
    assert back.spells.failed.sum() == own.spells.failed.sum() and len(back.rows) == len(own.rows)
    assert np.sort(back.standing.days) == pytest.approx(np.sort(own.standing.days))
    assert lives.load_fleet(demo_suite.suite("2025-06-01")) is None


def test_days_of_sales_alone_are_those_of_the_page_on_stores_and_nothing_else():
    suite = demo_suite.suite()
    stores = store_numbers.load_stores(suite)
    every, own = store_numbers.load_days(suite, stores), steps.load_days(suite, stores)
    same = ["store_id", "ds", "orders", "dollars", "open_hours", "opens_at"]
    pd.testing.assert_frame_equal(every[same], own[same])
    assert own["tickets"].isna().all() and own["making_seconds"].isna().all() and every["tickets"].sum() > 0
    assert own["machines_down"].sum() > 0


def test_failures_are_counted_between_two_moments(fleet):
    ends = fleet.stretches[fleet.stretches["ended_by"] == "failed"]["end"]
    half = START + pd.Timedelta(days=60)
    first, second = (failures_ahead.count_failed(fleet, *span) for span in ((START, half), (half, fleet.cut)))
    assert first == (ends < half).sum() and first + second == len(ends) and 0 < first < len(ends)
    own = fleet.stretches[(fleet.stretches["machine"] == 3) & (fleet.stretches["ended_by"] == "failed")]
    assert failures_ahead.count_failed(fleet, START, fleet.cut, np.array([3])) == len(own)


def test_the_forecast_is_tried_on_days_gone_by_from_what_was_known_then(fleet):
    tried = failures_ahead.try_back(fleet, 30, 0.9)
    assert len(tried) == 2  # the first 45 days are too few
    later = fleet.stretches.copy()
    begin = tried["origin"].iloc[1] + pd.Timedelta(days=1)
    is_later = later["end"] > begin
    later.loc[is_later & (later["ended_by"] == "failed"), "ended_by"] = ""
    other = failures_ahead.try_back(dataclasses.replace(fleet, stretches=later), 30, 0.9)
    assert other["expected"].iloc[1] == tried["expected"].iloc[1] and other["came"].iloc[1] == 0
    young = dataclasses.replace(fleet, cut=START + pd.Timedelta(days=50))
    assert failures_ahead.try_back(young, 30, 0.9).empty


def test_nothing_is_foretold_from_four_failures():
    quiet = draw_fleet(1, rates=1e-6, n=20)
    assert failures_ahead.look_ahead(lives.see(quiet), 30) is None
    assert failures_ahead.try_back(quiet, 30, 0.9).empty


def test_days_at_work_are_whole_ones_of_the_store_s_clock(fleet):
    days = pd.date_range("2025-06-30", periods=120)  # the lives begin at midnight in New York
    whole, some = (velocity.mark_days(fleet, days, whole=whole) for whole in (True, False))
    for machine in range(10):
        own = fleet.stretches[(fleet.stretches["machine"] == machine) & fleet.stretches["is_up"]]
        for day, at in enumerate(days + pd.Timedelta(hours=4)):
            inside = ((own["start"] < at) & (own["end"] >= at + pd.Timedelta(days=1))).any()
            touched = ((own["start"] < at + pd.Timedelta(days=1)) & (own["end"] >= at)).any()
            assert whole[machine, day] == inside or day == 0 or own["start"].isin([at]).any()
            assert some[machine, day] >= touched and (not whole[machine, day] or some[machine, day])


def make_cups(fleet, per_day=30.0, change=1.0, seed=1):
    """Cups of every whole day at work, the first machine's changed in the last 14 days."""
    days = pd.date_range("2025-06-30", periods=120)
    whole = velocity.mark_days(fleet, days)
    counts = np.random.default_rng(seed).poisson(per_day, whole.shape) * whole.astype(float)
    first = next(row for row in fleet.standing.index if whole[row, -42:].all())
    counts[first, -14:] = np.round(counts[first, -14:] * change)
    return velocity.Cups(days, counts, 40.0 * counts, 2.0 * whole, whole), first


def hours_of(fleet, cups):
    stores = fleet.machines["store_id"].unique()
    rows = [(store, day, 13.0) for store in stores for day in cups.days]
    return pd.DataFrame(rows, columns=["store_id", "ds", "open_hours"])


def judge(fleet, cups):
    return velocity.judge_drops(cups, fleet, hours_of(fleet, cups), 14, 0.2, 4.0, 0.9)


@pytest.fixture(scope="module")
def steady():
    return draw_fleet(5, n=60, n_days=120, rates=0.05)


def test_a_machine_that_pours_less_is_flagged_and_what_it_pours_is_counted(steady):
    cups, first = make_cups(steady, change=0.6)
    found = judge(steady, cups).set_index("machine")
    assert found["is_drop"].sum() == 1 and found.at[first, "is_drop"] and found.at[first, "is_naive"]
    assert found.at[first, "recent"] == pytest.approx(cups.counts[first, -14:].sum() / 14 / 13)
    assert found.at[first, "before"] == pytest.approx(cups.counts[first, -42:-14].sum() / 28 / 13)
    assert found.at[first, "busy"] == pytest.approx(found.at[first, "recent"] * 40 / 3600)
    shown = views.add_states(steady, cups, judge(steady, cups))["shown"]
    assert shown[first] == views.LESS and (shown == views.LESS).sum() == 1


def test_all_pour_less_together_and_none_is_flagged(steady):
    cups, _ = make_cups(steady)
    half = cups.counts.copy()
    half[:, -14:] = np.random.default_rng(2).binomial(half[:, -14:].astype(int), 0.5)
    found = judge(steady, cups._replace(counts=half))
    assert not found["is_drop"].any() and found["is_naive"].sum() > 40


def test_a_machine_that_pours_nothing_is_told(steady):
    cups, first = make_cups(steady)
    counts, rinses = cups.counts.copy(), cups.rinses.copy()
    counts[first, -4:] = rinses[first, -4:] = 0.0
    shown = views.add_states(steady, cups._replace(counts=counts, rinses=rinses), None)["shown"]
    assert shown[first] == views.SILENT and (shown == views.SILENT).sum() == 1
    rinsed = views.add_states(steady, cups._replace(counts=counts), None)["shown"]
    assert rinsed[first] != views.SILENT


def test_cups_since_service_are_those_of_its_last_stretch(steady):
    cups, _ = make_cups(steady)
    since = velocity.sum_since(cups, steady)
    up = steady.stretches[steady.stretches["is_up"]].groupby("machine").tail(1).set_index("machine")
    for machine in range(20):
        begin = max((up.at[machine, "start"] - pd.Timedelta("4h")).normalize(), cups.days[0])
        own = cups.days >= begin
        assert since[machine] == (cups.counts + cups.rinses)[machine][own].sum()


def hours_at(peak, fleet):
    """Cups of an hour each day: ``peak`` for each store, of its first machine."""
    own = fleet.standing.groupby("store_id")["machine_id"].first()
    days = pd.date_range(fleet.cut.normalize() - pd.Timedelta(weeks=8), periods=56)
    rows = [
        (store, machine, day, 9, float(peak), 40.0 * peak) for store, machine in own.items() for day in days
    ]
    return pd.DataFrame(rows, columns=["store_id", "machine_id", "ds", "at", "cups", "seconds"])


def risk_at(peak, fleet, outlook, pace=10.0, n_days=30):
    hours = hours_at(peak, fleet)
    days = hours.groupby(["store_id", "ds"]).size().reset_index()[["store_id", "ds"]].assign(dollars=700.0)
    return capacity.risk_stores(fleet, outlook, hours, days, capacity.Pace(pace, 90.0), n_days, 0.9)


def test_sales_are_at_risk_only_where_those_left_cannot_pour_the_busy_hour(fleet, outlook):
    none, some = risk_at(8, fleet, outlook), risk_at(55, fleet, outlook)
    assert none.total.value == none.at_best < 20 and (none.stores["needed"] == 1).all()  # all down at once
    assert some.total.value > 0 and (some.stores["needed"] == 6).all()
    assert some.at_best < some.total.value / 100
    worst = some.stores.sort_values("loss").iloc[-1]
    assert worst["low"] <= worst["loss"] <= worst["high"]
    most = 700.0 * 30  # a store cannot lose more than it sells
    assert (some.stores["loss"] <= most).all()
    assert risk_at(55, fleet, None).total.value is None


def test_a_plain_loop_prices_the_loss():
    hours, price = np.array([4.0, 12.0, 31.0]), 2.5
    expected = [sum(max(cups - 9 * n, 0) for cups in hours) * price for n in range(5)]
    assert capacity.price_loss(hours, 9.0, 4, price).tolist() == pytest.approx(expected)


def test_what_a_down_hour_cost_needs_days_with_machines_down():
    days = pd.DataFrame({"store_id": "a", "ds": pd.date_range("2026-01-01", periods=30), "dollars": 900.0,
                         "open_hours": 12.0, "machines_down": 0.0})  # fmt: skip
    assert capacity.measure_down_hour(days, 0.9).value is None
    assert capacity.measure_down_hour(days.assign(machines_down=np.nan), 0.9).value is None


def test_visits_in_rounds_are_fewer_and_waiting_machines_ask_for_one(fleet, outlook):
    stores = fleet.machines["store_id"].to_numpy()
    each, rounds = plans.count_visits(outlook, stores, 30, 0.9)
    waits = (~outlook.seen.standing.is_up).sum()
    assert each.value == pytest.approx(outlook.ahead.failures.sum(axis=1).mean() + waits)
    assert rounds.value < each.value and rounds.value <= 10 * 5


def test_ranks_follow_the_chance_to_fail_and_say_how_little_is_sure(fleet, outlook):
    types = plans.compare_types(fleet, outlook.rates, 4.0, 0.9)
    ranked = plans.rank_machines(fleet, outlook, types, Estimate(200.0), 5000.0, 30, 4.0, 0.9)
    assert ranked["p_fail"].is_monotonic_decreasing and ranked["p_fail"].between(0, 1).all()
    assert (ranked["p_low"] <= ranked["p_fail"]).all() and (ranked["p_fail"] <= ranked["p_high"]).all()
    assert (ranked["best"] <= ranked["last"]).all() and ranked["last"].max() <= len(outlook.seen.rows)
    assert (ranked["soon"] <= ranked["half_by"].fillna(999)).all()
    dear = plans.rank_machines(fleet, outlook, types, Estimate(400.0), 5000.0, 30, 4.0, 0.9)
    assert dear["saving"].to_numpy() == pytest.approx(2 * ranked["saving"].to_numpy())
    assert plans.rank_machines(fleet, outlook, types, Estimate(None), 5e3, 30, 4.0, 0.9)["years"].isna().all()


def test_types_are_counted_and_the_one_that_fails_most_is_named():
    bad = draw_fleet(3, n=190, rates=np.where(np.arange(14) == 4, 1.2, 0.2))
    outlook = failures_ahead.look_ahead(lives.see(bad), 30, 400)
    types = plans.compare_types(bad, outlook.rates, 4.0, 0.9)
    assert types["machine_type"].iloc[0] == "type 04" and types["is_odd"].iloc[0]
    assert types["failures"].sum() == bad.machines["n_failed"].sum() and types["ever"].sum() == 190
    assert "type 04 fails most often" in texts.describe_types(types)
    alike = draw_fleet(3, n=190, rates=0.25)
    outlook = failures_ahead.look_ahead(lives.see(alike), 30, 400)
    assert not plans.compare_types(alike, outlook.rates, 4.0, 0.9)["is_odd"].any()


def test_spares_last_as_often_as_asked(fleet, outlook):
    few, many = (plans.list_spares(fleet, outlook, enough, 0.9) for enough in (0.5, 0.99))
    assert (
        few["spares"].sum() < many["spares"].sum() and many.attrs["p_all"] >= 0.99 > 0.5 <= few.attrs["p_all"]
    )
    assert many.attrs["shared"] <= many["spares"].sum() and few["standing"].sum() == len(outlook.seen.rows)


def states_of(fleet, **shown):
    own = views.add_states(fleet, None, None)
    for machine, state in shown.items():
        own.loc[int(machine[1:]), "shown"] = state
    return own


def test_the_decision_follows_the_numbers(fleet, outlook):
    calm, repair = risk_at(8, fleet, outlook), Estimate(200.0)
    states = states_of(fleet)

    def decide(states=states, risk=calm, repair=repair, pays=0):
        return advice.decide(states, risk, repair, pays, 1.0, 0.9)

    assert say_strength(decide().record) == IDLE and "order no spare" in decide().action
    first = int(fleet.standing.index[0])
    odd = decide(states_of(fleet, **{f"m{first}": views.LESS}))
    assert odd.strength.word == "lean" and fleet.machines.at[first, "serial"] in odd.action
    unknown = decide(risk=None)
    assert unknown.strength.word == "do not decide on this yet"
    bare = decide(risk=calm._replace(total=Estimate(None)))
    assert bare.strength.word == "do not decide on this yet"
    unsure = calm._replace(total=Estimate(300.0, 0.0, 900.0, level=0.9, n=10))
    assert decide(risk=unsure).strength.word != "do" and "no spare yet" in decide(risk=unsure).action
    sure = calm._replace(total=Estimate(900.0, 500.0, 1300.0, level=0.9, n=10))
    assert "keep a spare" in decide(risk=sure).action and decide(risk=sure).strength.word == "lean"
    short = sure.stores.assign(working=sure.stores["machines"] - 1, spare=-1.0)
    assert "repair the machine that waits" in decide(risk=sure._replace(stores=short)).action


def test_the_title_is_no_stronger_than_the_numbers(fleet, outlook):
    failures = Estimate(28.0, 19.0, 37.0, level=0.9, n=60)
    risk = risk_at(8, fleet, outlook)._replace(total=Estimate(0.0, 0.0, 0.0, level=0.9, n=10))
    assert (
        texts.name_finding(0, failures, risk, 30)
        == "19 to 37 failures in 30 days, and no store is short for it"
    )
    some = risk._replace(total=Estimate(20.0, 0.0, 88.0, level=0.9))
    assert texts.name_finding(0, failures, some, 30).endswith("at most $88 of sales at risk")
    assert "expected" in texts.name_finding(0, failures, None, 30)
    assert texts.name_finding(2, failures, risk, 30).startswith("2 machines pour less of their")
    assert "Too few" in texts.name_finding(0, Estimate(None), risk, 30)


def test_no_figure_s_words_claim_a_fall_that_is_none():
    drops = pd.DataFrame({"ratio": [0.9, np.nan], "is_drop": [False, False], "is_naive": [True, False]})
    assert texts.describe_drops(drops, 0.2).startswith("No machine fell by more than 20 %")
    assert "days enough" in texts.describe_drops(drops.assign(ratio=np.nan), 0.2)
    assert texts.describe_drops(drops.assign(is_drop=[True, False]), 0.2).startswith("1 machine fell")
