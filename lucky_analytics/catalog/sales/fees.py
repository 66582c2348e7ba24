"""``fees``: what the payment processor took, payment by payment."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

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
        "payment_id": Field("string", "text; joins payments"),
        "order_id": Field("string", "text; joins orders; null without an order", nullable=True),
        "channel_id": Field("string", "payment method the fee was billed for, text"),
        "currency": Field("string", "USD or NZD; amounts are in it"),
        "amount_cents": Field("int64", "the payment's amount", "cents"),
        "transaction_fee_cents": Field(
            "float64", "fixed part plus rate times amount; billed to a hundredth of a cent", "cents"
        ),
        "service_fee_cents": Field(
            "float64", "the platform's own service fee; billed to a hundredth of a cent", "cents"
        ),
        "fee_cents": Field("float64", "both; billed to a hundredth of a cent", "cents"),
        "payment_date": Field("date", "business date of the payment"),
    },
    build=_build,
)
