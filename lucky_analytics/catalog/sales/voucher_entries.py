"""``voucher_entries``: what the bills became in the ledger, debit and credit."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, cents, text

__all__ = ["VOUCHER_ENTRIES"]

SIDES = {1: "debit", 2: "credit", 3: "memorandum"}
ACCOUNTS = {
    "1122": "receivable from the processor",
    "2202": "payables",
    "2221": "state sales tax",
    "2222": "city and district sales tax",
    "6001": "drinks",
    "6002": "order discounts",
    "6003": "refunds",
    "6011": "food",
    "6051": "delivery and packaging fees",
    "6401": "costs",
    "6603": "processing fee",
    "6604": "service fee",
    "9001": "coupon subsidy",
    "9002": "campaign subsidy",
    "9003": "list value",
}


def _build(suite: Tables) -> ir.Table:
    entry = suite.source("ifiaccounting").t_pre_voucher_entry_assist
    entry = entry.filter(entry.entry_date <= suite.as_of)
    amount = cents(entry.amount)
    sign = entry.direction.cases((1, 1), (2, -1), else_=0)
    return entry.select(
        entry_id=text(entry.id),
        voucher_id=entry.voucher_no,
        entry_no=entry.entry_no.cast("int64"),
        bill_id=entry.bill_no,
        batch_id=entry.batch_no,
        store_id=text(entry.shop_id),
        posting_date=entry.entry_date,
        account_id=entry.account_code,
        account=entry.account_code.cases(*ACCOUNTS.items(), else_="other"),
        side=entry.direction.cases(*SIDES.items(), else_="other"),
        channel_id=text(entry.channel_id),
        currency=entry.currency_code,
        amount_cents=amount,
        debit_cents=(amount * sign.cast(ibis.dtype("int64"))),
    )


VOUCHER_ENTRIES = Conformed(
    name="voucher_entries",
    grain="one row per ledger entry of a pre-voucher (a store's day), posted by as_of",
    key=("entry_id",),
    columns={
        "entry_id": Field("string", "text"),
        "voucher_id": Field("string", "one for each store and day; debits and credits in it are equal"),
        "entry_no": Field("int64", "place in the voucher, from 1", "count"),
        "bill_id": Field("string", "joins accounting_batches or accounting_costs"),
        "batch_id": Field("string", "joins payments; null for costs", nullable=True),
        "store_id": Field("string", "text; joins stores"),
        "posting_date": Field("date", "store-local posting date of the bill"),
        "account_id": Field("string", "number of the ledger account, text"),
        "account": Field("string", "what the account holds"),
        "side": Field("string", "debit, credit, memorandum, other"),
        "channel_id": Field("string", "payment method, text; null for costs", nullable=True),
        "currency": Field("string", "USD or NZD; amounts are in it"),
        "amount_cents": Field("int64", "never negative", "cents"),
        "debit_cents": Field("int64", "positive debit, negative credit, zero memorandum", "cents"),
    },
    build=_build,
)
