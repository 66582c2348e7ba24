"""The staffing what-if's own actions: plain answers that are the report's, quickly."""

from __future__ import annotations

import functools
import json
import time

import pytest

from lucky_analytics.apps.app_frame import plain
from lucky_analytics.apps.staffing import staffing_page
from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.operations.staffing import advice, steps
from lucky_analytics.questions.operations.staffing.staffing_prepared import narrow
from tests.staffing_world import make_prepared


@functools.cache
def actions():
    return staffing_page.make_actions(staffing_page.try_stores(make_prepared()))


def evaluate(body):
    return plain(actions()["evaluate"](body))


def test_it_opens_with_the_numbers_and_the_decision_of_the_report():
    first, prepared = evaluate({}), make_prepared()
    own = narrow(prepared, "0")
    found = steps.find(own, steps.choose_terms(own))
    assert first["red_today"] == found.red_today.value and first["red_plan"] == found.red_plan.value
    assert first["cost"] == found.cost and first["query"] == "store=Store+0"
    made = advice.decide(found.trial, own.relief, found.notice, cost=found.cost, where="Store 0")
    assert first["decision"] == plain(made.record)
    assert (
        first["hours_plan"] == found.planned[0].plan.hours == sum(each["hours"] for each in first["shifts"])
    )
    json.dumps(first, allow_nan=False)


def test_a_scenario_and_its_link_are_answered_alike_and_within_two_seconds():
    scenario = {"store": "1", "levers": {"orders": 0.2, "heads": -1, "wait": 60.0, "hands": 56.0}}
    evaluate({"scenario": {"store": "1"}})
    began = time.process_time()
    found = evaluate({"scenario": scenario})
    assert time.process_time() - began < 2
    assert found["scenario"] == scenario and evaluate({"query": found["query"]}) == found
    n = len(found["times"])
    for name in ("need", "today", "plan", "lights_today", "lights_plan", "orders"):
        assert [len(row) for row in found[name]] == [n] * 7
    assert found["times"][0] == "06:30" and len(found["days"]) == 7


def test_people_are_numbers():
    assert {each["who"] for each in evaluate({})["shifts"]} <= {f"employee {n}" for n in range(1, 10)}


def test_what_cannot_be_asked_is_one_line():
    for body in ({"scenario": []}, {"query": "store=<b>"}, {"scenario": {"levers": {"wait": 9_999}}}):
        with pytest.raises(LuckyError):
            evaluate(body)


@pytest.mark.full
def test_the_page_is_told_every_store_and_levers_that_hold_the_start():
    told = plain(staffing_page.page_context(make_prepared(), "20260214-demo-1"))
    assert told["is_generated"] and [each["store_name"] for each in told["stores"]] == ["Store 0", "Store 1"]
    for lever in told["levers"]:
        assert lever["low"] <= lever["default"] <= lever["high"], lever["name"]
        for end in ("low", "high"):
            evaluate({"scenario": {"levers": {lever["name"]: lever[end]}}})
