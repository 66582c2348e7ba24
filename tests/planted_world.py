"""Small demo estates with planted values of a test's own, each built once."""

from __future__ import annotations

import functools
import json
import tempfile
from pathlib import Path

from lucky_analytics import catalog, demo, snapshot
from lucky_analytics.sources import demo as demo_source
from tests.estate_rows import checkout

__all__ = ["suite"]


@functools.cache
def _manifest(planted: str, scale: float, seed: int, only: str | None) -> snapshot.Manifest:
    here = checkout(Path(tempfile.mkdtemp(prefix="lucky-planted-")))
    truth = here.demo_dir.parent / "planted.json"
    truth.parent.mkdir(parents=True, exist_ok=True)
    truth.write_text(planted)
    demo.build_estate(here.demo_dir, scale=scale, seed=seed, truth=truth, only=only, calibrate=False)
    with demo_source.connect(here.demo_dir) as source:
        return snapshot.take(source, settings=here)


def suite(planted: object, scale: float = 0.02, seed: int = 7, only: str | None = None) -> catalog.Suite:
    """A fresh catalog of the world with ``planted`` in the place of the defaults, uncalibrated."""
    return catalog.Suite(_manifest(json.dumps(planted), scale, seed, only))
