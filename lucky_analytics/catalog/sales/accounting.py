"""``accounting_batches`` and ``accounting_costs``: what was booked."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, cents, text

__all__ = ["ACCOUNTING_BATCHES", "ACCOUNTING_COSTS"]

INCOME = {
    1: "drinks before tax",
    2: "state sales tax",
    3: "delivery and packaging fees",
    4: "order discounts",
    5: "refunds",
    6: "processing fee",
    7: "service fee",
    8: "coupon subsidy",
    9: "campaign subsidy",
    10: "food before tax",
    11: "city and district sales tax",
    12: "list value",
}
MEMORANDA = (8, 9, 12)


def _batches(suite: Tables) -> ir.Table:
    bill = suite.source("ifiaccounting").t_acc_income_bill
    bill = bill.filter(bill.bill_date <= suite.as_of)
    return bill.select(
        bill_id=bill.bill_no,
        batch_id=bill.batch_no,
        store_id=text(bill.shop_id),
        posting_date=bill.bill_date,
        channel_id=text(bill.channel_id),
        kind=bill.bill_type.cases(*INCOME.items(), else_="other"),
        is_memorandum=bill.bill_type.isin(MEMORANDA),
        currency=bill.currency_code,
        booked_cents=cents(bill.amount),
        n_trades=bill.n_trades.cast("int64"),
        is_corrected=bill.status == 2,
    )


def _costs(suite: Tables) -> ir.Table:
    bill = suite.source("ifiaccounting").t_acc_cost_bill
    bill = bill.filter(bill.bill_date <= suite.as_of)
    return bill.select(
        bill_id=bill.bill_no,
        store_id=text(bill.shop_id),
        week_end_date=bill.bill_date,
        kind=bill.cost_type,
        cost_cents=cents(bill.amount),
    )


ACCOUNTING_BATCHES = Conformed(
    name="accounting_batches",
    grain="one row per posting batch (shop, posting date, payment channel) and kind of income",
    key=("bill_id",),
    columns={
        "bill_id": Field("string", "the accounting system's bill number"),
        "batch_id": Field("string", "joins payments"),
        "store_id": Field("string", "text; joins stores"),
        "posting_date": Field("date", "store-local; late payments are posted after their order's date"),
        "channel_id": Field("string", "payment method, text"),
        "kind": Field("string", "drinks before tax, refunds, processing fee and so on"),
        "is_memorandum": Field("boolean", "a note beside the books: not part of their sum"),
        "currency": Field("string", "USD or NZD; booked_cents is in it"),
        "booked_cents": Field(
            "int64", "positive for income, negative for discounts, refunds and fees", "cents"
        ),
        "n_trades": Field("int64", "payments and refunds in the batch", "count"),
        "is_corrected": Field("boolean", "booked again after a correction"),
    },
    build=_batches,
)

ACCOUNTING_COSTS = Conformed(
    name="accounting_costs",
    grain="one row per shop, week and kind of cost",
    key=("bill_id",),
    columns={
        "bill_id": Field("string", "the accounting system's bill number"),
        "store_id": Field("string", "text; joins stores"),
        "week_end_date": Field("date", "last day of the week"),
        "kind": Field("string", "rent, labour, goods and so on"),
        "cost_cents": Field("int64", "USD; positive", "cents"),
    },
    build=_costs,
)
