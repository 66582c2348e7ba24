"""``lucky doctor``: one line a check, non-zero on trouble."""

from __future__ import annotations

import dataclasses
import itertools
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import json_option
from lucky_analytics.errors import LuckyError

if TYPE_CHECKING:
    from lucky_analytics.settings import Settings
    from lucky_analytics.sources.doctor import Check

__all__ = ["doctor"]


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """Check versions, disk, and every configured server: login, zone, grants, replica, rights, drift; and say
    which reports the tables that can be read make."""
    from lucky_analytics import snapshot as snapshots
    from lucky_analytics.sources.doctor import examine

    where = settings.load()
    live = next((taken for taken in snapshots.list_all(where) if taken.kind == "live"), None)
    on_servers = (
        (name for name, e in live.tables.items() if not live.servers[e.server].is_export) if live else ()
    )
    known = {name.partition(".")[0] for name in on_servers}
    checks: list[Check] = []
    for check in itertools.chain(examine(where, known), _reports(where, checks)):
        checks.append(check)
        if not as_json:
            mark = "FAIL" if not check.passed else "warn" if check.is_warning else "ok  "
            click.echo(f"{mark}  {check.name}: {check.found}")
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(check) for check in checks]))
    if failed := sum(not check.passed for check in checks):
        raise LuckyError("doctor", expected="every check to pass", got=f"{failed} of {len(checks)} failing")


def _reports(where: Settings, checks: Sequence[Check]) -> Iterator[Check]:
    """Which notebooks the tables that these checks found readable make; nothing where none was found."""
    from lucky_analytics.runs import notebooks
    from lucky_analytics.runs.one_look import one_look
    from lucky_analytics.runs.wanted import list_waiting
    from lucky_analytics.sources.doctor import Check

    tables = {name for check in checks for name in check.tables}
    with one_look():
        readable, _ = notebooks.load_all(where)
        waiting = list_waiting({each.name: loaded.cells for each, loaded in readable.items()}, tables)
    if not tables or not waiting:
        return
    run = [name for name, lacks in waiting.items() if not lacks]
    found = f"{len(run)} of {len(waiting)} can be made of these tables{': ' if run else ''}{', '.join(run)}"
    if rest := [f"{name} lacks {', '.join(lacks)}" for name, lacks in waiting.items() if lacks]:
        found += f"; {'; '.join(rest)}. The request to send, once a snapshot is taken: lucky list --access"
    yield Check("reports", True, found)
