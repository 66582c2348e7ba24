"""``disk_space``: how full the disks of machines are, as Prometheus' exporter of a machine says it."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables

__all__ = ["DISK_SPACE"]

_FREE, _SIZE = "node_filesystem_avail_bytes", "node_filesystem_size_bytes"


def _build(suite: Tables) -> ir.Table:
    said = suite.source("monitoring").prometheus_samples
    end = ibis.literal(suite.as_of).cast("timestamp") + ibis.interval(days=1)
    said = said.filter(said.said_at < end, said.metric.isin([_FREE, _SIZE]))
    disks = said.group_by(machine=said.instance, disk=said.subject, said_at=said.said_at).agg(
        free_bytes=said.value.max(where=said.metric == _FREE),
        size_bytes=said.value.max(where=said.metric == _SIZE),
    )
    whole = disks.filter(disks.free_bytes.notnull(), disks.size_bytes > 0)
    return whole.mutate(used_share=1 - whole.free_bytes / whole.size_bytes)


DISK_SPACE = Conformed(
    name="disk_space",
    grain="one row per machine, disk and time up to as_of (UTC) at which free and whole size are known",
    key=("machine", "disk", "said_at"),
    columns={
        "machine": Field("string", "Prometheus' label instance, without its port"),
        "disk": Field("string", "labels that say which: device, mountpoint, fstype"),
        "said_at": Field("timestamp", "UTC", "UTC"),
        "free_bytes": Field("float64", "free to a process without rights of its own", "bytes"),
        "size_bytes": Field("float64", "whole size", "bytes"),
        "used_share": Field("float64", "what is not free of it", "share"),
    },
    build=_build,
)  # fmt: skip
