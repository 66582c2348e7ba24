"""The reconciliation against a ledger of thirty orders whose every class was written by hand."""

from __future__ import annotations

import dataclasses

import pytest

from lucky_analytics.models.matched_books import books as three_books
from lucky_analytics.models.matched_books import exceptions as found_in
from lucky_analytics.models.matched_books import legs as matching
from lucky_analytics.questions.finance.revenue_reconciliation import days as by_day
from tests import estate_rows, hand_ledger


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    return estate_rows.suite(tmp_path_factory.mktemp("ledger"), hand_ledger.rows(), hand_ledger.AS_OF)


@pytest.fixture(scope="module")
def books(suite):
    return three_books.load_books(suite)


@pytest.fixture(scope="module")
def legs(books):
    return {leg.name: leg for leg in matching.match_books(books, matching.Rules(hand_ledger.AS_OF))}


def classes(rows, name):
    found = rows.execute()
    return dict(zip(found[name], found["class"], strict=True))


def test_every_order_and_payment_has_the_class_written_by_hand(legs):
    leg = legs["orders and payments"]
    assert classes(leg.left, "key") == hand_ledger.ORDER_CLASSES
    assert classes(leg.right, "row_id") == hand_ledger.PAYMENT_CLASSES
    kinds = [*hand_ledger.ORDER_CLASSES.values(), *hand_ledger.PAYMENT_CLASSES.values()]
    assert all(kinds.count(kind) >= 2 for kind in kinds)


def test_every_refund_and_bill_has_its_class(legs):
    assert classes(legs["refunds and payments"].right, "row_id") == hand_ledger.REFUND_CLASSES
    found = classes(legs["payments and bills"].right, "row_id")
    assert found == hand_ledger.BILL_CLASSES


def test_exceptions_with_their_money_are_those_written_by_hand(legs, books):
    exceptions = found_in.collect_exceptions(list(legs.values()), books, hand_ledger.AS_OF)
    sums = found_in.sum_exceptions(exceptions)
    keys = zip(sums["leg"], sums["class"], sums["currency"], strict=True)
    found = dict(zip(keys, zip(sums["n"], sums["at_risk_cents"], strict=True), strict=True))
    assert found == hand_ledger.EXCEPTIONS


def test_each_total_is_the_sum_of_its_classes(legs):
    for leg in legs.values():
        assert (leg.sums["off_cents"] == leg.sums["right_cents"] - leg.sums["left_cents"]).all()
    sums = legs["orders and payments"].sums
    usd = sums[sums["currency"] == "USD"]
    due = sum(
        round(float(order[1]) * 100) for order in hand_ledger.ORDERS if order[3] == "USD" and order[4] == 90
    )
    paid = sum(p[2] for p in hand_ledger.PAYMENTS if p[4] == "USD" and p[5] not in (4, 6))
    assert (usd["left_cents"].sum(), usd["right_cents"].sum()) == (due, paid)


def test_what_is_known_beside_an_exception(legs, books):
    exceptions = found_in.collect_exceptions(list(legs.values()), books, hand_ledger.AS_OF)
    listed = found_in.list_exceptions(exceptions, 1000)
    known = {(row.leg, row.row_id or row.key): (row.known, row.nature) for row in listed.itertuples()}
    trades = "orders and payments"
    assert known[trades, "P26"] == ("the order was cancelled", "true discrepancy")
    assert known[trades, "P99"] == ("no such order", "true discrepancy")
    assert known[trades, "P11b"] == ("given back in full", "true discrepancy")
    by_key = {(row.leg, row.key): row for row in listed.itertuples() if not isinstance(row.row_id, str)}
    assert by_key[trades, "29"].nature == "entry error" and by_key[trades, "13"].nature == "true discrepancy"
    assert by_key[trades, "21"].nature == "timing delay" and by_key[trades, "21"].age_days == 0
    assert by_key["payments and bills", "P99"].at_risk == 0
    assert list(listed["at_risk"]) == sorted(listed["at_risk"], reverse=True)
    assert found_in.list_exceptions(exceptions, 3)["at_risk"].tolist() == listed["at_risk"].tolist()[:3]


@pytest.mark.parametrize("currency", ["USD", "NZD"])
def test_every_day_closes(books, legs, currency):
    days = by_day.compare_days(books, list(legs.values()), currency)
    assert (days["left_over"] == 0).all()
    assert (
        days["placed_cents"].sum()
        == legs["orders and payments"].sums.query("currency == @currency")["left_cents"].sum()
    )
    naive = by_day.judge_daily_totals(days, 1)
    assert naive["n_days"] == len(days) and naive["n_differ"] + naive["n_hidden"] <= len(days)


def test_without_accounting_the_payments_are_matched_all_the_same(books):
    bare = dataclasses.replace(books, bills=None, posted_returns=None, entries=None, fee_records=None)
    legs = matching.match_books(bare, matching.Rules(hand_ledger.AS_OF))
    assert [leg.name for leg in legs] == ["orders and payments", "refunds and payments"]
    assert (by_day.compare_days(bare, legs, "USD")["left_over"] == 0).all()
    assert list(three_books.name_missing(bare)) == ["what was booked", "fees"]
