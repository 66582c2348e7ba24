"""What customers wanted of each good, by store and day, also on days on which it ran out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.local_time import local_time

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["LEAST_SERVED", "LIMIT", "load_goods_demand"]

LEAST_SERVED = 0.3
"""The share of a usual day that must have been served before a day's use is taken to tell of the rest."""
_PROFILE_DAYS = 56
LIMIT = (
    "On a day on which a good ran out, use understates demand: the page takes what the rest of a usual day "
    "would have used, by the hour at which it ran out. What people bought instead is not seen."
)


def load_goods_demand(suite: Suite, start: dt.date, end: dt.date) -> ir.Table:
    """Demand for every row of ``stock`` in [start, end) of a trading store, base units of the good.

    ``store_id``, ``goods_id``, ``demand_date``, ``weekday`` (0 Monday), ``used_quantity`` (booked for
    orders), ``wasted_quantity``, ``received_quantity``, ``opening_quantity``, ``closing_quantity``,
    ``is_stock_out``, ``served_share`` (of a usual day's orders, those before it ran out; 1 where it did
    not), ``demand_quantity`` and ``is_estimated``.

    Demand is what was used. On a stock-out it is used / served_share, and never below what was used: a day is
    taken to go on as days of its kind (working day or weekend) do at all stores in the eight weeks up to
    ``end`` or to ``as_of``. Where less than ``LEAST_SERVED`` of the day was served, or no order tells how a
    day goes, demand is null: so little says nothing of the rest. Ran out at 14:00 when 60 % of a usual
    weekday's orders have come, with 30 used: 50.
    """
    zone = suite.stores.filter("is_trading_store").select(zone_store="store_id", zone="time_zone")
    day = suite.stock
    day = day.filter((day.stock_date >= start) & (day.stock_date < end))
    day = day.inner_join(zone, day.store_id == zone.zone_store)
    out_at = local_time(day.stock_out_at, day.zone, suite.zones)
    day = day.mutate(
        weekday=day.stock_date.day_of_week.index().cast("int64"),
        # After midnight, or the day before, is beyond the day's hours either way.
        out_hour=ibis.ifelse(
            out_at.date() > day.stock_date, 23, ibis.ifelse(out_at.date() < day.stock_date, 0, out_at.hour())
        ),
        out_part=ibis.ifelse(out_at.date() == day.stock_date, out_at.minute() / 60.0, 0.0),
    )
    day = day.mutate(is_weekend=day.weekday >= 5)
    profile = _profile(suite, end)
    known = day.left_join(profile, [day.is_weekend == profile.of_weekend, day.out_hour == profile.of_hour])
    served = known.before + known.within * known.out_part
    enough = served >= LEAST_SERVED
    demand = ibis.ifelse(
        enough, known.consumed_quantity / ibis.ifelse(enough, served, 1.0), ibis.null("float64")
    )
    return known.select(
        *("store_id", "goods_id"),
        demand_date=known.stock_date,
        weekday=known.weekday,
        used_quantity=known.consumed_quantity,
        wasted_quantity=known.wasted_quantity,
        received_quantity=known.received_quantity,
        opening_quantity=known.opening_quantity,
        closing_quantity=known.closing_quantity,
        is_stock_out=known.is_stock_out,
        served_share=ibis.ifelse(known.is_stock_out, served, 1.0),
        demand_quantity=ibis.ifelse(known.is_stock_out, demand, known.consumed_quantity),
        is_estimated=known.is_stock_out,
    )


def _profile(suite: Suite, end: dt.date) -> ir.Table:
    """How a day goes at the stores: ``of_weekend``, ``of_hour``, ``before`` (share of its orders in earlier
    hours), ``within`` (in this hour); every hour of both kinds of day that has an order in the period."""
    until = min(end, suite.as_of + dt.timedelta(days=1))
    order = suite.orders.filter("is_trading_store")
    order = order.filter(
        (order.order_date >= until - dt.timedelta(days=_PROFILE_DAYS)) & (order.order_date < until)
    )
    order = order.mutate(of_weekend=order.order_date.day_of_week.index() >= 5)
    kinds = order.group_by("of_weekend").agg(n_all=order.count())
    hours = ibis.memtable({"of_hour": list(range(24))}).mutate(of_hour=ibis._.of_hour.cast("int64"))
    came = order.group_by("of_weekend", of_hour="local_hour").agg(n=order.count())
    grid = kinds.cross_join(hours).left_join(came, ["of_weekend", "of_hour"])
    grid = grid.select("of_weekend", "of_hour", within=grid.n.fill_null(0) / grid.n_all)
    earlier = ibis.cumulative_window(group_by="of_weekend", order_by="of_hour")
    return grid.mutate(before=grid.within.sum().over(earlier) - grid.within)
