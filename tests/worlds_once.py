"""What is dear to build, built once in a run of the tests for every worker: estates, snapshots, models."""

from __future__ import annotations

import os
import pickle
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from lucky_analytics import locks
from lucky_analytics.settings import Settings
from tests.estate_rows import checkout

__all__ = ["build_once", "make_once"]

Made = TypeVar("Made")


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


def make_once(name: str, make: Callable[[], Made]) -> Made:
    """What ``make`` returns, which it was asked for once in this run; each worker has a copy of its own."""
    file = "made.pickle"
    here = build_once(name, lambda here: (here.root / file).write_bytes(pickle.dumps(make())))
    return pickle.loads((here.root / file).read_bytes())
