"""One tiny estate for all tests of the generator."""

from __future__ import annotations

from pathlib import Path

import pytest

from lucky_analytics import demo

SCALE = 0.02


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an estate at one fiftieth of full scale."""
    out = tmp_path_factory.mktemp("demo") / "tiny"
    demo.build_estate(out, scale=SCALE)
    return out
