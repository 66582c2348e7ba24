"""``costs``: what a base unit of each good cost, and when."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

__all__ = ["COSTS"]


def _build(suite: Tables) -> ir.Table:
    cost = suite.source("scmcommodity").t_goods_cost
    cost = cost.filter((cost.effective_start <= suite.as_of) & (cost.currency_code == "USD"))
    return cost.select(
        goods_id=cost.goods_code,
        start_date=cost.effective_start,
        end_date=cost.effective_end,
        unit_cost_cents=cost.unit_cost.cast("float64") * 100,
    )


COSTS = Conformed(
    name="costs",
    grain="one row per good and period of its moving-average cost in USD begun by as_of; some have none",
    key=("goods_id", "start_date"),
    columns={
        "goods_id": Field("string", "text; joins goods"),
        "start_date": Field("date", "first day on which the cost holds"),
        "end_date": Field("date", "first day on which it no longer holds; null while it does", nullable=True),
        "unit_cost_cents": Field(
            "float64", "of one base unit; far below a cent for most goods, hence not whole", "cents"
        ),
    },
    build=_build,
)
