"""The queries behind the headlines, over the conformed tables, as a reader can check them by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ibis import _

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["write_queries"]


def write_queries(suite: Suite) -> dict[str, str]:
    """SQL by what it is of: ``sold``, ``zones``, ``hours``; empty where the snapshot lacks the table."""
    order = suite.all_orders.filter(_.status == "completed")
    sold = order.group_by("store_id", "currency", "order_date").agg(
        n=order.count(), paid_cents=order.paid_cents.sum()
    )
    zones = suite.stores.group_by("time_zone", "currency").agg(n=suite.stores.count())
    planned = suite.optional("store_hours")
    hours = None
    if planned is not None:
        hours = (
            planned.filter(_.is_planned_open).group_by("business_date", "planned_open_time").agg(n=_.count())
        )
    return {
        "sold": suite.sql(sold),
        "zones": suite.sql(zones),
        "hours": "" if hours is None else suite.sql(hours),
    }
