"""``archived_coupons``: coupons that left the live table, by kind and week in which they were given."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, cents
from lucky_analytics.catalog.customers.coupons import CAMPAIGNS

__all__ = ["ARCHIVED_COUPONS"]


def _build(suite: Tables) -> ir.Table:
    source = suite.source("salesmarketing")
    kind = source.t_coupon_template
    kind = kind.select(
        "template_no",
        "campaign_type",
        category=kind.one_category_name,
        depth=kind.discount_depth.cast("float64"),
    )
    counted = source.t_coupon_expired_stat
    counted = counted.filter(counted.receive_week <= suite.as_of).left_join(kind, "template_no")
    return counted.select(
        "category",
        "depth",
        template_id=counted.template_no,
        campaign=counted.campaign_type.cases(*CAMPAIGNS.items(), else_="other"),
        week_date=counted.receive_week,
        n_given=counted.given_count,
        n_used=counted.used_count,
        n_expired=counted.expired_count,
        discount_cents=cents(counted.discount_money),
    ).select(*ARCHIVED_COUPONS.columns)


ARCHIVED_COUPONS = Conformed(
    name="archived_coupons",
    grain="one row per kind of coupon and week in which it was given, up to and including that of as_of; of "
    "coupons that were used or ran out some weeks before the cut, as they were at the cut",
    key=("template_id", "week_date"),
    columns={
        "template_id": Field("string", "text; joins coupon_templates"),
        "campaign": Field("string", "welcome, weekly program, win-back, holiday, referral, other"),
        "category": Field("string", "category it was good for; null for any", nullable=True),
        "depth": Field("float64", "share off the list price, 0 to 1; null for an unknown kind", "0 to 1",
                       nullable=True),
        "week_date": Field("date", "Monday of the week, in the home market"),
        "n_given": Field("int64", "coupons given"),
        "n_used": Field("int64", "of them used"),
        "n_expired": Field("int64", "of them run out without use: they cost nothing"),
        "discount_cents": Field("int64", "taken off by those that were used", "cents"),
    },
    build=_build,
)  # fmt: skip
