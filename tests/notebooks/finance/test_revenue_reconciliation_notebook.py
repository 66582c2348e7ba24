"""The reconciliation page: its numbers follow the rows, and where nothing is wrong it asks for nothing."""

from __future__ import annotations

import dataclasses
import datetime as dt

import ibis
import pytest
from ibis import _

from lucky_analytics import catalog, settings
from lucky_analytics.errors import LuckyError
from lucky_analytics.publish.audiences import load_audiences
from tests import demo_suite, estate_rows, hand_ledger, reconciled
from tests.notebook_said import headlines, names, page_faults, rows, said_by

NOTEBOOK = "finance/revenue_reconciliation"
HEADLINES = {"at_risk", "exceptions", "unexplained", "new_at_risk", "days_differ", "fee_rate", "ordered",
             "nzd_at_risk", "trend"}  # fmt: skip


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    return estate_rows.suite(tmp_path_factory.mktemp("page"), hand_ledger.rows(), hand_ledger.AS_OF)


@pytest.fixture(scope="module")
def said(suite):
    return said_by(NOTEBOOK, suite)


def test_the_page_is_whole_and_its_sums_are_those_of_the_rows(said, suite):
    assert page_faults(said) == []
    found = headlines(said)
    assert set(found) == HEADLINES
    assert all(check["passed"] for check in said["check"] if "shop" not in check["name"])
    listed = rows(said, "exceptions_usd")
    risk = sum(row["at_risk"] for row in listed)  # as a reader adds the download
    assert found["at_risk"]["value"] == pytest.approx(risk)
    assert found["exceptions"]["value"] == sum(
        row["at_risk"] > 0 and row["class"] not in ("timing", "rounding") for row in listed
    )
    paid = suite.orders.revenue_cents.sum().execute() / 100
    assert found["ordered"]["value"] == pytest.approx(paid)
    assert {row["currency"] for row in listed} == {"USD"}
    week = suite.orders.filter(_.order_date > hand_ledger.AS_OF - dt.timedelta(days=7)).count().execute()
    assert found["new_at_risk"]["n"] == week < found["at_risk"]["n"]
    assert {row["currency"] for row in rows(said, "exceptions_nzd")} == {"NZD"}


def test_orders_to_payments_is_a_bridge_without_a_gap(said):
    steps = rows(said, "bridge")
    for money in ("n_usd", "usd", "n_nzd", "nzd"):
        inner = sum(step[money] for step in steps[:-1])
        assert inner == pytest.approx(steps[-1][money]), money


def test_every_total_closes_in_the_table_of_balances(said):
    table = rows(said, "balance")
    for leg in {(row["leg"], row["currency"]) for row in table}:
        own = [row for row in table if (row["leg"], row["currency"]) == leg]
        for side in ("left", "right", "n_left", "n_right"):
            parts = sum(row[side] for row in own if row["class"] != "total")
            assert parts == pytest.approx(next(row[side] for row in own if row["class"] == "total"))


def test_accounting_gets_workbooks(said):
    asked = {record["name"] for record in said["table"] if record.get("excel")}
    assert {"days", "classes", "exceptions_usd", "exceptions_nzd", "balance", "all_days"} <= asked


def test_the_parts_of_each_day_lead_from_orders_to_accounting(said):
    shown = {column["name"] for each in said["table"] if each["name"] == "days" for column in each["columns"]}
    parts = ("moved", "classified", "unexplained", "settling")
    assert {"placed", "booked", *parts} <= shown
    for day in rows(said, "all_days"):
        assert day["booked"] - day["placed"] == pytest.approx(sum(day[part] for part in parts), abs=0.005)


@pytest.mark.full
def test_each_headline_moves_with_its_rows():
    before = headlines(said_by(NOTEBOOK, demo_suite.suite()))
    dearer = _changed(
        payments=lambda row: row.mutate(
            amount_cents=row.amount_cents + ibis.ifelse(row.amount_cents > 0, 7, 0)
        )
    )
    fewer = _changed(all_orders=lambda row: row.filter(row.paid_cents % 2 == 0))
    doubled = _changed(fees=lambda row: row.mutate(fee_cents=2 * row.fee_cents))
    for name in ("at_risk", "exceptions", "new_at_risk", "nzd_at_risk", "trend"):
        assert dearer[name]["value"] != before[name]["value"], name
    for name in ("ordered", "exceptions", "at_risk"):
        assert fewer[name]["value"] != before[name]["value"], name
    assert doubled["fee_rate"]["value"] == pytest.approx(2 * before["fee_rate"]["value"])
    again = _changed(
        payments=lambda row: row.union(
            row.mutate(payment_id=row.payment_id + "x", amount_cents=row.amount_cents + 9)
        )
    )
    assert again["unexplained"]["value"] > before["unexplained"]["value"]
    agree = _changed(accounting_batches=lambda row: row.filter(row.posting_date < row.posting_date.min()))
    assert agree["days_differ"]["value"] >= before["days_differ"]["value"]


def _changed(**edits):
    return headlines(said_by(NOTEBOOK, demo_suite.suite(**edits)))


@pytest.mark.full
def test_where_nothing_is_wrong_nothing_is_claimed_and_nothing_decided():
    said = said_by(NOTEBOOK, reconciled.world(reconciled.NOTHING))
    found = headlines(said)
    fees = [row for row in rows(said, "exceptions_usd") if row["leg"] != "fee records and fee bills"]
    assert [row for row in fees if row["class"] != "timing"] == []
    assert found["unexplained"]["value"] == 0 and page_faults(said) == []


@pytest.mark.full
def test_the_hand_ledger_without_its_exceptions_decides_nothing(tmp_path):
    good = {"matched"}
    ledger = hand_ledger.rows()
    orders = {str(number) for number, *_rest, kind in hand_ledger.ORDERS if kind in good}
    odd = {str(order) for _name, order, *_rest, kind in hand_ledger.PAYMENTS if kind not in good}
    keep = orders - odd
    order, trade = "luckyus_sales_order.t_order", "luckyus_sales_payment.t_trade"
    ledger[order] = [row for row in ledger[order] if str(row["id"]) in keep]
    ledger[trade] = [{**row, "batch_no": "A"} for row in ledger[trade]
                     if row["order_id"] in keep and row["trade_type"] == 1]  # fmt: skip
    bills = "luckyus_ifiaccounting.t_acc_income_bill"
    entries = "luckyus_ifiaccounting.t_pre_voucher_entry_assist"
    by_currency = {}
    for row in ledger[trade]:
        by_currency[row["currency_code"]] = by_currency.get(row["currency_code"], 0) + row["amount"]
    ledger[bills] = [
        {**ledger[bills][0], "id": place, "bill_no": f"B{place}", "currency_code": currency,
         "amount": f"{cents / 100:.2f}"}
        for place, (currency, cents) in enumerate(by_currency.items())
    ]  # fmt: skip
    ledger[entries] = [
        {**hand_ledger.rows()[entries][0], "id": 10 * place + side, "bill_no": bill["bill_no"],
         "account_code": account, "direction": side, "amount": bill["amount"],
         "currency_code": bill["currency_code"]}
        for place, bill in enumerate(ledger[bills]) for side, account in ((2, "6001"), (1, "1122"))
    ]  # fmt: skip
    said = said_by(NOTEBOOK, estate_rows.suite(tmp_path, ledger, hand_ledger.AS_OF))
    assert headlines(said)["at_risk"]["value"] == 0
    assert said["title"][0]["text"] == "Orders, payments and books agree to the cent"
    assert (
        said["decision"][0]["strength"] == "do not decide on this yet"
        and said["decision"][0]["worth"] is None
    )
    assert page_faults(said) == []


def test_before_the_first_row_the_page_says_so(suite):
    early = catalog.Suite(suite.snapshot, as_of="2025-06-01")
    said = said_by(NOTEBOOK, early)
    assert said["title"][0]["text"] == "No order to reconcile yet" and "headline" not in said


@pytest.mark.full
def test_the_first_day_one_store_and_a_day_without_orders(tmp_path):
    first = said_by(NOTEBOOK, demo_suite.suite(as_of="2025-06-30"))
    assert headlines(first)["days_differ"]["n"] == 1 and headlines(first)["trend"]["value"] is None
    ledger = hand_ledger.rows()  # one store a market, most days empty
    said = said_by(NOTEBOOK, estate_rows.suite(tmp_path, ledger, hand_ledger.AS_OF))
    assert headlines(said)["at_risk"]["value"] > 0 and headlines(said)["fee_rate"]["value"] is None


@pytest.mark.full
def test_amounts_that_are_all_zero_agree():
    zero = {"all_orders": lambda table: table.mutate(paid_cents=ibis.literal(0, "int64")),
            "payments": lambda table: table.mutate(amount_cents=ibis.literal(0, "int64")),
            "refunds": lambda table: table.filter(_.refund_cents < 0),
            "fees": lambda table: table.mutate(fee_cents=0.0, amount_cents=ibis.literal(0, "int64")),
            "accounting_batches": lambda table: table.mutate(booked_cents=ibis.literal(0, "int64")),
            "voucher_entries": lambda table: table.mutate(debit_cents=ibis.literal(0, "int64"))}  # fmt: skip
    suite = demo_suite.suite(**zero)
    try:
        said = said_by(NOTEBOOK, suite)
    except LuckyError as error:  # pragma: no cover - names what did not close
        pytest.fail(str(error))
    payments = [row for row in rows(said, "exceptions_usd") if row["leg"] == "orders and payments"]
    assert sum(row["at_risk"] for row in payments) == 0


@pytest.mark.full
def test_without_the_accounting_system_the_page_says_what_is_missing():
    suite = demo_suite.suite()
    gone = [name for name in suite.snapshot.tables if "ifiaccounting" in name]
    suite.snapshot = dataclasses.replace(
        suite.snapshot, tables={name: t for name, t in suite.snapshot.tables.items() if name not in gone}
    )
    said = said_by(NOTEBOOK, suite)
    assert "what was booked" in said["missing"][0]["section"]
    assert {row["leg"] for row in rows(said, "balance")} == {"orders and payments", "refunds and payments"}
    assert {"days", "classes"} <= names(said, "table") and page_faults(said) == []


def test_finance_has_its_own_portal():
    listed = {audience.name: audience for audience in load_audiences(settings.load()).listed}
    assert listed["finance"].departments == ("finance",)
