"""``cloud_costs``: what the cloud charged, day by day, for which service, use and way of paying."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

__all__ = ["CLOUD_COSTS"]


def _build(suite: Tables) -> ir.Table:
    said = suite.source("cloud").cost_days
    return said.filter(said.day <= suite.as_of).select(
        day=said.day,
        service=said.service,
        usage=said.usage_type,
        paid_by=said.purchase,
        amount=said.usage_amount,
        unit=said.unit,
        cost_cents=said.cost_usd.cast("float64") * 100,
    )


CLOUD_COSTS = Conformed(
    name="cloud_costs",
    grain="one row per day (UTC) up to as_of, service, usage and way of paying",
    key=("day", "service", "usage", "paid_by"),
    columns={
        "day": Field("date", "UTC"),
        "service": Field("string", "as the bill names it: EC2, RDS, ElastiCache and the like"),
        "usage": Field("string", "instance hours, storage, transfer and the like"),
        "paid_by": Field("string", "on_demand, reserved or savings_plan"),
        "amount": Field("float64", "what was used, in its unit"),
        "unit": Field("string", "of amount: hours, GB-months, GB, requests"),
        "cost_cents": Field("float64", "before credits and tax; a line has parts of a cent, so round sums",
                            "cents"),
    },
    build=_build,
)  # fmt: skip
