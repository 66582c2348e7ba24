"""Text from the server into Arrow: exact, and loud where it does not fit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Column
from lucky_analytics.sources.convert import convert, select_expression


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("bigint", b"-9223372036854775808", -(2**63)),
        ("bigint unsigned", b"18446744073709551615", 2**64 - 1),
        ("tinyint unsigned", b"255", 255),
        ("bit(64)", b"18446744073709551615", 2**64 - 1),
        ("decimal(12,2)", b"-9999999999.99", Decimal("-9999999999.99")),
        ("decimal(38,10)", b"1234567890123456789012345678.0123456789", None),
        ("datetime", b"2025-06-30 23:59:59", dt.datetime(2025, 6, 30, 23, 59, 59)),
        ("datetime(6)", b"2025-06-30 23:59:59.000001", dt.datetime(2025, 6, 30, 23, 59, 59, 1)),
        ("date", b"2025-06-30", dt.date(2025, 6, 30)),
        ("double", b"1.7976931348623157e308", 1.7976931348623157e308),
        ("varchar(8)", "☕中".encode(), "☕中"),
        ("json", b'{"a": 1}', '{"a": 1}'),
    ],
)
def test_each_type_keeps_every_digit(kind: str, text: bytes, value: Any):
    array, n_zero = convert(pa.array([text], pa.binary()), Column("c", kind), "t.c")
    assert array.type == Column("c", kind).arrow.type
    assert array[0].as_py() == (Decimal(text.decode()) if value is None else value)
    assert n_zero == 0


def test_zero_dates_become_null_and_are_counted():
    column = Column("finish_time", "datetime", zero_dates=True)
    values = pa.array([b"0000-00-00 00:00:00", b"2025-07-01 00:00:00"], pa.binary())
    array, n_zero = convert(values, column, "t.finish_time")
    assert array.to_pylist() == [None, dt.datetime(2025, 7, 1)]
    assert n_zero == 1


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("tinyint", b"128"),
        ("int", b"1.5"),
        ("decimal(4,2)", b"123.45"),
        ("decimal(4,2)", b"1.234"),
        ("datetime", b"2025-02-30 00:00:00"),
        ("date", b"2025-00-00"),
        ("varchar(8)", b"\xff\xfe"),
        ("datetime", b"0000-00-00 00:00:00"),
        ("int", None),
    ],
)
def test_what_does_not_fit_is_an_error_naming_the_column(kind: str, text: bytes | None):
    with pytest.raises(SourceError, match=r"^shop\.t\.c: "):
        convert(pa.array([text], pa.binary()), Column("c", kind), "shop.t.c")


def test_bits_and_floats_are_asked_for_as_numbers():
    assert select_expression(Column("b", "bit(3)")) == "`b` + 0 AS `b`"
    assert select_expression(Column("f", "float")) == "`f` + 0e0 AS `f`"
    assert select_expression(Column("n", "bigint unsigned")) == "`n`"
