"""``pushes``: notifications that were sent, and whether they were opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, text
from lucky_analytics.catalog.local_time import local_time
from lucky_analytics.estate.markets import MARKETS

if TYPE_CHECKING:
    from lucky_analytics.catalog.suite import Suite

__all__ = ["PUSHES"]

KINDS = {1: "push", 2: "text message"}


def _build(suite: Suite) -> ir.Table:
    push = suite.source("upush").t_push_record
    home = ibis.literal(MARKETS[0].time_zone)
    push = push.mutate(sent_date=local_time(push.send_time, home, [MARKETS[0].time_zone]).date())
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
        "push_id": "text",
        "customer_id": "internal customer number, text; joins customers",
        "kind": "push or text message",
        "template": "coupon, reminder, news or win_back",
        "sent_at": "UTC",
        "sent_date": "date in New York",
        "is_delivered": "reached the device",
        "opened_at": "UTC; null when it was never opened",
        "is_opened": "was opened, at whatever time",
    },
    build=_build,
)
