"""``payment_methods``: the payment methods that customers keep on file."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text
from lucky_analytics.catalog.local_time import home_date

__all__ = ["PAYMENT_METHODS"]


def _build(suite: Tables) -> ir.Table:
    kept = suite.source("salespayment").t_user_channel
    kept = kept.filter(home_date(kept.create_time) <= suite.as_of)
    return kept.select(
        method_id=text(kept.id),
        customer_id=kept.user_no,
        channel_id=kept.channel_id.cast("string"),
        is_default=kept.is_default == 1,
        added_at=kept.create_time,
        card=kept.card_token,
    )


PAYMENT_METHODS = Conformed(
    name="payment_methods",
    grain="one row per customer and payment method that was put on file by as_of and still is at the cut",
    key=("method_id",),
    columns={
        "method_id": Field("string", "text"),
        "customer_id": Field("string", "internal customer number, text"),
        "channel_id": Field("string", "payment method, text; joins payments"),
        "is_default": Field("boolean", "whether the app offers it first"),
        "added_at": Field("timestamp", "UTC", "UTC"),
        "card": Field("string", "hash of its card or wallet; equal where two accounts keep the same one"),
    },
    build=_build,
)
