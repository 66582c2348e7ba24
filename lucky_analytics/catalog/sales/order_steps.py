"""``order_steps``: what happened to each order and when, from placing it to handing it over."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text
from lucky_analytics.catalog.sales.orders import placed_orders

__all__ = ["ORDER_STEPS"]

STEPS = {1: "placed", 2: "paid", 3: "accepted", 4: "made", 5: "handed over", 9: "cancelled"}


def _build(suite: Tables) -> ir.Table:
    step = suite.source("salesorder").t_order_oper_history
    order = placed_orders(suite)
    order = order.filter(order.order_date <= suite.as_of)
    order = order.select(placed_id=order.id, placed_shop=order.shop_id, placed_date=order.order_date)
    known = step.join(order, step.order_id == order.placed_id)
    return known.select(
        step_id=text(known.id),
        order_id=text(known.order_id),
        store_id=text(known.placed_shop),
        order_date=known.placed_date,
        step=known.oper_type.cases(*STEPS.items(), else_="other"),
        operator=known.operator,
        stepped_at=known.create_time,
    )


ORDER_STEPS = Conformed(
    name="order_steps",
    grain="one row per step of an order of any status and currency, of orders placed by as_of",
    key=("step_id",),
    columns={
        "step_id": Field("string", "text"),
        "order_id": Field("string", "text; joins all_orders"),
        "store_id": Field("string", "text; joins stores"),
        "order_date": Field("date", "store-local business date of the order"),
        "step": Field("string", "placed, paid, accepted, made, handed over, cancelled, other"),
        "operator": Field("string", "who did it: user, system or store"),
        "stepped_at": Field("timestamp", "UTC", "UTC"),
    },
    build=_build,
)
