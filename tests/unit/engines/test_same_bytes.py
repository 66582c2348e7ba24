"""Every conformed table and every metric of a small estate, with one, two and four threads: equal bytes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pyarrow as pa
import pytest

from lucky_analytics import metrics
from lucky_analytics.catalog import TABLES, Suite
from tests import demo_suite

MONEY, GOODS = ("orders", "payments"), ("stock", "production")
OF_TABLE: dict[str, list[str]] = {}
for _name, _metric in metrics.REGISTRY.items():
    OF_TABLE.setdefault(_metric.table, []).append(_name)


def suite_with(threads: int, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Suite:
    """A suite that computes everything anew; with several threads DuckDB shares out even few rows."""
    monkeypatch.setenv("LUCKY_THREADS", str(threads))
    manifest = demo_suite.manifest()
    apart = folder / f"{threads}" / manifest.folder.name
    apart.mkdir(parents=True)
    for path in manifest.folder.iterdir():
        (apart / path.name).symlink_to(path)
    suite = Suite(dataclasses.replace(manifest, folder=apart))
    if threads > 1:
        suite.engine.connection.raw_sql("PRAGMA verify_parallelism")
    return suite


def said(suite: Suite, tables: tuple[str, ...]) -> dict[str, pa.Table]:
    found = {name: suite.table(name).to_pyarrow() for name in tables}
    for table in OF_TABLE:
        if table in tables:
            by = [name for name in ("store_id", "category", "status") if name in TABLES[table].columns][:1]
            found[f"metrics of {table}"] = metrics.aggregate(suite, OF_TABLE[table], by=by).to_pyarrow()
    return found


@pytest.mark.parametrize(
    "tables", [MONEY + GOODS, pytest.param(tuple(TABLES), marks=pytest.mark.full, id="all")]
)
def test_one_two_and_four_threads_give_equal_rows_in_equal_order(tables, monkeypatch, tmp_path):
    one, *others = (said(suite_with(n, monkeypatch, tmp_path), tables) for n in (1, 2, 4))
    for other in others:
        assert [name for name, rows in one.items() if not rows.equals(other[name])] == []
