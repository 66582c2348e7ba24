"""The demo estate at full scale, in the checkout's own place, built once; its truth, and a snapshot of it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from lucky_analytics import demo, settings, snapshot
from lucky_analytics.catalog import Suite
from lucky_analytics.sources import demo as demo_source


@pytest.fixture(scope="session")
def built() -> demo.BuildReport:
    """Builds it unless it stands."""
    return demo.build_estate(settings.load().demo_dir)


@pytest.fixture(scope="session")
def truth(built: demo.BuildReport) -> dict[str, Any]:
    """What was planted and what came of it."""
    return json.loads((built.out / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def suite(built: demo.BuildReport, tmp_path_factory: pytest.TempPathFactory) -> Suite:
    """The catalog over a snapshot of its own, which no test changes."""
    elsewhere = dataclasses.replace(settings.load(), data_dir=tmp_path_factory.mktemp("data"))
    with demo_source.connect(built.out) as source:
        return Suite(snapshot.take(source, settings=elsewhere))
