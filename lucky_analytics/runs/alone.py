"""One command at a time runs a notebook; another waits for it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from typing import TextIO

from lucky_analytics.runs.identity import digest
from lucky_analytics.settings import Settings

__all__ = ["alone"]

_PAUSE = 0.2


@contextlib.contextmanager
def alone(
    name: str, settings: Settings, wait: float, tell_waiting: Callable[[str], None] = lambda line: None
) -> Iterator[str]:
    """Nobody else runs this notebook here meanwhile; the system drops the lock when a holder dies.

    Gives an empty text when it is ours, or, after ``wait`` seconds, who runs it.
    """
    folder = settings.runs_dir / ".locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{digest(name)}.lock").open("a+") as lock:
        deadline, has_told = time.monotonic() + wait, False
        while not _take(lock):
            lock.seek(0)
            holder = f"being run by process {lock.read().strip() or 'unknown'}"
            if time.monotonic() >= deadline:
                yield holder
                return
            if not has_told:
                tell_waiting(f"{name}: {holder}, waiting up to {wait:g} s")
                has_told = True
            time.sleep(_PAUSE)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield ""


def _take(lock: TextIO) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
