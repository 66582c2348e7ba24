"""A limit on the whole of a conversation: a time limit of a socket begins anew with each byte."""

from __future__ import annotations

import contextlib
import socket
import threading

__all__ = ["Limit"]


class Limit:
    """Hangs up on a conversation that is not over after ``seconds``; ``passed`` says that it did.

    >>> with Limit(60) as limit:                                                      # doctest: +SKIP
    ...     limit.watch(connection.sock)
    """

    def __init__(self, seconds: float) -> None:
        self._sockets: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(seconds, self._hang_up)
        self._timer.daemon = True
        self.passed = False

    def __enter__(self) -> Limit:
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()

    def watch(self, connection: socket.socket) -> None:
        """One that is opened on the way, or wrapped anew for TLS."""
        with self._lock:
            self._sockets.append(connection)
        if self.passed:
            self._hang_up()

    def _hang_up(self) -> None:
        with self._lock:
            self.passed = True
            for connection in self._sockets:
                with contextlib.suppress(OSError, ValueError):
                    # a wrapped one would wait for its reader: the connection below it is cut
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
