"""Secrets by reference: where a password is, never the password itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lucky_analytics.errors import SourceError
from lucky_analytics.settings import environment_value

__all__ = ["REFERENCES", "Secret"]

REFERENCES = ("password_env", "password_file", "keyring")


@dataclass(frozen=True)
class Secret:
    """A reference to a password: a variable, a file, or a ``service/name`` entry of the keyring.

    Only ``reveal`` ever holds the value, so that printing, logging or comparing a ``Secret`` cannot
    show it.

    >>> print(Secret("password_env", "LUCKY_PASSWORD"))
    password_env LUCKY_PASSWORD
    """

    kind: str
    reference: str

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    def reveal(self) -> str:
        """The password. Raises ``SourceError`` naming the reference when it leads nowhere."""
        value = _READERS[self.kind](self.reference)
        if not value:
            raise SourceError(
                f"secret by {self.kind}",
                expected="a password",
                got=f"nothing at {self.reference}",
                remedy="Set it, or correct the reference",
            )
        return value


def _from_file(reference: str) -> str | None:
    path = Path(reference).expanduser()
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return None


def _from_keyring(reference: str) -> str | None:
    import keyring  # seconds to import on some desktops, and most installations never need it
    from keyring.errors import KeyringError

    service, _, name = reference.partition("/")
    try:
        return keyring.get_password(service, name)
    except KeyringError:
        return None


_READERS = {"password_env": environment_value, "password_file": _from_file, "keyring": _from_keyring}
