"""``lucky checks``: which controls were tested when, and whether log and evidence are as they were."""

from __future__ import annotations

import collections
import json

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import json_option
from lucky_analytics.errors import RunError

__all__ = ["checks"]

_SHOWN = 5


@click.group()
def checks() -> None:
    """The log of tested controls: what was tested when, and whether it is whole."""


@checks.command("list")
@json_option
def list_(as_json: bool) -> None:
    """Each entry: when, by whom, which run, how the tests came out."""
    from lucky_analytics.publish.check_log import read_checks

    for entry in read_checks(settings.load()):
        if as_json:
            click.echo(json.dumps(entry, ensure_ascii=False))
            continue
        counts = collections.Counter(test["outcome"] for test in entry["tests"])
        shown = ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items()))
        run = f"{entry['notebook']} {entry['run']}, as of {entry['as_of']}"
        click.echo(f"{entry['at']}  {entry['who']}  {entry['act']}  {run}: {shown}")


@checks.command()
def verify() -> None:
    """Check that no line of the log was changed or taken out, and hash all kept evidence again."""
    from lucky_analytics.publish.check_log import find_breaks

    n, found = find_breaks(settings.load())
    if found:
        more = f"; {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise RunError(
            "log of checks",
            expected="lines and evidence as they were logged",
            got="; ".join(found[:_SHOWN]) + more,
            remedy="Ask who had access; a copy from the backup shows what it was",
        )
    click.echo(f"log of checks: {n} lines, none changed or taken out; all evidence is as it was logged")
