"""``customer_profiles``: what customers said of themselves and what they mostly buy."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text
from lucky_analytics.catalog.local_time import home_date

__all__ = ["CUSTOMER_PROFILES"]

GENDERS = {1: "female", 2: "male", 3: "other"}


def _build(suite: Tables) -> ir.Table:
    profile = suite.source("salescrm").t_user_profile
    profile = profile.filter(home_date(profile.create_time) <= suite.as_of)
    return profile.select(
        customer_id=profile.user_no,
        gender=profile.gender.cases(*GENDERS.items()),
        age_band=profile.age_band,
        preferred_store_id=text(profile.preferred_shop_id),
        preferred_category=profile.preferred_category_name,
        is_push_allowed=profile.push_allowed == 1,
        created_at=profile.create_time,
        changed_at=profile.modify_time,
    )


CUSTOMER_PROFILES = Conformed(
    name="customer_profiles",
    grain="one row per customer with a profile made by as_of, as it stands at the snapshot's cut",
    key=("customer_id",),
    columns={
        "customer_id": Field("string", "text; joins customers"),
        "gender": Field("string", "female, male, other; null unless stated", nullable=True),
        "age_band": Field("string", "null unless stated", nullable=True),
        "preferred_store_id": Field("string", "store of most orders; null without orders", nullable=True),
        "preferred_category": Field("string", "category of most units; null without orders", nullable=True),
        "is_push_allowed": Field("boolean", "lets the app send notifications, at the cut"),
        "created_at": Field("timestamp", "UTC", "UTC"),
        "changed_at": Field("timestamp", "UTC", "UTC"),
    },
    build=_build,
)
