"""``make test-spark``: every conformed table and every metric on DuckDB and on Spark, with equal rows.

Not among the tests of ``make test``, because Spark takes half a gigabyte: in an environment of its own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from lucky_analytics import metrics
from lucky_analytics.catalog import TABLES, Suite
from tests import demo_suite
from tests.spark import gaps
from tests.spark.same_rows import find_differences

DIMENSIONS = ("store_id", "category", "status", "channel", "payment_method")
OF_TABLE: dict[str, list[str]] = {}
for _name, _metric in metrics.REGISTRY.items():
    OF_TABLE.setdefault(_metric.table, []).append(_name)


@pytest.fixture(scope="module")
def suites() -> Iterator[tuple[Suite, Suite]]:
    """On both engines. Spark and its Java end with this process at the latest; the session ends here."""
    manifest = demo_suite.manifest()
    on_spark = Suite(manifest, engine="spark")
    yield Suite(manifest, engine="duckdb"), on_spark
    on_spark.engine.connection.disconnect()


@pytest.mark.parametrize("name", demo_suite.conformed())
def test_a_conformed_table_has_the_same_rows(suites, name):
    expected, got = (suite.table(name) for suite in suites)
    found = find_differences(expected, got, TABLES[name].key)
    assert bool(found) == (name in gaps.TABLES), found


@pytest.mark.parametrize("table", OF_TABLE)
def test_the_metrics_of_a_table_are_the_same(suites, table):
    by = [name for name in DIMENSIONS if name in TABLES[table].columns][:1]
    for groups in ([], by):
        one, other = (metrics.aggregate(suite, OF_TABLE[table], by=groups) for suite in suites)
        found = find_differences(one, other, groups)
        named = {line.partition(":")[0] for line in found}
        assert named == {name for name in OF_TABLE[table] if name in gaps.METRICS}, found


@pytest.mark.parametrize("every", [7, "month"])
def test_metrics_by_week_and_month_are_the_same(suites, every):
    end = suites[0].as_of + dt.timedelta(days=1)
    start = end - dt.timedelta(days=100)
    for names in (["orders", "aov"], ["cups"]):
        one, other = (
            metrics.aggregate(suite, names, by=["store_id"], start=start, end=end, every=every)
            for suite in suites
        )
        assert find_differences(one, other, ["store_id", "until"]) == []


def test_spark_reads_times_as_utc_and_divides_by_floats(suites):
    """A session in the server's own zone, or 60.0 taken for a decimal, would move or round them."""
    hours = [suite.orders.ordered_at.hour().name("hour").as_table() for suite in suites]
    counted = [table.group_by("hour").agg(n=table.count(), part=(table.hour / 7.0).mean()) for table in hours]
    assert find_differences(*counted, ["hour"]) == []


def test_a_row_of_another_market_is_found_on_spark(suites):
    """The query of the canaries is SQL of its own, which each engine gets in its dialect."""
    from lucky_analytics.catalog.canaries import find_leak

    on_spark = suites[1]
    every = on_spark.all_orders.select("order_id")
    source, said = find_leak(on_spark.engine, TABLES["orders"], every, "leaking", on_spark.snapshot)
    assert source == "luckyus_sales_order.t_order" and "rows of another market" in said
