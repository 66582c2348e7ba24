"""Days of machines: rows as exported, none after ``as_of``."""

from __future__ import annotations

import datetime as dt

from lucky_analytics.catalog import TABLES, find_faults
from lucky_analytics.catalog.conformed import check_types
from tests import cloud_world

MIDDLE = dt.date(2026, 1, 15)


def test_it_has_its_columns_its_key_and_no_null():
    table = cloud_world.conform(cloud_world.raw())["cloud_machine_days"]
    check_types(TABLES["cloud_machine_days"], table)
    assert tuple(table.columns) == tuple(TABLES["cloud_machine_days"].columns)
    assert find_faults(TABLES["cloud_machine_days"], table) == []


def test_a_day_of_a_machine_is_the_exported_one():
    rows = (
        cloud_world.conform(cloud_world.raw())["cloud_machine_days"].order_by("machine_id", "day").execute()
    )
    raw = cloud_world.raw()["ec2_days"].sort_values(["instance_id", "day"], ignore_index=True)
    assert rows["cpu_mean"].tolist() == raw["cpu_mean"].tolist()
    assert rows["cpu_most"].tolist() == raw["cpu_most"].tolist()
    assert rows["network_bytes"].tolist() == raw["network_bytes"].tolist()


def test_days_after_as_of_are_not_there():
    days = cloud_world.raw()["ec2_days"]["day"]
    table = cloud_world.conform(cloud_world.raw(), MIDDLE)["cloud_machine_days"]
    assert table.count().execute() == (days <= MIDDLE).sum() < len(days)
    assert table.day.max().execute().date() == MIDDLE
    early = cloud_world.conform(cloud_world.raw(), dt.date(2025, 1, 1))["cloud_machine_days"]
    assert early.count().execute() == 0
