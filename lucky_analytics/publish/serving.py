"""The portal over HTTP on this machine: its files and nothing else."""

from __future__ import annotations

import functools
from collections.abc import Collection
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lucky_analytics.errors import PublishError
from lucky_analytics.hosts import is_foreign, is_loopback

__all__ = ["make_portal_server"]

SECONDS = 30.0


def make_portal_server(site: Path, host: str, port: int, named: Collection[str] = ()) -> ThreadingHTTPServer:
    """A server of the files of ``site``, ready to ``serve_forever()``.

    No list of a folder, nothing outside ``site`` even by a link, no request that is never finished. On a
    loopback address it answers only requests for that address or a ``named`` host. Raises ``PublishError``
    for an address that cannot be listened on.
    """
    checked = named if is_loopback(host) else None
    try:
        server = ThreadingHTTPServer(
            (host, port), functools.partial(_Files, named=checked, directory=str(site))
        )
    except (OSError, OverflowError) as error:
        raise PublishError(
            f"{host}:{port}",
            expected="a free address of this machine",
            got=getattr(error, "strerror", None) or str(error),
            remedy="Choose another --port",
        ) from error
    server.daemon_threads = True
    return server


class _Files(SimpleHTTPRequestHandler):
    """Serves files without a line per request; ``timeout`` bounds every wait for the other side."""

    timeout = SECONDS

    def __init__(self, *arguments: Any, named: Collection[str] | None, **more: Any) -> None:
        self.named = named
        super().__init__(*arguments, **more)

    def send_head(self) -> Any:
        if self.named is not None and is_foreign(
            self.headers.get("Host", "localhost"), self.headers.get("Origin"), self.named
        ):
            self.send_error(HTTPStatus.FORBIDDEN, "A host that was not named with --allow-host")
            return None
        if not self._is_inside():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def list_directory(self, path: Any) -> None:
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *args: object) -> None:
        return

    def _is_inside(self) -> bool:
        """Whether the path, its links followed, lies in the portal as it is now."""
        try:
            path = Path(self.translate_path(self.path)).resolve()
            return path.is_relative_to(Path(self.directory).resolve())
        except (ValueError, OSError, RuntimeError):  # no path at all, such as one with a null character
            return False
