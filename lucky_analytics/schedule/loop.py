"""The foreground mode, for containers: round after round, until a signal to stop."""

from __future__ import annotations

import datetime as dt
import signal
import threading
from collections.abc import Callable
from types import FrameType

from lucky_analytics.schedule.run import Round, run_due
from lucky_analytics.schedule.state import alone
from lucky_analytics.schedule.steps import Steps
from lucky_analytics.settings import Settings

__all__ = ["run_forever", "run_once"]

EVERY = dt.timedelta(minutes=1)
Say = Callable[[str], None]


def run_once(settings: Settings, steps: Steps | None = None, *, jobs: int = 1, say: Say) -> Round | None:
    """One round, or null when another loop is at work: it will see to what is due."""
    with alone(settings) as ours:
        if not ours:
            say("another loop is at work here: nothing done")
            return None
        return run_due(settings, steps, jobs=jobs, say=say)


def run_forever(settings: Settings, *, jobs: int = 1, say: Say) -> None:
    """A round at the beginning of every minute until SIGTERM or SIGINT; a round that has begun is ended.

    Declarations are read anew each time. A round that raises stops the loop: the container is started
    again by who runs it, and the log knows what was done.
    """
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, ask_to_stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        while not stop.is_set():
            run_once(settings, jobs=jobs, say=say)
            now = dt.datetime.now(dt.UTC)
            stop.wait((EVERY - (now - now.replace(second=0, microsecond=0))).total_seconds())
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
