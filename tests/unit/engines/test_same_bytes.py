"""Tables, metrics and whole notebooks of a small estate, with one, two and four threads: equal bytes."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from lucky_analytics import metrics, settings
from lucky_analytics.catalog import TABLES, Suite
from lucky_analytics.demo.build.core_tables import MAIN_NOTEBOOKS
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
    "tables", [MONEY + GOODS, pytest.param(demo_suite.conformed(), marks=pytest.mark.full, id="all")]
)
def test_one_two_and_four_threads_give_equal_rows_in_equal_order(tables, monkeypatch, tmp_path):
    one, *others = (said(suite_with(n, monkeypatch, tmp_path), tables) for n in (1, 2, 4))
    for other in others:
        assert [name for name, rows in one.items() if not rows.equals(other[name])] == []


def pages_with(threads: int, folder: Path) -> dict[str, bytes]:
    """What the main notebooks leave, by file, but for the record of when and how long they ran."""
    outputs = folder / f"outputs{threads}"
    environment = {
        **os.environ,
        "LUCKY_HOME": str(settings.load().root),
        "LUCKY_DATA": str(demo_suite.manifest().folder.parents[1]),
        "LUCKY_OUTPUTS": str(outputs),
        "LUCKY_THREADS": str(threads),
    }
    command = [sys.executable, "-m", "lucky_analytics.cli", "run", *MAIN_NOTEBOOKS]
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    files = [path for path in (outputs / "runs").glob("*/[!.]*/**/*") if path.is_file()]
    left_out = ("manifest.json", "executed.ipynb")
    return {str(path.relative_to(outputs)): path.read_bytes() for path in files if path.name not in left_out}


@pytest.mark.full
@pytest.mark.timeout(900)
def test_pages_of_the_main_notebooks_are_the_same_with_one_two_and_four_threads(tmp_path):
    one, *others = (pages_with(n, tmp_path) for n in (1, 2, 4))
    assert sum(name.endswith("report.html") for name in one) == len(MAIN_NOTEBOOKS)
    for other in others:
        assert one.keys() == other.keys()
        assert [name for name, content in one.items() if content != other[name]] == []
