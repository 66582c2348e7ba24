"""``lucky app``: an interactive what-if on this machine, or behind a login."""

from __future__ import annotations

import re

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import Amount, HeaderName, Host, allow_host_option, engine_option
from lucky_analytics.errors import LuckyError

__all__ = ["app"]


@click.command()
@click.argument("name")
@click.option(
    "--host", type=Host(), default="127.0.0.1", show_default=True, metavar="H", help="Address to listen on."
)
@click.option(
    "--port", default=8866, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@click.option("--no-browser", is_flag=True, help="Do not open a browser.")
@click.option("--base-url", default="/", metavar="PATH", help="Where a proxy shows the app.")
@click.option(
    "--identity-header",
    type=HeaderName(),
    metavar="NAME",
    help="Header in which a proxy here names who signed in.",
)
@click.option(
    "--sessions", default=40, show_default=True, type=click.IntRange(1, 1000), help="Readers at a time."
)
@click.option("--pool", default=2, show_default=True, type=click.IntRange(0, 20), help="Sessions kept warm.")
@click.option(
    "--idle-minutes",
    default=30.0,
    show_default=True,
    type=Amount(min=0.05),
    help="How long a page that nobody touches keeps its seat; without a page, a minute.",
)
@allow_host_option
@engine_option
@click.option("--verbose", is_flag=True, help="Log what the server does.")
def app(
    name: str,
    host: str,
    port: int,
    no_browser: bool,
    base_url: str,
    identity_header: str | None,
    sessions: int,
    pool: int,
    idle_minutes: float,
    named: tuple[str, ...],
    verbose: bool,
) -> None:
    """Open the app NAME. Another --host needs a token in LUCKY_APP_TOKEN, or --identity-header."""
    import dataclasses
    import webbrowser

    from lucky_analytics import snapshot
    from lucky_analytics.apps import server as apps
    from lucky_analytics.apps.app_parts import needs_login
    from lucky_analytics.reference.layer_files import require_layers
    from lucky_analytics.runs.forkserver import close_server, start_server

    here = settings.load()
    notebook = apps.find_app(name, here)
    token = settings.environment_value("LUCKY_APP_TOKEN")
    access = apps.Access(host, port, token, identity_header, named, needs_login(notebook))
    snapshot.find("newest", here)  # none: said now, and not on the page
    if not re.fullmatch(r"(?:/[A-Za-z0-9._~-]+)*/?", base_url or "?"):
        raise LuckyError("base-url", expected="a path such as /apps/site/", got=base_url)
    modules = apps.modules_of(notebook)
    if "lucky_analytics.reference.manhattan" in modules:
        require_layers(here.external_dir)
    apps.check_parts(notebook, here)
    access = dataclasses.replace(access, port=apps.find_free_port(host, port))
    base = base_url.rstrip("/") + "/"
    start_server("anywidget", "ipywidgets", *modules)
    running = apps.make_server(
        notebook,
        here,
        access,
        base_url=base,
        sessions=sessions,
        pool=pool,
        idle_minutes=idle_minutes,
        is_verbose=verbose,
    )
    shown = "127.0.0.1" if access.host in ("0.0.0.0", "::") else access.host
    address = f"http://{shown}:{access.port}{base}"
    click.echo(f"{name} at {address} (stop with Ctrl-C)")
    if not no_browser:
        webbrowser.open(address)
    try:
        running.start()
    finally:
        close_server()
