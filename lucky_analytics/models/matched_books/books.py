"""The three books as rows with a key: what was ordered, what was paid and given back, what was booked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
from ibis import _

from lucky_analytics.catalog.conformed import whole
from lucky_analytics.catalog.local_time import home_date
from lucky_analytics.catalog.sales.trade_codes import REFUND
from lucky_analytics.models.payment_fees import load_fee_records

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "PAYABLES",
    "RECEIVABLE",
    "Books",
    "count_completed",
    "has_rows",
    "load_books",
    "name_missing",
    "query_pairs",
]

FEE_KINDS = ("processing fee", "service fee")
# The other side of every posting: each voucher's debits equal its credits, so these are proved apart.
RECEIVABLE, PAYABLES = "1122", "2202"
NO_MONEY = ("reversed", "failed")
_ACCOUNTING = "aws-luckyus-ifiaccounting-rw"
_BILL, _ENTRY = "luckyus_ifiaccounting.t_acc_income_bill", "luckyus_ifiaccounting.t_pre_voucher_entry_assist"
_FEE = "luckyus_sales_payment.t_channel_fee"


@dataclass(frozen=True)
class Books:
    """Ibis tables, cents of the row's ``currency``, one business ``date`` each.

    ``placed``: every order (``key`` its id, ``status``, ``cents``). ``paid``: payments that moved money, or
    are in a state that nobody declared (``is_known`` false), with ``batch_id``, ``channel_id`` and
    ``posted_on``: the date of its batch's bills, or else of the batch's last payment. ``returned``: refunds,
    positive cents.
    ``posted_returns``: those of the bills, by batch, negative cents: a bill is of the day of the sale and
    holds refunds that came after ``as_of``, too. ``bills``: what was booked of income, memoranda left out,
    with ``part`` (sales, refunds, fees). ``entries``: ledger entries of those bills. ``fee_records``: in
    hundredths of a cent. The last three are null where the snapshot lacks their tables.
    """

    placed: ir.Table
    paid: ir.Table
    returned: ir.Table
    posted_returns: ir.Table | None
    bills: ir.Table | None
    entries: ir.Table | None
    fee_records: ir.Table | None


def load_books(suite: Suite) -> Books:
    """The books up to ``suite.as_of``; an order of an unknown shop has the home market's date."""
    bills = _bills(suite)
    return Books(
        _placed(suite).cache(),
        _paid(suite, bills).cache(),
        _returned(suite).cache(),
        None if bills is None else _posted_returns(suite, bills).cache(),
        bills,
        None if bills is None else _entries(suite),
        load_fee_records(suite),
    )


def query_pairs(suite: Suite) -> ir.Table:
    """Each completed order beside what was paid for it: the query that a reader can check by hand."""
    order = suite.all_orders.filter(_.status == "completed").select("order_id", "currency", "paid_cents")
    paid = suite.payments.filter(_.is_counted)
    paid = paid.group_by("order_id", "currency").agg(n=paid.count(), amount_cents=paid.amount_cents.sum())
    return order.outer_join(paid, ["order_id", "currency"])


def count_completed(books: Books) -> dict[str, int]:
    """How many orders were completed, by currency; 0 US dollars where there are none."""
    done = books.placed.filter(_.status == "completed")
    found = done.group_by("currency").agg(n=done.count()).execute()
    return {"USD": 0, **{str(row.currency): int(row.n) for row in found.itertuples()}}


def has_rows(books: Books) -> bool:
    """Whether an order was completed, a payment moved money, or something was booked."""
    done = books.placed.filter(_.status == "completed")
    given = [table for table in (done, books.paid, books.bills) if table is not None]
    return any(int(table.count().execute()) for table in given)


def name_missing(books: Books) -> dict[str, dict[str, str]]:
    """What cannot be compared, each with the tables that the snapshot lacks and their servers."""
    missing = {}
    if books.bills is None:
        missing["what was booked"] = {_BILL: _ACCOUNTING}
    elif books.entries is None:
        missing["the ledger's entries"] = {_ENTRY: _ACCOUNTING}
    if books.fee_records is None:
        missing["fees"] = {_FEE: "aws-luckyus-salespayment-rw"}
    return missing


def _placed(suite: Suite) -> ir.Table:
    order = suite.all_orders
    date = ibis.coalesce(order.order_date, home_date(order.ordered_at))
    order = order.select("status", "store_id", "currency", key="order_id", cents="paid_cents", date=date)
    return order.filter(order.date <= suite.as_of)


def _bills(suite: Suite) -> ir.Table | None:
    batches = suite.optional("accounting_batches")
    if batches is None:
        return None
    bill = batches.filter(~batches.is_memorandum)
    part = bill.kind.cases(("refunds", "refunds"), *((fee, "fees") for fee in FEE_KINDS), else_="sales")
    names = ("bill_id", "batch_id", "kind", "currency", "channel_id")
    return bill.select(*names, part=part, cents="booked_cents", date="posting_date").cache()


def _paid(suite: Suite, bills: ir.Table | None) -> ir.Table:
    row = suite.payments.filter(~_.status.isin(NO_MONEY))
    dates = [row.payment_date]
    if bills is not None:
        posted = bills.group_by(posted_batch="batch_id").agg(bill_date=bills.date.min())
        last = row.filter(row.batch_id.notnull()).group_by(last_batch="batch_id")
        last = last.agg(last_date=_.payment_date.max())
        row = row.left_join(posted, row.batch_id == posted.posted_batch)
        row = row.left_join(last, row.batch_id == last.last_batch)
        dates = [row.bill_date, row.last_date, row.payment_date]
    return row.select(
        "currency",
        "channel_id",
        "batch_id",
        "status",
        row_id="payment_id",
        key="order_id",
        cents="amount_cents",
        date="payment_date",
        posted_on=ibis.coalesce(*dates),
        twin=ibis.literal(""),
        is_known=row.is_counted,
    )


def _returned(suite: Suite) -> ir.Table:
    refund = suite.refunds
    return refund.select(
        "currency", "batch_id", row_id="refund_id", key="order_id", cents="refund_cents", date="refund_date"
    )


def _posted_returns(suite: Suite, bills: ir.Table) -> ir.Table:
    """Refunds of any date by batch: a refund is booked with the sale that it belongs to, also days later."""
    trade = suite.source("salespayment").t_trade
    trade = trade.filter((trade.trade_type == REFUND) & trade.batch_no.notnull() & (trade.amount != 0))
    batch = bills.group_by(posted_batch="batch_id").agg(bill_date=bills.date.min())
    row = trade.left_join(batch, trade.batch_no == batch.posted_batch)
    known = suite.refunds.select(known_id="refund_id", known_date="refund_date")
    row = row.left_join(known, row.trade_no == known.known_id)
    row = row.filter(row.bill_date.notnull() | row.known_date.notnull())
    return row.group_by(batch_id="batch_no", currency="currency_code").agg(
        cents=whole(-row.amount.sum()), date=ibis.coalesce(row.bill_date, row.known_date).max()
    )


def _entries(suite: Suite) -> ir.Table | None:
    """Entries of income: of every bill that is no bill of costs."""
    entries, costs = suite.optional("voucher_entries"), suite.optional("accounting_costs")
    if entries is None or costs is None:
        return None
    entry = entries.filter(entries.side != "memorandum")
    cost = costs.select(cost_bill="bill_id")
    entry = entry.anti_join(cost, entry.bill_id == cost.cost_bill)
    return entry.select(
        "bill_id",
        "batch_id",
        "voucher_id",
        "account_id",
        "currency",
        row_id="entry_id",
        cents="debit_cents",
        date="posting_date",
        is_known=entry.side.isin(("debit", "credit")),
    ).cache()
