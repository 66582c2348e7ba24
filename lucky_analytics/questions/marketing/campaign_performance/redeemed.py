"""Coupons that were used, each with what its order left: what a campaign's coupons took and came with.

An order that used a coupon might have come without it. What is left of such orders is no earning of a coupon,
and no name here says so.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.models.acquisition_cost import measure_marketing_cost
from lucky_analytics.models.order_margins import load_order_margins
from lucky_analytics.questions.marketing.campaign_performance.kept_coupons import WEEKLY

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = [
    "AUDIENCE_DAYS",
    "FOLLOWED_DAYS",
    "NO_CHECKS",
    "Redeemed",
    "check_used",
    "load_redeemed",
    "sum_orders",
    "sum_recent",
]

NO_CHECKS = pd.DataFrame(columns=["name", "passed", "detail"])

AUDIENCE_DAYS = 28  # days of gifts whose customers are a campaign's audience
FOLLOWED_DAYS = 35  # days of a customer's orders in which a test of a campaign is judged


class Redeemed(NamedTuple):
    """``used``: a row a used coupon that meets an order of a person: ``campaign``, ``template_id``,
    ``customer_id``, ``used_date``, ``is_first`` (the customer's first order); dollars: ``discount``, ``paid``
    (for items and packaging, before tax), ``margin`` (contribution).
    ``n_used``, ``n_matched``: used coupons, and those of them whose order is known; ``n_orders``: orders of
    these. ``off_cents``, ``discount_cents``: what these orders' items were reduced by, and what their coupons
    say. ``audiences``: by ``campaign``, what customers given a coupon in the last four weeks left in the last
    five: ``n``, ``mean``, ``sd`` (USD). ``marketing``: ``measure_marketing_cost``; ``n_new``: first orders
    since ``start`` (all of them), the day from which all uses are known."""

    used: pd.DataFrame
    n_used: int
    n_matched: int
    n_orders: int
    off_cents: int
    discount_cents: int
    audiences: pd.DataFrame
    marketing: dict[str, float] | None
    n_new: int


def load_redeemed(suite: Suite, coupon: ir.Table, start: dt.date) -> Redeemed:
    """Used coupons up to ``as_of``. ``start``: ``Kept.used_from``.

    Raises ``LuckyError`` where no unit has a known cost.
    """
    order = load_order_margins(suite)
    order = order.select("customer_id", "order_id", "ordered_at", "order_date", "value_cents", "margin_cents")
    by_time = ibis.window(group_by="customer_id", order_by=["ordered_at", "order_id"])
    order = order.mutate(is_first=ibis.row_number().over(by_time) == 0).cache()
    given = coupon
    coupon = coupon.filter("is_used")
    coupon = coupon.select("campaign", "template_id", "order_id", "discount_cents").cache()
    placed = suite.orders.select("order_id")  # up to as_of, whoever's they are
    known = coupon.semi_join(placed, "order_id")
    used = coupon.join(order, "order_id").select(
        *("campaign", "template_id", "customer_id", "is_first"),
        used_date=order.order_date.cast("timestamp"),
        discount=coupon.discount_cents.fill_null(0) / 100,
        paid=order.value_cents / 100,
        margin=order.margin_cents / 100,
    )
    item = suite.order_items.semi_join(known, "order_id")
    off = item.agg(off=(item.sale_cents - item.paid_cents).sum()).execute()["off"].iloc[0]
    sums = known.agg(n=known.count(), n_orders=known.order_id.nunique(), cents=known.discount_cents.sum())
    found = sums.execute().iloc[0].fillna(0)
    first = order.filter("is_first").select("order_date").execute()["order_date"]
    first = pd.to_datetime(first)
    rows = used.order_by("used_date", "campaign", "template_id", "customer_id").execute()
    if len(rows) and rows["margin"].isna().all():
        raise LuckyError(
            "margin of orders with a coupon", expected="recipes with a known cost", got="none",
            remedy="Take a snapshot with recipes, goods and their costs",
        )  # fmt: skip
    return Redeemed(
        used=rows,
        n_used=int(coupon.count().execute()),
        n_matched=int(found["n"]),
        n_orders=int(found["n_orders"]),
        off_cents=0 if pd.isna(off) else int(off),
        discount_cents=int(found["cents"]),
        audiences=_load_audiences(suite, given, order),
        marketing=measure_marketing_cost(suite, first),
        n_new=int((first >= pd.Timestamp(start)).sum()),
    )


def _load_audiences(suite: Suite, coupon: ir.Table, order: ir.Table) -> pd.DataFrame:
    since = suite.as_of - dt.timedelta(days=AUDIENCE_DAYS - 1)
    given = coupon.filter((coupon.received_date >= since) & (coupon.campaign != WEEKLY))
    given = given.select("campaign", "customer_id").distinct()
    start = suite.as_of - dt.timedelta(days=FOLLOWED_DAYS - 1)
    left = order.filter(order.order_date >= start)
    left = left.group_by("customer_id").agg(margin=left.margin_cents.sum() / 100)
    each = given.left_join(left, "customer_id")
    each = each.mutate(margin=each.margin.fill_null(0.0))
    sums = each.group_by("campaign").agg(
        n=each.count(), mean=each.margin.mean(), sd=each.margin.std(how="sample")
    )
    return sums.order_by("campaign").execute()


def sum_orders(used: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Orders that used a coupon, by the columns ``by``: ``n_redeemed``, dollars ``discount``, ``paid``,
    ``margin``, and ``depth_taken`` (discount over what would have been paid without it), ``per_dollar``
    (margin left for a dollar of discount); null where nothing was taken off.

    >>> used = pd.DataFrame({"campaign": ["a", "a"], "discount": [1.0, 2.0], "paid": [3.0, 4.0],
    ...     "margin": [1.0, 2.0]})
    >>> sum_orders(used, ["campaign"])[["n_redeemed", "depth_taken", "per_dollar"]].values.tolist()
    [[2.0, 0.3, 1.0]]
    """
    sums = used.groupby(by, as_index=False).agg(
        n_redeemed=("discount", "size"),
        discount=("discount", "sum"),
        paid=("paid", "sum"),
        margin=("margin", lambda own: own.sum(min_count=1)),
    )
    before = (sums["discount"] + sums["paid"]).where(lambda total: total > 0)
    taken = sums["discount"].where(sums["discount"] > 0)
    return sums.assign(depth_taken=sums["discount"] / before, per_dollar=sums["margin"] / taken)


def sum_recent(used: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """``sum_orders`` by campaign of the last ``AUDIENCE_DAYS`` days."""
    since = pd.Timestamp(as_of) - pd.Timedelta(days=AUDIENCE_DAYS - 1)
    return sum_orders(used[used["used_date"] >= since], ["campaign"])


def check_used(found: Redeemed, given: pd.DataFrame) -> list[tuple[str, bool, str]]:
    """What must hold of coupons and their orders: the arguments of ``report.check``."""
    lost, twice = found.n_used - found.n_matched, found.n_matched - found.n_orders
    off = found.off_cents - found.discount_cents
    ran_out = int(given["expired_cents"].sum())
    return [
        (
            "Each used coupon meets an order of its own",
            not lost and not twice,
            f"{found.n_used:,} used; {lost:,} without an order, {twice:,} on an order of another",
        ),
        (
            "Coupons took off what their orders' items were reduced by",
            off == 0,
            f"coupons ${found.discount_cents / 100:,.2f}, orders ${found.off_cents / 100:,.2f}",
        ),
        ("Coupons that ran out took nothing off", ran_out == 0, f"${ran_out / 100:,.2f}"),
    ]
