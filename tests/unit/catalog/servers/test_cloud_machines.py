"""Virtual machines: those of the inventory, with what an hour of each costs."""

from __future__ import annotations

import pytest

from lucky_analytics.catalog import TABLES, find_faults
from lucky_analytics.catalog.conformed import check_types
from tests import cloud_world


def test_it_has_its_columns_its_key_and_no_null():
    table = cloud_world.conform(cloud_world.raw())["cloud_machines"]
    check_types(TABLES["cloud_machines"], table)
    assert tuple(table.columns) == tuple(TABLES["cloud_machines"].columns)
    assert find_faults(TABLES["cloud_machines"], table) == []


def test_machines_are_those_of_the_inventory_and_stopped_ones_say_so():
    rows, raw = (
        cloud_world.conform(cloud_world.raw())["cloud_machines"].execute(),
        cloud_world.raw()["ec2_instances"],
    )
    rows = rows.set_index("machine_id").loc[raw["instance_id"]].reset_index()
    assert rows["is_running"].tolist() == (raw["state"] == "running").tolist()
    assert 0 < (~rows["is_running"]).sum() < len(rows)
    assert rows["hour_cents"].to_numpy() == pytest.approx(raw["hourly_usd"].astype(float).to_numpy() * 100)
    same = {"name": "name", "service": "service", "environment": "environment", "type": "instance_type",
            "vcpus": "vcpus", "memory_gib": "memory_gib", "paid_by": "purchase"}  # fmt: skip
    for column, exported in same.items():
        assert rows[column].tolist() == raw[exported].tolist(), column
