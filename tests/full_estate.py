"""The demo estate at full scale, in the checkout's own place: built once, by the first worker that asks."""

from __future__ import annotations

import fcntl

from lucky_analytics import demo, settings

__all__ = ["build_full_estate"]


def build_full_estate() -> demo.BuildReport:
    """Builds it unless it stands; workers that ask at the same time wait for the one that builds."""
    folder = settings.load().demo_dir
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / ".full-estate.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return demo.build(folder)
