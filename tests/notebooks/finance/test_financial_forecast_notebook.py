"""The page of the financial forecast: whole, moved by its rows, honest where nothing is known."""

from __future__ import annotations

import datetime as dt

import ibis
import pytest
from ibis import _

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite
from tests.notebook_said import assert_sound, headlines, names, on_demo, page_faults, rows, said_by

NOTEBOOK = "finance/financial_forecast"
HEADLINES = {"result", "revenue", "openings", "openings_cost", "one_opening", "next_tax", "cash_need",
             "runway", "four_walls", "pays", "error", "naive_error", "inside", "fee_rate"}  # fmt: skip
run, usual = on_demo(NOTEBOOK)


def test_the_page_is_whole_and_its_sums_close():
    said = usual()
    found = assert_sound(said, HEADLINES)
    table = {row["line"]: row for row in rows(said, "scenarios")}
    for name in ("No store opens", "Openings go on"):
        line = {key: row[name] for key, row in table.items()}
        spent = sum(line[key] for key in line if not key.startswith(("Revenue", "Left", "Build-outs")))
        # middles of sums are not quite sums of middles
        assert line["Revenue, tax included"] - spent == pytest.approx(
            line["Left"], abs=0.05 * line["Revenue, tax included"]
        )
    assert found["result"]["value"] == pytest.approx(table["Left"]["No store opens"])
    assert found["openings_cost"]["value"] == pytest.approx(-found["openings"]["value"])
    assert found["next_tax"]["value"] == pytest.approx(rows(said, "months")[1]["tax"], rel=0.3)
    assert len(rows(said, "months")) == 13 and {row["what"] for row in rows(said, "unknown")} >= {
        "Debt and its service"
    }


def test_nothing_is_decided_while_cash_and_head_office_are_in_no_table():
    said = usual()
    decided = said["decision"][0]
    assert decided["strength"] == WAIT and any("in no table" in doubt for doubt in decided["doubts"])
    assert any("longer than what was seen" in doubt for doubt in decided["doubts"])
    assert headlines(said)["runway"]["value"] is None
    assert "cannot be said" in said["point"][0]["text"]


@pytest.mark.full
def test_cash_that_is_given_names_a_month_and_parameters_at_their_ends_bring_a_page():
    said = run(
        {"cash_dollars": 1000.0, "office_dollars_month": 3000.0, "debt_dollars_month": 0.0, "months": 1}
    )
    assert headlines(said)["runway"]["value"] == 1 and page_faults(said) == []
    ends = {"openings_a_year": 0.0, "demand_drop": 0.0, "months": 24, "level": 0.5, "nearness": 0.0}
    said = run(ends)
    assert page_faults(said) == [] and headlines(said)["openings"]["value"] is None
    assert "pening" not in said["title"][0]["text"] and list(rows(said, "scenarios")[0]) == [
        "line",
        "No store opens",
    ]


@pytest.mark.full
def test_each_headline_moves_with_its_rows():
    before = headlines(usual())
    twice = run(accounting_costs=lambda bill: bill.mutate(cost_cents=bill.cost_cents * 2))
    after = headlines(twice)
    moved = {"result", "openings", "openings_cost", "one_opening", "cash_need", "four_walls", "pays"}
    assert all(after[name]["value"] != before[name]["value"] for name in moved)
    assert "do not pay their bills" in twice["title"][0]["text"]
    fewer = run(
        orders=lambda order: order.mutate(
            revenue_cents=_.revenue_cents * (order.order_date < dt.date(2026, 1, 20)).cast("int64") + 100
        )
    )
    assert all(headlines(fewer)[name]["value"] != before[name]["value"] for name in
               ("revenue", "next_tax", "error", "naive_error"))  # fmt: skip


def test_a_ledger_that_nobody_has_read_is_not_taken_for_one_with_few_bills():
    suite = demo_suite.suite()
    optional = suite.optional
    suite.optional = lambda name: None if name == "accounting_costs" else optional(name)
    said = said_by(NOTEBOOK, suite)
    assert "have not been read" in said["answer"][0]["text"] and "few" not in said["answer"][0]["text"]
    assert "t_acc_cost_bill" in said["decision"][0]["action"] and said["decision"][0]["strength"] == WAIT


def test_without_bills_or_before_the_first_sale_the_page_says_so():
    none = run(accounting_costs=lambda bill: bill.filter(ibis.literal(False)))
    assert none["title"][0]["text"] == "Too little is known yet for a forecast" and "headline" not in none
    early = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-01"))
    assert "there is no order yet" in early["answer"][0]["text"] and early["decision"][0]["strength"] == WAIT


@pytest.mark.full
@pytest.mark.parametrize(
    ("as_of", "why"), [("2025-08-01", "too few stores"), ("2025-10-05", "too few bills")]
)
def test_early_days_bring_no_forecast_and_the_reason(as_of, why):
    said = said_by(NOTEBOOK, demo_suite.suite(as_of=as_of))
    assert why in said["answer"][0]["text"] and "headline" not in said


@pytest.mark.full
def test_without_fees_they_are_counted_as_none_and_the_page_says_so():
    said = run(fees=lambda fee: fee.filter(ibis.literal(False)))
    assert headlines(said)["fee_rate"]["value"] is None and page_faults(said) == []
    assert any("fees of payment: they are counted as none" in limit["text"] for limit in said["caveat"])
    assert not next(check for check in said["check"] if check["name"] == "fees of payment are known")[
        "passed"
    ]


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.name: rule.when.split()[0] for rule in alerts.rules if rule.notebook == "financial_forecast"}
    assert own == {"forecast_loss": "pays", "cash_runs_out": "runway"} and alerts.faults == ()
    assert {"scenarios", "months", "unknown", "causes"} <= names(usual(), "table")
