"""``production`` and ``production_units``: what the kitchens made, and how long it took."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, seconds_between, text
from lucky_analytics.catalog.home_market import home_rows
from lucky_analytics.catalog.local_time import on_shops_clock

__all__ = ["PRODUCTION", "PRODUCTION_UNITS"]

TICKETS = {10: "opened", 20: "accepted", 30: "done", 40: "void"}
UNITS = {20: "started", 30: "done", 40: "void"}


def _seconds(start: ir.Value, end: ir.Value) -> ir.Value:
    return ibis.ifelse(end >= start, seconds_between(start, end), ibis.null("float64"))


def _production(suite: Tables) -> ir.Table:
    ticket = suite.source("opproduction").t_production
    made = on_shops_clock(suite, ticket, "create_time")
    made = made.mutate(production_date=made.local_at.date(), hour=made.local_at.hour())
    made = made.filter(made.production_date <= suite.as_of)
    tickets = made.select(
        "production_date",
        production_id=text(made.id),
        order_id=made.order_id,
        store_id=text(made.shop_id),
        local_hour=made.hour.cast("int64"),
        is_delivery=made.order_type == 2,
        status=made.status.cases(*TICKETS.items(), else_="other"),
        n_units=made.commodity_count.cast("int64"),
        opened_at=made.create_time,
        accepted_at=made.accept_time,
        done_at=made.done_time,
        production_seconds=_seconds(made.accept_time, made.done_time),
    )
    return home_rows(suite, tickets).select(*PRODUCTION.columns)


def _units(suite: Tables) -> ir.Table:
    unit = suite.source("opproduction").t_commodity
    ticket = suite.production.select(ticket_id="production_id", production_date="production_date")
    made = unit.join(ticket, text(unit.production_id) == ticket.ticket_id)
    return made.select(
        unit_id=text(made.id),
        production_id=made.ticket_id,
        order_id=made.order_id,
        item_id=text(made.order_item_id),
        store_id=text(made.shop_id),
        production_date=made.production_date,
        product_id=made.spu_code,
        variant_id=made.sku_code,
        status=made.status.cases(*UNITS.items(), else_="other"),
        started_at=made.start_time,
        done_at=made.done_time,
        unit_seconds=_seconds(made.start_time, made.done_time),
    )


PRODUCTION = Conformed(
    name="production",
    grain="one row per production ticket of the home market opened by as_of, void ones included",
    key=("production_id",),
    columns={
        "production_id": Field("string", "text"),
        "order_id": Field("string", "text; joins orders for completed USD orders"),
        "store_id": Field("string", "text; joins stores"),
        "production_date": Field("date", "store-local business date of the opening of the ticket"),
        "local_hour": Field("int64", "store-local hour of it, 0 to 23"),
        "is_delivery": Field("boolean", "for a delivery"),
        "status": Field("string", "opened, accepted, done, void"),
        "n_units": Field("int64", "units that the kitchen has to make", "count"),
        "opened_at": Field("timestamp", "UTC, at payment", "UTC"),
        "accepted_at": Field("timestamp", "UTC; null when it never was", "UTC", nullable=True),
        "done_at": Field("timestamp", "UTC; null when it never was", "UTC", nullable=True),
        "production_seconds": Field(
            "float64",
            "from accepted to done; null unless both are set and in this order",
            "seconds",
            nullable=True,
        ),
    },
    build=_production,
    home_by="order_id",
)

PRODUCTION_UNITS = Conformed(
    name="production_units",
    grain="one row per unit that the kitchen made, of the tickets in production",
    key=("unit_id",),
    columns={
        "unit_id": Field("string", "text"),
        "production_id": Field("string", "text; joins production"),
        "order_id": Field("string", "text"),
        "item_id": Field("string", "text; joins order_items"),
        "store_id": Field("string", "text; joins stores"),
        "production_date": Field("date", "store-local business date of the ticket"),
        "product_id": Field("string", "text; joins products"),
        "variant_id": Field("string", "product in one size, text"),
        "status": Field("string", "started, done, void"),
        "started_at": Field("timestamp", "UTC", "UTC"),
        "done_at": Field("timestamp", "UTC; null when it never was", "UTC", nullable=True),
        "unit_seconds": Field(
            "float64",
            "from started to done; null unless both are set and in this order",
            "seconds",
            nullable=True,
        ),
    },
    build=_units,
)
