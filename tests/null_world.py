"""A demo estate in which nothing was planted: no page may claim an effect of it, or recommend anything."""

from __future__ import annotations

import json
from pathlib import Path

from lucky_analytics import catalog
from tests import planted_world

SMALL = 0.02
TRUTH = Path(__file__).parent / "worlds/null.json"


def suite(scale: float = SMALL, seed: int = 7) -> catalog.Suite:
    """A fresh catalog of the null world at ``scale``."""
    return planted_world.suite(json.loads(TRUTH.read_text()), scale, seed)
