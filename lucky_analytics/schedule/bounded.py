"""A limit on the whole of a conversation: a time limit of a socket begins anew with each byte."""

from __future__ import annotations

import contextlib
import smtplib
import socket
import ssl
import threading

__all__ = ["Limit", "in_words"]


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


_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (ssl.SSLCertVerificationError, "a certificate that this machine does not trust"),
    (ssl.SSLError, "an answer that is no TLS"),
    (TimeoutError, "no answer in time"),
    (ConnectionRefusedError, "no server there"),
    (ConnectionResetError, "a connection that broke off"),
    (BrokenPipeError, "a connection that broke off"),
    (socket.gaierror, "no server of that name"),
    (smtplib.SMTPServerDisconnected, "a connection that broke off"),
    (smtplib.SMTPNotSupportedError, "a server that cannot do what is asked of it"),
)


def in_words(error: object) -> str:
    """What went wrong on the way, for people; of what is not known its kind, never its text.

    >>> in_words(ConnectionRefusedError(111, "Connection refused")), in_words(KeyError("ann"))
    ('no server there', 'KeyError')
    """
    return next((words for kind, words in _WORDS if isinstance(error, kind)), type(error).__name__)
