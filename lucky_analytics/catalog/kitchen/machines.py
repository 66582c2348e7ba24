"""``machines`` and ``cups``: the coffee machines and what they poured."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, seconds_between, text
from lucky_analytics.catalog.home_market import home_rows
from lucky_analytics.catalog.local_time import on_shops_clock

__all__ = ["CUPS", "MACHINES"]

STATUSES = {1: "in service", 2: "waiting for repair", 3: "decommissioned"}
CUPS_FOR = {1: "order", 2: "poured again", 3: "rinse or test"}


def _machines(suite: Tables) -> ir.Table:
    device = suite.source("iotplatform").t_device
    machines = device.select(
        machine_id=text(device.id),
        serial=device.device_no,
        machine_type=device.machine_type_name,
        store_id=text(device.shop_id),
        status=device.status.cases(*STATUSES.items(), else_="other"),
        is_online=device.online_status == 1,
        installed_at=device.install_time,
        first_failed_at=device.first_fault_time,
        decommissioned_at=device.decommission_time,
        last_online_at=device.last_online_time,
    )
    return home_rows(suite, machines)


def _cups(suite: Tables) -> ir.Table:
    cup = suite.source("iotplatform").t_cup_order_info
    poured = on_shops_clock(suite, cup, "start_time")
    poured = poured.mutate(cup_date=poured.local_at.date())
    poured = poured.filter(poured.cup_date <= suite.as_of)
    seconds = seconds_between(poured.start_time, poured.end_time)
    cups = poured.select(
        cup_id=text(poured.id),
        machine_id=text(poured.device_id),
        store_id=text(poured.shop_id),
        order_id=poured.order_id,
        item_id=text(poured.order_item_id),
        cup_date=poured.cup_date,
        poured_for=poured.cup_type.cases(*CUPS_FOR.items(), else_="other"),
        programme=poured.formula_code,
        started_at=poured.start_time,
        pour_seconds=ibis.ifelse(seconds >= 0, seconds, ibis.null("float64")),
    )
    return home_rows(suite, cups)


MACHINES = Conformed(
    name="machines",
    grain="one row per coffee machine ever installed in the home market, as it stands at the snapshot's cut",
    key=("machine_id",),
    columns={
        "machine_id": Field("string", "text"),
        "serial": Field("string", "serial number on the machine"),
        "machine_type": Field("string", "type"),
        "store_id": Field("string", "text; joins stores"),
        "status": Field("string", "in service, waiting for repair, decommissioned"),
        "is_online": Field("boolean", "in touch with the platform; a machine in service can be offline"),
        "installed_at": Field("timestamp", "UTC", "UTC"),
        "first_failed_at": Field("timestamp", "UTC; null when it never failed", "UTC", nullable=True),
        "decommissioned_at": Field("timestamp", "UTC; null while it stands", "UTC", nullable=True),
        "last_online_at": Field("timestamp", "UTC", "UTC"),
    },
    build=_machines,
)

CUPS = Conformed(
    name="cups",
    grain="one row per cup poured in the home market, rinses included, up to and including as_of",
    key=("cup_id",),
    columns={
        "cup_id": Field("string", "text"),
        "machine_id": Field("string", "text; joins machines"),
        "store_id": Field("string", "text; joins stores"),
        "order_id": Field("string", "text; null for a rinse or test", nullable=True),
        "item_id": Field("string", "text; null for a rinse or test", nullable=True),
        "cup_date": Field("date", "store-local business date"),
        "poured_for": Field("string", "order, poured again, rinse or test"),
        "programme": Field("string", "joins programmes; null for a rinse or test", nullable=True),
        "started_at": Field("timestamp", "UTC", "UTC"),
        "pour_seconds": Field(
            "float64", "null where the machine reported an end before the start", "seconds", nullable=True
        ),
    },
    build=_cups,
    home_by="order_id",
)
