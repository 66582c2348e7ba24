"""``fees``: what the payment processor took, payment by payment."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Tables

__all__ = ["FEES"]


def _build(suite: Tables) -> ir.Table:
    fee = suite.source("salespayment").t_channel_fee
    fee = fee.select(
        "trade_no",
        "transaction_fee",
        "merchant_service_fee",
        "total_fee",
        fee_channel=fee.channel_id.cast("string"),
    )
    paid = suite.payments.join(fee, suite.payments.payment_id == fee.trade_no)
    return paid.select(
        "payment_id",
        "order_id",
        "currency",
        "amount_cents",
        "payment_date",
        channel_id="fee_channel",
        transaction_fee_cents=paid.transaction_fee.cast("float64") * 100,
        service_fee_cents=paid.merchant_service_fee.cast("float64") * 100,
        fee_cents=paid.total_fee.cast("float64") * 100,
    ).select(*FEES.columns)


FEES = Conformed(
    name="fees",
    grain="one row per payment by as_of whose fee the processor reported; some payments have none",
    key=("payment_id",),
    columns={
        "payment_id": "text; joins payments",
        "order_id": "text; joins orders; null without an order",
        "channel_id": "payment method the fee was billed for, text",
        "currency": "USD or NZD; amounts are in it",
        "amount_cents": "the payment's amount",
        "transaction_fee_cents": "fixed part plus rate times amount; billed to a hundredth of a cent",
        "service_fee_cents": "the platform's own service fee; billed to a hundredth of a cent",
        "fee_cents": "both; billed to a hundredth of a cent",
        "payment_date": "business date of the payment",
    },
    build=_build,
)
