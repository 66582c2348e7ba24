"""Metrics of a state: how things stand at the snapshot's cut, without a period."""

from __future__ import annotations

from lucky_analytics.metrics.metric import Metric

__all__ = ["METRICS"]

METRICS = (
    Metric(
        name="registered_customers",
        label="Registered customers",
        table="customers",
        expression=lambda customer: customer.count(),
        unit="customers",
        direction="up",
        owner="marketing",
        description="Customers registered by as_of, logically deleted ones included.",
        date="registered_date",
    ),
    Metric(
        name="trading_stores",
        label="Trading stores",
        table="stores",
        expression=lambda store: store.count(where=store.is_trading_store),
        unit="stores",
        direction="up",
        owner="strategy",
        description="Stores open to the public by as_of.",
        date="",
    ),
    Metric(
        name="products_online",
        label="Products for sale",
        table="products",
        expression=lambda product: product.count(where=product.is_online),
        unit="products",
        direction="none",
        owner="product",
        description="Products with a version that is for sale.",
        date="",
    ),
    Metric(
        name="machines_online_share",
        label="Machines online",
        table="machines",
        expression=lambda machine: machine.is_online.cast("int64").mean(),
        unit="share",
        direction="up",
        owner="operations",
        description="Share of all machines ever installed that are in touch with the platform.",
        date="",
        null_when="there is no machine",
    ),
)
