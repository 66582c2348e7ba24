"""Tables and rows as SQL text. That the text does what it says is proven on a real server elsewhere."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from lucky_analytics.demo.build.sql import create_table, insert_statements
from lucky_analytics.errors import DemoError
from lucky_analytics.estate import Column, Table

COLUMNS = [
    Column("id", "bigint unsigned"),
    Column("fee", "decimal(12,2)"),
    Column("name", "varchar(32)", nullable=True),
    Column("paid_at", "datetime", zero_dates=True),
    Column("paid_on", "date", zero_dates=True),
    Column("ratio", "double"),
    Column("modify_time", "datetime"),
]
TABLE = Table("t_fee", "one row per fee", ("id",), {column.name: column for column in COLUMNS})
NOON = dt.datetime(2026, 2, 13, 12)


def batch(n_rows: int = 1, modify_time: dt.datetime = NOON) -> pa.RecordBatch:
    row = {
        "id": 2**64 - 1,
        "fee": Decimal("-0.10"),
        "name": None,
        "paid_at": None,
        "paid_on": None,
        "ratio": 0.1,
        "modify_time": modify_time,
    }
    return pa.RecordBatch.from_pylist([row] * n_rows, schema=TABLE.schema)


def test_a_table_is_created_as_declared():
    statement = create_table(TABLE)
    assert "`id` bigint unsigned NOT NULL" in statement
    assert "`name` varchar(32) NULL" in statement
    assert "`paid_at` datetime NOT NULL DEFAULT '0000-00-00 00:00:00'" in statement
    assert "`paid_on` date NOT NULL DEFAULT '0000-00-00'" in statement
    assert "PRIMARY KEY (`id`)" in statement
    assert "KEY (`modify_time`)" in statement


def test_nulls_become_null_or_the_zero_date():
    (statement,) = insert_statements(TABLE, batch(), 1 << 20)
    assert statement == (
        "INSERT INTO `t_fee` (`id`, `fee`, `name`, `paid_at`, `paid_on`, `ratio`, `modify_time`) VALUES "
        "(18446744073709551615,-0.10,NULL,'0000-00-00 00:00:00','0000-00-00','0.1',"
        "'2026-02-13 12:00:00.000000')"
    )


@pytest.mark.parametrize(
    ("text", "literal"), [("O'Brien", "'O\\'Brien'"), ("a\\b", "'a\\\\b'"), ("☕", "'☕'"), ("", "''")]
)
def test_text_is_escaped(text: str, literal: str):
    rows = batch()
    rows = rows.set_column(2, TABLE.schema.field("name"), pa.array([text]))
    (statement,) = insert_statements(TABLE, rows, 1 << 20)
    assert literal in statement


def test_statements_stay_within_the_packet_and_lose_no_row():
    statements = list(insert_statements(TABLE, batch(1000), 5000))
    assert len(statements) > 10
    assert sum(statement.count("18446744073709551615") for statement in statements) == 1000
    assert max(map(len, statements)) < 6000


def test_a_fraction_of_a_second_that_would_be_rounded_away_is_refused():
    with pytest.raises(DemoError, match=r"t_fee\.modify_time: expected at most 0 digits"):
        list(insert_statements(TABLE, batch(modify_time=NOON.replace(microsecond=1)), 1 << 20))


def test_no_rows_are_no_statements():
    assert list(insert_statements(TABLE, batch(1).slice(0, 0), 1 << 20)) == []
