"""What is measured by withholding, what it is worth, and what is decided on it alone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lucky_analytics.decisions import DO, LEAN, WAIT
from lucky_analytics.questions.marketing.channel_attribution import (
    advice,
    credits,
    hold_out_plan,
    hold_outs,
    journeys,
    texts,
    views,
)
from lucky_analytics.questions.marketing.channel_attribution.touch_file import DAY
from tests.touch_pages import N, pages, world


def test_a_hold_out_is_the_difference_of_two_means_by_hand():
    touches = world("mail adds")
    marked = touches.rows[(touches.rows["channel"] == "mail") & touches.rows["held_out"].notna()]
    firsts = marked.drop_duplicates("person")
    first_order = touches.orders.drop_duplicates("person").set_index("person")["at"].to_dict()
    spent = touches.shown[touches.shown["channel"] == "mail"]
    sides = {1.0: [], 0.0: []}
    for row in firsts.itertuples():
        if row.at > touches.end - 30 * DAY or first_order.get(row.person, np.inf) < row.at:
            continue
        sides[row.held_out].append(float(first_order.get(row.person, np.inf) <= row.at + 30 * DAY))
    (found,) = pages("mail adds", first_orders=True)[2].query("channel == 'mail'").to_dict("records")
    assert (found["n_out"], found["n_in"]) == (len(sides[1.0]), len(sides[0.0]))
    assert found["adds"] == pytest.approx(np.mean(sides[0.0]) - np.mean(sides[1.0]))
    assert found["orders_in"] == pytest.approx(np.mean(sides[0.0]))
    assert 0 < found["spent"] < spent["cost"].max() * 20


def test_a_hold_out_that_chance_did_not_draw_says_nothing():
    touches = world("mail adds")
    out = hold_outs.measure_hold_outs(touches, 30, False, 0.5).set_index("channel")
    assert set(out["verdict"]) == {"not drawn"} and set(out["stance"]) == {""}
    assert (hold_outs.measure_hold_outs(touches, 30, False, 0.3)["verdict"] != "not drawn").all()
    # Those held out had ordered less before: somebody chose them.
    rows = touches.rows.copy()
    n_before = touches.orders.groupby("person").size().reindex(range(N), fill_value=0).to_numpy()
    is_mail = rows["channel"] == "mail"
    rows.loc[is_mail, "held_out"] = (n_before[rows.loc[is_mail, "person"]] == 0).astype(float)
    chosen = hold_outs.measure_hold_outs(dataclasses.replace(touches, rows=rows), 30, False)
    assert chosen.set_index("channel").loc["mail", "verdict"] == "not drawn"
    assert advice.find_surest(chosen[chosen["channel"] == "mail"]) is None


def test_unknown_costs_and_margins_leave_money_unknown_and_decide_nothing():
    touches = world("mail adds")
    free = dataclasses.replace(touches, rows=touches.rows.assign(cost=np.nan))
    found = hold_outs.measure_hold_outs(free, 30, False)
    assert found["spent"].isna().all() and found["net"].isna().all() and found["margin"].notna().all()
    assert found["cost_added"].isna().all() and (found["stance"] == "").all()
    made = advice.decide(found, None, 0.3, 0.9, "mail")
    assert made.strength.word == WAIT and "what it costs is not in the file" in made.strength.doubts
    poor = dataclasses.replace(touches, orders=touches.orders.assign(margin=np.nan))
    made = advice.decide(hold_outs.measure_hold_outs(poor, 30, False), None, 0.3, 0.9, "mail")
    assert made.strength.word == WAIT and "what an order leaves is not known" in made.strength.doubts
    paths = journeys.cut_journeys(free, 30, False)
    table = credits.credit_channels(paths, credits.sum_groups(paths))
    assert table["cost_last"].isna().all() and table["cost_shapley_low"].isna().all()


def test_a_channel_that_earns_is_gone_on_with_and_less_surely_where_the_draw_cannot_be_checked():
    _, _, trials = pages("mail adds")
    sure, unsure = (advice.decide(trials, None, planned, 0.9, "mail") for planned in (0.3, None))
    assert (sure.strength.word, unsure.strength.word) == (DO, LEAN)
    assert sure.action.startswith("go on with mail") and sure.worth.low > 0
    assert sure.on == {"channel mail": "keep"} and "for 100 people" in sure.because


def test_without_hold_outs_nothing_is_decided_whatever_has_most_credit():
    touches = world("push is last")
    bare = dataclasses.replace(touches, rows=touches.rows.assign(held_out=np.nan))
    paths = journeys.cut_journeys(bare, 30, False)
    table = credits.credit_channels(paths, credits.sum_groups(paths))
    trials = hold_outs.measure_hold_outs(bare, 30, False)
    plan = hold_out_plan.plan_for_channel(bare, table, set(), 30, False, 0.01, 0.9)
    assert (
        trials.empty and plan.channel == "mail" and plan.n_all >= 10 * plan.n_out - 10
    )  # most is spent there
    plan = hold_out_plan.plan_for_channel(
        bare, table.assign(cost=np.nan), {journeys.REST}, 30, False, 0.01, 0.9
    )
    assert plan.channel == "push"
    made = advice.decide(trials, plan, None, 0.9, "push")
    assert made.strength.word == WAIT and f"withhold push from {plan.n_out:,} people" in made.action
    assert made.worth is None and "people about to order get touched" in made.because
    assert views.assemble_added(views.name_trials(trials)).empty
    title = texts.name_finding(table, None)
    assert title == "push: credit hangs on the rule, what it adds is not known"
    answer = texts.phrase_answer(table, None)
    assert "{last}" in answer and "Neither is what would be lost without it" in answer
    assert texts.note_added(trials, None).startswith("Not known: no touch")
    assert hold_out_plan.plan_for_channel(bare, table, set(table["channel"]), 30, False, 0.01, 0.9) is None
    less = hold_out_plan.plan_for_channel(bare, table.assign(cost=0.0), set(), 30, False, 0.02, 0.9)
    assert less.n_out == pytest.approx(plan.n_out / 4, rel=0.01)  # twice the gain, a quarter of the people
