"""``lucky doctor``: one line a check, non-zero on trouble."""

from __future__ import annotations

import dataclasses
import json

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import json_option
from lucky_analytics.errors import LuckyError

__all__ = ["doctor"]


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check versions, disk, and every configured server: login, zone, grants, replica, drift."""
    from lucky_analytics import snapshot as snapshots
    from lucky_analytics.sources.doctor import examine

    where = settings.load()
    live = next((taken for taken in snapshots.list_all(where) if taken.kind == "live"), None)
    on_servers = (
        (name for name, e in live.tables.items() if not live.servers[e.server].is_export) if live else ()
    )
    known = {name.partition(".")[0] for name in on_servers}
    checks = []
    for check in examine(where, known):
        checks.append(check)
        if not as_json:
            mark = "FAIL" if not check.passed else "warn" if check.is_warning else "ok  "
            click.echo(f"{mark}  {check.name}: {check.found}")
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(check) for check in checks]))
    if failed := sum(not check.passed for check in checks):
        raise LuckyError("doctor", expected="every check to pass", got=f"{failed} of {len(checks)} failing")
