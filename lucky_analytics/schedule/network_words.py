"""What went wrong on the way to another server, in words."""

from __future__ import annotations

import smtplib
import socket
import ssl

__all__ = ["in_words"]

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
