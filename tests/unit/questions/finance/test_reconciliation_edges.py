"""Ledgers that somebody might have: combined exceptions, foreign currencies, books beside each other."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from lucky_analytics.models.matched_books import books as three_books
from lucky_analytics.models.matched_books import exceptions as found_in
from lucky_analytics.models.matched_books import legs as matching
from lucky_analytics.questions.finance.revenue_reconciliation import book_checks, steps, texts
from tests import estate_rows, hand_ledger

ORDER, TRADE = "luckyus_sales_order.t_order", "luckyus_sales_payment.t_trade"
BILL = "luckyus_ifiaccounting.t_acc_income_bill"
ENTRY = "luckyus_ifiaccounting.t_pre_voucher_entry_assist"
DAY = "2026-02-08"


def order(number, dollars):
    return {"id": number, "shop_id": 1, "status": 90, "pay_money": dollars, "currency_code": "USD",
            "create_time": f"{DAY}T17:00:00", "tenant": "LKUS", "channel": 2, "order_type": 1}  # fmt: skip


def trade(name, number, cents, kind=1, currency="USD", status=3):
    return {"id": abs(hash(name)), "trade_no": name, "order_id": str(number), "trade_type": kind,
            "amount": cents, "currency_code": currency, "status": status, "channel_id": 53,
            "create_time": f"{DAY}T17:00:00"}  # fmt: skip


def bill(name, batch, dollars):
    return {"bill_no": name, "batch_no": batch, "bill_type": 1, "amount": dollars, "currency_code": "USD",
            "bill_date": dt.date(2026, 2, 8), "shop_id": 1, "status": 1}  # fmt: skip


def entry(number, bill_no, batch, account, dollars, side):
    return {"id": number, "voucher_no": "V", "entry_no": number, "bill_no": bill_no, "batch_no": batch,
            "shop_id": 1, "entry_date": dt.date(2026, 2, 8), "account_code": account, "direction": side,
            "amount": dollars, "currency_code": "USD"}  # fmt: skip


def reconcile(folder, rows):
    """The suite of some rows, and its exceptions as a list."""
    shops = {"luckyus_opshop.t_shop_info": hand_ledger.SHOPS}
    suite = estate_rows.suite(folder, {**shops, **rows}, hand_ledger.AS_OF)
    books = three_books.load_books(suite)
    legs = matching.match_books(books, matching.Rules(suite.as_of))
    return suite, found_in.list_exceptions(found_in.collect_exceptions(legs, books, suite.as_of), 1000)


@pytest.fixture(scope="module")
def without_books(tmp_path_factory):
    """Orders 1 to 4 were paid too much and given something back; payment 9 is in a currency of no market."""
    rows = {
        ORDER: [order(number, "5.00") for number in (1, 2, 3, 4, 5)],
        TRADE: [
            trade("P1", 1, 500), trade("P1x", 1, 120), trade("R1", 1, 120, 2),  # a further payment
            trade("P2", 2, 700), trade("R2", 2, 200, 2),  # too much
            trade("P3", 3, 500), trade("P3n", 3, 500, currency="NZD"), trade("R3", 3, 500, 2, "NZD"),
            # Twice 5.00 too much, one of them in a state that nobody declared, and 5.00 given back.
            trade("P4", 4, 500), trade("P4b", 4, 500), trade("P4c", 4, 500, status=9),
            trade("R4", 4, 500, 2),
            trade("P5", 5, 500), trade("P9", 9, 800, currency="EUR"),
        ],
    }  # fmt: skip
    return reconcile(tmp_path_factory.mktemp("without"), rows)


def test_what_was_given_back_is_no_longer_at_risk(without_books):
    found = without_books[1]
    own = found[(found["leg"] == matching.PAYMENTS) & (found["currency"] != "EUR")]
    back = own["known"] == "given back in full"
    assert dict(zip(own["key"][back], own["class"][back], strict=True)) == {
        "1": "unexplained", "2": "amount", "3": "currency", "4": "duplicate",
    }  # fmt: skip
    assert own["at_risk"].sum() == 5.0


def test_a_currency_of_no_market_is_said_and_listed(without_books):
    suite, found = without_books
    assert found.query("currency == 'EUR' and leg == 'orders and payments'")["at_risk"].tolist() == [8.0]
    check = book_checks.check_books(suite).set_index("name").loc["every amount is in a market's currency"]
    assert not check["passed"] and check["detail"].startswith("1 orders, payments")


@pytest.fixture(scope="module")
def with_books(tmp_path_factory):
    """Exceptions: two postings without a bill, and those of batches A and B, one small and one large."""
    rows = {
        ORDER: [order(1, "5.00"), order(2, "6.00"), order(3, "5.00")],
        TRADE: [
            {**trade("P1", 1, 500), "batch_no": "A"}, {**trade("P2", 2, 600), "batch_no": "B"},
            {**trade("P3", 3, 500), "batch_no": "C"},
        ],
        BILL: [bill("B1", "A", "5.00"), bill("B2", "B", "6.00"), bill("B3", "C", "5.00")],
        ENTRY: [
            entry(1, "B1", "A", "6001", "4.00", 2), entry(2, "B1", "A", "1122", "905.00", 1),
            entry(3, "B2", "B", "6001", "4.00", 2), entry(4, "B2", "B", "1122", "4.00", 1),
            entry(5, "B3", "C", "6001", "5.00", 2), entry(6, "B3", "C", "1122", "5.00", 1),
            entry(7, "B9", None, "1122", "70.00", 1), entry(8, "B9", None, "1122", "70.00", 2),
        ],
    }  # fmt: skip
    found = reconcile(tmp_path_factory.mktemp("with"), rows)[1]
    is_batch = found["key"].isin(["A", "B", "B1", "B2"])
    return found[is_batch], found[~is_batch]


def test_postings_without_a_bill_do_not_cancel_each_other(with_books):
    _, others = with_books
    assert (others["at_risk"].tolist(), set(others["class"])) == ([70.0, 70.0], {"orphan"})


def test_a_small_posting_error_hides_no_larger_one_of_its_batch(with_books):
    risk = with_books[0].set_index(["leg", "key"])["at_risk"].to_dict()
    assert risk == {(matching.CLEARING, "A"): 900.0, (matching.LEDGER, "B1"): 1.0,
                    (matching.LEDGER, "B2"): 2.0, (matching.CLEARING, "B"): 0.0}  # fmt: skip


def test_payments_without_any_order_are_reconciled(tmp_path):
    suite, found = reconcile(tmp_path, {TRADE: [trade("P1", 1, 500)]})
    assert three_books.has_rows(three_books.load_books(suite))
    assert found["at_risk"].tolist()[0] == 5.0


@pytest.mark.parametrize(
    ("leg", "kind", "action"),
    [
        (matching.PAYMENTS, "duplicate", "pay back 3 orders charged twice ($9.00)"),
        (matching.PAYMENTS, "amount", "settle 3 payments that differ from their orders ($9.00)"),
        (matching.REFUNDS, "duplicate", "look into 3 refunds beyond what was paid ($9.00)"),
        (matching.FEES, "missing counterpart", "ask for the fee records of 3 batches ($9.00)"),
        (matching.FEES, "duplicate", "correct 3 postings in the books ($9.00)"),
        (matching.PAYOUTS, "missing counterpart", "ask the processor about 3 lines of its payouts ($9.00)"),
    ],
)
def test_each_kind_has_its_own_step(leg, kind, action):
    sums = pd.DataFrame({"leg": [leg], "class": [kind], "currency": ["USD"], "n": [3],
                         "at_risk_cents": [900]})  # fmt: skip
    assert texts.decide(sums, sums.iloc[:0], hand_ledger.AS_OF).action == action


def test_agreement_in_dollars_claims_nothing_of_another_currency():
    other = pd.DataFrame({"leg": [matching.PAYMENTS], "class": ["orphan"], "currency": ["NZD"], "n": [3],
                          "at_risk_cents": [900]})  # fmt: skip
    dollars = texts.of_currency(other, "USD")
    assert "elsewhere not" in texts.name_finding(dollars, texts.of_others(other), 100.0)
    assert "3 exceptions in NZD" in texts.decide(dollars, texts.of_others(other), hand_ledger.AS_OF).action


def in_currencies(*rows):
    """Exceptions of payments: class, currency, how many, cents at risk."""
    sums = pd.DataFrame(rows, columns=["class", "currency", "n", "at_risk_cents"])
    return sums.assign(leg=matching.PAYMENTS)


OPEN = in_currencies(("orphan", "USD", 161, 85_400), ("duplicate", "USD", 176, 84_300),
                     ("unexplained", "USD", 6, 2_809), ("orphan", "NZD", 9, 5_000))  # fmt: skip


def test_customers_who_paid_twice_come_first_then_the_largest_sums():
    made = texts.decide(texts.of_currency(OPEN, "USD"), texts.of_others(OPEN), hand_ledger.AS_OF)
    assert made.action == (
        "pay back 176 orders charged twice ($843); find the orders of 161 payments without one ($854); "
        "settle 6 payments that differ from their orders ($28.09)"
    )
    assert made.because.startswith("Customers who paid twice come first")
    assert "$28.09 in 6 exceptions is not known: Finance looks at each" in made.because
    others = in_currencies(("orphan", "USD", 1, 500))
    made = texts.decide(others, others.iloc[:0], hand_ledger.AS_OF)
    assert made.because == "None is without an explanation."


def test_the_title_says_the_share_where_one_decimal_shows_it():
    dollars, none = texts.of_currency(OPEN, "USD"), OPEN.iloc[:0]
    open_ = "{at_risk:value} of {ordered:value} open, "
    said = texts.name_finding(dollars, none, 1.7e6)
    assert said == "Books agree but for 0.1 %: " + open_ + "{unexplained:value} unexplained"
    assert texts.name_finding(dollars, none, 1e8).startswith("Books nearly agree: {at_risk")
    assert texts.name_finding(dollars.head(1), none, 0.0).endswith(open_ + "all of it explained")


def test_the_answer_says_where_most_is_and_what_customers_are_owed():
    naive = {"n_differ": 3, "n_days": 9, "n_false": 1, "n_hidden": 0}
    said = texts.describe_answer(texts.of_currency(OPEN, "USD"), naive)
    assert "most is in payments without an order: $854" in said and "176 orders were charged twice" in said
    none = texts.describe_answer(OPEN.iloc[:0], naive)
    assert "nothing is open" in none and "{days_differ:value}" in none


def test_the_chart_is_titled_by_the_largest_group_and_what_customers_are_owed():
    groups = steps.group_steps(texts.of_currency(OPEN, "USD"))
    assert groups["at_risk"].tolist() == [854.0, 843.0, 28.09]
    assert steps.name_groups(groups) == (
        "Payments without an order hold 50 % of the money at risk, orders charged twice 49 %"
    )
    assert steps.name_groups(groups.tail(2)) == "Orders charged twice hold 97 % of the money at risk"
    assert steps.name_groups(groups.head(1)).endswith("hold 100 % of the money at risk")
    assert steps.name_groups(groups.iloc[:0]) == "No money is at risk"


def test_the_page_says_which_of_its_postings_compliance_counts_as_batches():
    bills = in_currencies(("missing counterpart", "USD", 22, 528_559), ("amount", "NZD", 5, 9_900)).assign(
        leg=matching.BILLS
    )
    fees = in_currencies(("duplicate", "USD", 5, 3_114)).assign(leg=matching.FEES)
    assert texts.point_to_compliance(pd.concat([bills, fees])) == (
        "Of the 27 postings here compliance counts 22 as batches not booked as paid ($5,286), the others as "
        "fee bills."
    )
    assert texts.point_to_compliance(bills.head(1)) == ""
    assert texts.point_to_compliance(fees) == ""
