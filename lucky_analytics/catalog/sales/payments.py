"""``payments`` and ``refunds``: what the payment processor was asked to move, in every currency."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables
from lucky_analytics.catalog.local_time import local_time
from lucky_analytics.catalog.sales.trade_codes import PAYMENT, REFUND
from lucky_analytics.estate.markets import MARKETS

__all__ = ["PAYMENTS", "REFUNDS"]

STATUSES = {1: "paid", 2: "settled", 3: "reconciled", 4: "reversed", 5: "refund", 6: "failed"}
COUNTED = (1, 2, 3)


def _trades(suite: Tables, kind: int) -> ir.Table:
    """Trades of one kind with their business date: the store's, or the market's where no order is known."""
    trade = suite.source("salespayment").t_trade.filter(lambda row: row.trade_type == kind)
    order = suite.source("salesorder").t_order
    shop = suite.source("opshop").t_shop_info
    shop_of_order = order.join(shop, order.shop_id == shop.id).select(
        placed_id=order.id.cast("string"), zone=shop.time_zone
    )
    known = trade.left_join(shop_of_order, trade.order_id == shop_of_order.placed_id)
    home = known.currency_code.cases(
        *((m.currency, m.time_zone) for m in MARKETS), else_=MARKETS[0].time_zone
    )
    dated = known.mutate(
        business_date=local_time(known.create_time, known.zone.fill_null(home), suite.zones).date()
    )
    return dated.filter(dated.business_date <= suite.as_of)


def _payments(suite: Tables) -> ir.Table:
    trade = _trades(suite, PAYMENT)
    return trade.select(
        payment_id=trade.trade_no,
        order_id=trade.order_id,
        customer_id=trade.user_no,
        channel_id=trade.channel_id.cast("string"),
        currency=trade.currency_code,
        amount_cents=trade.amount.cast("int64"),
        status=trade.status.cases(*STATUSES.items(), else_="other"),
        is_counted=trade.status.isin(COUNTED),
        batch_id=trade.batch_no,
        created_at=trade.create_time,
        payment_date=trade.business_date,
    )


def _refunds(suite: Tables) -> ir.Table:
    trade = _trades(suite, REFUND)
    return trade.select(
        refund_id=trade.trade_no,
        order_id=trade.order_id,
        customer_id=trade.user_no,
        channel_id=trade.channel_id.cast("string"),
        currency=trade.currency_code,
        refund_cents=trade.amount.cast("int64"),
        batch_id=trade.batch_no,
        created_at=trade.create_time,
        refund_date=trade.business_date,
    )


PAYMENTS = Conformed(
    name="payments",
    grain="one row per payment, retry or authorisation in any currency, up to and including as_of",
    key=("payment_id",),
    columns={
        "payment_id": Field("string", "the platform's payment number, text"),
        "order_id": Field("string", "text; null for an authorisation without an order", nullable=True),
        "customer_id": Field("string", "internal customer number, text"),
        "channel_id": Field("string", "payment method, text"),
        "currency": Field("string", "USD or NZD; amount_cents is in it"),
        "amount_cents": Field("int64", "asked of the customer; zero for an authorisation", "cents"),
        "status": Field("string", "paid, settled, reconciled, reversed, failed, other"),
        "is_counted": Field(
            "boolean", "paid, settled or reconciled: what the published channel table counts"
        ),
        "batch_id": Field("string", "accounting batch; null where nothing is posted", nullable=True),
        "created_at": Field("timestamp", "UTC", "UTC"),
        "payment_date": Field("date", "business date of the order's store, else of the currency's market"),
    },
    build=_payments,
    is_kept=True,
)

REFUNDS = Conformed(
    name="refunds",
    grain="one row per refund in any currency, up to and including as_of",
    key=("refund_id",),
    columns={
        "refund_id": Field("string", "the platform's payment number, text"),
        "order_id": Field("string", "text"),
        "customer_id": Field("string", "internal customer number, text"),
        "channel_id": Field("string", "payment method, text"),
        "currency": Field("string", "USD or NZD; refund_cents is in it"),
        "refund_cents": Field("int64", "given back; positive", "cents"),
        "batch_id": Field("string", "accounting batch; null where nothing is posted", nullable=True),
        "created_at": Field("timestamp", "UTC", "UTC"),
        "refund_date": Field("date", "business date of the refund, which may be later than the order's"),
    },
    build=_refunds,
)
