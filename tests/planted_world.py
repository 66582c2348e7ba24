"""Small demo estates with planted values of a test's own, each built once."""

from __future__ import annotations

import functools
import hashlib
import json

from lucky_analytics import catalog, demo, snapshot
from lucky_analytics.settings import Settings
from lucky_analytics.sources import demo as demo_source
from tests.worlds_once import build_once

__all__ = ["suite"]


@functools.cache
def _manifest(planted: str, scale: float, seed: int, only: str | None) -> snapshot.Manifest:
    def build(here: Settings) -> None:
        truth = here.data_dir / "planted.json"
        truth.parent.mkdir(parents=True, exist_ok=True)
        truth.write_text(planted)
        demo.build_estate(here.demo_dir, scale=scale, seed=seed, truth=truth, only=only, calibrate=False)
        with demo_source.connect(here.demo_dir) as source:
            snapshot.take(source, settings=here)

    name = hashlib.sha256(f"{planted} {scale} {seed} {only}".encode()).hexdigest()[:12]
    return snapshot.find("newest", build_once(f"planted-{name}", build))


def suite(planted: object, scale: float = 0.02, seed: int = 7, only: str | None = None) -> catalog.Suite:
    """A fresh catalog of the world with ``planted`` in the place of the defaults, uncalibrated."""
    return catalog.Suite(_manifest(json.dumps(planted), scale, seed, only))
