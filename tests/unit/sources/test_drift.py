"""Drift of a table against its declaration."""

from __future__ import annotations

import pytest

from lucky_analytics.estate import Column, Table
from lucky_analytics.sources.drift import drift

TABLE = Table(
    "t",
    "one row per thing",
    ("id",),
    {
        name: Column(name, kind)
        for name, kind in {"id": "bigint", "n": "int unsigned", "j": "json", "m": "decimal(12,2)"}.items()
    },
)
AS_DECLARED = {"id": "bigint(20)", "n": "int(10) unsigned", "j": "longtext", "m": "decimal(12,2)"}


def test_display_widths_and_aliases_are_no_drift():
    assert drift(TABLE, AS_DECLARED) == []


@pytest.mark.parametrize(
    ("there", "line"),
    [
        ({"m": "decimal(10,2)"}, "column m is decimal(10,2), declared decimal(12,2)"),
        ({"n": "int(10)"}, "column n is int(10), declared int unsigned"),
        ({"id": "varchar(32)"}, "column id is varchar(32), declared bigint"),
        ({"new": "date"}, "column new date is not declared"),
    ],
)
def test_each_difference_is_one_line(there: dict[str, str], line: str):
    assert drift(TABLE, AS_DECLARED | there) == [line]


def test_a_missing_column_is_one_line():
    assert drift(TABLE, {k: v for k, v in AS_DECLARED.items() if k != "j"}) == ["column j is missing"]
