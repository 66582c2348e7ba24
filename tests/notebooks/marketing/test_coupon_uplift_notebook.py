"""The page on whose behaviour a coupon changes, on a small estate: complete, kept to the rules, following
its rows."""

from __future__ import annotations

import functools

import pytest

from tests import demo_suite, null_world
from tests.notebook_said import (
    assert_names_nobody,
    assert_sound,
    headlines,
    names,
    page_faults,
    rows,
    said_by,
)

NOTEBOOK = "marketing/coupon_uplift"
HEADLINES = {"added", "margin", "credited", "anyway", "top", "groups", "qini", "chosen", "chosen_today",
             "proposed", "losing"}  # fmt: skip


def run(suite=None, **given):
    return said_by(NOTEBOOK, suite or demo_suite.suite(), **given)


@functools.cache
def usual():
    return run()


def test_the_page_is_whole_and_keeps_the_rules():
    found = assert_sound(usual(), HEADLINES)
    for name in ("added", "margin", "credited", "anyway", "top", "qini", "chosen", "chosen_today"):
        record = found[name]
        assert record["low"] < record["value"] < record["high"] and record["level"] == 0.9, name
    assert names(usual(), "figure") == {"depths", "fifths", "policies", "voucher", "curve"}
    assert names(usual(), "table") == {
        "depths", "types", "policies", "fifths", "groups", "voucher", "wider", "given", "learners",
        "by_learner",
    }  # fmt: skip
    assert len(rows(usual(), "learners")) == 6 and len(usual()["published"]) == 5
    assert_names_nobody(usual(), demo_suite.suite())


def test_a_small_estate_chooses_for_nobody():
    decision = usual()["decision"][0]
    assert decision["strength"] == "do not decide on this yet"
    assert decision["on"] == {"rule of weekly coupons": "keep"}
    assert "choose no discount by customer" in decision["action"]
    assert headlines(usual())["proposed"]["value"] == 0
    assert {row["verdict"] for row in rows(usual(), "fifths")} == {"cannot be told apart"}


def test_headlines_follow_the_rows():
    """What is bought at the list price is not bought: orders, margins and what a dashboard credits move; of
    what is left nobody needed no discount. Without the experiment nothing is said of the voucher."""

    def only_cheaper(item):
        return item.filter(item.paid_cents < item.list_cents)

    said = run(demo_suite.suite(order_items=only_cheaper, experiments=lambda hit: hit.head(0)))
    before, after = headlines(usual()), headlines(said)
    for name in HEADLINES - {"groups", "proposed", "losing"}:
        assert after[name]["value"] != before[name]["value"], name
    assert after["anyway"]["value"] is None or after["anyway"]["value"] < before["anyway"]["value"]
    assert after["groups"]["value"] is None and after["groups"]["note"].startswith("Not known")
    assert "voucher" not in names(said, "figure") and page_faults(said) == []
    assert any("No experiment" in record["text"] for record in said["caveat"])


@pytest.mark.parametrize(
    ("suite", "title"),
    [
        (lambda: demo_suite.suite("2025-09-22"), "too early"),
        (lambda: demo_suite.suite(coupon_exposures=lambda e: e.filter(e.depth == 0.2)), "cannot be said"),
    ],
)
def test_a_page_without_a_draw_says_so(suite, title):
    said = run(suite())
    assert title in said["answer"][0]["text"] and page_faults(said) == []
    assert said["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
def test_in_the_null_world_nothing_is_claimed():
    said = run(null_world.suite(0.1))
    assert headlines(said)["proposed"]["value"] == 0
    assert said["decision"][0]["on"] == {"rule of weekly coupons": "keep"}
    assert said["decision"][0]["strength"] == "do not decide on this yet" and page_faults(said) == []
    assert "not known to bring orders or profit" in said["title"][0]["text"]
    assert {row["verdict"] for row in rows(said, "fifths")} == {"cannot be told apart"}
    assert {row["verdict"] for row in rows(said, "policies")} == {"not known yet"}
