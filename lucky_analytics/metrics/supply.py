"""Metrics of stock: what ran out and what was thrown away."""

from __future__ import annotations

from lucky_analytics.metrics.metric import Metric

__all__ = ["METRICS"]

METRICS = (
    Metric(
        name="stock_out_rate",
        label="Stock-out rate",
        table="stock",
        expression=lambda day: day.is_stock_out.cast("int64").mean(),
        unit="rate",
        direction="down",
        owner="supply chain",
        description="Share of store, good and day on which the good ran out.",
        date="stock_date",
        null_when="nothing was stocked",
    ),
    Metric(
        name="waste_rate",
        label="Waste rate",
        table="stock",
        expression=lambda day: (
            day.wasted_quantity.sum() / (day.wasted_quantity.sum() + day.consumed_quantity.sum()).nullif(0)
        ),
        unit="rate",
        direction="down",
        owner="supply chain",
        description="Quantity thrown away over quantity used or thrown away; meant for one good at a time.",
        date="stock_date",
        null_when="nothing was used",
    ),
)
