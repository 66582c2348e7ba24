"""The page on payment fraud: numbers follow the rows, it names nobody, accuses nobody and always comes."""

from __future__ import annotations

import datetime as dt
import functools
import json

import ibis
import pandas as pd
import pytest

from lucky_analytics import settings
from lucky_analytics.decisions import DO
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world, planted_world
from tests.notebook_said import assert_names_nobody, assert_sound, headlines, page_faults, rows, said_by

NOTEBOOK = "finance/payment_fraud"
HEADLINES = {"n_cases", "taken", "net", "beyond", "taken_so_far", "n_rings", "n_refunds", "n_strangers",
             "new_cases", "overlap", "largest_account"}  # fmt: skip
MUCH = {"fraud": {"coupon_rings": 300, "shared_cards": 100, "refund_abusers": 300}}


@functools.cache
def suite():
    return planted_world.suite(MUCH)


@functools.cache
def said():
    return said_by(NOTEBOOK, suite())


@functools.cache
def truth():
    home = suite().snapshot.folder
    file = next(
        parent / "demo/truth.json" for parent in home.parents if (parent / "demo/truth.json").is_file()
    )
    return json.loads(file.read_text())["exceptions"]["rows"]


def test_the_page_is_whole_and_its_numbers_are_those_of_its_tables():
    found = assert_sound(said(), HEADLINES)
    listed = pd.DataFrame(rows(said(), "cases"))
    assert found["n_cases"]["value"] == listed["q"].notna().sum() == len(found["n_cases"]["counted"])
    counts = listed["kind"].value_counts().reindex(["rings", "refunds", "strangers"], fill_value=0)
    assert [found[f"n_{kind}"]["value"] for kind in counts.index] == counts.tolist() and counts["rings"] > 0
    assert found["taken_so_far"]["value"] == pytest.approx(listed["dollars"].sum())
    assert found["taken"]["low"] <= found["taken"]["value"] <= found["taken"]["high"]
    kinds = pd.DataFrame(rows(said(), "kinds"))
    assert kinds["n"].sum() == len(listed)
    assert 0 <= found["new_cases"]["value"] <= found["n_cases"]["value"]


def test_no_customer_is_named_and_no_card():
    assert_names_nobody(said(), suite())
    told = json.dumps(said()["outputs"], default=str)
    cards = set(suite().payment_methods.card.execute())
    assert not [card for card in cards if card in told]


def test_nobody_is_blocked_and_what_cannot_be_known_is_said():
    made = said()["decision"][0]
    assert "block nobody" in made["action"] and made["strength"] != DO
    caveats = " ".join(record["text"] for record in said()["caveat"])
    for word in ("Chargebacks", "judged", "fingerprints", "innocent", "contract"):
        assert word in caveats
    assert "delivery platforms" in caveats and "rules named" in caveats


def test_more_refunds_of_one_customer_make_a_case_and_its_dollars():
    """A mutation: a customer with eight orders and no refund gets six of them back."""
    base = suite()
    orders, refunds = base.orders.execute(), base.refunds.execute()
    back = set(refunds["customer_id"])
    people = set(base.customers.filter(~base.customers.is_delivery_account).customer_id.execute())
    own = orders[orders["customer_id"].isin(people - back)]
    n = own["customer_id"].value_counts()
    most = sorted(n[n == 8].index)[0]
    mine = own[own["customer_id"] == most].head(6)
    added = refunds.loc[[refunds.index[0]] * len(mine)].reset_index(drop=True)
    added["refund_id"], added["customer_id"] = [f"x{k}" for k in range(len(mine))], most
    added["order_id"], added["currency"] = mine["order_id"].to_numpy(), "USD"
    added["refund_cents"] = mine["revenue_cents"].to_numpy()
    changed = planted_world.suite(MUCH)
    both = pd.concat([refunds, added], ignore_index=True)
    changed._built["refunds"] = ibis.memtable(both, schema=base.refunds.schema())
    after, before = headlines(said_by(NOTEBOOK, changed)), headlines(said())
    assert after["n_refunds"]["value"] == before["n_refunds"]["value"] + 1
    gained = after["taken_so_far"]["value"] - before["taken_so_far"]["value"]
    assert gained == pytest.approx(mine["revenue_cents"].sum() / 100, rel=0.1)


def test_a_card_given_to_others_breaks_a_ring():
    """A mutation: with a card each, nobody shares one."""
    changed = planted_world.suite(MUCH)
    kept = changed.payment_methods
    changed._built["payment_methods"] = kept.mutate(card=kept.method_id).cache()
    after = headlines(said_by(NOTEBOOK, changed))
    assert headlines(said())["n_rings"]["value"] > 0
    assert after["n_rings"]["value"] == after["n_strangers"]["value"] == 0
    assert after["n_refunds"]["value"] == headlines(said())["n_refunds"]["value"]


def test_where_nothing_is_planted_the_page_claims_nothing():
    told = said_by(NOTEBOOK, null_world.suite())
    found = headlines(told)
    assert page_faults(told) == [] and found["n_cases"]["value"] == 0 and found["beyond"]["value"] is None
    assert told["decision"][0]["is_idle"] and told["title"][0]["text"].startswith("No account")


@pytest.mark.parametrize("edit", ["no cards", "no refunds", "no customers", "no platforms"])
def test_an_empty_table_has_its_page(edit):
    tables = {
        "no cards": {"payment_methods": lambda table: table.filter(False)},
        "no refunds": {"refunds": lambda table: table.filter(False)},
        "no customers": {"customers": lambda table: table.filter(False)},
        "no platforms": {"customers": lambda table: table.mutate(is_delivery_account=ibis.literal(False))},
    }[edit]
    told = said_by(NOTEBOOK, demo_suite.suite(**tables))
    assert page_faults(told) == [] and set(headlines(told)) == HEADLINES


def test_without_risk_control_the_rest_stands():
    told = said_by(NOTEBOOK, demo_suite.suite(), without={"optional-what-rules-knew"})
    assert set(headlines(told)) == HEADLINES and page_faults(told) == []


def test_before_the_first_order_there_is_nothing_to_look_at():
    told = said_by(NOTEBOOK, demo_suite.suite(dt.date(2025, 6, 1)))
    assert "headline" not in told and told["decision"][0]["strength"] == "do not decide on this yet"


@pytest.mark.full
@pytest.mark.parametrize(
    "given",
    [{"level": 0.5}, {"level": 0.99}, {"most_false": 0.001}, {"most_false": 0.5}, {"window_days": 1},
     {"window_days": 60}, {"household_most": 1}, {"household_most": 50}, {"reviews": 1}, {"reviews": 10_000},
     {"dollars_a_case": 0.0}, {"dollars_a_case": 1000.0}, {"days_scored": 7}, {"days_scored": 365}],
)  # fmt: skip
def test_every_parameter_at_both_ends(given):
    told = said_by(NOTEBOOK, suite(), **given)
    assert page_faults(told) == [] and set(headlines(told)) == HEADLINES


@pytest.mark.full
def test_planted_accounts_are_found():
    listed = pd.DataFrame(rows(said(), "cases"))
    assert listed.loc[listed["kind"] == "rings", "n"].sum() >= 0.6 * len(truth()["coupon_rings_accounts"])
    assert (listed["kind"] == "refunds").sum() >= 0.5 * len(truth()["refund_abusers_accounts"])


def test_each_alert_rule_asks_for_a_headline_of_the_page():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in alerts.rules if rule.notebook == "payment_fraud"}
    assert own == {"new_cases"} and own <= HEADLINES and alerts.faults == ()
