"""The page on the next action, on a small estate: complete, kept to the rules, and following its rows."""

from __future__ import annotations

import functools
import json

import ibis
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.runs import parameters
from tests import demo_suite, null_world
from tests.notebook_said import (
    NOTEBOOKS,
    assert_names_nobody,
    assert_sound,
    headlines,
    page_faults,
    rows,
    said_by,
)

NOTEBOOK = "marketing/next_best_action"
HEADLINES = {"best", "over", "nothing", "today", "week", "drawn", "drawing", "proposed", "weeks"}


@functools.cache
def catalogue() -> str:
    return parameters.read_file(NOTEBOOKS.parent / "params/next_best_action.yml")["actions"]


def run(suite=None, **given):
    return said_by(NOTEBOOK, suite or demo_suite.suite(), **{"actions": catalogue(), **given})


@functools.cache
def usual():
    return run()


def test_the_page_is_whole_and_keeps_the_rules():
    found = assert_sound(usual(), HEADLINES)
    for name in ("best", "over", "nothing", "today", "week", "drawing"):
        record = found[name]
        assert record["low"] < record["value"] < record["high"] and record["level"] == 0.9, name
    assert {record["name"] for record in usual()["figure"]} == {"policies", "depths", "face"}
    assert {record["name"] for record in usual()["table"]} == {
        "policies", "gives", "actions", "wider", "overlap", "by_depth",
    }  # fmt: skip


def test_a_small_estate_proposes_nothing_and_says_what_would_settle_it():
    decision = usual()["decision"][0]
    assert decision["strength"] == "do not decide on this yet"
    assert decision["on"] == {"rule of weekly coupons": "keep"}
    assert "keep today's coupon rule" in decision["action"]
    assert headlines(usual())["proposed"]["value"] == 0
    listed = {row["action"]: row for row in rows(usual(), "actions")}
    assert listed["Loyalty points"]["verdict"] == "not known: not launched"
    assert listed["Push with a reminder"]["needed"] > 100
    assert listed["Text message with a reminder"]["needed"] < listed["Push with a reminder"]["needed"]
    assert listed["Weekly coupon in a category"]["needed"] is None
    assert listed["Voucher for a second cup"]["adds"] is not None


def test_no_customer_stands_on_the_page():
    assert_names_nobody(usual(), demo_suite.suite())


def test_headlines_follow_the_rows_and_the_list_is_a_file(tmp_path, monkeypatch):
    """What is sold at the list price is paid nine times: nothing off is then worth more than today's rule."""

    def dearer(item):
        return item.mutate(paid_cents=item.paid_cents * ibis.ifelse(item.paid_cents == item.list_cents, 9, 1))

    monkeypatch.setenv("LUCKY_OUTPUTS", str(tmp_path))
    given = "\n".join([*catalogue().splitlines()[:3], "push: {title: '<b>Push</b>', contact: pusch}"])
    said = run(demo_suite.suite(order_items=dearer), actions=given, export_lists=True, list_owner="marketing")
    before, after = headlines(usual()), headlines(said)
    assert after["today"]["value"] > before["today"]["value"] + 1
    assert after["nothing"]["value"] > before["nothing"]["value"] + 1
    for name in ("best", "over", "week", "drawing", "weeks"):
        assert after[name]["value"] != before[name]["value"], name
    assert after["drawn"]["n"] == 3 and after["drawn"]["value"] == 3 < before["drawn"]["value"]
    failed = [check for check in said["check"] if not check["passed"]]
    assert "line 4" in failed[-1]["detail"] and "push" in failed[-1]["detail"]
    assert any("left out" in record["text"] for record in said["caveat"])
    facts = json.loads(next(tmp_path.rglob("next_action-*.json")).read_text())
    assert facts["owner"] == "marketing" and facts["rows"] > 100
    assert facts["columns"] == ["customer_id", "segment", "category", "gives"]


@pytest.mark.parametrize(
    ("suite", "title"),
    [
        (lambda: demo_suite.suite("2025-09-22"), "too early"),
        (
            lambda: demo_suite.suite(coupon_exposures=lambda e: e.filter(e.assignment == "rule")),
            "cannot be said",
        ),
        (lambda: demo_suite.suite(coupon_exposures=lambda e: e.filter(e.depth == 0.2)), "cannot be said"),
    ],
)
def test_a_page_without_a_draw_says_so(suite, title):
    said = run(suite())
    assert title in said["answer"][0]["text"] and page_faults(said) == []
    assert said["decision"][0]["strength"] == "do not decide on this yet"


def test_without_sales_or_costs_nothing_is_made_up():
    idle = run(demo_suite.suite(order_items=lambda item: item.filter(item.paid_cents < -1)))
    assert "too early" in idle["answer"][0]["text"]
    with pytest.raises(LuckyError, match="known cost"):
        run(demo_suite.suite(costs=lambda cost: cost.filter(cost.unit_cost_cents < 0)))


@pytest.mark.full
def test_in_the_null_world_no_policy_is_proposed():
    said = run(null_world.suite(0.1))
    assert headlines(said)["proposed"]["value"] == 0
    assert said["decision"][0]["on"] == {"rule of weekly coupons": "keep"}
    assert said["decision"][0]["strength"] == "do not decide on this yet" and page_faults(said) == []
