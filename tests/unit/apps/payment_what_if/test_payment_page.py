"""The payment what-if's own actions: plain answers that are the report's, quickly."""

from __future__ import annotations

import functools
import json
import time

import pytest

from lucky_analytics.apps.app_frame import plain
from lucky_analytics.apps.payment_what_if import payment_page
from lucky_analytics.errors import LuckyError
from lucky_analytics.questions.finance.payment_channels import advice, payment_prepared
from lucky_analytics.questions.finance.payment_channels import payment_what_if as what_if
from lucky_analytics.questions.finance.payment_channels.payment_answer import answer_payment
from tests import payment_rows


@functools.cache
def prepared():
    given = payment_rows.suite(payment_rows.make_payments(), {"c53": ("53", "3")})
    return payment_prepared.prepare_payments(given)


def evaluate(body):
    return plain(payment_page.make_actions(prepared())["evaluate"](body))


def test_it_opens_with_the_question_of_the_report_and_its_numbers():
    first, asked = evaluate({}), what_if.start_payment_question(prepared())
    answer = answer_payment(prepared(), asked)
    for name in ("steering", "net", "break_even", "basket", "together", "fees", "difference"):
        assert first[name] == {end: getattr(getattr(answer, name), end) for end in ("value", "low", "high")}
    assert first["decision"] == plain(advice.decide(prepared(), asked, answer).record)
    assert first["query"] == what_if.format_payment_query(asked)
    json.dumps(first, allow_nan=False)


def test_a_scenario_and_its_link_are_answered_alike_and_within_two_seconds():
    scenario = {"source": "6", "target": "3", "levers": {"take_up": 0.2, "incentive": 1.5, "basket": 8.0}}
    began = time.process_time()
    found = evaluate({"scenario": scenario})
    assert time.process_time() - began < 2
    assert found["scenario"] == scenario and evaluate({"query": found["query"]}) == found
    assert len(found["curve"]["net"]) == len(found["curve"]["take_up"]) and len(found["costs"]) == 4


def test_what_cannot_be_asked_is_one_line():
    for body in ({"scenario": []}, {"query": "from=9"}, {"scenario": {"levers": {"take_up": 3}}}):
        with pytest.raises(LuckyError):
            evaluate(body)


def test_the_page_is_told_every_method_and_levers_that_hold_the_start():
    told = plain(payment_page.page_context(prepared(), "20260214-demo-1"))
    assert told["is_generated"] and [each["channel_id"] for each in told["methods"]] == ["53", "6", "3", "92"]
    assert sum(each["share"] for each in told["methods"]) == pytest.approx(1)
    for lever in told["levers"]:
        assert lever["low"] <= lever["default"] <= lever["high"], lever["name"]
        for end in ("low", "high"):
            evaluate({"scenario": {"levers": {lever["name"]: lever[end]}}})
