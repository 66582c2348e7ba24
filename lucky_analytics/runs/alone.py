"""One command at a time runs a notebook; another waits for it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator

from lucky_analytics.locks import HeldError, hold
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
    path = settings.runs_dir / ".locks" / f"{digest(name)}.lock"
    deadline, has_told = time.monotonic() + wait, False
    with contextlib.ExitStack() as held:
        while True:
            try:
                held.enter_context(hold(path))
                break
            except HeldError as error:
                holder = f"being run by {error.holder}"
            if time.monotonic() >= deadline:
                yield holder
                return
            if not has_told:
                tell_waiting(f"{name}: {holder}, waiting up to {wait:g} s")
                has_told = True
            time.sleep(_PAUSE)
        yield ""
