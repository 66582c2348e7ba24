"""``cloud_machines`` and ``cloud_machine_days``: the virtual machines that are paid for, and their work."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

__all__ = ["CLOUD_MACHINES", "CLOUD_MACHINE_DAYS"]


def _build_machines(suite: Tables) -> ir.Table:
    said = suite.source("cloud").ec2_instances
    return said.select(
        machine_id=said.instance_id,
        name=said.name,
        service=said.service,
        environment=said.environment,
        type=said.instance_type,
        vcpus=said.vcpus.cast("int64"),
        memory_gib=said.memory_gib,
        is_running=said.state == "running",
        launched_at=said.launched_at,
        paid_by=said.purchase,
        hour_cents=said.hourly_usd.cast("float64") * 100,
    )


def _build_days(suite: Tables) -> ir.Table:
    said = suite.source("cloud").ec2_days
    return said.filter(said.day <= suite.as_of).select(
        machine_id=said.instance_id,
        day=said.day,
        cpu_mean=said.cpu_mean,
        cpu_most=said.cpu_most,
        network_bytes=said.network_bytes,
    )


CLOUD_MACHINES = Conformed(
    name="cloud_machines",
    grain="one row per virtual machine of the inventory, as it stood when it was exported; no history",
    key=("machine_id",),
    columns={
        "machine_id": Field("string", "joins cloud_machine_days"),
        "name": Field("string", "its Name tag; empty without one"),
        "service": Field("string", "its service tag; empty without one"),
        "environment": Field("string", "production or test; empty without the tag"),
        "type": Field("string", "as the cloud calls its size: m5.large"),
        "vcpus": Field("int64", "virtual processors"),
        "memory_gib": Field("float64", "main memory", "GiB"),
        "is_running": Field("boolean", "it runs; a stopped one costs its disks alone"),
        "launched_at": Field("timestamp", "when it was last started, UTC", "UTC"),
        "paid_by": Field("string", "on_demand, reserved or savings_plan: how its hours are paid"),
        "hour_cents": Field("float64", "an hour of it as it is paid; parts of a cent, hence not whole",
                            "cents"),
    },
    build=_build_machines,
)  # fmt: skip

CLOUD_MACHINE_DAYS = Conformed(
    name="cloud_machine_days",
    grain="one row per virtual machine and day (UTC) up to as_of on which it ran",
    key=("machine_id", "day"),
    columns={
        "machine_id": Field("string", "joins cloud_machines"),
        "day": Field("date", "UTC"),
        "cpu_mean": Field("float64", "mean of its processors over the day", "share"),
        "cpu_most": Field("float64", "their highest five minutes of the day", "share"),
        "network_bytes": Field("int64", "in and out", "bytes"),
    },
    build=_build_days,
)
