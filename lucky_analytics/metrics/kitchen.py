"""Metrics of the kitchen: how long orders take, and how many are made."""

from __future__ import annotations

from lucky_analytics.metrics.metric import Metric

__all__ = ["METRICS"]

OUTLIER_SECONDS = 1800

METRICS = (
    Metric(
        name="production_seconds",
        label="Production time",
        table="production",
        expression=lambda ticket: ticket.production_seconds.mean(),
        unit="seconds",
        direction="down",
        owner="operations",
        description="Mean time from accepted to done, outliers included.",
        date="production_date",
        null_when="no ticket was done",
    ),
    Metric(
        name="production_seconds_trimmed",
        label="Production time without outliers",
        table="production",
        expression=lambda ticket: ticket.production_seconds.mean(
            where=ticket.production_seconds <= OUTLIER_SECONDS
        ),
        unit="seconds",
        direction="down",
        owner="operations",
        description="Mean time from accepted to done of tickets that took 30 minutes at most.",
        date="production_date",
        null_when="no ticket was done",
    ),
    Metric(
        name="fulfilment_rate",
        label="Tickets done",
        table="production",
        expression=lambda ticket: (ticket.status == "done").cast("int64").mean(),
        unit="rate",
        direction="up",
        owner="operations",
        description="Share of production tickets that were done.",
        date="production_date",
        null_when="there is no ticket",
    ),
    Metric(
        name="cups",
        label="Cups poured for orders",
        table="cups",
        expression=lambda cup: cup.count(where=cup.poured_for == "order"),
        unit="cups",
        direction="up",
        owner="operations",
        description="Cups that machines poured for orders; repeats, rinses and tests left out.",
        date="cup_date",
    ),
    Metric(
        name="machine_failures",
        label="Machine failures",
        table="device_events",
        expression=lambda event: event.count(where=event.kind == "failed"),
        unit="failures",
        direction="down",
        owner="operations",
        description="Times that a coffee machine of the home market failed.",
        date="event_date",
    ),
)
