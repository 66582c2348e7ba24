"""A demo estate in which nothing was planted: no page may claim an effect of it, or recommend anything."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

from lucky_analytics import catalog, demo, snapshot
from lucky_analytics.sources import demo as demo_source
from tests.estate_rows import checkout

SMALL = 0.02
TRUTH = Path(__file__).parent / "worlds/null.json"


@functools.cache
def _manifest(scale: float, seed: int) -> snapshot.Manifest:
    here = checkout(Path(tempfile.mkdtemp(prefix="lucky-null-")))
    demo.build(here.demo_dir, scale=scale, seed=seed, truth=TRUTH, calibrate=False)
    with demo_source.connect(here.demo_dir) as source:
        return snapshot.take(source, settings=here)


def suite(scale: float = SMALL, seed: int = 7) -> catalog.Suite:
    """A fresh catalog of the null world at ``scale``."""
    return catalog.Suite(_manifest(scale, seed))
