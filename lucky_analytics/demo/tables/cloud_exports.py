"""The exports of the cloud's tools: machines, their days, the bill, alert rules."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.demo.build.arrays import stream
from lucky_analytics.demo.build.arrow_columns import choose, dates, datetimes, decimals, same, table
from lucky_analytics.demo.build.world import NamedTable, World
from lucky_analytics.demo.process.cloud_bill import FIRST_DAY, TYPES, Bill, Machines, draw_bill, draw_machines
from lucky_analytics.demo.process.horizon import N_DAYS

__all__ = ["machine_id", "tables"]

_SERVICES = ("orders", "payments", "marketing", "kitchen", "supply", "data", "tools", "")
# Three rules are published, all in error; what they watch is not, so their names are ours.
_RULES = ("instance down", "memory high", "redis unreachable")


def machine_id(number: int) -> str:
    """The identifier of a machine by its position.

    >>> machine_id(7)
    'i-0000000000000007'
    """
    return f"i-{number:016x}"


def tables(world: World) -> Iterator[NamedTable]:
    """``ec2_instances``, ``ec2_days``, ``cost_days``, ``alert_rules``; a small estate has them whole."""
    schemas = {name: each.schema for name, each in estate.load().database("cloud").tables.items()}
    start = np.datetime64("2025-06-30", "s").astype(np.int64)
    orders = np.bincount(np.clip((world.book.created - start) // 86_400, 0, N_DAYS - 1), minlength=N_DAYS)
    machines = draw_machines(orders.astype(float), world.planted["cloud"], world.seed)
    yield "cloud", "ec2_instances", _machines(schemas["ec2_instances"], machines, world.seed)
    yield "cloud", "ec2_days", _days(schemas["ec2_days"], machines)
    yield "cloud", "cost_days", _bill(schemas["cost_days"], draw_bill(machines, world.seed))
    n = len(_RULES)
    yield "cloud", "alert_rules", table(schemas["alert_rules"], {
        "rule": choose(np.arange(n), _RULES),
        "tool": same("grafana", n, pa.string()),
        "health": same("error", n, pa.string()),
        "is_paused": np.zeros(n, np.int64),
        "evaluated_at": same(None, n, pa.timestamp("us")),
    })  # fmt: skip


def _machines(schema: pa.Schema, machines: Machines, seed: int) -> pa.Table:
    n = len(machines.kind)
    rng = stream(seed, "machine tags")
    service = rng.integers(0, len(_SERVICES), n)
    place = np.where(rng.random(n) < 0.25, 1, np.where(rng.random(n) < 0.1, 2, 0))
    names = [f"{_SERVICES[s] or 'unnamed'}-{number:03}" for number, s in enumerate(service)]
    return table(schema, {
        "instance_id": pa.array([machine_id(number) for number in range(n)]),
        "name": pa.array(names),
        "service": choose(service, _SERVICES),
        "environment": choose(place, ("production", "test", "")),
        "instance_type": choose(machines.kind, [t[0] for t in TYPES]),
        "vcpus": np.array([t[1] for t in TYPES])[machines.kind],
        "memory_gib": np.array([t[2] for t in TYPES])[machines.kind],
        "state": choose(machines.stopped.astype(np.int64), ("running", "stopped")),
        "launched_at": datetimes(machines.launched),
        "purchase": choose(machines.covered.astype(np.int64), ("on_demand", "savings_plan")),
        "hourly_usd": decimals(np.rint(machines.hourly * 10_000).astype(np.int64), pa.decimal128(10, 4)),
    })  # fmt: skip


def _days(schema: pa.Schema, machines: Machines) -> pa.Table:
    runs = np.flatnonzero(~machines.stopped)
    n_days = machines.mean.shape[1]
    day, own = np.repeat(np.arange(n_days), len(runs)), np.tile(runs, n_days)
    return table(schema, {
        "day": dates(FIRST_DAY + day),
        "instance_id": choose(own, [machine_id(number) for number in range(len(machines.kind))]),
        "cpu_mean": machines.mean[own, day],
        "cpu_most": machines.most[own, day],
        "network_bytes": machines.network[own, day],
    })  # fmt: skip


def _bill(schema: pa.Schema, bill: Bill) -> pa.Table:
    """In the order of its key; dollars to four places, as Cost Explorer has them."""
    order = np.array(sorted(range(len(bill.lines)), key=bill.lines.__getitem__))
    n_days = bill.dollars.shape[1]
    which, day = np.tile(order, n_days), np.repeat(np.arange(n_days), len(order))
    service, usage, paid, unit = (choose(which, [line[place] for line in bill.lines]) for place in range(4))
    cost = np.rint(bill.dollars[which, day] * 10_000).astype(np.int64)
    return table(schema, {
        "day": dates(FIRST_DAY + day),
        "service": service,
        "usage_type": usage,
        "purchase": paid,
        "usage_amount": bill.amount[which, day],
        "unit": unit,
        "cost_usd": decimals(cost, pa.decimal128(14, 4)),
    })  # fmt: skip
