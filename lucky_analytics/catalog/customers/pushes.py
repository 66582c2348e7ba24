"""``pushes``: notifications that were sent, and whether they were opened."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text
from lucky_analytics.catalog.local_time import home_date

__all__ = ["PUSHES"]

KINDS = {1: "push", 2: "text message"}


def _build(suite: Tables) -> ir.Table:
    push = suite.source("upush").t_push_record
    push = push.mutate(sent_date=home_date(push.send_time))
    push = push.filter(push.sent_date <= suite.as_of)
    return push.select(
        push_id=text(push.id),
        customer_id=push.user_no,
        kind=push.push_type.cases(*KINDS.items(), else_="other"),
        template=push.template_code,
        sent_at=push.send_time,
        sent_date=push.sent_date,
        is_delivered=push.status == 1,
        opened_at=push.open_time,
        is_opened=push.open_time.notnull(),
    )


PUSHES = Conformed(
    name="pushes",
    grain="one row per notification sent to a customer, up to and including as_of",
    key=("push_id",),
    columns={
        "push_id": Field("string", "text"),
        "customer_id": Field("string", "internal customer number, text; joins customers"),
        "kind": Field("string", "push or text message"),
        "template": Field("string", "coupon, reminder, news or win_back"),
        "sent_at": Field("timestamp", "UTC", "UTC"),
        "sent_date": Field("date", "date in New York"),
        "is_delivered": Field("boolean", "reached the device"),
        "opened_at": Field("timestamp", "UTC; null when it was never opened", "UTC", nullable=True),
        "is_opened": Field("boolean", "was opened, at whatever time"),
    },
    build=_build,
)
