"""Plans of shifts in a world by hand: what they serve, what they cost, what the page makes of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import DO, LEAN, WAIT
from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.queues.erlang_c import estimate_service_level, find_servers
from lucky_analytics.methods.scheduling.shift_assignment import Rules
from lucky_analytics.models.order_demand import SLOTS
from lucky_analytics.questions.operations.staffing import (
    advice,
    crew,
    past_weeks,
    staffing_answer,
    staffing_plan,
    staffing_prepared,
    staffing_what_if,
    steps,
    terms_texts,
    texts,
    views,
    workweek,
)
from lucky_analytics.questions.operations.staffing.notice import Notice
from lucky_analytics.reference.fair_workweek import load_fair_workweek
from tests.staffing_world import AS_OF, TERMS, count_even, make_people, make_prepared, make_shifts

NO_RELIEF = Estimate(-0.005, -0.012, 0.002, level=0.9, n=9)


@pytest.fixture(scope="module")
def prepared():
    return make_prepared()


@pytest.fixture(scope="module")
def found(prepared):
    return steps.find(prepared, TERMS)


def test_heads_are_erlangs_for_the_rate_that_is_planned_for(prepared):
    need = staffing_plan.find_need(prepared.ahead, TERMS, 0.8)
    rate = staffing_plan.take_rate(prepared.ahead.mean, prepared.ahead.spread, 0.8)[0, 2, 18]
    assert need.planned[0, 2, 18] == find_servers(rate / 1_800 * 55, 55.0, 0.8, 60.0)
    assert (need.planned >= need.expected).all() and (need.planned[0, :, :13] == 0).all()
    fewer = staffing_plan.aim_heads(need.planned, replace(TERMS, more_heads=-1))
    assert (
        fewer[0, 2, 18] == need.planned[0, 2, 18] - 1 and fewer[0, 2, 14] == 1 and not fewer[0, :, :13].any()
    )
    busier = staffing_plan.find_need(prepared.ahead, replace(TERMS, orders=1.5), 0.8)
    assert busier.planned.sum() > need.planned.sum()


def test_lights_and_late_orders():
    need = staffing_plan.Need(np.array([3, 3, 3, 0]), np.array([2, 2, 2, 0]))
    assert staffing_plan.light(np.array([1, 2, 3, 1]), need).tolist() == [0, 1, 2, -1]
    late = staffing_plan.count_late(np.array([10.0, 10.0, 60.0]), np.array([1, 0, 1]), TERMS)
    assert late[0] == pytest.approx(10 * (1 - estimate_service_level(10 / 1_800 * 55, 1, 55.0, 60.0)))
    assert late[1:].tolist() == [10.0, 60.0]


def test_a_plan_covers_what_is_needed_in_shifts_that_may_be(prepared):
    need = staffing_plan.find_need(prepared.ahead, TERMS, 0.8).planned[0]
    orders, staffed = prepared.ahead.mean[0], prepared.ahead.staffed[0]
    plan = staffing_plan.plan_store(need, orders, staffed, TERMS)
    heads = np.zeros((7, SLOTS), int)
    for shift in plan.shifts.itertuples():
        heads[shift.day, shift.start : shift.end] += 1
        assert 8 <= shift.end - shift.start <= 16
    assert (heads == plan.heads).all() and (heads >= need).all() and plan.short == 0
    assert plan.hours == heads.sum() / 2
    few = staffing_plan.plan_store(need, orders, staffed, TERMS, most_hours=110.0)
    assert few.hours <= 110 and few.short > 0 and (few.heads[staffed] >= 1).all()


def test_the_same_hours_at_the_peaks_serve_more(found):
    for each in found.planned:
        assert each.is_within and each.plan.hours <= 126 and each.late_plan < 0.8 * each.late_today
        assert (each.today == count_even()).all()
    assert found.trial.gain.low > 1 and found.red_plan.value < found.red_today.value
    assert (found.trial.weeks["late_plan"] < found.trial.weeks["late_today"]).all()
    assert found.gap <= TERMS.gap + 1e-9
    eases = Estimate(-0.1, -0.15, -0.05, level=0.9, n=9)
    assert texts.name_finding(found, eases) == "Shifts moved to the peaks would serve more orders in time"
    # Where nobody saw that another person shortens making, nothing speaks for the plan: it is withdrawn.
    assert texts.name_finding(found, NO_RELIEF).startswith("We have no proof that other shifts")
    assert texts.name_finding(found, NO_RELIEF, "21st & 3rd") == "21st & 3rd: no proof for other shifts"
    assert texts.name_finding(found, Estimate(None)).startswith("No table shows")
    assert "changed by {relief}: no sign" in texts.describe_answer(found, NO_RELIEF)
    assert texts.describe_answer(found, Estimate(None)).startswith("No table shows")
    assert "no plan is printed" not in texts.describe_answer(found, eases)
    made = advice.decide(found.trial, NO_RELIEF, found.notice, cost=found.cost)
    assert made.strength.word == WAIT and not made.on and "keep last week's rosters" in made.action
    assert not made.trials and made.worth is None and "Only a formula" in made.because
    assert "nobody can work" in texts.name_finding(replace(found, missed=("a: nobody can open",)), eases)
    eased = advice.decide(found.trial, Estimate(-0.1, -0.15, -0.05, level=0.9, n=9), found.notice, cost=0.0)
    assert eased.strength.word == LEAN and "timed" in eased.strength.doubts[0]
    assert eased.on == {"times of shifts": "move to the peaks"}
    assert [trial.lever for trial in eased.trials] == ["crew"]
    lame = advice.decide(found.trial, eases, found.notice, cost=0.0, missed=["21st & 3rd: nobody can open"])
    assert lame.strength.word == WAIT and "21st & 3rd: nobody can open" in lame.because
    assert not lame.trials and not lame.on and "try the plan" not in lame.action


def test_the_same_service_takes_fewer_hours_and_the_target_its_own(found):
    same = found.same
    assert (same["hours"] <= same["paid"]).all() and (same["hours"] >= same["fewest"]).all()
    assert (same["hours_low"] <= same["hours"]).all() and (same["hours"] <= same["hours_high"]).all()
    assert 0 < found.trial.saving.value < 0.3
    assert found.target.low < found.target.value < found.target.high


def test_rosters_that_follow_demand_leave_nothing_to_say():
    planned = make_prepared(seed=3, n_stores=1, planned=True)
    quiet = steps.find(planned, TERMS)
    assert quiet.trial.gain.low < texts.LEAST_GAIN
    made = advice.decide(quiet.trial, NO_RELIEF, quiet.notice, cost=quiet.cost)
    assert made.strength.word == WAIT and made.worth is None
    assert not texts.name_finding(quiet, NO_RELIEF).startswith("Shifts moved")


FULL = pytest.mark.full


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("heads", marks=FULL),
        pytest.param("y", marks=FULL),
        "mean",
        pytest.param("paid", marks=FULL),
    ],
)
def test_headlines_follow_the_rows(prepared, found, change):
    prepared = staffing_prepared.narrow(prepared, "0")
    found = steps.find(prepared, TERMS) if change in ("y", "mean") else found

    def half(week):
        return replace(week, **{change: (getattr(week, change) * (2 if change == "heads" else 0.5)).astype(
            getattr(week, change).dtype)})  # fmt: skip

    other = replace(
        prepared,
        ahead=half(prepared.ahead),
        past=tuple(map(half, prepared.past)),
        told=tuple(map(half, prepared.told)),
    )
    after = steps.find(other, TERMS)
    if change == "heads":
        assert (
            after.red_today.value < found.red_today.value and after.trial.gain.value < found.trial.gain.value
        )
    elif change == "y":
        assert after.trial.weeks["orders"].sum() == pytest.approx(found.trial.weeks["orders"].sum() / 2)
    elif change == "mean":
        assert after.red_today.value < found.red_today.value and after.target.value < found.target.value
    else:  # too few hours to have somebody there at all times
        assert after.n_thin == 1 and after.trial.gain.value is None
        assert texts.name_finding(after, NO_RELIEF) == "Rosters have too few hours to staff the opening times"
        assert advice.decide(after.trial, NO_RELIEF, after.notice, cost=after.cost).strength.word == WAIT


def test_people_keep_their_rules_and_skills(prepared, found):
    assert not any(staffing_answer.check_rest(found.planned, prepared).values())
    assert found.n_open == 0 and found.missed == ()
    closers = prepared.people.assign(can_close=prepared.people["label"] == "employee 4", can_open=False)
    one = staffing_answer.answer_store(prepared, "0", TERMS, closers)
    last = one.plan.shifts.groupby("day")["end"].transform("max") == one.plan.shifts["end"]
    days = {int(one.plan.shifts["day"][k]) for k in np.flatnonzero(last) if one.who.person[k] == 3}
    assert len(days) == 5 and "nobody can open" in one.who.missed
    assert sum("nobody can close" in name for name in one.who.missed) == 2


def test_somebody_who_is_away_does_not_work(prepared):
    away = crew.read_away(["Store 0; 1; Sat", "Store 0; 1; Sun"], prepared.people, prepared.stores)
    one = staffing_answer.answer_store(prepared, "0", TERMS, away)
    weekend = one.plan.shifts["day"].isin([0, 1]).to_numpy()
    assert (one.who.person[weekend] != 0).all()
    for said in ("Store 9; 1; Sat", "Store 0; 99; Sat", "Store 0; 1; Caturday", "nonsense"):
        with pytest.raises(ParameterError, match="weekday"):
            crew.read_away([said], prepared.people, prepared.stores)


def test_wages_of_a_week_have_overtime_beyond_forty_hours():
    days = pd.date_range("2026-02-02", periods=6)
    shifts = pd.DataFrame({"shift_id": list("abcdef"), "employee_id": "x", "store_id": "0", "date": days,
                           "begins": 420, "ends": 900})  # fmt: skip
    wages = pd.DataFrame({"employee_id": ["x", "x"], "hour_cents": [1_000, 2_000],
                          "start_date": pd.to_datetime(["2025-01-01", "2026-02-07"]),
                          "next_date": pd.to_datetime(["2026-02-07", None])})  # fmt: skip
    stores = pd.DataFrame({"store_id": ["0", "1"]})
    hours, cents = crew.pay_people(shifts, wages, stores, Rules())
    assert hours.tolist() == [48.0, 0.0]
    assert cents[0] == pytest.approx((40 * 1_000 + 8 * 2_000) * (1 + 8 / 48 * 0.5))
    assert crew.pay_people(shifts.head(5), wages, stores, Rules())[1][0] == 40 * 1_000


def test_fair_workweek_prices_call_ins_short_rests_and_late_changes(prepared, found):
    rules, shifts = load_fair_workweek(), make_shifts()
    shifts.loc[3, ["begins", "ends"]] = [870, 1_230]  # closes at half past eight, opens the next day
    premiums = workweek.count_premiums(shifts, rules)
    sums = premiums.groupby("kind")[["n", "cents"]].sum()
    assert sums.loc["called in"].tolist() == [5, 7_500] and sums.loc["told late", "n"] == 0
    assert sums.loc["too short a rest"].tolist() == [1, 10_000]
    week = workweek.estimate_week(premiums)
    assert week.value == 15.0 and week.n == 4
    late = workweek.count_premiums(shifts.assign(notice_days=10.0, status="worked"), rules)
    assert late.loc[late["kind"] == "told late", "cents"].sum() == 1_000 * len(shifts)
    change = workweek.price_change(found.planned, prepared, rules)
    assert (change["moved"] + change["added"] + change["cut"] > 0).all()
    kept = [
        replace(
            each,
            plan=replace(
                each.plan,
                shifts=prepared.roster.loc[
                    prepared.roster["store_id"] == each.store_id, ["day", "start", "end"]
                ]
                .astype(int)
                .reset_index(drop=True),
            ),
        )
        for each in found.planned
    ]
    assert (
        workweek.price_change(kept, prepared, rules)[["moved", "added", "cut", "cents"]].to_numpy().sum() == 0
    )


def test_the_law_is_said_to_bind_from_thirty_stores_on(prepared, found):
    rules, week = load_fair_workweek(), Estimate(100.0, 50.0, 150.0, level=0.9, n=4)
    change = workweek.price_change(found.planned, prepared, rules)
    assert "does not bind yet: 2 stores" in terms_texts.say_binding(prepared, rules, week, change)
    assert "binds from 30" in terms_texts.say_binding(replace(prepared, n_stores=30), rules, week, change)


def test_the_frames_of_the_page(prepared, found):
    grid = views.show_grid(found.planned, prepared)
    assert len(grid) == 2 * 7 * 28 and set(grid["light_today"]) <= set(staffing_plan.STATES)
    shifts = views.show_shifts(found.planned, prepared)
    assert shifts["hours"].sum() == sum(each.plan.hours for each in found.planned)
    assert shifts["who"].str.fullmatch(r"employee \d+|open").all()
    people = views.show_crew(found.planned, prepared)
    assert people["hours"].sum() == shifts["hours"].sum() and len(people) == 18
    stores = views.show_stores(found.planned, prepared, found.same)
    assert stores["verdict"].tolist() == ["hours at the wrong times"] * 2
    lights = views.show_lights(found.planned, prepared)
    assert lights["days"].max() <= 7
    assert lights.loc[lights["which"] == "the plan", "days"].sum() == sum(
        (each.lights_plan == 0).sum() for each in found.planned
    )
    assert views.show_profile(found.planned, prepared)["hour"].between(6.5, 20).all()


def test_terms_are_half_way_between_the_bounds_unless_said(prepared):
    assert prepared.hands.bounds == (35.0, 90.0)
    assert steps.choose_terms(prepared).hands == round(np.sqrt(35 * 90))
    said = steps.choose_terms(prepared, 70.0, shortest_hours=5, longest_hours=6)
    assert (said.hands, said.shortest, said.longest) == (70.0, 10, 12)
    with pytest.raises(ParameterError, match="shortest_hours: expected at most longest_hours, 3, got 5"):
        steps.choose_terms(prepared, shortest_hours=5, longest_hours=3)


@pytest.mark.parametrize(
    ("gain", "word"),
    [
        (Estimate(None), WAIT),
        (Estimate(5.0, -2.0, 9.0, level=0.9, n=4), WAIT),
        (Estimate(0.2, 0.0, 0.5, level=0.9, n=4), WAIT),
        (Estimate(50.0, 20.0, 90.0, level=0.9, n=4), LEAN),
    ],
)
def test_no_decision_is_stronger_than_its_interval(gain, word):
    trial = past_weeks.Trial(pd.DataFrame(), gain, Estimate(None), np.zeros((0, 3)))
    sure = Notice(Estimate(9.0, 5.0, 12.0, level=0.9, n=4), Estimate(0.0), Estimate(0.0))
    eases = Estimate(-0.1, -0.15, -0.05, level=0.9, n=9)
    assert advice.decide(trial, NO_RELIEF, sure, cost=0.0).strength.word == WAIT
    made = advice.decide(trial, eases, sure, cost=0.0)
    assert made.strength.word == word != DO


def test_one_store_and_nobody_employed(prepared):
    nobody = replace(prepared, people=make_people(0))
    one = staffing_answer.answer_store(nobody, "0", TERMS)
    assert one.who is None and one.cents_plan > 0
    assert AS_OF.isoformat() == "2026-02-13"


REST = TERMS


def ask(prepared, **levers):
    return staffing_what_if.read_staffing_question({"store": "1", "levers": levers}, REST, prepared)


def test_what_if_more_orders_and_a_barista_less(prepared):
    rest = staffing_what_if.answer_staffing(prepared, REST, ask(prepared))
    more = staffing_what_if.answer_staffing(prepared, REST, ask(prepared, orders=0.2))
    less = staffing_what_if.answer_staffing(prepared, REST, ask(prepared, heads=-1))
    slow = staffing_what_if.answer_staffing(prepared, REST, ask(prepared, wait=180))
    assert rest.hours_target == rest.hours_rest == more.hours_rest
    assert more.hours_target > rest.hours_target > less.hours_target and slow.hours_target < rest.hours_target
    assert more.planned.late_plan > rest.planned.late_plan and less.planned.late_plan > rest.planned.late_plan
    assert (less.planned.need.planned == rest.planned.need.planned).all()
    assert (less.planned.lights_plan == 0).sum() > (rest.planned.lights_plan == 0).sum()


def test_a_question_is_checked_and_has_an_address(prepared):
    asked = ask(prepared, orders=0.2, heads=-1)
    query = staffing_what_if.format_staffing_query(asked, REST, prepared)
    assert query == "store=Store+1&orders=0.2&heads=-1"
    assert staffing_what_if.parse_staffing_query(query + "&utm=1", REST, prepared) == asked
    assert staffing_what_if.say_question(ask(prepared), REST) == ""
    for body in (
        [],
        {"store": "9"},
        {"levers": {"orders": 3}},
        {"levers": {"heads": 0.5}},
        {"levers": {"x": 1}},
        {"levers": {"wait": "x"}},
        {"levers": {"hands": float("nan")}},
        {"day": 1},
    ):
        with pytest.raises(LuckyError):
            staffing_what_if.read_staffing_question(body, REST, prepared)
    with pytest.raises(LuckyError, match="Store 7"):
        staffing_what_if.parse_staffing_query("store=Store+7", REST, prepared)


def test_one_store_is_the_same_alone_and_among_others(prepared):
    alone = staffing_prepared.narrow(prepared, "1")
    among = staffing_answer.answer_store(prepared, "1", TERMS)
    own = staffing_answer.answer_store(alone, "1", TERMS)
    assert (own.plan.heads == among.plan.heads).all() and own.cents_plan == among.cents_plan
    assert len(alone.people) == 9 and alone.ahead.mean.shape == (1, 7, SLOTS)
