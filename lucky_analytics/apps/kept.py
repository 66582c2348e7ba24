"""What takes seconds to prepare is prepared once a snapshot and code, and kept on disk for every session."""

from __future__ import annotations

import contextlib
import os
import pickle
from collections.abc import Callable
from typing import Any, TypeVar

from lucky_analytics.locks import hold
from lucky_analytics.runs.identity import code_hash, digest
from lucky_analytics.settings import Settings, load
from lucky_analytics.snapshot import find

__all__ = ["keep", "open_prepared"]

T = TypeVar("T")


def open_prepared(
    name: str, module: str, prepare: Callable[[Any], T], snapshot: str = "newest"
) -> tuple[T, str]:
    """What ``prepare`` makes of the catalog of a snapshot, kept as by ``keep``, and the snapshot's id."""
    import lucky_analytics

    settings = load()
    manifest = find(snapshot, settings)
    made = keep(name, module, manifest.id, settings, lambda: prepare(lucky_analytics.open(manifest.id)))
    return made, manifest.id


def keep(name: str, module: str, snapshot: str, settings: Settings, prepare: Callable[[], T]) -> T:
    """``prepare()``, or what it gave before for the same snapshot and the same code behind ``module``.

    Sessions that start together wait for the first. Older ones of that name are removed. The folder is ours
    alone to write (mode 700), which is why it is safe to unpickle.
    """
    folder = settings.outputs_dir / "apps"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    version = digest(snapshot, code_hash([f"import {module}"], settings.external_dir))
    target = folder / f"{name}-{version}.pickle"
    with hold(folder / f"{name}.lock", wait=True):
        if target.is_file():
            with contextlib.suppress(Exception):  # damaged, or of other libraries: it is prepared again
                return pickle.loads(target.read_bytes())
        for old in folder.glob(f"{name}-*.pickle"):
            old.unlink()
        made = prepare()
        partial = folder / f".{name}-{os.getpid()}"
        partial.write_bytes(pickle.dumps(made))
        partial.rename(target)
        return made
