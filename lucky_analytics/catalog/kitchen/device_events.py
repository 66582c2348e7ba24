"""``device_events``: when each coffee machine was installed, failed, was repaired and taken out."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, text
from lucky_analytics.catalog.home_market import home_rows
from lucky_analytics.catalog.local_time import on_shops_clock

__all__ = ["DEVICE_EVENTS"]

EVENTS = {1: "installed", 2: "failed", 3: "repaired", 4: "decommissioned"}


def _build(suite: Tables) -> ir.Table:
    source = suite.source("iotplatform")
    device = source.t_device.select(device_key="id", device_shop="shop_id")
    event = source.t_device_event.join(device, source.t_device_event.device_id == device.device_key)
    event = on_shops_clock(suite, event, "event_time", shop="device_shop")
    event = event.mutate(event_date=event.local_at.date())
    event = event.filter(event.event_date <= suite.as_of)
    events = event.select(
        event_id=text(event.id),
        machine_id=text(event.device_id),
        store_id=text(event.device_shop),
        kind=event.event_type.cases(*EVENTS.items(), else_="other"),
        happened_at=event.event_time,
        event_date=event.event_date,
    )
    return home_rows(suite, events)


DEVICE_EVENTS = Conformed(
    name="device_events",
    grain="one row per event of a machine's life in the home market, up to and including as_of",
    key=("event_id",),
    columns={
        "event_id": Field("string", "text"),
        "machine_id": Field("string", "text; joins machines"),
        "store_id": Field("string", "where the machine stands, text; joins stores"),
        "kind": Field("string", "installed, failed, repaired (as good as new), decommissioned, other"),
        "happened_at": Field("timestamp", "UTC", "UTC"),
        "event_date": Field("date", "store-local date"),
    },
    build=_build,
)
