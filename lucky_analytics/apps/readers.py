"""Who reads an app: the server, which knows, leaves the name beside the session's kernel, which asks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_server.services.kernels.connection.channels import ZMQChannelsWebsocketConnection

__all__ = ["BY_TOKEN", "ReaderConnection", "find_reader", "note_reader"]

BY_TOKEN = "by token"  # the token is one for all: it names nobody
_FILE = "reader"


class ReaderConnection(ZMQChannelsWebsocketConnection):
    """Notes who is signed in before the first message of a page reaches its session."""

    def connect(self) -> Any:
        handler = self.websocket_handler
        note_reader(
            getattr(self.parent, "folder", None), handler.settings.get("lucky_access"), handler.current_user
        )
        return super().connect()


def note_reader(folder: str | None, access: Any, user: Any) -> None:
    """Leave the reader's name in the private folder of a session's kernel: as a proxy says it, or that a
    token was shown. Where no login is asked nobody is known, and nothing is left."""
    if folder is None or access is None or access.is_open or user is None:
        return
    name = str(user.username) if access.identity_header else BY_TOKEN
    file = Path(folder) / _FILE
    file.touch(mode=0o600)
    file.write_text(name, encoding="utf-8")


def find_reader() -> str | None:
    """Who reads this session, asked inside its kernel; null where nobody signed in, or outside an app."""
    from ipykernel.connect import get_connection_file

    try:
        file = Path(get_connection_file()).with_name(_FILE)
        return file.read_text(encoding="utf-8").strip() or None
    except (OSError, RuntimeError):
        return None
