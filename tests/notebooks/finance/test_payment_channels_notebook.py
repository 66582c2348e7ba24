"""The page on payment methods: whole, its headlines follow the rows, quiet where nothing is to be said."""

from __future__ import annotations

import dataclasses
import functools
import json

import ibis
import pytest
from ibis import _

from lucky_analytics import settings
from lucky_analytics.apps.payment_what_if.payment_page import make_actions
from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.questions.finance.payment_channels.payment_prepared import prepare_payments
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, null_world, payment_rows
from tests.notebook_said import headlines, names, page_faults, rows, said_by

NOTEBOOK = "finance/payment_channels"
TILES = {"fees_year", "cent_saving", "saving", "net", "basket_saving"}
OTHERS = {
    "fee_rate",
    "break_even",
    "difference",
    "needed_take_up",
    "reach",
    "changes",
    "off_schedule",
    "missing_fees",
    "list_price",
}
OPEN = ["methods", "levers", "claims"]
PLANTED = {"53": (4.0, 0.0095), "6": (5.0, 0.013), "51": (4.0, 0.0095), "3": (2.0, 0.005), "1": (6.0, 0.016),
           "52": (3.0, 0.011), "5": (5.0, 0.0125), "91": (8.0, 0.015)}  # fmt: skip


@functools.cache
def said():
    return said_by(NOTEBOOK, demo_suite.suite())


def test_the_page_is_whole_and_its_headlines_have_intervals():
    assert page_faults(said()) == []
    found = headlines(said())
    assert set(found) == TILES | OTHERS and {n for n, each in found.items() if each["is_tile"]} == TILES
    for name in TILES | {"difference"}:
        assert found[name]["low"] < found[name]["value"] < found[name]["high"] and found[name]["n"] > 1_000, (
            name
        )
    assert all(check["passed"] for check in said()["check"])
    assert [record["name"] for record in said()["table"]][:3] == OPEN
    assert {record["name"] for record in said()["table"] if record.get("excel")} >= {
        "methods",
        "schedules",
        "changes",
    }
    assert "SELECT" in found["fees_year"]["sql"]


def test_schedules_are_those_that_were_planted_and_nothing_changed():
    found = rows(said(), "schedules")
    for channel, (fixed, rate) in PLANTED.items():
        for row in (r for r in found if r["channel_id"] == channel and r["part"] == "processing"):
            if row["n"] > 20:
                assert abs(row["fixed"] - fixed) < 0.5 and abs(row["rate"] - rate) < 1e-4, row
    assert headlines(said())["changes"]["value"] == headlines(said())["off_schedule"]["value"] == 0
    assert rows(said(), "changes") == [] and "no schedule changed" in said()["figure"][3]["finding"]


def test_the_app_says_what_the_page_says():
    prepared = prepare_payments(demo_suite.suite())
    first, found = make_actions(prepared)["evaluate"]({}), headlines(said())
    pairs = {"steering": "saving", "net": "net", "break_even": "break_even", "fees": "fees_year"}
    for own, name in pairs.items():
        assert first[own] == {end: found[name][end] for end in ("value", "low", "high")}, name
    wider = {"scenario": {"levers": {"basket": 1.1 * prepared.basket}}}
    basket = make_actions(prepared)["evaluate"](wider)["basket"]
    assert basket["value"] == found["basket_saving"]["value"]
    decided = said()["decision"][0]
    assert {name: decided[name] for name in first["decision"]} == first["decision"]


@pytest.mark.parametrize("basket", [1.0, 0.9])
def test_a_saved_scenario_says_what_the_app_says_to_the_last_digit(basket):
    given = payment_rows.suite(payment_rows.make_payments(), {"c53": ("3",)})
    prepared = prepare_payments(given)
    levers = {"take_up": 0.2, "incentive": 0.5, "basket": round(basket * prepared.basket, 2)}
    shown = make_actions(prepared)["evaluate"](
        {"scenario": {"source": "6", "target": "53", "levers": levers}}
    )
    saved = said_by(NOTEBOOK, given, scenario=json.dumps(shown["scenario"]), take_up=0.9, from_method="3")
    found = headlines(saved)
    names = {"steering": "saving", "net": "net", "break_even": "break_even", "fees": "fees_year"}
    if basket != 1.0:  # at today's basket the page shows one a tenth larger beside it
        names |= {"together": "together", "basket": "basket_saving"}
    assert ("together" in found) == (basket != 1.0)
    for own, name in names.items():
        assert shown[own] == {end: found[name][end] for end in ("value", "low", "high")}, name
    decided = saved["decision"][0]
    assert {name: decided[name] for name in shown["decision"]} == shown["decision"]
    assert page_faults(saved) == [] and "20 % of" in found["saving"]["label"]
    assert ("smaller basket alone" in saved["answer"][0]["text"]) == (basket < 1)


def test_a_scenario_that_cannot_be_is_one_clear_line():
    given = payment_rows.suite(payment_rows.make_payments())
    for levers in ({"take_up": "<b>"}, {"basket": float("nan")}):
        with pytest.raises(ParameterError):
            said_by(NOTEBOOK, given, scenario=json.dumps({"levers": levers}))
    with pytest.raises(UnknownNameError, match="payment method"):
        said_by(NOTEBOOK, given, scenario=json.dumps({"source": "<script>", "target": "3"}))


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.name: rule.when.split()[0] for rule in alerts.rules if rule.notebook == "payment_channels"}
    assert own == {"payment_schedule_changed": "changes", "payments_off_schedule": "off_schedule"}
    assert alerts.faults == ()


@pytest.mark.full
def test_fees_agree_with_the_page_on_reconciliation():
    other = said_by("finance/revenue_reconciliation", demo_suite.suite())
    assert headlines(other)["fee_rate"]["value"] == headlines(said())["fee_rate"]["value"]
    assert rows(other, "fee_months") == rows(said(), "fee_months")
    keys = ("what", "entity", "window", "value")
    one, two = ({key: page["published"][0][key] for key in keys} for page in (other, said()))
    assert one == two


@pytest.mark.full
def test_each_headline_moves_with_its_rows():
    before = headlines(said())

    def changed(**edits):
        return headlines(said_by(NOTEBOOK, demo_suite.suite(**edits)))

    def dearer(fee):
        return fee.mutate(transaction_fee_cents=fee.transaction_fee_cents + 1, fee_cents=fee.fee_cents + 1)

    all_dearer = changed(fees=lambda fee: dearer(fee.filter(_.amount_cents > 0)))
    for name in ("fees_year", "fee_rate", "basket_saving"):
        assert all_dearer[name]["value"] > before[name]["value"], name
    own = (_.channel_id == "53") & (_.amount_cents > 0)
    apple = changed(fees=lambda fee: dearer(fee.filter(own)).union(fee.filter(~own)))
    for name in ("saving", "net", "break_even", "difference"):
        assert apple[name]["value"] > before[name]["value"], name
    one = (_.payment_id.substr(_.payment_id.length() - 2, 2) == "77") & own
    odd = changed(fees=lambda fee: dearer(fee.filter(one)).union(fee.filter(~one)))
    assert odd["off_schedule"]["value"] > 20 and odd["changes"]["value"] == 0
    half = changed(fees=lambda fee: fee.filter(fee.payment_date < ibis.date(2026, 2, 1)))
    assert half["missing_fees"]["value"] > before["missing_fees"]["value"]
    assert half["list_price"]["value"] < before["list_price"]["value"]
    none = changed(payment_methods=lambda kept: kept.filter(kept.channel_id != "3"))
    assert none["reach"]["value"] == 0 < before["reach"]["value"]
    since = (_.payment_date >= ibis.date(2026, 1, 1)) & (_.channel_id == "6") & (_.amount_cents > 0)
    since &= _.currency == "USD"
    raised = changed(fees=lambda fee: dearer(fee.filter(since)).union(fee.filter(~since)))
    assert raised["changes"]["value"] == 1 and before["needed_take_up"]["value"] is None


@pytest.mark.full
def test_every_parameter_changes_the_page():
    before = headlines(said())
    changes = {"from_method": ("6", "saving"), "to_method": ("52", "saving"), "take_up": (0.3, "saving"),
               "incentive_cents": (1.0, "net"), "larger_basket": (0.5, "basket_saving"),
               "n_weeks": (4, "fees_year"), "level": (0.5, "fees_year")}  # fmt: skip
    for name, (value, moved) in changes.items():
        found = headlines(said_by(NOTEBOOK, demo_suite.suite(), **{name: value}))[moved]
        assert (found["value"], found["low"]) != (before[moved]["value"], before[moved]["low"]), name
    topped = said_by(NOTEBOOK, demo_suite.suite(), top_up_dollars=50.0)
    assert rows(topped, "levers") != rows(said(), "levers")
    free = said_by(NOTEBOOK, demo_suite.suite(), incentive_cents=0.0)
    assert free["title"][0]["text"].startswith("Shifting 10 % of Apple Pay to debit card would save $")
    assert page_faults(free) == []


@pytest.mark.full
def test_the_null_world_has_no_change_and_no_discount_is_recommended():
    quiet = said_by(NOTEBOOK, null_world.suite())
    assert rows(quiet, "changes") == [] and page_faults(quiet) == []
    assert "give no 5-cent discount" in quiet["decision"][0]["action"]


@pytest.mark.full
def test_where_all_methods_cost_the_same_nothing_is_claimed():
    def same(fee):
        cost = (3 + fee.amount_cents * 0.01).round(2)
        cost = ibis.ifelse(fee.amount_cents > 0, cost, 0.0)
        return fee.mutate(transaction_fee_cents=cost, fee_cents=cost + fee.service_fee_cents)

    found = said_by(NOTEBOOK, demo_suite.suite(fees=same))
    assert page_faults(found) == []
    assert headlines(found)["saving"]["low"] <= 0 <= headlines(found)["saving"]["high"] + 1
    free = said_by(NOTEBOOK, demo_suite.suite(fees=same), incentive_cents=0.0)
    assert free["decision"][0]["strength"] == "do not decide on this yet"
    assert not free["decision"][0]["action"].startswith("show")


@pytest.mark.full
@pytest.mark.parametrize("as_of", ["2025-06-01", "2025-06-30", "2025-07-13", "2025-09-01"])
def test_before_and_soon_after_the_first_payment(as_of):
    found = said_by(NOTEBOOK, demo_suite.suite(as_of=as_of))
    assert len(found["title"]) == len(found["answer"]) == len(found["decision"]) == 1
    if as_of < "2025-07-14":
        assert found["decision"][0]["strength"] == "do not decide on this yet" and "headline" not in found
    else:
        assert page_faults(found) == []


@pytest.mark.full
def test_one_method_an_empty_week_and_amounts_of_nothing():
    nothing = dict.fromkeys(("fee_cents", "transaction_fee_cents", "service_fee_cents"), 0.0)
    zero = ibis.literal(0, "int64")
    edits = (
        lambda fee: fee.filter(fee.channel_id == "53"),
        lambda fee: fee.mutate(amount_cents=zero, **nothing),
    )
    for edit in edits:
        found = said_by(NOTEBOOK, demo_suite.suite(fees=edit))
        assert found["title"][0]["text"].startswith("Too few weeks or methods")
    week = (_.payment_date >= ibis.date(2026, 1, 5)) & (_.payment_date < ibis.date(2026, 1, 12))
    found = said_by(NOTEBOOK, demo_suite.suite(fees=lambda fee: fee.filter(~week)))
    assert (
        page_faults(found) == []
        and headlines(found)["fees_year"]["value"] < headlines(said())["fees_year"]["value"]
    )


@pytest.mark.full
@pytest.mark.parametrize(
    ("gone", "section"),
    [("t_channel_fee", "what payments cost"), ("t_user_channel", "who keeps which method on file")],
)
def test_without_a_table_the_page_says_what_is_missing(gone, section):
    suite = demo_suite.suite()
    left = {name: table for name, table in suite.snapshot.tables.items() if gone not in name}
    suite.snapshot = dataclasses.replace(suite.snapshot, tables=left)
    found = said_by(NOTEBOOK, suite)
    assert [record["section"] for record in found["missing"]] == [section]
    if gone == "t_channel_fee":
        assert found["title"][0]["text"] == "No fee record yet"
    else:
        assert headlines(found)["reach"]["value"] is None and page_faults(found) == []
        assert {"methods", "levers"} <= names(found, "table")
