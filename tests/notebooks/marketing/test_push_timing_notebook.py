"""The page on notifications, on a small estate: complete, kept to the rules, and following its rows."""

from __future__ import annotations

import functools
import json

import ibis
import pytest

from lucky_analytics.models import experiment_outcomes as outcomes
from lucky_analytics.models.order_margins import load_order_margins
from lucky_analytics.questions.marketing.push_timing import push_trial, send_log
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

NOTEBOOK = "marketing/push_timing"
COUNTED = {"least", "failed", "reachable", "forgone", "most"}
HEADLINES = {"lift", "recent", "orders", "opened", "near", "stopped", *COUNTED}
TABLES = {"hours", "groups", "sizes", "naive", "channels", "people", "associations", "steps", "ratios"}
TRIAL = "Second cup voucher"


def run(suite=None, **given):
    return said_by(NOTEBOOK, suite or demo_suite.suite(), **given)


@functools.cache
def usual():
    return run()


def test_the_page_is_whole_keeps_the_rules_and_names_nobody():
    found = assert_sound(usual(), HEADLINES)
    for name, record in found.items():
        if name in COUNTED:
            assert record["low"] is None and ("Counted" in record["note"] or "omputed" in record["note"])
        else:
            assert record["low"] <= record["value"] < record["high"] and record["level"] == 0.9, name
    assert names(usual(), "figure") == {"same", "frequency", "orders"} and names(usual(), "table") == TABLES
    assert usual()["decision"][0]["strength"] == "do not decide on this yet"
    assert len(usual()["point"]) == 2 and "40 to 60 %" in usual()["point"][0]["text"]
    assert [row["hour"] for row in rows(usual(), "hours")] == ["8:00", "10:00", "12:00", "15:00", "18:00"]
    assert_names_nobody(usual(), demo_suite.suite())
    published = {(record["what"], record["window"]): record for record in usual()["published"]}
    assert published["people registered", "by 2026-02-13"]["value"] == found["reachable"]["n"]


def test_failed_sends_and_text_messages_are_apart():
    channel = {row["kind"]: row for row in rows(usual(), "channels")}
    suite = demo_suite.suite()
    push = suite.pushes.anti_join(suite.customers.filter("is_delivery_account"), "customer_id")
    assert channel["text message"]["opened"] is None and channel["push"]["opened"] > 100
    assert sum(row["sent"] for row in channel.values()) == push.count().execute()
    assert sum(row["failed"] for row in channel.values()) == push.filter(~push.is_delivered).count().execute()


def changed_pushes(push):
    """Fewer arrive, each comes an hour later, and a third of the openings are gone."""
    return push.mutate(
        is_delivered=push.is_delivered & (push.push_id.hash() % 10 > 0),
        sent_at=push.sent_at + ibis.interval(hours=1),
        opened_at=ibis.ifelse(
            push.push_id.hash() % 3 == 0, ibis.null("timestamp"), push.opened_at + ibis.interval(hours=1)
        ),
        is_opened=push.is_opened & (push.push_id.hash() % 3 != 0),
    )


@pytest.fixture(scope="module")
def changed(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LUCKY_OUTPUTS", str(tmp_path_factory.mktemp("outputs")))
        suite = demo_suite.suite(
            pushes=changed_pushes,
            orders=lambda order: order.filter(order.order_id.hash() % 4 > 0),
            customer_profiles=lambda t: t.mutate(
                is_push_allowed=t.is_push_allowed & (t.customer_id.hash() % 9 > 0)
            ),
        )
        said = run(suite, experiment=TRIAL, export_lists=True, list_owner="marketing")
        (file,) = tmp_path_factory.getbasetemp().rglob("push_test-*.json")
        return said, json.loads(file.read_text())


@pytest.mark.parametrize("name", sorted(HEADLINES))
def test_a_headline_follows_the_rows(name, changed):
    before, after = headlines(usual())[name]["value"], headlines(changed[0])[name]["value"]
    assert abs(after - before) > 0.001 * abs(before)


def test_a_named_experiment_is_judged_and_the_list_is_a_file(changed):
    said, facts = changed
    assert page_faults(said) == [] and "trial" in names(said, "table")
    assert facts["owner"] == "marketing" and facts["columns"] == ["customer_id", "group", "usual_hour"]
    assert facts["rows"] == headlines(said)["reachable"]["value"]


@pytest.mark.full
def test_a_trials_plain_difference_is_that_of_the_pages_on_experiments_and_the_next_action():
    suite = demo_suite.suite()
    trial = push_trial.judge_trial(push_trial.load_trial(suite, load_order_margins(suite), TRIAL))
    neighbour = outcomes.sum_experiments(outcomes.sum_days(outcomes.follow_customers(suite, [TRIAL])))
    assert trial.table["n"].tolist() == neighbour[["n_over_0", "n_over_1"]].iloc[0].tolist()
    assert trial.is_even == neighbour["is_even"].iloc[0]
    assert trial.table["plain"].iloc[1] == pytest.approx(outcomes.compare_sides(neighbour, "margin").raw[0])


def test_where_nothing_is_planted_no_hour_or_frequency_is_claimed():
    said = run(null_world.suite(null_world.SMALL))
    assert said["title"][0]["text"] == "No hour or frequency of notifications is known to do better"
    assert page_faults(said) == [] and said["decision"][0]["strength"] == "do not decide on this yet"
    for name in ("near", "recent", "lift"):
        record = headlines(said)[name]
        assert record["low"] < 0 < record["high"], name


NOTHING = ibis.literal(False)
ENDS = {
    "nothing was sent": ({"pushes": lambda t: t.filter(NOTHING)}, None, "nothing was sent"),
    "before the first row": ({}, "2025-06-01", "nothing was sent"),
    "all failed": ({"pushes": lambda t: t.mutate(is_delivered=NOTHING)}, None, "nothing was sent"),
    "all opened": (
        {"pushes": lambda t: t.mutate(is_opened=~NOTHING, opened_at=t.sent_at)}, None,
        "nearly all",
    ),
    "no opening": (
        {"pushes": lambda t: t.mutate(is_opened=NOTHING, opened_at=ibis.null("timestamp"))}, None,
        "hardly any",
    ),
}  # fmt: skip


LONGER = ("nothing was sent", "all failed", "all opened")  # end as the page before the first row does


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=[pytest.mark.full] if case in LONGER else []) for case in ENDS]
)  # fmt: skip
def test_what_cannot_be_known_ends_the_page_with_what_is(case):
    edits, as_of, finding = ENDS[case]
    said = run(demo_suite.suite(as_of=as_of, **edits))
    assert finding in said["title"][0]["text"] and page_faults(said) == []


@pytest.mark.full
def test_without_orders_costs_or_profiles_the_page_says_what_it_can():
    idle = run(demo_suite.suite(orders=lambda t: t.filter(NOTHING)))
    assert page_faults(idle) == [] and headlines(idle)["orders"]["value"] is None
    unknown = run(demo_suite.suite(costs=lambda t: t.filter(NOTHING)))
    assert page_faults(unknown) == [] and headlines(unknown)["least"]["value"] is None
    suite = demo_suite.suite(
        pushes=lambda t: t.mutate(template=ibis.literal("<b>x</b>"), kind=ibis.literal("push"))
    )
    del suite.snapshot.tables["luckyus_sales_crm.t_user_profile"]
    bare = run(suite)
    assert page_faults(bare) == [] and headlines(bare)["stopped"]["value"] is None
    assert headlines(bare)["reachable"]["value"] > 0
    assert send_log.load_log(suite).people["is_allowed"].isna().all()
