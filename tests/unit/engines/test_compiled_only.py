"""Every conformed table is a query of other warehouses too: written and parsed, executed by none here."""

from __future__ import annotations

import ibis.backends.sql.compilers as compilers
import pytest
import sqlglot
from ibis.common.exceptions import IbisError
from sqlglot.errors import SqlglotError

from lucky_analytics.catalog import TABLES
from tests import demo_suite, monitoring_world

# Redshift is asked in PostgreSQL's dialect.
DIALECTS = ("trino", "postgres", "clickhouse", "snowflake", "bigquery")
GAPS: dict[tuple[str, str], str] = {}  # (dialect, table): why it cannot be written


@pytest.fixture(scope="module")
def built():
    suite = demo_suite.suite()
    of_demo = {name: TABLES[name].build(suite) for name in demo_suite.conformed()}
    tables = {**of_demo, **monitoring_world.conform()}
    assert tables.keys() == TABLES.keys()
    return {name: table.unbind() for name, table in tables.items()}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_conformed_table_is_written_in_the_dialect(built, dialect):
    compiler = getattr(compilers, dialect).compiler
    unwritten = {}
    for name, expression in built.items():
        try:
            query = compiler.to_sqlglot(expression).sql(dialect=compiler.dialect)
            assert sqlglot.parse_one(query, read=dialect).find(sqlglot.exp.Select)
        except (IbisError, SqlglotError) as error:
            unwritten[dialect, name] = str(error)
    assert unwritten.keys() == {gap for gap in GAPS if gap[0] == dialect}, unwritten
