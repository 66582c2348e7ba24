"""One tiny estate for all tests of the generator."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from lucky_analytics.demo.build.published_check import open_files
from tests import demo_suite


@pytest.fixture(scope="session")
def tiny() -> Path:
    """The folder of an estate at one fiftieth of full scale, which is for reading."""
    return demo_suite.estate()


@pytest.fixture(scope="module")
def db(tiny: Path) -> duckdb.DuckDBPyConnection:
    """Its tables, each by its own name."""
    return open_files(tiny)
