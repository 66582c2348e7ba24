"""What the app's server answers besides Voila: our files, whether a session lives, reports, a full house."""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Collection
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import tornado.web
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.auth.identity import IdentityProvider, User
from jupyter_server.base.handlers import APIHandler, AuthenticatedFileHandler, JupyterHandler
from tornado.httputil import HTTPServerRequest
from tornado.routing import Matcher
from voila.tornado.handler import TornadoVoilaHandler

from lucky_analytics.apps.app_frame import ASSETS
from lucky_analytics.apps.kernels import AppKernels
from lucky_analytics.apps.reports import ReportQueue
from lucky_analytics.errors import LuckyError
from lucky_analytics.hosts import is_foreign

__all__ = [
    "Alive",
    "AppHandler",
    "Assets",
    "Fault",
    "Foreign",
    "FromForeignHost",
    "Health",
    "Logout",
    "NoPath",
    "NotFound",
    "PartFiles",
    "ProxyIdentity",
    "ReportPages",
    "SaveReport",
    "tell_failure",
    "tell_unshown",
]

FAILED = (Path(__file__).parent / "templates" / "failed.html").read_text(encoding="utf-8")
WARMING = (Path(__file__).parent / "templates" / "warming.html").read_text(encoding="utf-8")
MOST_SAID = 300
FULL = (Path(__file__).parent / "templates" / "full.html").read_text(encoding="utf-8")


def tell_failure(said: dict[str, str]) -> dict[str, str]:
    """What the page says when a session cannot start, said to whoever started the app as well."""
    logging.getLogger(__name__).error("A session could not start: %s: %s", said["kind"], said["text"])
    return said


def tell_unshown(name: str, shown: str | None) -> dict[str, str]:
    """The failure of a notebook that showed no app, or another one than its own."""
    error = LuckyError(
        f"app {name}",
        expected=f'its notebook to show Frame("{name}", ...) in its last cell',
        got="no app" if shown is None else f"the app {shown}",
    )
    return tell_failure({"kind": type(error).__name__, "text": str(error)})


class AppHandler(TornadoVoilaHandler):
    """The app's page, while there is a seat; otherwise a page that says so and tries again by itself."""

    @tornado.web.authenticated
    async def get(self, path: str | None = None) -> None:
        if path:
            raise tornado.web.HTTPError(404)
        # Asking for it sets the cookie, without which no page could free its seat or save a report.
        _ = self.xsrf_token
        kernels, most = self.kernel_manager, self.settings["lucky_sessions"]
        await kernels.forget_dead()
        if kernels.count_sessions() >= most:
            self.set_status(503)
            self.set_header("Retry-After", "20")
            self.finish(FULL.replace("{most}", str(most)))
            return
        if kernels.is_warming():
            self.finish(WARMING.replace("{assets}", f"{self.base_url}lucky/assets/"))
            return
        await super().get(path)
        # A pool that ran empty, or whose kernels died, is filled again.
        if kernels.count_waiting() == 0 and self.settings["lucky_pool"]:
            kernels.fill_if_needed(notebook_name=str(self.notebook_path))

    def write_error(self, status_code: int, **_: Any) -> None:
        """Our own page: Voila's would load a style from another server."""
        self.finish(FAILED)


class Assets(tornado.web.StaticFileHandler):
    """Our scripts and styles: code, no data, so no login is asked."""

    def initialize(self, path: str = str(ASSETS)) -> None:  # type: ignore[override]
        super().initialize(path=path)

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "no-cache")
        for name, value in self.settings["headers"].items():
            self.set_header(name, value)


class PartFiles(Assets):
    """The scripts and styles of the one app that is served; what else lies in its folder is Python."""

    async def get(self, path: str, include_body: bool = True) -> None:
        if Path(path).suffix not in (".js", ".css"):
            raise tornado.web.HTTPError(404)
        await super().get(path, include_body)


def _read_json(handler: JupyterHandler) -> Any:
    """What was sent; null for nothing. Anything but JSON is 400 and one line in the log."""
    try:
        return json.loads(handler.request.body or b"null")
    except (ValueError, RecursionError):
        raise tornado.web.HTTPError(400, "no JSON") from None


class Fault(APIHandler):
    """What went wrong in a reader's browser before the page stood: one line in the log of the server."""

    @tornado.web.authenticated
    async def post(self) -> None:
        body = _read_json(self)
        said = str(body.get("text") if isinstance(body, dict) else body)[:MOST_SAID]
        line = " ".join("".join(c if c.isprintable() else " " for c in said).split())
        logging.getLogger(__name__).error("The page could not be drawn: %s", line)
        self.finish({})


class Health(APIHandler):
    """Whether a session's kernel is alive; ``{"alive": true}``."""

    @tornado.web.authenticated
    async def get(self, kernel_id: str) -> None:
        self.finish({"alive": await cast(AppKernels, self.kernel_manager).lives(kernel_id)})


class Alive(tornado.web.RequestHandler):
    """For probes: that the server answers, which starts no session and asks no login; ``{"alive": true}``."""

    def get(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.finish({"alive": True})

    head = get


class Logout(JupyterHandler):
    """Forgets who the reader is, as far as that is in a cookie of ours."""

    @allow_unauthenticated
    def get(self) -> None:
        self.identity_provider.clear_login_cookie(self)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("Signed out of this app." if self.login_available else "There is no login here.")


class FromForeignHost(Matcher):
    """Matches what was sent to, or by a page of, a host that was not named."""

    def __init__(self, named: Collection[str]) -> None:
        self.named = named

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        headers = request.headers
        return {} if is_foreign(headers.get("Host", ""), headers.get("Origin"), self.named) else None


class NoPath(Matcher):
    """Matches an address that no file can have, such as one with a null character."""

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        return {} if "\0" in unquote(request.path) else None


class NotFound(tornado.web.RequestHandler):
    """404 for every method."""

    def prepare(self) -> None:
        self.set_status(404)
        self.finish("404\n")


class Foreign(tornado.web.RequestHandler):
    """403 for every method, before anything of ours is asked."""

    def prepare(self) -> None:
        self.set_status(403)
        self.finish("A host that was not named with --allow-host.\n")


class SaveReport(APIHandler):
    """Runs the app's report notebook with the scenario that was sent, and says where the page is."""

    def initialize(self, queue: ReportQueue) -> None:
        self.queue = queue

    @tornado.web.authenticated
    async def post(self) -> None:
        try:
            saved = await self.queue.save(_read_json(self))
        except LuckyError as error:
            self.set_status(422)
            self.finish({"error": str(error)})
            return
        self.finish(saved)


class ReportPages(AuthenticatedFileHandler):
    """The reports that this app saved, and the assets they share; nothing else of the portal."""

    def initialize(self, path: str, queue: ReportQueue) -> None:  # type: ignore[override]
        super().initialize(path=path, default_filename="index.html")
        self.queue = queue

    @tornado.web.authenticated
    async def get(self, path: str, include_body: bool = True) -> None:  # type: ignore[override]
        parts = Path(path).parts
        is_ours = parts[:1] == ("assets",) or (parts[:1] == ("runs",) and self.queue.is_ours(parts[1:2]))
        if ".." in parts or not is_ours:
            raise tornado.web.HTTPError(404)
        await tornado.web.StaticFileHandler.get(self, path, include_body)

    def write_error(self, status_code: int, **_: Any) -> None:
        """A line of our own: Jupyter's page of errors is written for its own frame."""
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code}\n")

    @property
    def content_security_policy(self) -> str:
        # A report is a page of its own with inline data and styles; it may load from this server only.
        inline = "script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
        return f"default-src 'self'; {inline}; frame-ancestors 'none'"

    def validate_absolute_path(self, root: str, absolute_path: str) -> str | None:  # type: ignore[override]
        return tornado.web.StaticFileHandler.validate_absolute_path(self, root, absolute_path)


class ProxyIdentity(IdentityProvider):
    """Who a reader is, as a proxy on this machine says in a header; anybody else is nobody.

    ``header`` is trusted only from the loopback address, where the proxy runs: a reader elsewhere could
    write any header.
    """

    header = ""
    token = ""

    @property
    def auth_enabled(self) -> bool:
        return True

    @property
    def login_available(self) -> bool:
        return False

    def get_user(self, handler: Any) -> User | None:
        peer = handler.request.connection.context.address
        address = str(peer[0]) if isinstance(peer, tuple) else ""
        is_local = hmac.compare_digest(address, "127.0.0.1") or address == "::1"
        name = handler.request.headers.get(self.header, "").strip()[:200]
        return User(username=name) if is_local and name else None
