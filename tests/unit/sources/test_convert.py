"""Text from the server into Arrow: exact, and loud where it does not fit."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from lucky_analytics.estate import Column
from lucky_analytics.sources.convert import MisfitError, convert, select_expression


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
    got = convert(pa.array([text], pa.binary()), Column("c", kind))
    assert got.array.type == Column("c", kind).arrow.type
    assert got.array[0].as_py() == (Decimal(text.decode()) if value is None else value)
    assert (got.n_zero, got.n_impossible) == (0, 0)


@pytest.mark.parametrize(
    ("declared", "there", "text", "value"),
    [
        ("decimal(12,2)", "decimal(65,30)", b"4.710000000000000000000000000000", Decimal("4.71")),
        ("decimal(38,0)", "decimal(65,0)", b"9" * 38, Decimal("9" * 38)),
        ("int", "decimal(10,2)", b"-7.00", -7),
        ("tinyint", "bit(8)", b"53", 53),
        ("bigint", "varchar(40)", b"12", 12),
        ("varchar(8)", "binary(8)", b"ab\0\0", "ab\0\0"),
        ("varchar(8)", "int(11)", b"12", "12"),
        ("binary(4)", "binary(4)", b"\xff\0\xfe\0", b"\xff\0\xfe\0"),
        ("datetime", "date", b"2026-02-01", dt.datetime(2026, 2, 1)),
        ("datetime", "varchar(20)", b"2026-02-01 10:00:00", dt.datetime(2026, 2, 1, 10)),
    ],
)
def test_a_wider_type_that_fits_keeps_its_values(declared: str, there: str, text: bytes, value: Any):
    assert convert(pa.array([text], pa.binary()), Column("c", declared), there).array[0].as_py() == value


def test_zero_dates_become_null_and_are_counted():
    column = Column("finish_time", "datetime", zero_dates=True)
    values = pa.array([b"0000-00-00 00:00:00", b"2025-07-01 00:00:00", None], pa.binary())
    got = convert(values, column)
    assert got.array.to_pylist() == [None, dt.datetime(2025, 7, 1), None]
    assert (got.n_zero, got.n_impossible) == (1, 0)


@pytest.mark.parametrize(
    "text", [b"2026-00-00", b"2026-02-30", b"0000-01-01", b"2026-13-01 00:00:00", b"2026-02-01 24:30:00", b""]
)
@pytest.mark.parametrize("how", ["zero_dates", "nullable"])
def test_an_impossible_date_is_null_and_counted_where_nulls_are_allowed(text: bytes, how: str):
    column = Column("finish_time", "datetime", **{how: True})
    values = pa.array([b"2025-07-01 00:00:00", text, b"0000-00-00 00:00:00"], pa.binary())
    got = convert(values, column, "varchar(30)")
    assert got.array.to_pylist() == [dt.datetime(2025, 7, 1), None, None]
    assert (got.n_zero, got.n_impossible) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "text", "there"),
    [
        ("tinyint", b"128", "smallint"),
        ("tinyint", b"200", "bit(8)"),
        ("int", b"1.5", "decimal(4,1)"),
        ("int", b"", "varchar(8)"),
        ("decimal(4,2)", b"123.45", "decimal(12,2)"),
        ("decimal(4,2)", b"1.234", "decimal(65,30)"),
        ("decimal(38,2)", b"9" * 60, "decimal(65,0)"),
        ("datetime", b"2025-02-30 00:00:00", "datetime"),
        ("date", b"2025-00-00", "date"),
        ("varchar(8)", b"\xff\xfe", "varbinary(8)"),
    ],
)
def test_a_value_that_does_not_fit_names_its_row_and_the_type_of_the_server(
    kind: str, text: bytes, there: str
):
    good = {"v": b"ok", "d": b"2025-02-03"}.get(kind[0], b"1") if kind[:3] != "dec" else b"1"
    with pytest.raises(MisfitError) as misfit:
        convert(pa.array([good, None, text], pa.binary()), Column("c", kind), there)
    assert misfit.value.row == 2
    assert misfit.value.got.endswith(f" in a {there}") or misfit.value.got == f"a value of a {there}"


@pytest.mark.parametrize(
    ("kind", "text", "got"), [("datetime", b"0000-00-00", "zero date"), ("int", None, "null")]
)
def test_a_null_where_none_is_declared_names_its_row(kind: str, text: bytes | None, got: str):
    good = {"int": b"1", "datetime": b"2025-02-03"}[kind]
    with pytest.raises(MisfitError, match=f"row 1: expected no nulls, as declared, got a {got}"):
        convert(pa.array([good, text], pa.binary()), Column("c", kind))


@pytest.mark.parametrize(
    ("kind", "local", "utc"),
    [
        ("datetime", "2026-01-15 20:30:00", dt.datetime(2026, 1, 16, 1, 30)),
        ("datetime", "2026-07-15 20:30:00", dt.datetime(2026, 7, 16, 0, 30)),
        ("datetime", "2025-11-02 01:30:00", dt.datetime(2025, 11, 2, 5, 30)),  # twice: the first
        ("datetime", "2026-03-08 02:30:00", dt.datetime(2026, 3, 8, 7, 0)),  # left out: its end
        ("timestamp", "2026-01-15 20:30:00", dt.datetime(2026, 1, 15, 20, 30)),  # read in UTC already
    ],
)
def test_a_wall_clock_of_new_york_becomes_utc(kind: str, local: str, utc: dt.datetime):
    values = pa.array([local.encode()], pa.binary())
    got = convert(values, Column("at", "datetime"), kind, "America/New_York")
    assert got.array.to_pylist() == [utc]


def test_a_date_has_no_zone():
    values = pa.array([b"2026-01-15"], pa.binary())
    got = convert(values, Column("on", "date"), "date", "America/New_York")
    assert got.array.to_pylist() == [dt.date(2026, 1, 15)]


def test_bits_and_floats_are_asked_for_as_numbers():
    assert select_expression("b", "bit(3)") == "`b` + 0 AS `b`"
    assert select_expression("f", "float") == "`f` + 0e0 AS `f`"
    assert select_expression("n", "bigint unsigned") == "`n`"
