"""Secrets by reference: where a password is, never the password itself."""

from __future__ import annotations

import contextlib
import html
import json
import os
import stat
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lucky_analytics.errors import SourceError
from lucky_analytics.settings import environment_value

__all__ = ["REFERENCES", "Secret", "mask", "write_once"]

REFERENCES = ("password_env", "password_file", "keyring")
_PLACES = {"password_env": "variable", "password_file": "file", "keyring": "keyring entry"}


@dataclass(frozen=True)
class Secret:
    """A reference to a password: a variable, a file, or a ``service/name`` entry of the keyring.

    ``what`` it is where it is no password, for errors. Only ``reveal`` ever holds the value, so that
    printing, logging or comparing a ``Secret`` cannot show it.

    >>> print(Secret("password_env", "LUCKY_PASSWORD"))
    password_env LUCKY_PASSWORD
    """

    kind: str
    reference: str
    what: str = field(default="password", compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.kind} {self.reference}"

    @property
    def exposed(self) -> str:
        """Why others could read it, in a few words; empty when they could not, or it is no file of ours."""
        if self.kind != "password_file":
            return ""
        try:
            mode = stat.S_IMODE(Path(self.reference).expanduser().stat().st_mode)
        except OSError:
            return ""
        if not mode & 0o077:
            return ""
        return f"{self.reference} has mode {mode:o}, so that other accounts can read it; chmod 600 it"

    def reveal(self) -> str:
        """The password. Raises ``SourceError`` naming the reference when it leads nowhere."""
        value = _READERS[self.kind](self.reference)
        if not value:
            raise SourceError(
                self.what,
                expected=f"it in the {_PLACES[self.kind]} {self.reference}",
                got="nothing there",
                remedy="Set it, or correct the reference",
            )
        return value


def mask(text: str, values: Sequence[str]) -> str:
    """``text``, plain or JSON, without these values (``settings.secret_values``).

    A notebook's cells can read the environment; what they print of it stays in no file.

    >>> mask('{"text": "login bridge\\\\"troll, 221 Grand"}', ['bridge"troll'])
    '{"text": "login [removed], 221 Grand"}'
    """
    for value in values:
        for shown in (repr(value)[1:-1], html.escape(value), value):
            for written in (json.dumps(shown)[1:-1], json.dumps(shown, ensure_ascii=False)[1:-1], shown):
                text = text.replace(written, "[removed]")
    return text


def write_once(path: Path, text: str) -> None:
    """Keep ``text`` in ``path`` for its owner alone, unless something is there already.

    Written beside and given its name when it is whole, so that a full disk or a kill leaves no empty
    secret. Of two that write at once the first wins. Raises ``OSError``.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, spare = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)  # of mode 600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(spare, path)
    finally:
        Path(spare).unlink()


def _from_file(reference: str) -> str | None:
    path = Path(reference).expanduser()
    try:
        return path.read_text(encoding="utf-8").strip()
    except OSError:
        return None
    except UnicodeDecodeError as error:
        byte = f"byte 0x{error.object[error.start]:02x}"
        raise SourceError(f"secret in the file {reference}", expected="text (UTF-8)", got=byte) from None


def _from_keyring(reference: str) -> str | None:
    import keyring  # seconds to import on some desktops, and most installations never need it
    from keyring.errors import KeyringError

    service, _, name = reference.partition("/")
    try:
        return keyring.get_password(service, name)
    except KeyringError:
        return None


_READERS = {"password_env": environment_value, "password_file": _from_file, "keyring": _from_keyring}
