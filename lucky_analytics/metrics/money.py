"""Metrics of payments: what was collected, and what collecting it cost."""

from __future__ import annotations

from lucky_analytics.catalog import whole
from lucky_analytics.metrics.metric import Metric

__all__ = ["METRICS"]

METRICS = (
    Metric(
        name="sales_tax",
        label="Sales tax collected",
        table="orders",
        expression=lambda order: whole(order.tax_cents.sum()).fill_null(0),
        unit="cents",
        direction="none",
        owner="finance",
        description="Sales tax on the items of completed USD orders.",
    ),
    Metric(
        name="refunds",
        label="Refunds",
        table="refunds",
        expression=lambda refund: whole(refund.refund_cents.sum(where=refund.currency == "USD")).fill_null(0),
        unit="cents",
        direction="down",
        owner="finance",
        description="USD given back, on the day of the refund.",
        date="refund_date",
    ),
    Metric(
        name="failed_payment_rate",
        label="Payments that failed",
        table="payments",
        expression=lambda payment: (
            (payment.status == "failed").cast("int64").mean(where=payment.currency == "USD")
        ),
        unit="rate",
        direction="down",
        owner="finance",
        description="Share of payments, retries and authorisations in USD that failed.",
        date="payment_date",
        null_when="there is no payment in USD",
    ),
    Metric(
        name="fee_rate",
        label="Effective fee rate",
        table="fees",
        expression=lambda fee: (
            fee.fee_cents.sum(where=fee.currency == "USD")
            / fee.amount_cents.sum(where=fee.currency == "USD").nullif(0)
        ),
        unit="rate",
        direction="down",
        owner="finance",
        description="Processing fees over the amounts in USD that they were billed for.",
        date="payment_date",
        null_when="there is no fee row of an amount in USD",
    ),
    Metric(
        name="unposted_payment_rate",
        label="Payments not posted",
        table="payments",
        expression=lambda payment: (
            payment.batch_id.isnull()
            .cast("int64")
            .mean(where=payment.is_counted & (payment.currency == "USD"))
        ),
        unit="rate",
        direction="down",
        owner="finance",
        description="Share of counted payments in USD without an accounting batch.",
        date="payment_date",
        null_when="there is no counted payment in USD",
        fills_later=True,
    ),
)
