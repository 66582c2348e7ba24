"""The catalog of a small demo estate, built once, with tables that a test may change."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir

from lucky_analytics import catalog, demo, snapshot
from lucky_analytics import estate as estate_declared
from lucky_analytics.runs.needs import needed_tables
from lucky_analytics.settings import Settings
from lucky_analytics.sources import demo as demo_source
from tests.worlds_once import build_once

SCALE = 0.02


def estate() -> Path:
    """The folder of the estate, which nobody changes."""
    return build_once("demo", lambda here: demo.build_estate(here.demo_dir, scale=SCALE)).demo_dir


@functools.cache
def manifest() -> snapshot.Manifest:
    return snapshot.find("newest", build_once("demo_snapshot", _take))


def _take(here: Settings) -> None:
    here.demo_dir.parent.mkdir(parents=True, exist_ok=True)
    here.demo_dir.symlink_to(estate())  # its truth lies beside the snapshots, as in any checkout
    with demo_source.connect(here.demo_dir) as source:
        snapshot.take(source, settings=here)


@functools.cache
def conformed() -> tuple[str, ...]:
    """The conformed tables that the demo's tables make: all but those of what it does not generate."""
    databases = estate_declared.load().databases.values()
    beyond = {f"{d.name}.{table.name}" for d in databases for table in d.tables.values() if table.not_in_demo}
    return tuple(name for name in catalog.TABLES if not needed_tables([f'suite.table("{name}")']) & beyond)


def suite(as_of: str | None = None, **edits: Callable[[ir.Table], ir.Table]) -> catalog.Suite:
    """A fresh catalog; ``orders=edit`` puts ``edit(orders)`` in the place of the conformed table."""
    opened = catalog.Suite(manifest(), as_of=as_of)
    for name, edit in edits.items():
        opened._built[name] = edit(opened.table(name)).cache()
    return opened


def suite_with(tables: Mapping[str, ir.Table], as_of: Any = None) -> catalog.Suite:
    """A fresh catalog with these tables, of any engine, in the place of the demo's own."""

    def give(table: ir.Table, _own: ir.Table) -> ir.Table:
        return ibis.memtable(table.to_pyarrow())

    return suite(as_of, **{name: functools.partial(give, table) for name, table in tables.items()})
