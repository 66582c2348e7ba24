"""What a table declares of its columns is held: types when it is built, nulls and keys when asked."""

from __future__ import annotations

import dataclasses

import ibis
import pandas as pd
import pytest

from lucky_analytics.catalog import conformed
from lucky_analytics.catalog.conformed import Conformed, Field, check_types, find_faults
from lucky_analytics.declared import find_declared
from lucky_analytics.errors import ParameterError, SnapshotError
from lucky_analytics.metrics import REGISTRY
from lucky_analytics.metrics.metric import Metric

DECLARED = Conformed(
    name="visits",
    grain="one row per visit",
    key=("visit_id",),
    columns={
        "visit_id": Field("string", "text"),
        "seen_at": Field("timestamp", "UTC", "UTC", nullable=True),
        "paid_cents": Field("int64", "paid", "cents"),
    },
    build=lambda tables: tables.orders,
)


def rows(**changes):
    columns = {"visit_id": ["a", "b"], "seen_at": [None, None], "paid_cents": [1, 2]} | changes
    return ibis.memtable(
        columns, schema={"visit_id": "string", "seen_at": "timestamp(6)", "paid_cents": "int64"}
    )


def test_what_is_as_declared_has_no_fault():
    check_types(DECLARED, rows())
    assert find_faults(DECLARED, rows()) == []


def test_another_type_and_a_missing_column_are_named():
    with pytest.raises(SnapshotError, match=r"visits.paid_cents: expected int64 \(paid\), got float64"):
        check_types(DECLARED, rows().mutate(paid_cents=ibis._.paid_cents.cast("float64")))
    with pytest.raises(SnapshotError, match=r"visits.seen_at: expected timestamp .*no such column"):
        check_types(DECLARED, rows().drop("seen_at"))


def test_nulls_and_shared_keys_are_counted():
    assert find_faults(DECLARED, rows(paid_cents=[None, 2])) == ["visits.paid_cents: 1 nulls"]
    assert find_faults(DECLARED, rows(visit_id=["a", "a"])) == ["visits: 1 rows share a key (visit_id)"]


def test_a_declaration_is_found_where_it_stands_and_a_second_one_refused(monkeypatch):
    found = find_declared("lucky_analytics.metrics", Metric)
    assert found == REGISTRY and found["orders"] is REGISTRY["orders"]
    from lucky_analytics.metrics import money

    twin = dataclasses.replace(REGISTRY["orders"], label="Another")
    monkeypatch.setattr(money, "METRICS", (*money.METRICS, twin))
    with pytest.raises(
        ParameterError, match=r"Metric orders: expected one declaration, got .*money and .*sales"
    ):
        find_declared("lucky_analytics.metrics", Metric)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("8th & Broadway", "8th & Broadway"),
        (" Café 中文 ", "Café 中文"),
        ("a\nb\tc\r\nd", "a b c d"),
        ("{{7*7}} ${margin}", "((7*7)) $(margin)"),
        ("nul\x00 bell\x07", "nul  bell"),
        ("\u202eturned", "turned"),
        ("x" * 10_000, "x" * 120),
        (None, None),
    ],
)
def test_a_name_is_what_a_page_can_show(said, shown):
    found = ibis.memtable(pd.DataFrame({"said": pd.Series([said], dtype="string")}))
    (name,) = found.select(name=conformed.name(found["said"])).execute()["name"].tolist()
    assert (None if pd.isna(name) else name) == shown
