"""The tax page: its numbers follow the rows, and where nothing is wrong it asks for nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt

import ibis
import pytest
from ibis import _

from lucky_analytics import settings
from lucky_analytics.decisions import WAIT
from lucky_analytics.schedule.rules import load_rules
from tests import demo_suite, estate_rows, hand_ledger, taxed
from tests.notebook_said import assert_sound, headlines, names, page_faults, rows, said_by

NOTEBOOK = "finance/tax_compliance"
HEADLINES = {"unpaid", "next_return", "due", "charged", "booked", "remitted", "not_charged", "fee_tax",
             "wrong_lines", "over_charged", "new_wrong_lines", "booked_off", "tax_system_rows",
             "naive_liability", "late_on_owed", "late_on_fees", "late_on_all", "by_order",
             "refund_tax"}  # fmt: skip


@pytest.fixture(scope="module")
def said():
    return said_by(NOTEBOOK, demo_suite.suite())


def test_the_page_is_whole_and_its_sums_are_those_of_the_rows(said):
    found = assert_sound(said, HEADLINES)
    listed = [row for row in rows(said, "errors") if row["class"] != "off by rounding"]
    assert found["wrong_lines"]["value"] == len(listed)
    assert found["not_charged"]["value"] == pytest.approx(sum(max(row["gap"], 0) for row in listed))
    assert found["over_charged"]["value"] == pytest.approx(sum(max(-row["gap"], 0) for row in listed))
    for table in ("months", "quarters", "ledger", "days", "stores", "jurisdictions", "products"):
        for name in ("due", "charged"):
            assert sum(row[name] for row in rows(said, table)) == pytest.approx(found[name]["value"]), table
    gap = found["not_charged"]["value"] - found["over_charged"]["value"]
    rounded = sum(row["gap"] for row in rows(said, "errors") if row["class"] == "off by rounding")
    assert found["due"]["value"] - found["charged"]["value"] == pytest.approx(gap + rounded)


def test_what_was_remitted_is_not_known_and_never_zero(said):
    found = headlines(said)
    assert found["remitted"]["value"] is None and "not zero" in found["remitted"]["note"]
    assert found["tax_system_rows"]["value"] == 0
    assert {row["remitted"] for row in rows(said, "months")} == {None}
    assert "We cannot see that the" in said["answer"][0]["text"]
    assert "does not say that it was not paid" in found["unpaid"]["note"]
    decided = said["decision"][0]
    assert decided["strength"] != "do" and any("may have been paid" in doubt for doubt in decided["doubts"])


def test_what_fell_due_and_what_is_next_are_the_returns_of_the_table(said):
    found, filed = headlines(said), rows(said, "returns")
    due = [row for row in filed if row["is_due"]]
    assert found["unpaid"]["value"] == pytest.approx(sum(row["to_pay"] for row in due))
    assert found["unpaid"]["n"] == len(due) > 0
    following = min((row for row in filed if not row["is_due"]), key=lambda row: row["due_date"])
    assert found["next_return"]["value"] == pytest.approx(following["to_pay"])
    assert said["decision"][0]["worth"]["value"] == pytest.approx(found["unpaid"]["value"])


def test_the_worksheets_can_be_had_as_workbooks(said):
    asked = {record["name"] for record in said["table"] if record.get("excel")}
    assert {"months", "quarters", "returns", "errors", "ledger", "exposure"} <= asked


def test_rules_of_alerts_name_what_the_page_has():
    alerts = load_rules(settings.load())
    own = {rule.name: rule.when.split()[0] for rule in alerts.rules if rule.notebook == "tax_compliance"}
    assert own == {"tax_overdue": "unpaid", "tax_system_fills": "tax_system_rows",
                   "tax_new_wrong_lines": "new_wrong_lines",
                   "tax_booked_apart": "booked_off"}  # fmt: skip
    assert set(own.values()) <= HEADLINES and alerts.faults == ()


@pytest.mark.full
def test_before_the_first_sale_the_page_says_so():
    said = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-01"))
    assert said["title"][0]["text"] == "No sale to tax yet" and "headline" not in said
    assert said["decision"][0]["strength"] == WAIT


@pytest.mark.full
def test_each_headline_moves_with_its_rows(said):
    before = headlines(said)
    none = ibis.literal(0, "int64")
    untaxed = _changed(order_items=lambda row: row.mutate(tax_cents=none, tax_rate=ibis.literal(0.0)))
    for name in ("charged", "not_charged", "wrong_lines", "over_charged", "new_wrong_lines", "late_on_owed",
                 "late_on_all"):  # fmt: skip
        assert untaxed[name]["value"] != before[name]["value"], name
    dearer = _changed(order_items=lambda row: row.mutate(paid_cents=row.paid_cents + 100))
    for name in ("due", "by_order", "unpaid", "next_return"):
        assert dearer[name]["value"] > before[name]["value"], name
    orders = _changed(
        orders=lambda row: row.mutate(
            delivery_fee_cents=2 * row.delivery_fee_cents, packaging_fee_cents=2 * row.packaging_fee_cents,
            revenue_cents=2 * row.revenue_cents, refund_cents=row.refund_cents + 100,
        )
    )  # fmt: skip
    for name in ("fee_tax", "naive_liability", "late_on_fees", "refund_tax"):
        assert orders[name]["value"] > before[name]["value"], name
    booked = _changed(accounting_batches=lambda row: row.mutate(booked_cents=row.booked_cents + 50))
    for name in ("booked", "booked_off"):
        assert booked[name]["value"] > before[name]["value"], name


def _changed(**edits):
    return headlines(said_by(NOTEBOOK, demo_suite.suite(**edits)))


@pytest.mark.full
def test_where_nothing_is_wrong_nothing_is_claimed_and_nothing_decided():
    said = said_by(NOTEBOOK, taxed.world(taxed.NOTHING))
    found = headlines(said)
    for name in (
        "wrong_lines",
        "not_charged",
        "over_charged",
        "new_wrong_lines",
        "booked_off",
        "late_on_owed",
    ):
        assert found[name]["value"] == 0, name
    assert found["due"]["value"] == found["charged"]["value"] == found["booked"]["value"]
    assert rows(said, "errors") == [] and rows(said, "booked_rows") == []
    # The tax system holds no row in any world: that is told of the returns, and nothing of the lines.
    assert "wrong" not in said["answer"][0]["text"] and "not charged" not in said["title"][0]["text"]
    decided = said["decision"][0]
    assert decided["strength"] != "do" and "wrong" not in decided["action"] + decided["because"]
    assert "no payment on record" in said["title"][0]["text"] and "We cannot see" in said["answer"][0]["text"]
    assert page_faults(said) == []


@pytest.mark.full
def test_without_fees_either_there_is_nothing_to_ask():
    none = ibis.literal(0, "int64")
    suite = taxed.world(taxed.NOTHING)
    suite._built["orders"] = suite.orders.mutate(delivery_fee_cents=none, packaging_fee_cents=none).cache()
    said = said_by(NOTEBOOK, suite)
    assert "adviser" not in said["decision"][0]["action"]
    assert headlines(said)["fee_tax"]["value"] == 0 and page_faults(said) == []


@pytest.mark.full
def test_a_tax_system_that_fills_is_told_and_read(tmp_path):
    ledger = hand_ledger.rows()
    ledger["luckyus_opshop.t_shop_info"] = [
        {**shop, "address": "755 Broadway, New York, NY"} for shop in hand_ledger.SHOPS
    ]
    ledger["luckyus_fi_tax.t_tax_return"] = [
        {"id": 1, "jurisdiction": "New York", "tax_due": "9", "tax_remitted": "8.50",
         "period_start": dt.date(2025, 12, 1), "period_end": dt.date(2026, 1, 31)}
    ]  # fmt: skip
    suite = estate_rows.suite(tmp_path, ledger, hand_ledger.AS_OF)  # no lines at all, one store a market
    said = said_by(NOTEBOOK, suite)
    found = headlines(said)
    assert found["tax_system_rows"]["value"] == 1 and found["remitted"]["value"] == 8.5
    assert {row["class"] for row in rows(said, "errors")} <= {"no tax recorded"}
    assert found["unpaid"]["value"] == 0 and "No return has fallen due yet." in said["answer"][0]["text"]
    assert page_faults(said) == []


@pytest.mark.full
def test_one_store_an_empty_week_and_the_first_day():
    one = demo_suite.suite(
        order_items=lambda row: row.filter(row.store_id == row.store_id.min()),
        orders=lambda row: row.filter(row.store_id == row.store_id.min()),
    )
    assert len(rows(said_by(NOTEBOOK, one), "stores")) == 1
    week = (_.order_date >= ibis.date(2026, 2, 7)) & (_.order_date <= ibis.date(2026, 2, 13))
    empty = demo_suite.suite(order_items=lambda row: row.filter(~week), orders=lambda row: row.filter(~week))
    said = said_by(NOTEBOOK, empty)
    assert page_faults(said) == [] and rows(said, "months")[-1]["period"] == "Feb 2026"
    first = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-30"))
    assert rows(first, "quarters")[0]["period"] == "Jun to Aug 2025" and len(rows(first, "days")) >= 1
    assert first["figure"][0]["finding"] == "No return has fallen due yet"


@pytest.mark.full
def test_amounts_that_are_all_zero_owe_nothing():
    none = ibis.literal(0, "int64")
    zero = {
        "order_items": lambda row: row.mutate(paid_cents=none, tax_cents=none),
        "orders": lambda row: row.mutate(
            revenue_cents=none, tax_cents=none, delivery_fee_cents=none, packaging_fee_cents=none,
            items_cents=none,
        ),
        "accounting_batches": lambda row: row.mutate(booked_cents=none),
    }  # fmt: skip
    said = said_by(NOTEBOOK, demo_suite.suite(**zero))
    found = headlines(said)
    assert found["due"]["value"] == found["charged"]["value"] == found["not_charged"]["value"] == 0


@pytest.mark.full
@pytest.mark.parametrize(
    ("gone", "section", "null"),
    [("ifiaccounting", "what was booked", "booked"),
     ("fi_tax", "whether the tax system fills", "tax_system_rows"),
     ("sales_payment", "what was booked", "booked"), ("scm_commodity", None, None)],
)  # fmt: skip
def test_without_a_server_the_page_says_what_is_missing(gone, section, null):
    suite = demo_suite.suite()
    left = {name: table for name, table in suite.snapshot.tables.items() if gone not in name}
    assert len(left) < len(suite.snapshot.tables)
    suite.snapshot = dataclasses.replace(suite.snapshot, tables=left)
    said = said_by(NOTEBOOK, suite)
    if section:
        assert section in said["missing"][0]["section"] and headlines(said)[null]["value"] is None
    assert {"classes", "returns", "stores"} <= names(said, "table") and page_faults(said) == []
