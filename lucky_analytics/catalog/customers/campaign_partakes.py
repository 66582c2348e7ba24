"""``campaign_partakes`` and ``first_touches``: who took part in what, how customers first met us."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, name, text
from lucky_analytics.catalog.local_time import home_date

__all__ = ["CAMPAIGN_PARTAKES", "FIRST_TOUCHES"]

KINDS = {
    1: "welcome",
    2: "price campaign",
    3: "share with a friend",
    4: "lottery",
    5: "new-customer voucher",
}


def _partakes(suite: Tables) -> ir.Table:
    source = suite.source("salesmarketing")
    campaign = source.t_market_activity.select("activity_no", "activity_name", "activity_type")
    part = source.t_market_activity_partake.left_join(campaign, "activity_no")
    part = part.mutate(partake_date=home_date(part.partake_time))
    part = part.filter(part.partake_date <= suite.as_of)
    return part.select(
        partake_id=text(part.id),
        customer_id=part.user_no,
        campaign_id=part.activity_no,
        campaign_name=name(part.activity_name),
        kind=part.activity_type.cases(*KINDS.items(), else_="other"),
        inviter_id=part.inviter_user_no,
        order_id=part.order_id,
        partaken_at=part.partake_time,
        partake_date=part.partake_date,
    )


def _touches(suite: Tables) -> ir.Table:
    touch = suite.source("isalescdp").t_user_event_track
    touch = touch.mutate(touch_date=home_date(touch.create_time))
    touch = touch.filter(touch.touch_date <= suite.as_of)
    return touch.select(
        touch_id=text(touch.id),
        customer_id=touch.user_no,
        event=touch.event_code,
        touched_through=touch.source,
        touched_at=touch.create_time,
        touch_date=touch.touch_date,
    )


CAMPAIGN_PARTAKES = Conformed(
    name="campaign_partakes",
    grain="one row per customer's participation in a campaign by as_of",
    key=("partake_id",),
    columns={
        "partake_id": Field("string", "text"),
        "customer_id": Field("string", "text; joins customers"),
        "campaign_id": Field("string", "number of the campaign, text"),
        "campaign_name": Field("string", "null for an unknown campaign", nullable=True),
        "kind": Field(
            "string", "welcome, price campaign, share with a friend, lottery, new-customer voucher, other"
        ),
        "inviter_id": Field("string", "customer who shared it; null unless invited", nullable=True),
        "order_id": Field("string", "joins all_orders; null but for a price campaign", nullable=True),
        "partaken_at": Field("timestamp", "UTC", "UTC"),
        "partake_date": Field("date", "date in the home market"),
    },
    build=_partakes,
)

FIRST_TOUCHES = Conformed(
    name="first_touches",
    grain="one row per tracked first touch of a customer by as_of; most customers have none",
    key=("touch_id",),
    columns={
        "touch_id": Field("string", "text"),
        "customer_id": Field("string", "text; joins customers"),
        "event": Field("string", "app_install, landing_page or store_code"),
        "touched_through": Field("string", "organic, social, search, store_qr, friend or press"),
        "touched_at": Field("timestamp", "before the registration, UTC", "UTC"),
        "touch_date": Field("date", "date in the home market"),
    },
    build=_touches,
)
