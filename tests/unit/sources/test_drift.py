"""Drift of a table against its declaration."""

from __future__ import annotations

import pytest

from lucky_analytics.estate import Column, Table
from lucky_analytics.sources.drift import Difference, drift, fits, same

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
    assert drift(TABLE, AS_DECLARED, same=same, fits=fits) == []


@pytest.mark.parametrize(
    ("there", "line", "breaks"),
    [
        ({"m": "decimal(10,2)"}, "column m is decimal(10,2), declared decimal(12,2)", False),
        ({"m": "decimal(65,30)"}, "column m is decimal(65,30), declared decimal(12,2)", False),
        ({"m": "double"}, "column m is double, declared decimal(12,2)", True),
        ({"m": "float(8,2)"}, "column m is float(8,2), declared decimal(12,2)", True),
        ({"n": "int(10)"}, "column n is int(10), declared int unsigned", False),
        ({"n": "bit(8)"}, "column n is bit(8), declared int unsigned", False),
        ({"n": "double"}, "column n is double, declared int unsigned", True),
        ({"n": "binary(4)"}, "column n is binary(4), declared int unsigned", True),
        ({"n": "datetime"}, "column n is datetime, declared int unsigned", True),
        ({"id": "varchar(32)"}, "column id is varchar(32), declared bigint", False),
        ({"j": "geometry"}, "column j is geometry, declared json", True),
        ({"new": "date"}, "column new date is not declared", False),
    ],
)
def test_each_difference_is_one_line_and_breaks_only_where_values_would_be_lost(
    there: dict[str, str], line: str, breaks: bool
):
    (name,) = there
    assert drift(TABLE, AS_DECLARED | there, same=same, fits=fits) == [Difference(name, line, breaks)]


def test_a_missing_column_breaks():
    assert drift(TABLE, {k: v for k, v in AS_DECLARED.items() if k != "j"}, same=same, fits=fits) == [
        Difference("j", "column j is missing", True)
    ]
