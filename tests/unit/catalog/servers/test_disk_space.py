"""Disks of machines: only where free and whole size are known at one time, none after ``as_of``."""

from __future__ import annotations

import pytest

from lucky_analytics.catalog import TABLES, find_faults
from lucky_analytics.catalog.conformed import check_types
from tests import monitoring_world


def test_a_row_needs_both_sizes_of_one_time():
    table = monitoring_world.conform()["disk_space"]
    check_types(TABLES["disk_space"], table)
    assert find_faults(TABLES["disk_space"], table) == []
    samples = monitoring_world.raw()["prometheus_samples"].itertuples()
    said: dict[tuple, dict[str, float]] = {}
    for row in samples:
        if row.said_at.date() <= monitoring_world.AS_OF:
            said.setdefault((row.instance, row.subject, row.said_at), {})[row.metric] = row.value
    free, size = "node_filesystem_avail_bytes", "node_filesystem_size_bytes"
    loop = {
        key: (own[free], own[size], 1 - own[free] / own[size])
        for key, own in said.items()
        if {free, size} <= own.keys()
    }
    told = {
        (row.machine, row.disk, row.said_at): (row.free_bytes, row.size_bytes, pytest.approx(row.used_share))
        for row in table.execute().itertuples()
    }
    assert loop == told and len(told) == 3
