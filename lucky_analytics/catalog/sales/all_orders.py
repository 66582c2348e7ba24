"""``all_orders``: every order of every status, currency and tenant, with why it does not count, if so."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, cents, text
from lucky_analytics.catalog.sales.orders import CHANNELS, placed_orders

__all__ = ["ALL_ORDERS"]

STATUSES = {90: "completed", 0: "cancelled"}


def _build(suite: Tables) -> ir.Table:
    order = placed_orders(suite)
    order = order.filter(order.order_date.isnull() | (order.order_date <= suite.as_of))
    return order.select(
        order_id=text(order.id),
        store_id=text(order.shop_id),
        customer_id=order.user_no,
        tenant=order.tenant,
        status=order.status.cases(*STATUSES.items(), else_="other"),
        currency=order.currency_code,
        ordered_at=order.create_time,
        order_date=order.order_date,
        paid_at=order.pay_time,
        finished_at=order.finish_time,
        channel=order.channel.cases(*CHANNELS.items(), else_="other"),
        is_delivery=order.order_type == 2,
        list_cents=cents(order.total_money),
        payable_cents=cents(order.payable_money),
        paid_cents=cents(order.pay_money),
        left_out_because=order.reason,
    )


ALL_ORDERS = Conformed(
    name="all_orders",
    grain="one row per order of any status, currency, tenant and shop, up to and including as_of",
    key=("order_id",),
    columns={
        "order_id": Field("string", "text; joins orders where the order counts"),
        "store_id": Field("string", "text; joins stores, but for an unknown shop"),
        "customer_id": Field("string", "internal customer number, text"),
        "tenant": Field("string", "LKUS, or a test or foreign tenant"),
        "status": Field("string", "completed, cancelled, other"),
        "currency": Field("string", "USD or NZD; never add amounts of two currencies"),
        "ordered_at": Field("timestamp", "UTC", "UTC"),
        "order_date": Field("date", "store-local business date; null for an unknown shop", nullable=True),
        "paid_at": Field("timestamp", "UTC; null when it never was", "UTC", nullable=True),
        "finished_at": Field("timestamp", "UTC; null when it was never handed over", "UTC", nullable=True),
        "channel": Field("string", "android, ios, delivery platform, other"),
        "is_delivery": Field("boolean", "delivered rather than picked up"),
        "list_cents": Field("int64", "list price of all items, before discounts and tax", "cents"),
        "payable_cents": Field("int64", "after discounts, with tax and fees", "cents"),
        "paid_cents": Field("int64", "what the customer paid", "cents"),
        "left_out_because": Field(
            "string",
            "why orders does not have it: shop unknown, not completed, not in USD, of another tenant;"
            " null if it has",
            nullable=True,
        ),
    },
    build=_build,
)  # fmt: skip
