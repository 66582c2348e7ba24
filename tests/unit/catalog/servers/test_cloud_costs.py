"""The bill of the cloud: rows as exported, in cents, none after ``as_of``."""

from __future__ import annotations

import datetime as dt

from lucky_analytics.catalog import TABLES, find_faults
from lucky_analytics.catalog.conformed import check_types
from tests import cloud_world

MIDDLE = dt.date(2026, 1, 15)


def test_it_has_its_columns_its_key_and_no_null():
    table = cloud_world.conform(cloud_world.raw())["cloud_costs"]
    check_types(TABLES["cloud_costs"], table)
    assert tuple(table.columns) == tuple(TABLES["cloud_costs"].columns)
    assert find_faults(TABLES["cloud_costs"], table) == []


def test_the_bill_is_the_exported_one_to_the_hundredth_of_a_cent():
    rows, raw = (
        cloud_world.conform(cloud_world.raw())["cloud_costs"].execute(),
        cloud_world.raw()["cost_days"],
    )
    loop = {
        (line.day, line.service, line.usage_type, line.purchase): (
            line.usage_amount, line.unit, round(float(line.cost_usd) * 100, 2)
        ) for line in raw.itertuples() if line.day <= cloud_world.AS_OF
    }  # fmt: skip
    told = {
        (line.day.date(), line.service, line.usage, line.paid_by): (
            line.amount, line.unit, round(line.cost_cents, 2)
        ) for line in rows.itertuples()
    }  # fmt: skip
    assert told == loop and len(loop) > 1_000


def test_days_after_as_of_are_not_there():
    days = cloud_world.raw()["cost_days"]["day"]
    table = cloud_world.conform(cloud_world.raw(), MIDDLE)["cloud_costs"]
    assert table.count().execute() == (days <= MIDDLE).sum() < len(days)
    assert table.day.max().execute().date() == MIDDLE
    early = cloud_world.conform(cloud_world.raw(), dt.date(2025, 1, 1))["cloud_costs"]
    assert early.count().execute() == 0
