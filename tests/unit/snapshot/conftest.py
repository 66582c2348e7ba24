"""The estate of which the tests here take snapshots."""

from __future__ import annotations

from pathlib import Path

import pytest

from lucky_analytics import estate
from lucky_analytics.settings import Settings
from tests import tiny_estate


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    settings = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
    names = ("salesorder", "salescrm", "opshop")
    tiny_estate.write(settings.demo_dir, [estate.load().database(name) for name in names], n_rows=40)
    return settings
