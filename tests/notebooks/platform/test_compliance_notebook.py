"""The compliance page: its numbers follow the rows, agree with the finance pages, and claim nothing more."""

from __future__ import annotations

import ibis
import pandas as pd
import pytest

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.report_evidence import hash_evidence
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, planted_world, taxed
from tests.notebook_said import assert_sound, headlines, names, page_faults, rows, said_by

NOTEBOOK = "platform/compliance"
HEADLINES = {"failed", "new_failures", "score", "open_issues", "untestable", "tested", "undecided",
             "before_score", "naive_score", "broken_entries", "always", "tax_unpaid"}  # fmt: skip
# Facts of every demo estate, whatever is planted: an empty tax system, tickets over half an hour that the
# published mean needs, paid breaks that are no meal breaks (docs/demo-estate.md).
ALWAYS = {"tax_system", "making_time", "meal_break"}
OF_BOOKS = {"orphan_payment", "double_charge", "unpaid_order", "refund_linked", "payment_currency",
            "order_amount", "payments_booked", "ledger_entries", "fee_bills"}  # fmt: skip


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, demo_suite.suite())


def test_the_page_is_whole_and_its_numbers_are_those_of_its_tables(said):
    found = assert_sound(said, HEADLINES)
    listed = pd.DataFrame(rows(said, "checklist"))
    outcomes = listed["outcome"].value_counts()
    assert found["failed"]["value"] == outcomes["failed"] == len(rows(said, "failed"))
    assert found["untestable"]["value"] == outcomes["not testable"] == len(rows(said, "untestable"))
    tested = listed[listed["outcome"].isin(("passed", "failed", "too few to say"))]
    assert found["tested"]["value"] == len(tested)
    weight = tested["severity"].map({"high": 3, "medium": 2, "low": 1})
    assert found["score"]["value"] == pytest.approx(
        weight[tested["outcome"] == "passed"].sum() / weight.sum()
    )
    assert len(rows(said, "issues")) == sum(row["n"] for row in rows(said, "failed"))
    assert {row["tab"] for row in rows(said, "checklist")} == {
        "Tax",
        "Payment",
        "Food",
        "Financial",
        "Labour",
    }


def test_nothing_that_no_table_shows_is_counted_as_passed(said):
    found = headlines(said)
    assert found["untestable"]["value"] > 0 and "neither passed nor failed" in " ".join(
        each["text"] for each in said["caveat"]
    )
    assert found["naive_score"]["value"] > found["score"]["value"]
    assert {"PCI DSS 4.0"} <= {row["source"] for row in rows(said, "untestable")}


def test_evidence_is_hashed_and_the_same_when_tested_again(said):
    evidence = pd.DataFrame(rows(said, "evidence"))
    hashes = {row["control"]: row["sha256"] for row in rows(said, "hashes")}
    (attested,) = said["attested"]
    assert {test["name"]: test["sha256"] for test in attested["tests"]} == hashes
    assert len(hashes) == len(rows(said, "checklist"))
    by_control = evidence[evidence["part"] == "exception"].groupby("control").size()
    for row in rows(said, "checklist"):
        assert by_control.get(row["name"], 0) == row["n_all"], row["name"]
    frame = evidence.astype({"cents": "Int64"})
    assert hash_evidence(frame) == hashes


def test_no_person_stands_in_the_evidence(said):
    people = set(demo_suite.suite().employees.employee_id.execute())
    text = " ".join(f"{row['case']} {row['detail']}" for row in rows(said, "evidence")).split()
    assert people and not people & set(text)


@pytest.mark.full
def test_a_mistaken_change_is_named_and_costs_nothing_else():
    changed = said_by(NOTEBOOK, demo_suite.suite(), changes="making_time: {limit: 60 %}\nfees: {limit: 1}")
    assert headlines(changed)["broken_entries"]["value"] == 1
    broken = [check for check in changed["check"] if not check["passed"]]
    assert [check["name"] for check in broken] == ["changes, fees can be read"]
    outcome = {row["name"]: row["outcome"] for row in rows(changed, "checklist")}
    assert outcome["making_time"] == "passed"


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.when.split()[0] for rule in alerts.rules if rule.notebook == "compliance"}
    assert own == {"new_failures", "broken_entries"} and alerts.faults == ()


def test_the_downloads_of_an_auditor_are_workbooks(said):
    asked = {record["name"] for record in said["table"] if record.get("excel")}
    assert {"issues", "checklist", "failed", "months", "scores", "hashes"} <= asked
    assert names(said, "figure") == {"failed", "scores", "shares"}


def test_before_the_first_order_the_page_says_so():
    early = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-01"))
    assert early["title"][0]["text"] == "Nothing can be checked yet" and "headline" not in early
    assert early["decision"][0]["strength"] == WAIT


@pytest.mark.full
def test_on_the_first_day_the_page_comes():
    first = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-30"))
    assert page_faults(first) == [] and headlines(first)["tested"]["value"] > 0


@pytest.mark.full
def test_where_nothing_was_planted_nothing_fails_but_what_always_does():
    said = said_by(NOTEBOOK, planted_world.suite(taxed.NOTHING))
    failed = {row["name"] for row in rows(said, "failed")}
    # An estate of this size has few of a store's checks, so that the next one may be weeks away.
    assert failed <= ALWAYS | {"fee_record", "put_right"} and failed >= {"tax_system"}
    assert page_faults(said) == []
    found = headlines(said)
    assert found["new_failures"]["value"] <= len(failed)


@pytest.mark.full
def test_it_counts_what_the_finance_pages_count(said):
    books = said_by("finance/revenue_reconciliation", demo_suite.suite())
    lines = said_by("finance/tax_compliance", demo_suite.suite())
    n_all = {row["name"]: row["n_all"] for row in rows(said, "checklist")}
    wrong = sum(n_all[name] for name in ("tax_charged", "exempt_food", "tax_rate_known"))
    assert wrong == headlines(lines)["wrong_lines"]["value"]
    assert n_all["tax_booked"] == len(rows(lines, "booked_rows"))
    evidence = pd.DataFrame(rows(said, "evidence"))
    is_of_books = evidence["control"].isin(OF_BOOKS) & (evidence["currency"] == "USD")
    lacking = [row for row in rows(books, "classes") if row["label"] == "fees without a record"]
    at_risk = headlines(books)["at_risk"]["value"] - sum(row["at_risk"] for row in lacking)
    assert evidence.loc[is_of_books, "cents"].sum() / 100 == pytest.approx(at_risk)


@pytest.mark.full
def test_each_headline_moves_with_its_rows(said):
    before = headlines(said)
    low = ibis.literal(1, "int64")
    edits = {
        "wages": lambda row: row.mutate(hour_cents=low),
        "task_forms": lambda row: row.mutate(result=ibis.literal("not done")),
        "clock_ins": lambda row: row.filter(row.kind == "in"),
    }
    moved = headlines(said_by(NOTEBOOK, demo_suite.suite(**edits)))
    for name in (
        "failed",
        "new_failures",
        "score",
        "open_issues",
        "naive_score",
        "before_score",
        "undecided",
    ):
        assert moved[name]["value"] != before[name]["value"] or name in ("new_failures", "undecided"), name
    bare = demo_suite.suite()
    own = type(bare).optional
    bare.optional = lambda name: None if name in ("task_forms", "wages") else own(bare, name)
    without = headlines(said_by(NOTEBOOK, bare))
    assert without["untestable"]["value"] == before["untestable"]["value"] + 4
    assert without["tested"]["value"] == before["tested"]["value"] - 4
