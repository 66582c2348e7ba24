"""Cases of payment fraud: planted ones are found, chance is left alone, money follows the rows."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import pandas as pd
import pytest

from lucky_analytics.decisions import LEAN, WAIT
from lucky_analytics.questions.finance.payment_fraud import cases, odd_payments, review_budget, texts, views
from tests.fraud_world import draw_world

PLANTED = {"rings": 8, "abusers": 8, "strangers": 4}


@functools.cache
def world(seed=1, **planted):
    return draw_world(seed, **planted)


def find(held, most_false=0.05):
    return cases.find_cases(held, 7, 4, most_false)


@functools.cache
def planted():
    return find(world(**PLANTED).held)


def members(found, kind):
    return [set(people) for people in found.rows.loc[found.rows["kind"] == kind, "people"]]


def test_planted_groups_and_abusers_are_found_and_hardly_anybody_else():
    drawn = world(**PLANTED)
    found = planted()
    rings, strange = members(found, cases.RINGS), members(found, cases.STRANGERS)
    assert sum(ring in rings for ring in drawn.rings) >= 7 and len(rings) <= len(drawn.rings) + 1
    assert sorted(map(min, strange)) == sorted(map(min, drawn.strangers))
    named = set().union(*members(found, cases.REFUNDS))
    assert len(named & drawn.abusers) >= 6 and len(named - drawn.abusers) <= 1


def test_a_world_of_chance_has_no_case_and_nothing_to_decide():
    found = find(world().held)
    budget = review_budget.plan_reviews(world().held, found, 50, 8.0, 0.9)
    assert found.rows.empty and budget.beyond.value is None
    assert texts.decide(world().held, found, budget).strength.is_idle
    assert texts.name_finding(found) == "No account takes more than chance explains"


def test_groups_are_what_hangs_together_by_cards():
    held = world().held
    cards = pd.DataFrame({"card": ["a", "a", "b", "b", "c", "d"], "person": [1, 2, 2, 3, 4, 4]})
    groups = cases.group_cards(dataclasses.replace(held, cards=cards))
    assert groups["people"].tolist() == [[1, 2, 3]] and groups["n"].tolist() == [3]


def test_what_was_taken_leaves_a_ring_one_voucher_and_a_customer_the_usual_refunds():
    drawn = world(**PLANTED)
    found = planted()
    for case in found.rows.itertuples():
        own = found.losses[found.losses["case"] == case.case]["dollars"]
        if case.kind == cases.RINGS:
            assert own.sum() == pytest.approx(3.0 * (case.n - 1))
        elif case.kind == cases.REFUNDS:
            refunded = drawn.held.people["refunded"].iloc[case.people[0]]
            usual = case.orders * found.spread.mean / case.refunded_orders
            assert own.sum() == pytest.approx(refunded * (1 - usual))
        else:
            assert own.empty


def test_money_and_share_follow_the_rows():
    drawn = world(**PLANTED)
    found = planted()
    budget = review_budget.plan_reviews(drawn.held, found, 50, 8.0, 0.9)
    total = found.losses["dollars"].sum()
    assert budget.taken.value == pytest.approx(total / 32 * 365.25 / 12 / 7)  # of 32 whole weeks
    assert budget.taken.low < budget.taken.value < budget.taken.high
    assert budget.net.value == pytest.approx(budget.taken.value - budget.cost)
    assert 0.9 < budget.beyond.low <= budget.beyond.value <= 1
    few = review_budget.plan_reviews(drawn.held, found, 3, 8.0, 0.9)
    assert few.picked["dollars"].tolist() == budget.picked["dollars"].head(3).tolist()
    assert few.picked["dollars"].is_monotonic_decreasing and few.taken.value < budget.taken.value
    curve = review_budget.list_budgets(drawn.held, found, 50, 8.0, 0.9)
    assert curve["dollars"].iloc[-1] == pytest.approx(total) and len(curve) == len(budget.picked)
    dear = review_budget.plan_reviews(drawn.held, found, 50, 500.0, 0.9)
    assert dear.net.high < 0 and texts.decide(drawn.held, found, dear).strength.word == WAIT
    assert "costs more" in texts.describe_answer(found, dear)


def test_no_decision_is_ever_more_than_lean_while_nobody_judged_a_case():
    drawn = world(**PLANTED)
    found = planted()
    free = review_budget.plan_reviews(drawn.held, found, 50, 0.0, 0.9)
    made = texts.decide(drawn.held, found, free)
    assert made.strength.word == LEAN and "block nobody" in made.action
    assert any("judged" in doubt for doubt in made.strength.doubts)


def test_cards_of_more_accounts_than_a_household_follow_the_parameter():
    drawn = world(**PLANTED)
    sizes = [len(people) for people in drawn.strangers]
    for most in (4, 6):
        found = cases.find_cases(drawn.held, 7, most, 0.05)
        assert int((found.rows["kind"] == cases.STRANGERS).sum()) == sum(size > most for size in sizes)


def test_a_stricter_share_of_false_cases_names_fewer():
    drawn = world(**PLANTED)
    counts = [len(find(drawn.held, most).sure) for most in (1e-6, 0.5)]
    assert counts == sorted(counts) and counts[0] < counts[1]


def test_the_forest_explains_itself_and_names_heavy_use_too():
    drawn = world(**PLANTED)
    found = planted()
    odd = odd_payments.score_payments(drawn.held, found, 60, n_trees=50)
    assert odd.rows["score"].is_monotonic_decreasing and odd.rows["score"].between(0, 1).all()
    explained = odd.rows.head(odd.n_explained)
    assert explained["reason"].isin(odd_payments.FEATURES.values()).all()
    assert 0 <= odd.overlap <= odd.n_accounts
    shown = views.show_odd(odd, found, {"0": "Broadway"}, 20)
    assert "person" not in shown and set(shown["listed"]) <= {"yes", "no"}
    small = draw_world(3, 60).held
    few = odd_payments.score_payments(small, find(small), 60)
    assert few.rows.empty and few.n_accounts == 0


def test_rows_for_the_page_name_nobody_and_add_up():
    drawn = world(**PLANTED)
    found = planted()
    budget = review_budget.plan_reviews(drawn.held, found, 5, 8.0, 0.9)
    shown = views.show_cases(budget, found, {})
    assert len(shown) == len(found.rows) and (shown["picked"] == "look at it").sum() == 5
    assert not shown.isin(drawn.held.people["customer_id"].tolist()).any().any()
    sizes = views.count_sizes(drawn.held, found)
    assert sizes["groups"].sum() == len(cases.group_cards(drawn.held))
    assert sizes["rings"].sum() == (found.rows["kind"] == cases.RINGS).sum()
    back = views.draw_refunds(drawn.held, found)
    assert back["n"].sum() == (drawn.held.people["n_refunded"] > 0).sum()
    listed = views.list_people(drawn.held, found)
    assert len(listed) == found.rows["n"].sum() and listed["customer_id"].str.startswith("C").all()
    named = views.name_cases(found.rows)
    assert len(named) == len(found.rows)


@pytest.mark.parametrize(
    "change", ["no refunds", "all refunded", "no vouchers", "all vouchers", "one day", "no cards"]
)
def test_worlds_at_an_extreme_have_a_result(change):
    drawn = {
        "no refunds": lambda: draw_world(2, 600, refund=0.0),
        "all refunded": lambda: draw_world(2, 600, refund=1.0),
        "no vouchers": lambda: draw_world(2, 600, voucher=0.0, household=0.3),
        "all vouchers": lambda: draw_world(2, 600, voucher=1.0, household=0.3),
        "one day": lambda: draw_world(2, 600),
        "no cards": lambda: draw_world(2, 600),
    }[change]()  # fmt: skip
    held = drawn.held
    if change == "no cards":
        held = dataclasses.replace(held, cards=held.cards.head(0))
    if change == "one day":
        held = dataclasses.replace(held, people=held.people.assign(first_day=0))
    found = find(held)
    budget = review_budget.plan_reviews(held, found, 50, 8.0, 0.9)
    curve = review_budget.list_budgets(held, found, 50, 8.0, 0.9)
    assert found.sure.empty and curve.empty and texts.decide(held, found, budget).text
    assert texts.describe_answer(found, budget) and np.isfinite(views.count_kinds(found)["n"]).all()
