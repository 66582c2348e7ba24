"""The legs of the match: orders and payments, refunds, payments and bills, bills and ledger, fees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.methods.ledgers.classes import AMOUNT, CLASSES, MISSING, whole_sum
from lucky_analytics.methods.ledgers.matching import Matched, match_records, sum_classes
from lucky_analytics.methods.ledgers.refund_links import link_refunds
from lucky_analytics.models.matched_books.books import PAYABLES, RECEIVABLE, Books

__all__ = [
    "BILLS",
    "CLEARING",
    "FEES",
    "LEDGER",
    "PAYMENTS",
    "PAYOUTS",
    "PAYOUT_FEES",
    "REFUNDS",
    "Leg",
    "Rules",
    "make_leg",
    "match_books",
    "sum_legs",
]

PAYMENTS, REFUNDS, BILLS = "orders and payments", "refunds and payments", "payments and bills"
LEDGER, CLEARING, FEES = "bills and ledger", "bills and receivable", "fee records and fee bills"
PAYOUTS, PAYOUT_FEES = "payments and payouts", "fee records and payout fees"


@dataclass(frozen=True)
class Leg:
    """One comparison of two books: ``left`` was due, ``right`` was recorded of it, each row with its class.

    ``sums``: see ``sum_classes``. Refunds have no left side; their rows have ``excess_cents`` besides.
    """

    name: str
    left: ir.Table
    right: ir.Table
    sums: pd.DataFrame
    are_parts: bool = False


@dataclass(frozen=True)
class Rules:
    """Off by up to ``tolerance_cents`` is rounding; due for less than ``grace_days`` by ``as_of``, timing."""

    as_of: dt.date
    tolerance_cents: int = 1
    grace_days: int = 2


def match_books(books: Books, rules: Rules) -> tuple[Leg, ...]:
    """Every leg whose books there are, each proved: matched + classified + unexplained is its total, to the
    cent. Raises ``LuckyError`` where a total does not close."""
    legs = [_match_orders(books, rules), _link_returns(books)]
    if books.bills is not None and books.posted_returns is not None:
        legs.append(_match_bills(books, books.bills, books.posted_returns, rules))
        if books.entries is not None:
            legs.append(_match_ledger(books.bills, books.entries, rules))
            legs.append(_match_receivable(books.bills, books.entries, rules))
        if books.fee_records is not None:
            legs.append(_match_fees(books, books.bills, books.fee_records, rules))
    return tuple(legs)


def _match_orders(books: Books, rules: Rules) -> Leg:
    """Orders that were completed, and the payments that name them."""
    due = books.placed.filter(_.status == "completed").select("key", "currency", "cents", "date")
    return make_leg(PAYMENTS, due.cache(), books.paid, rules)


def _link_returns(books: Books) -> Leg:
    linked = link_refunds(books.returned, books.paid.filter(_.is_known))
    sums = linked.group_by("currency", "class").agg(
        n_right=linked.count(), right_cents=whole_sum(linked.cents)
    )
    none = books.placed.limit(0).select("key", "currency", "cents", "date")
    left = none.mutate(counterpart_cents="cents", **{"class": ibis.literal("")})
    zero = {"n_left": 0, "left_cents": 0}
    found = sums.execute().assign(**zero)
    return Leg(REFUNDS, left, linked, found.assign(off_cents=found["right_cents"]))


def _match_bills(books: Books, bills: ir.Table, posted_returns: ir.Table, rules: Rules) -> Leg:
    """Payments and refunds of a batch, and its bills; a payment in no batch stands for itself."""
    paid = books.paid.filter(_.cents != 0)
    own_key = ibis.ifelse(paid.batch_id.isnull(), paid.row_id, paid.batch_id + "|sales")
    sales = paid.group_by(key=own_key, currency=paid.currency).agg(
        cents=whole_sum(paid.cents), date=paid.posted_on.max()
    )
    back = posted_returns.select("currency", "cents", "date", key=posted_returns.batch_id + "|refunds")
    bill = bills.filter(_.part != "fees")
    right = _rows(bill, "bill_id", bill.batch_id + "|" + bill.part, bill.cents, bill.kind)
    return make_leg(BILLS, sales.union(back.select(*sales.columns)).cache(), right, rules, are_parts=True)


def _match_ledger(bills: ir.Table, entries: ir.Table, rules: Rules) -> Leg:
    """Each bill, and what was entered of it: every account but the two that clear it."""
    left = bills.select("currency", "cents", "date", key="bill_id")
    entry = entries.filter(~_.account_id.isin((RECEIVABLE, PAYABLES)))
    right = _rows(entry, "row_id", entry.bill_id, -entry.cents, entry.account_id, entry.is_known)
    return make_leg(LEDGER, left, right, rules, are_parts=True)


def _match_receivable(bills: ir.Table, entries: ir.Table, rules: Rules) -> Leg:
    """What a batch's bills ask of the processor, and the receivable that was entered."""
    bill = bills.filter(_.part != "fees")
    left = bill.group_by(key="batch_id", currency="currency").agg(
        cents=whole_sum(bill.cents), date=bill.date.max()
    )
    entry = entries.filter(_.account_id == RECEIVABLE)
    right = _rows(entry, "row_id", entry.batch_id, entry.cents, entry.account_id, entry.is_known)
    return make_leg(CLEARING, left.cache(), right, rules, are_parts=True)


def _match_fees(books: Books, bills: ir.Table, fee_records: ir.Table, rules: Rules) -> Leg:
    """Fee records of a batch, and its fee bills. A payment without a fee record leaves its fee unproved."""
    paid = books.paid.filter(_.is_known & _.batch_id.notnull() & (_.cents != 0))
    fee = fee_records.select("fee_hundredths", fee_row="row_id")
    row = paid.left_join(fee, paid.row_id == fee.fee_row)
    unit = row.group_by(key=row.batch_id, currency=row.currency).agg(
        hundredths=whole_sum(row.fee_hundredths.fill_null(0)),
        date=row.posted_on.max(),
        lacks=row.fee_row.isnull().any(),
    )
    unit = unit.mutate(cents=-(unit.hundredths / 100).round().cast("int64")).cache()
    bill = bills.filter(_.part == "fees")
    right = _rows(bill, "bill_id", bill.batch_id, bill.cents, bill.kind)
    left = unit.select("key", "currency", "cents", "date")
    leg = make_leg(FEES, left, right, rules, are_parts=True)
    return _say_missing_records(leg, unit.filter(_.lacks).select(lacks_key="key", lacks_in="currency"))


def _say_missing_records(leg: Leg, lacking: ir.Table) -> Leg:
    """Where fee records are missing, that is why the bill is larger: the class of both sides of the batch."""

    def relabel(rows: ir.Table) -> ir.Table:
        joined = rows.left_join(lacking, [rows.key == lacking.lacks_key, rows.currency == lacking.lacks_in])
        is_missing = (joined["class"] == AMOUNT) & joined.lacks_key.notnull()
        joined = joined.mutate(**{"class": ibis.ifelse(is_missing, MISSING, joined["class"])})
        return joined.drop("lacks_key", "lacks_in").cache()

    found = Matched(relabel(leg.left), relabel(leg.right))
    return Leg(leg.name, found.left, found.right, sum_classes(found, leg.left, leg.right), are_parts=True)


def make_leg(name: str, left: ir.Table, right: ir.Table, rules: Rules, *, are_parts: bool = False) -> Leg:
    """One leg, matched (``match_records``) and proved (``sum_classes``)."""
    found = match_records(
        left,
        right,
        as_of=rules.as_of,
        tolerance_cents=rules.tolerance_cents,
        grace_days=rules.grace_days,
        are_parts=are_parts,
    )
    return Leg(name, found.left, found.right, sum_classes(found, left, right), are_parts)


def _rows(
    table: ir.Table,
    row_id: str,
    key: ir.Value,
    cents: ir.Value,
    twin: ir.Value,
    is_known: ir.Value | None = None,
) -> ir.Table:
    known = ibis.literal(True) if is_known is None else is_known
    return table.select(
        "currency", "date", row_id=row_id, key=key, cents=cents, twin=twin, is_known=known
    ).cache()


def sum_legs(legs: Sequence[Leg]) -> pd.DataFrame:
    """``sums`` of all legs with ``leg`` first, classes in their order."""
    table = pd.concat([leg.sums.assign(leg=leg.name) for leg in legs], ignore_index=True)
    table["class"] = pd.Categorical(table["class"], CLASSES, ordered=True)
    first = ["leg", "currency", "class"]
    return table[[*first, *(name for name in table if name not in first)]]
