"""Sales metrics, over ``orders`` and what was in them: completed USD orders."""

from __future__ import annotations

from lucky_analytics.catalog import whole
from lucky_analytics.metrics.metric import Metric

__all__ = ["METRICS"]

METRICS = (
    Metric(
        name="orders",
        label="Orders",
        table="orders",
        expression=lambda order: order.count(),
        unit="orders",
        direction="up",
        owner="operations",
        description="Completed USD orders.",
    ),
    Metric(
        name="revenue",
        label="Revenue",
        table="orders",
        expression=lambda order: whole(order.revenue_cents.sum()).fill_null(0),
        unit="cents",
        direction="up",
        owner="finance",
        description="What customers paid on completed USD orders, tax and fees included; refunds stay in.",
    ),
    Metric(
        name="net_sales",
        label="Net sales",
        table="orders",
        expression=lambda order: whole(
            (order.revenue_cents - order.tax_cents - order.refund_cents).sum()
        ).fill_null(0),
        unit="cents",
        direction="up",
        owner="finance",
        description="Revenue less sales tax and refunds; a refund counts on its order's date.",
    ),
    Metric(
        name="aov",
        label="Average order value",
        table="orders",
        expression=lambda order: order.revenue_cents.sum() / order.count().nullif(0),
        unit="cents an order",
        direction="up",
        owner="finance",
        description="Revenue divided by orders.",
        null_when="there is no order",
    ),
    Metric(
        name="units",
        label="Units sold",
        table="order_items",
        expression=lambda item: item.count(),
        unit="units",
        direction="up",
        owner="product",
        description="Units on completed USD orders.",
    ),
    Metric(
        name="items_per_order",
        label="Items per order",
        table="orders",
        expression=lambda order: order.n_items.sum() / order.count().nullif(0),
        unit="items an order",
        direction="up",
        owner="product",
        description="Units sold divided by orders.",
        null_when="there is no order",
    ),
    Metric(
        name="active_customers",
        label="Customers who ordered",
        table="orders",
        expression=lambda order: order.customer_id.nunique(),
        unit="customers",
        direction="up",
        owner="marketing",
        description="Customers with a completed USD order in the period, delivery accounts included.",
    ),
    Metric(
        name="discount_rate",
        label="Discount rate",
        table="orders",
        expression=lambda order: 1 - order.items_cents.sum() / order.list_cents.sum().nullif(0),
        unit="rate",
        direction="none",
        owner="marketing",
        description="Share of list price that discounts on items took off, before tax.",
        null_when="there is no order",
    ),
    Metric(
        name="delivery_share",
        label="Delivery share",
        table="orders",
        expression=lambda order: order.is_delivery.cast("int64").mean(),
        unit="share",
        direction="none",
        owner="operations",
        description="Share of orders that were delivered.",
        null_when="there is no order",
    ),
    Metric(
        name="refund_rate",
        label="Refund rate",
        table="orders",
        expression=lambda order: (order.refund_cents > 0).cast("int64").mean(),
        unit="rate",
        direction="down",
        owner="operations",
        description="Share of orders of which anything was given back by as_of; late refunds raise it later.",
        null_when="there is no order",
        fills_later=True,
    ),
)
