"""Checkouts with an estate and its snapshot that are built once in a run of the tests, for every worker."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from lucky_analytics import locks
from lucky_analytics.settings import Settings
from tests.estate_rows import checkout

__all__ = ["build_once"]


def build_once(name: str, build: Callable[[Settings], object]) -> Settings:
    """The checkout ``name`` of this run, filled by ``build`` for whoever asked first; nobody changes it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))
    root = Path(tempfile.gettempdir()) / f"lucky-test-{run}" / name
    with locks.hold(root.with_name(f"{name}.lock"), wait=True):
        here = checkout(root)
        if not (root / "built").exists():
            build(here)
            (root / "built").touch()
    return here
