"""Controls of payments and books in US dollars: cases and exceptions, as the reconciliation page has them."""

from __future__ import annotations

import datetime as dt

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.methods.ledgers.classes import AMOUNT, CURRENCY, DUPLICATE, MISSING, ORPHAN, UNEXPLAINED
from lucky_analytics.models.matched_books.book_faults import find_foreign, sum_vouchers
from lucky_analytics.models.matched_books.legs import BILLS, CLEARING, FEES, LEDGER, PAYMENTS, REFUNDS
from lucky_analytics.questions.platform.compliance.material import Found, Material, count_by_date, list_rows

__all__ = [
    "find_amounts_off",
    "find_bills_off",
    "find_double_charges",
    "find_fee_bills_off",
    "find_fees_missing",
    "find_foreign_currency",
    "find_ledger_off",
    "find_orphans",
    "find_refunds_unlinked",
    "find_settlements_off",
    "find_unbalanced",
    "find_unpaid",
]

HOME = "USD"
NO_ACCOUNTING = "the snapshot has no accounting"
NO_LEDGER = "the snapshot has no ledger entries, or no accounting"
NO_FEES = "the snapshot has no fee records"
NO_PURCHASES = "the snapshot has no settlements or shipments of suppliers"


def find_orphans(material: Material) -> Found:
    """Payments that moved money, and those without a completed order."""
    return Found(_payments(material), _listed(material, PAYMENTS, ORPHAN))


def find_double_charges(material: Material) -> Found:
    """Payments that moved money, and those that charge an order a second time."""
    return Found(_payments(material), _listed(material, PAYMENTS, DUPLICATE))


def find_unpaid(material: Material) -> Found:
    """Completed orders, and those without a payment once the days of grace are over."""
    return Found(_orders(material), _listed(material, PAYMENTS, MISSING))


def find_amounts_off(material: Material) -> Found:
    """Completed orders, and payments of another amount or in a way that no rule explains."""
    return Found(_orders(material), _listed(material, PAYMENTS, AMOUNT, UNEXPLAINED))


def find_foreign_currency(material: Material) -> Found:
    """Completed orders, and those in another currency than their store's, and payments than their order's."""
    suite = material.suite
    foreign = find_foreign(suite).filter(_.order_date <= suite.as_of)
    orders = foreign.select("store_id", case="order_id", date="order_date", currency_of="currency").execute()
    orders = orders.assign(detail="order in " + orders["currency_of"] + ", not its store's currency")
    both = pd.concat([_listed(material, PAYMENTS, CURRENCY, currency=""), list_rows(orders)])
    return Found(_orders(material), list_rows(both, currency=None))


def find_refunds_unlinked(material: Material) -> Found:
    """Refunds, and those without an earlier payment, given twice, or of too much."""
    returned = material.books.returned.filter(_.currency == HOME)
    return Found(count_by_date(returned), _listed(material, REFUNDS))


def find_fees_missing(material: Material) -> Found | str:
    """Payments that moved money and are past the days of grace, and those without a fee record."""
    books = material.books
    if books.fee_records is None:
        return NO_FEES
    until = material.suite.as_of - dt.timedelta(days=material.grace_days)
    paid = books.paid.filter(_.is_known & (_.cents != 0) & (_.date <= until) & (_.currency == HOME))
    bare = paid.anti_join(books.fee_records.select("row_id"), "row_id")
    store = books.placed.select(order_key="key", store_id="store_id").distinct(on="order_key", keep="first")
    bare = bare.left_join(store, bare.key == store.order_key)
    bare = bare.select("currency", "store_id", "date", amount="cents", case="row_id").execute()
    # What is at stake is a fee that nobody knows; the amount is said, and is not at stake.
    detail = [f"no fee record for {row.amount / 100:.2f} {row.currency}" for row in bare.itertuples()]
    return Found(count_by_date(paid), list_rows(bare.assign(detail=detail)))


def find_bills_off(material: Material) -> Found | str:
    """Batches with bills, and what differs between their payments, refunds and bills."""
    bills = material.books.bills
    if bills is None:
        return NO_ACCOUNTING
    bills = bills.filter((_.part != "fees") & (_.currency == HOME))
    return Found(_batches(bills), _listed(material, BILLS))


def find_ledger_off(material: Material) -> Found | str:
    """Bills, and what differs between them, or what they ask of the processor, and the ledger."""
    books = material.books
    if books.bills is None or books.entries is None:
        return NO_LEDGER
    both = pd.concat([_listed(material, LEDGER), _listed(material, CLEARING)])
    return Found(count_by_date(books.bills.filter(_.currency == HOME)), list_rows(both, currency=None))


def find_fee_bills_off(material: Material) -> Found | str:
    """Batches with fee bills, and those that differ from their records, unless one lacks its record."""
    books = material.books
    if books.bills is None or books.fee_records is None:
        return NO_FEES if books.fee_records is None else NO_ACCOUNTING
    listed = _listed(material, FEES, AMOUNT, DUPLICATE, ORPHAN, CURRENCY, UNEXPLAINED)
    return Found(_batches(books.bills.filter((_.part == "fees") & (_.currency == HOME))), listed)


def find_unbalanced(material: Material) -> Found | str:
    """Vouchers, and those whose debits and credits differ."""
    suite = material.suite
    entries = suite.optional("voucher_entries")
    if entries is None:
        return NO_LEDGER
    sums = sum_vouchers(entries)
    off = sums.filter(_.off != 0).execute()
    off = off.assign(case=off["voucher_id"], detail="debits and credits differ", cents=off["off"].abs())
    return Found(count_by_date(sums), list_rows(off, currency=None))


def find_settlements_off(material: Material) -> Found | str:
    """Settlements that were paid, and those of another sum than what was accepted of their shipment."""
    suite = material.suite
    settled, shipments = suite.optional("settlements"), suite.optional("shipments")
    if settled is None or shipments is None:
        return NO_PURCHASES
    paid = settled.filter((_.status == "paid") & (_.paid_date <= suite.as_of))
    shipped = shipments.select(of_shipment="shipment_id", accepted="accepted_cents")
    both = paid.left_join(shipped, paid.shipment_id == shipped.of_shipment)
    off = both.filter(both.accepted.isnull() | (both.accepted != both.amount_cents))
    off = off.select("amount_cents", "accepted", case="settlement_id", date="paid_date").execute()
    accepted = off["accepted"].fillna(0)
    detail = [
        "no such shipment"
        if pd.isna(row.accepted)
        else f"paid less accepted {(row.amount_cents - row.accepted) / 100:.2f}"
        for row in off.itertuples()
    ]
    off = off.assign(detail=detail, cents=(off["amount_cents"] - accepted).abs())
    return Found(count_by_date(paid, "paid_date"), list_rows(off))


def _payments(material: Material) -> pd.DataFrame:
    return count_by_date(material.books.paid.filter((_.cents != 0) & (_.currency == HOME)))


def _orders(material: Material) -> pd.DataFrame:
    return count_by_date(material.books.placed.filter((_.status == "completed") & (_.currency == HOME)))


def _batches(bills: ir.Table) -> pd.DataFrame:
    return count_by_date(bills.group_by("batch_id").agg(date=bills.date.min()))


def _listed(material: Material, leg: str, *classes: str, currency: str = HOME) -> pd.DataFrame:
    """Exceptions of one leg, of all classes or of some, in their columns; of every currency where empty."""
    rows = material.exceptions
    rows = rows[rows["leg"] == leg]
    if currency:
        rows = rows[rows["currency"] == currency]
    if classes:
        rows = rows[rows["class"].isin(classes)]
    case = rows["row_id"].where(rows["row_id"].notna(), rows["key"]).str.replace("|", " ", regex=False)
    known = rows["known"].where(rows["known"] != "", rows["class"])
    detail = rows["class"].where(known == rows["class"], rows["class"] + ": " + known)
    made = rows.assign(case=case, detail=detail, cents=rows["at_risk_cents"], store_id=rows["order_store"])
    return list_rows(made, currency=None)
