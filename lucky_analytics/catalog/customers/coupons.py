"""``coupons``, their ``coupon_templates`` and ``coupon_exposures``: what was given, and what was shown."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, cents, name, text
from lucky_analytics.catalog.local_time import home_date

__all__ = ["COUPONS", "COUPON_EXPOSURES", "COUPON_TEMPLATES"]

CAMPAIGNS = {1: "welcome", 2: "weekly program", 3: "win-back", 4: "holiday", 5: "referral"}
RUNS = {1: "running", 2: "ended"}
STATUSES = {1: "unused", 2: "used", 3: "expired"}
ASSIGNMENTS = {1: "random", 2: "rule"}


def _coupons(suite: Tables) -> ir.Table:
    source = suite.source("salesmarketing")
    template = source.t_coupon_template.select(
        "template_no",
        "campaign_type",
        depth=source.t_coupon_template.discount_depth.cast("float64"),
        category=source.t_coupon_template.one_category_name,
    )
    given = source.t_coupon_record.left_join(template, "template_no")
    given = given.mutate(received_date=home_date(given.receive_time))
    given = given.filter(given.received_date <= suite.as_of)
    return given.select(
        "category",
        "depth",
        "received_date",
        "order_id",
        coupon_id=given.coupon_no,
        template_id=given.template_no,
        customer_id=given.user_no,
        campaign=given.campaign_type.cases(*CAMPAIGNS.items(), else_="other"),
        status=given.status.cases(*STATUSES.items(), else_="other"),
        received_at=given.receive_time,
        expires_at=given.expire_time,
        used_at=given.use_time,
        discount_cents=cents(given.discount_money),
    ).select(*COUPONS.columns)


def _templates(suite: Tables) -> ir.Table:
    kind = suite.source("salesmarketing").t_coupon_template
    kind = kind.mutate(created_date=home_date(kind.create_time))
    kind = kind.filter(kind.created_date <= suite.as_of)
    return kind.select(
        "created_date",
        template_id=kind.template_no,
        template_name=name(kind.template_name),
        campaign=kind.campaign_type.cases(*CAMPAIGNS.items(), else_="other"),
        category=kind.one_category_name,
        depth=kind.discount_depth.cast("float64"),
        valid_days=kind.valid_days.cast("int64"),
        status=kind.status.cases(*RUNS.items(), else_="other"),
        start_date=home_date(kind.start_time),
        end_date=home_date(kind.end_time),
    ).select(*COUPON_TEMPLATES.columns)


def _exposures(suite: Tables) -> ir.Table:
    shown = suite.source("salesmarketing").t_coupon_exposure
    shown = shown.filter(shown.week_start <= suite.as_of)
    return shown.select(
        exposure_id=text(shown.id),
        customer_id=shown.user_no,
        template_id=shown.template_no,
        assignment=shown.assign_type.cases(*ASSIGNMENTS.items(), else_="other"),
        category=shown.one_category_name,
        depth=shown.discount_depth.cast("float64"),
        week_date=shown.week_start,
        shown_at=shown.expose_time,
    )


COUPONS = Conformed(
    name="coupons",
    grain="one row per coupon given by as_of and not yet moved to the archive",
    key=("coupon_id",),
    columns={
        "coupon_id": Field("string", "text"),
        "template_id": Field("string", "kind of coupon, text"),
        "customer_id": Field("string", "text; joins customers"),
        "campaign": Field("string", "welcome, weekly program, win-back, holiday, referral, other"),
        "category": Field("string", "menu category it is good for; null for any", nullable=True),
        "depth": Field(
            "float64",
            "share taken off the list price, 0 to 1; 0 is shown without a discount; null if unknown",
            nullable=True,
        ),
        "status": Field(
            "string", "unused, used, expired, other; as the source has it at the cut, not on as_of"
        ),
        "received_at": Field("timestamp", "UTC", "UTC"),
        "received_date": Field("date", "date in the home market"),
        "expires_at": Field("timestamp", "UTC", "UTC"),
        "used_at": Field("timestamp", "UTC; null unless used", "UTC", nullable=True),
        "order_id": Field("string", "text; joins orders; null unless used", nullable=True),
        "discount_cents": Field(
            "int64", "taken off that order's items; null unless used", "cents", nullable=True
        ),
    },
    build=_coupons,
)

COUPON_TEMPLATES = Conformed(
    name="coupon_templates",
    grain="one row per kind of coupon that was set up by as_of, given or not",
    key=("template_id",),
    columns={
        "template_id": Field("string", "text; joins coupons and coupon_exposures"),
        "template_name": Field("string", "as marketing named it"),
        "campaign": Field("string", "welcome, weekly program, win-back, holiday, referral, other"),
        "category": Field("string", "menu category it is good for; null for any", nullable=True),
        "depth": Field(
            "float64", "share taken off the list price, 0 to 1; 0 is shown without a discount", "0 to 1"
        ),
        "valid_days": Field("int64", "days a coupon is valid after it is given", "days"),
        "status": Field("string", "running, ended, other; as the source has it at the cut, not on as_of"),
        "created_date": Field("date", "date in the home market on which it was set up"),
        "start_date": Field("date", "first date in the home market on which it is given"),
        "end_date": Field("date", "date in the home market on which it is given no more"),
    },
    build=_templates,
)

COUPON_EXPOSURES = Conformed(
    name="coupon_exposures",
    grain="one row per customer, week and category in which the weekly program showed a coupon, by as_of",
    key=("exposure_id",),
    columns={
        "exposure_id": Field("string", "text"),
        "customer_id": Field("string", "text; joins customers"),
        "template_id": Field("string", "kind of coupon, text"),
        "assignment": Field(
            "string", "random: the depth was drawn by chance; rule: chosen by a targeting rule"
        ),
        "category": Field("string", "menu category it is good for"),
        "depth": Field("float64", "share off the list price, 0 to 1; 0 is shown without a discount"),
        "week_date": Field("date", "Monday of the week in which it is good, store-local"),
        "shown_at": Field("timestamp", "UTC", "UTC"),
    },
    build=_exposures,
)
