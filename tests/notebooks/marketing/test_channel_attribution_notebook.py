"""The notebook on attribution on a small estate: without touches, and with a file of them."""

from __future__ import annotations

import functools
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
import pytest

from lucky_analytics.models.channel_names import count_first_touches
from lucky_analytics.questions.marketing.acquisition_channels import channel_people, funnel
from lucky_analytics.reference.imports import read_import
from tests import demo_suite, null_world
from tests.notebook_said import assert_names_nobody, headlines, names, page_faults, rows, said_by
from tests.touch_world import simulate, write_file

NOTEBOOK = "marketing/channel_attribution"
TILES = {"last", "shapley", "removal", "adds", "reached", "needed"}
OTHERS = {"credited", "settled", "undrawn"}
COUNTED = {"reached", "needed"} | OTHERS
OPEN = {"credits", "hold_outs", "paths"}
EXAMPLE = Path(__file__).parents[3] / "docs/examples/touches.csv"


def people():
    suite = demo_suite.suite()
    return suite.customers.filter(~suite.customers.is_delivery_account).customer_id.execute().sort_values()


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """Touches of everybody who registered, withheld from some by chance."""
    numbers = people().reset_index(drop=True)
    touches = simulate(len(numbers), 5, held_out={"mail": 0.3, "social": 0.3}, cost=0.01)
    return write_file(touches, numbers, tmp_path_factory.mktemp("touches") / "touches.csv")


@functools.cache
def said_of(file, **parameters):
    return said_by(NOTEBOOK, demo_suite.suite(), touches_file=str(file), first_orders=False, **parameters)


def lose_orders(file):
    """Those held out from mail lose two of three orders placed after their first chance to get it, all others
    one of twenty."""
    rows = pd.read_csv(file, dtype={"customer": str}, parse_dates=["touched_at"])
    out = rows[(rows["channel"] == "mail") & (rows["held_out"] == "yes")]
    since = out.groupby("customer")["touched_at"].min().dt.tz_localize(None).reset_index()

    def edit(order):
        held = ibis.memtable(since.rename(columns={"customer": "held_id"}))
        both = order.left_join(held, order.customer_id == held.held_id)
        is_lost = (both.ordered_at > both.touched_at) & (both.order_id.hash() % 3 != 0)
        is_kept = ~is_lost.fill_null(False) & (both.order_id.hash() % 20 != 0)
        return both.filter(is_kept).drop("held_id", "touched_at")

    return edit


def test_without_touches_the_page_says_what_is_known_and_which_file_would_tell_more():
    said = said_by(NOTEBOOK, demo_suite.suite())
    assert page_faults(said) == [] and "headline" not in said and "figure" not in said
    assert said["title"][0]["text"].startswith("What each channel adds cannot be known")
    counts = count_first_touches(demo_suite.suite())
    n = int(counts.loc[counts["channel"] != "none", "n"].sum())
    assert f"of {n:,} of {counts['n'].sum():,} registered" in said["answer"][0]["text"]
    assert names(said, "table") == {"first_touches", "needed"}
    assert {row["column"] for row in rows(said, "needed")} >= {
        "customer",
        "touched_at",
        "channel",
        "held_out",
    }
    (decision,) = said["decision"]
    assert decision["strength"] == "do not decide on this yet" and decision["worth"] is None
    assert (
        "withheld from" in decision["would_change_if"] and "four of five cases" in decision["would_change_if"]
    )


@pytest.mark.full
def test_first_touches_are_counted_as_on_the_page_on_channels():
    found = funnel.share_touched(channel_people.load_people(demo_suite.suite()))
    counts = count_first_touches(demo_suite.suite()).set_index("channel")["n"]
    assert found["n"] == counts.sum() and found["value"] == pytest.approx(1 - counts["none"] / counts.sum())


def test_with_a_file_the_page_is_complete_keeps_the_rules_and_names_nobody(file):
    said = said_of(file)
    assert page_faults(said) == [] and set(headlines(said)) == TILES | OTHERS
    for name, record in headlines(said).items():
        assert record["sql"] and record["n"] > 0
        if name in COUNTED:
            assert record["low"] is None
        else:
            assert record["low"] < record["value"] < record["high"], name
    assert names(said, "figure") == {"shares", "added"}
    assert names(said, "table") == OPEN | {"credit_ends", "hold_out_ends"}
    assert all(check["passed"] for check in said["check"]), said["check"]
    assert_names_nobody(said, demo_suite.suite())
    assert any("not incrementality" in record["text"] for record in said["caveat"])


def test_where_touches_and_orders_have_nothing_to_do_with_each_other_nothing_is_claimed(file):
    said = said_of(file)
    assert headlines(said)["settled"]["value"] == 0 and headlines(said)["undrawn"]["value"] == 0
    # Credit beyond what the hold-out allows is a fact of the rule, not of the channel.
    assert said["title"][0]["text"] == "Mail: last touch credits more orders than it can have added"
    assert said["decision"][0]["strength"] == "do not decide on this yet"
    assert said["figure"][0]["finding"].startswith("Shared out, no channel")
    assert {row["verdict"] for row in rows(said, "credits")} == {"not shown"}
    # A dashboard would name a winner all the same.
    assert max(row["last"] for row in rows(said, "credits")) > 0.5


def test_without_hold_outs_the_page_shows_credit_and_asks_for_one(file, tmp_path):
    rows_of = pd.read_csv(file, dtype=str).drop(columns=["held_out", "cost"]).head(12_000)
    rows_of.to_csv(tmp_path / "touches.csv", index=False)
    said = said_by(
        NOTEBOOK, demo_suite.suite(), touches_file=str(tmp_path / "touches.csv"), first_orders=False
    )
    assert page_faults(said) == [] and names(said, "figure") == {"shares"}
    assert names(said, "table") == {"credits", "paths", "credit_ends"}
    found = headlines(said)
    assert found["adds"]["value"] is None and "no touch of the file was withheld" in found["adds"]["note"]
    assert found["needed"]["value"] > 0 and found["settled"]["value"] == 0
    (decision,) = said["decision"]
    assert decision["strength"] == "do not decide on this yet" and "withhold mail from" in decision["action"]
    assert "is not known" in said["title"][0]["text"]


@pytest.fixture(scope="module")
def changed(file):
    suite = demo_suite.suite(orders=lose_orders(file))
    return said_by(NOTEBOOK, suite, touches_file=str(file), first_orders=False, held_out_share=0.3, gain=0.05)


@pytest.mark.parametrize("name", sorted((TILES | OTHERS) - {"undrawn"}))
def test_a_headline_follows_the_rows(name, file, changed):
    before, after = headlines(said_of(file))[name]["value"], headlines(changed)[name]["value"]
    assert abs(after - before) > 0.001 * max(abs(before), 0.01)


def test_orders_that_those_held_out_do_not_place_are_found_and_weighed_against_cost(changed):
    assert page_faults(changed) == []
    row = next(row for row in rows(changed, "hold_outs") if row["channel"] == "mail")
    assert row["verdict"] == "adds" and row["low"] > 0 and row["stance"] == "keep"
    assert changed["title"][0]["text"].startswith("Mail adds orders")
    (decision,) = changed["decision"]
    assert decision["strength"] == "do" and decision["worth"]["low"] > 0
    assert decision["action"].startswith("go on with mail")


def test_the_made_up_example_keeps_the_contract_and_says_that_it_is_made_up():
    assert read_import("touches", EXAMPLE)["customer"].nunique() == 24
    lines = EXAMPLE.read_text().splitlines()[1:]
    assert all(line.endswith(",made up") and line.startswith("made-up-") for line in lines)


@pytest.mark.full
def test_the_made_up_example_is_too_small_to_say_anything():
    said = said_by(NOTEBOOK, demo_suite.suite(), touches_file=str(EXAMPLE), lookback_days=7)
    assert said["title"][0]["text"] == "Too few people ordered after a touch to tell channels apart"
    assert page_faults(said) == [] and "8 of 21 people" in said["answer"][0]["text"]


@pytest.mark.full
def test_first_orders_short_windows_one_store_and_the_null_world(file):
    first = said_by(NOTEBOOK, demo_suite.suite(), touches_file=str(file), lookback_days=1)
    assert page_faults(first) == []
    long = said_by(NOTEBOOK, demo_suite.suite(), touches_file=str(file), lookback_days=90, level=0.99)
    assert page_faults(long) == []
    one = demo_suite.suite(orders=lambda t: t.filter(t.store_id == "100001"))
    assert page_faults(said_by(NOTEBOOK, one, touches_file=str(file), first_orders=False)) == []
    for suite in (
        null_world.suite(null_world.SMALL),
        demo_suite.suite(as_of="2025-06-01"),
        demo_suite.suite(first_touches=lambda t: t.filter(ibis.literal(False))),
    ):
        bare = said_by(NOTEBOOK, suite)
        assert page_faults(bare) == [] and bare["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
@pytest.mark.parametrize("has_trials", [True, False])
def test_names_of_channels_are_text_whatever_they_hold(file, tmp_path, has_trials):
    text = file.read_text().replace(",mail,", ",{last} <b>mail</b> =A&B,")
    if not has_trials:
        text = text.replace(",yes\n", ",\n").replace(",no\n", ",\n")
    (tmp_path / "touches.csv").write_text(text)
    said = said_by(
        NOTEBOOK, demo_suite.suite(), touches_file=str(tmp_path / "touches.csv"), first_orders=False
    )
    assert page_faults(said) == [] and "{last} <b>mail</b> =A&B" in said["title"][0]["text"]
    assert "{last} <b>mail</b> =A&B" in said["answer"][0]["text"]


@pytest.mark.full
def test_no_orders_and_no_costs_end_in_what_is_known(file):
    nobody = demo_suite.suite(orders=lambda t: t.filter(ibis.literal(False)))
    said = said_by(NOTEBOOK, nobody, touches_file=str(file))
    assert said["title"][0]["text"].startswith("Too few people ordered") and page_faults(said) == []
    poor = demo_suite.suite(costs=lambda t: t.filter(ibis.literal(False)))
    said = said_by(NOTEBOOK, poor, touches_file=str(file), first_orders=False)
    assert page_faults(said) == [] and np.isnan(float(rows(said, "hold_outs")[0]["net"] or np.nan))
    assert said["decision"][0]["strength"] == "do not decide on this yet"
