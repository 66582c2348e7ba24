"""One tiny estate for all tests of the generator."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import demo_suite


@pytest.fixture(scope="session")
def tiny() -> Path:
    """The folder of an estate at one fiftieth of full scale, which is for reading."""
    return demo_suite.estate()
