"""``customers``: everyone who ever registered."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables
from lucky_analytics.catalog.local_time import local_time

__all__ = ["CUSTOMERS"]

ORIGINS = {1: "android", 2: "ios", 3: "delivery platform", 8: "web"}


def _build(suite: Tables) -> ir.Table:
    user = suite.source("salescrm").t_user
    registered_date = local_time(user.create_time, user.time_zone, suite.zones).date()
    known = user.mutate(registered_date=registered_date).filter(registered_date <= suite.as_of)
    return known.select(
        customer_id=known.user_no,
        origin=known.origin.cases(*ORIGINS.items(), else_="other"),
        registered_at=known.create_time,
        registered_date=known.registered_date,
        is_deleted=known.is_deleted == 1,
        is_delivery_account=known.origin == 3,
        is_coupon_acquired=known.register_activity_no.notnull(),
    )


CUSTOMERS = Conformed(
    name="customers",
    grain="one row per customer registered by as_of, logically deleted ones included",
    key=("customer_id",),
    columns={
        "customer_id": Field("string", "internal customer number, text"),
        "origin": Field(
            "string", "where the customer registered: android, ios, delivery platform, web, other"
        ),
        "registered_at": Field("timestamp", "UTC", "UTC"),
        "registered_date": Field("date", "date in the customer's own zone"),
        "is_deleted": Field("boolean", "logically deleted"),
        "is_delivery_account": Field(
            "boolean", "a delivery platform's account, not a person: customer models leave it out"
        ),
        "is_coupon_acquired": Field(
            "boolean", "registered through a campaign that gives new customers a voucher"
        ),
    },
    build=_build,
)
