"""The server of an app: Voila with our page, kernels and headers, a session cap, a login where needed."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tornado.routing import Rule
from traitlets.config import Config
from voila.app import Voila

from lucky_analytics.apps.app_parts import AppParts, find_parts, list_apps, report_of
from lucky_analytics.apps.handlers import (
    Alive,
    AppHandler,
    Assets,
    Fault,
    Foreign,
    FromForeignHost,
    Health,
    Logout,
    NoPath,
    NotFound,
    PartFiles,
    ProxyIdentity,
    ReportPages,
    SaveReport,
    tell_failure,
    tell_unshown,
)
from lucky_analytics.apps.kernels import AppKernels
from lucky_analytics.apps.readers import ReaderConnection
from lucky_analytics.apps.reports import ReportQueue
from lucky_analytics.errors import LuckyError, ParameterError, UnknownNameError
from lucky_analytics.hosts import is_loopback
from lucky_analytics.runs import notebooks
from lucky_analytics.runs.identity import modules_behind
from lucky_analytics.settings import Settings

__all__ = [
    "Access",
    "AppServer",
    "check_parts",
    "find_app",
    "find_free_port",
    "list_apps",
    "make_server",
    "modules_of",
]

# The one inline script that Voila sends: a sign of life while a session starts.
_HEARTBEAT = base64.b64encode(hashlib.sha256(b"window.voila_heartbeat()").digest()).decode()
# 'unsafe-eval' is not among them; blob: is how the widget's module reaches the browser.
POLICY = (
    f"default-src 'none'; script-src 'self' blob: 'sha256-{_HEARTBEAT}'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
}


@dataclass(frozen=True)
class Access:
    """Where the app listens and who may come. Raises ``LuckyError`` when anybody on a network could.

    ``token``: asked from every reader; ``identity_header``: named by a proxy on this machine that has signed
    the reader in. An address other than loopback needs one of the two, and so does an app that shows single
    customers (``needs_login``) on any. Without either, only requests for this machine's own names and the
    ``named`` ones are answered.
    """

    host: str = "127.0.0.1"
    port: int = 8866
    token: str | None = None
    identity_header: str | None = None
    named: tuple[str, ...] = ()
    needs_login: bool = False

    def __post_init__(self) -> None:
        if not self.is_loopback and not (self.token or self.identity_header):
            raise LuckyError(
                f"host {self.host}",
                expected="a login on any address but this machine's own",
                got="none",
                remedy="Set LUCKY_APP_TOKEN (16 characters or more), or use --identity-header behind a proxy",
            )
        if self.needs_login and self.is_open:
            raise LuckyError(
                "app of single customers",
                expected="a login, on this machine's own address too",
                got="none",
                remedy="Set LUCKY_APP_TOKEN (16 characters or more), or use --identity-header behind a proxy",
            )
        if self.token is not None and len(self.token) < 16:
            raise LuckyError("LUCKY_APP_TOKEN", expected="16 characters or more", got=str(len(self.token)))

    @property
    def is_loopback(self) -> bool:
        return is_loopback(self.host)

    @property
    def is_open(self) -> bool:
        """Whether no login is asked, so that only the name it was sent to makes a request foreign."""
        return not (self.token or self.identity_header)


def find_app(name: str, settings: Settings) -> Path:
    """The app's notebook. Raises ``UnknownNameError``."""
    if name not in list_apps(settings):
        raise UnknownNameError("app", name, list_apps(settings))
    return settings.notebooks_dir / "apps" / f"{name}.ipynb"


def modules_of(notebook: Path) -> list[str]:
    """What the app's cells import of ours: imported once, for all of its sessions.

    Raises ``LuckyError`` for a file that is no notebook, or whose code is none.
    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        names = modules_behind(sources)
    except (ValueError, LookupError, TypeError, SyntaxError) as error:
        got = f"{type(error).__name__}: {error}".splitlines()[0][:120]
        raise LuckyError(str(notebook), expected="a notebook whose cells can be read", got=got) from error
    return sorted(name for name in names if not name.endswith(".catalog"))


def check_parts(notebook: Path, settings: Settings) -> None:
    """What the page needs is there: a script that draws it, and the report it names, which takes a scenario.

    Raises ``LuckyError``, of a kind for each.
    """
    find_parts(notebook.stem)
    report = report_of(notebook)
    if report and "scenario" not in notebooks.load(notebooks.find(report, settings)).parameters:
        raise ParameterError(f"report {report} of the app", expected="a parameter scenario", got="none")


def find_free_port(host: str, port: int) -> int:
    """``port``, or a free one for 0. Raises ``LuckyError`` when the address cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            return int(probe.getsockname()[1])
        except OSError as error:
            raise LuckyError(
                f"{host}:{port}",
                expected="a free address of this machine",
                got=error.strerror or str(error),
                remedy="Choose another --port, or --host",
            ) from error


class AppServer(Voila):
    """Voila for one notebook. Reads no configuration file: what it does is in this package."""

    lucky_settings: Settings
    lucky_parts: AppParts
    lucky_queue: ReportQueue
    lucky_access: Access

    def load_config_file(self, *_: Any, **__: Any) -> None:
        return

    def setup_template_dirs(self) -> None:
        super().setup_template_dirs()
        collected: list[str] = self.template_paths
        ours = str(Path(__file__).parent / "templates")
        self.template_paths: list[str] = [ours, *collected]

    def init_handlers(self) -> list[Any]:
        given = [
            h for h in super().init_handlers() if not str(h[0]).endswith("/(.*)") or "voila" in str(h[0])
        ]
        page = {
            "notebook_path": Path(self.notebook_path).name,
            "template_paths": self.template_paths,
            "config": self.config,
            "voila_configuration": self.voila_configuration,
        }
        base = self.server_url.rstrip("/")
        portal = {"path": str(self.lucky_settings.site_dir), "queue": self.lucky_queue}
        ours = [
            (f"{base}/lucky/assets/(.*)", Assets),
            (f"{base}/lucky/parts/(.*)", PartFiles, {"path": str(self.lucky_parts.folder)}),
            (f"{base}/lucky/fault", Fault),
            (f"{base}/lucky/alive", Alive),
            (f"{base}/lucky/health/([0-9a-f-]+)", Health),
            (f"{base}/logout", Logout),
            (f"{base}/lucky/report", SaveReport, {"queue": self.lucky_queue}),
            (f"{base}/lucky/portal/(.*)", ReportPages, portal),
        ]
        self.app.default_router.rules.insert(0, Rule(NoPath(), NotFound))
        if self.lucky_access.is_open:
            refused = Rule(FromForeignHost(self.lucky_access.named), Foreign)
            self.app.default_router.rules.insert(0, refused)
        return [*ours, *given, (f"{base}/(.*)", AppHandler, page)]


def make_server(
    notebook: Path,
    settings: Settings,
    access: Access,
    *,
    base_url: str = "/",
    sessions: int = 40,
    pool: int = 2,
    idle_minutes: float = 30,
    is_verbose: bool = False,
) -> AppServer:
    """A server ready to ``start()``. ``sessions``: most at a time; ``pool``: kernels that wait warm.

    Raises ``LuckyError`` for an app whose folder has no script that draws it.
    """
    parts = find_parts(notebook.stem)
    config = Config()
    config.VoilaConfiguration.multi_kernel_manager_class = AppKernels
    config.VoilaConfiguration.preheat_kernel = pool > 0
    config.VoilaConfiguration.default_pool_size = pool
    config.VoilaConfiguration.show_tracebacks = True  # our page shows one line of them, never the rest
    config.VoilaConfiguration.allow_template_override = "NO"
    config.VoilaConfiguration.allow_theme_override = "NO"
    config.VoilaConfiguration.template = "lab"
    told = (tell_failure, tell_unshown)
    config.TemplateExporter.filters = {each.__name__: f"{each.__module__}.{each.__name__}" for each in told}
    config.TemplateExporter.filters["parts"] = f"{find_parts.__module__}.{find_parts.__name__}"
    config.VoilaKernelManager.fill_delay = 3.0  # not while the reader's own page still loads
    config.MappingKernelManager.cull_idle_timeout = int(60 * idle_minutes)
    config.MappingKernelManager.cull_interval = max(1, min(60, int(15 * idle_minutes)))
    config.MappingKernelManager.cull_connected = True
    config.MappingKernelManager.default_kernel_name = "python3"
    # Nothing is signed here, and a service's account often has no home folder for keys.
    config.NotebookNotary.secret, config.NotebookNotary.db_file = secrets.token_bytes(), ":memory:"
    server = AppServer(config=config)
    server.log_level = logging.INFO if is_verbose else logging.WARNING
    # Said at every opening, of a notebook that ships with the code.
    server.log.addFilter(lambda record: not str(record.msg).endswith("is not trusted"))
    server.notebook_path = str(notebook)
    server.ip, server.port, server.port_retries = access.host, access.port, 0
    server.base_url = server.server_url = base_url
    server.open_browser = False
    server.token = access.token
    if access.identity_header:
        named = type("NamedProxyIdentity", (ProxyIdentity,), {"header": access.identity_header})
        server.identity_provider_class = named
        server.token = None
    server.tornado_settings = {
        "headers": HEADERS,
        "lucky_sessions": sessions,
        "lucky_pool": pool,
        "lucky_access": access,
    }
    server.kernel_websocket_connection_class = ReaderConnection
    server.lucky_settings, server.lucky_access, server.lucky_parts = settings, access, parts
    server.lucky_queue = ReportQueue(report_of(notebook), settings)
    server.initialize([])
    return server
