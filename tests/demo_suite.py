"""The catalog of a small demo estate, built once, with tables that a test may change."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Callable
from pathlib import Path

import ibis.expr.types as ir

from lucky_analytics import catalog, demo, snapshot
from lucky_analytics.sources import demo as demo_source
from tests.estate_rows import checkout

SCALE = 0.02


@functools.cache
def _manifest() -> snapshot.Manifest:
    here = checkout(Path(tempfile.mkdtemp(prefix="lucky-test-")))
    demo.build_estate(here.demo_dir, scale=SCALE)
    with demo_source.connect(here.demo_dir) as source:
        return snapshot.take(source, settings=here)


def suite(as_of: str | None = None, **edits: Callable[[ir.Table], ir.Table]) -> catalog.Suite:
    """A fresh catalog; ``orders=edit`` puts ``edit(orders)`` in the place of the conformed table."""
    opened = catalog.Suite(_manifest(), as_of=as_of)
    for name, edit in edits.items():
        opened._built[name] = edit(opened.table(name)).cache()
    return opened
