"""A cap on bytes per second, so that reading a production replica leaves room for its own work."""

from __future__ import annotations

import time
from collections.abc import Callable

__all__ = ["Pace"]


class Pace:
    """Sleeps so that no more than ``bytes_per_second`` pass on average since the first byte.

    ``clock`` and ``sleep`` are arguments so that a test needs no real time.

    >>> pace = Pace(1000, clock=lambda: 0.0, sleep=print)
    >>> pace.spend(500)
    0.5
    """

    def __init__(
        self,
        bytes_per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.bytes_per_second = bytes_per_second
        self._clock, self._sleep = clock, sleep
        self._began: float | None = None
        self._spent = 0

    def spend(self, n_bytes: int) -> None:
        """Count ``n_bytes`` as passed, and wait until they were due."""
        now = self._clock()
        self._began = now if self._began is None else self._began
        self._spent += n_bytes
        ahead = self._began + self._spent / self.bytes_per_second - now
        if ahead > 0:
            self._sleep(ahead)
