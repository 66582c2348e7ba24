"""Metrics of customers: who came, who came back, who left, who used what they were given."""

from __future__ import annotations

from lucky_analytics.catalog.conformed import whole
from lucky_analytics.metrics.metric import Metric

__all__ = ["METRICS"]

LAPSED_DAYS = 60  # the label of the churn model: no order for 60 days

METRICS = (
    Metric(
        name="new_customers",
        label="New customers",
        table="customer_features",
        expression=lambda customer: customer.count(),
        unit="customers",
        direction="up",
        owner="marketing",
        description="People whose first completed USD order falls into the period; no delivery accounts.",
        date="first_date",
    ),
    Metric(
        name="repeat_customer_share",
        label="Customers who came back",
        table="customer_features",
        expression=lambda customer: (customer.n_orders >= 2).cast("int64").mean(),
        unit="share",
        direction="up",
        owner="marketing",
        description="Share of those who came first in the period that ordered again by as_of.",
        date="first_date",
        null_when="nobody came first in the period",
        fills_later=True,
    ),
    Metric(
        name="lapsed_customer_share",
        label="Lapsed customers",
        table="customer_features",
        expression=lambda customer: (customer.days_since_last > LAPSED_DAYS).cast("int64").mean(),
        unit="share",
        direction="down",
        owner="marketing",
        description="Share of all who ever ordered without an order in the last 60 days before as_of.",
        date="",
        null_when="nobody has ordered",
    ),
    Metric(
        name="last_seen_customers",
        label="Customers seen last",
        table="customer_features",
        expression=lambda customer: customer.count(),
        unit="customers",
        direction="none",
        owner="marketing",
        description="People whose newest order by as_of falls into the period; no delivery accounts.",
        date="last_date",
        fills_later=True,
    ),
    Metric(
        name="customer_spend",
        label="Paid so far by customers",
        table="customer_features",
        expression=lambda customer: whole(
            (customer.mean_order_cents * customer.n_orders).round().sum()
        ).fill_null(0),
        unit="cents",
        direction="up",
        owner="marketing",
        description="Paid for items before tax by as_of, by people who came first in the period.",
        date="first_date",
        fills_later=True,
    ),
    Metric(
        name="coupon_redemption_rate",
        label="Coupon redemption rate",
        table="coupons",
        expression=lambda coupon: (coupon.status == "used").cast("int64").mean(),
        unit="rate",
        direction="none",
        owner="marketing",
        description="Share of the coupons received in the period that were used by the cut.",
        date="received_date",
        null_when="no coupon was received",
        fills_later=True,
    ),
)
