"""``lucky publish`` and ``lucky serve``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import Host, WrittenPath, allow_host_option, engine_option
from lucky_analytics.errors import PublishError, require_none

if TYPE_CHECKING:
    from lucky_analytics.publish import Portal

__all__ = ["publish", "serve"]


@click.command()
@click.option("--to", type=WrittenPath(), metavar="DIR", help="Build the portal in DIR.")
@click.option("--pdf", is_flag=True, help="Print each newest report to PDF too (needs Chromium).")
@click.option("--mail", is_flag=True, help="Write each newest report as a mail too.")
@engine_option
def publish(to: Path | None, pdf: bool, mail: bool) -> None:
    """Build the portal from the runs."""
    from lucky_analytics import publish as portal
    from lucky_analytics.audit_log import append_entry
    from lucky_analytics.schedule.open_alerts import watch_headlines
    from lucky_analytics.track_record.renewal import renew_record

    here = settings.load()
    find_alerts = watch_headlines(here)
    measured, unrenewed = renew_record(here)
    for line in measured:
        click.echo(line)
    built = portal.publish(here, to, pdf=pdf, mail=mail, find_alerts=find_alerts)
    exports = [built] if built.is_new else []
    audiences = portal.AudiencePortals()
    if to is None:
        audiences = portal.publish_audiences(here, pdf=pdf, mail=mail, find_alerts=find_alerts)
    for audience, its_portal in audiences.portals:
        if its_portal is None:
            click.echo(f"portal of {audience.name}: no run it may see")
        elif its_portal.is_new:
            exports.append(its_portal)
            _say(f"portal of {audience.name}", its_portal)
    if exports:
        append_entry(here, "publish", exports=[str(each.folder) for each in exports])
    if mail and here.site_url is None:
        click.echo("mails have no link to the portal: set LUCKY_SITE_URL to its address", err=True)
    for line in built.said:
        click.echo(line, err=True)
    for fault in built.page_faults:
        click.echo(f"page {fault}", err=True)
    _say("portal", built)  # last, so that the line to open ends what is printed
    require_none([*audiences.faults, *unrenewed, *built.faults])


def _say(what: str, built: Portal) -> None:
    if not built.is_new:
        click.echo(f"{what} unchanged: {built.folder / 'index.html'}")
        return
    failed = f", {built.n_failed} with a failed newest run" if built.n_failed else ""
    failed += f", {built.n_waiting} wait for tables" if built.n_waiting else ""
    click.echo(f"{what} published: {built.n_notebooks} reports{failed}: {built.folder / 'index.html'}")


@click.command()
@click.option(
    "--host", type=Host(), default="127.0.0.1", show_default=True, metavar="H", help="Address to listen on."
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@allow_host_option
def serve(host: str, port: int, named: tuple[str, ...]) -> None:
    """Serve the portal on this machine. There are no accounts: put a proxy in front to reach further."""
    from lucky_analytics.publish.serving import make_portal_server

    site = settings.load().site_dir
    if not (site / "index.html").is_file():
        raise PublishError(f"portal {site}", expected="a published one", remedy="Run lucky publish")
    with make_portal_server(site, host, port, named) as server:
        click.echo(f"portal at http://{host}:{server.server_port}/ (stop with Ctrl-C)")
        server.serve_forever()
