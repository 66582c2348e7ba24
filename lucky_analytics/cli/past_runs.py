"""``lucky results``, ``verify``, ``diff`` and ``history``: what runs have said."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from lucky_analytics import settings
from lucky_analytics.cli.options import json_option
from lucky_analytics.errors import one_line, require_none
from lucky_analytics.formats import format_estimate, format_interval, format_value

if TYPE_CHECKING:
    from lucky_analytics.runs.diff import Moved

__all__ = ["diff", "history", "results", "verify"]


@click.command()
@click.argument("name")
@click.option("--run", "run_id", metavar="ID", help="The newest unless said.")
@json_option
def results(name: str, run_id: str | None, as_json: bool) -> None:
    """The headlines of a run."""
    from lucky_analytics.runs import notebooks, records

    here = settings.load()
    notebook = notebooks.find(name, here)
    record = records.find(notebook.name, run_id, here)
    body = records.read_results(record, here)
    if as_json:
        click.echo(json.dumps({"run": record.run_id, "status": record.status, **body}, indent=1))
        return
    name = f"{notebook.name} {record.variant}".strip()
    click.echo(f"{name}, run {record.run_id}: {record.status}")
    if record.error:
        click.echo(f"  {record.error['name']}: {one_line(record.error['message'])}")
    for problem in body.get("problems", []):
        click.echo(f"  not to be relied on: {problem}")
    for line in body["headlines"]:
        shown = format_estimate(line["value"], line["low"], line["high"], line["unit"])
        click.echo(f"  {line['label']}: {shown}  n = {line['n']:,} {line['n_of']}")


@click.command()
@click.argument("name", metavar="NAME|RUN")
def verify(name: str) -> None:
    """Run again on the same inputs and compare the page byte for byte."""
    from lucky_analytics.errors import RunError
    from lucky_analytics.publish.audit import note_retest
    from lucky_analytics.runs import forkserver, records
    from lucky_analytics.runs.verify import COMPARED
    from lucky_analytics.runs.verify import verify as compare

    here = settings.load()
    record = records.find_anywhere(name, here)
    try:
        differing = compare(record, here)
    finally:
        forkserver.close_server()
    if differing:
        raise RunError(f"run {record.run_id}", expected="equal bytes", got="another " + ", ".join(differing))
    click.echo(f"{record.notebook} {record.run_id}: {' and '.join(COMPARED)} equal, byte for byte")
    if note_retest(here, record):
        click.echo("logged as tested again: the evidence of each test is the same")


@click.command()
@click.argument("before", metavar="RUN_A")
@click.argument("after", metavar="RUN_B")
@json_option
def diff(before: str, after: str, as_json: bool) -> None:
    """Which headlines moved between two runs, and what moved them."""
    import dataclasses

    from lucky_analytics.runs import records
    from lucky_analytics.runs.diff import diff as compare

    here = settings.load()
    found = compare(records.find_anywhere(before, here), records.find_anywhere(after, here), here)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(found), indent=1))
        return
    for line in found.moved:
        was, now = (format_value(value, line.unit) for value in (line.before, line.after))
        interval = format_interval(line.low, line.high, line.unit)
        click.echo(f"{line.label}: {f'{was} {interval}'.strip()} -> {now}{_by_how_much(line)}")
    for name in found.only_before:
        click.echo(f"{name}: no longer given")
    for name in found.only_after:
        click.echo(f"{name}: new")
    if not (found.moved or found.only_before or found.only_after):
        click.echo("no headline moved")
    causes = [f"{cause} ({', '.join(names)})" for cause, names in found.causes.items() if names]
    if found.restated is None:
        click.echo("restated days: not known, a snapshot is gone")
    for table, days in (found.restated or {}).items():
        listed = ", ".join(f"{day} ({rows:,} rows)" for day, rows in list(days.items())[:7])
        click.echo(f"restated in {table}: {listed}{' and more' if len(days) > 7 else ''}")
    click.echo("because of: " + ("; ".join(causes) or "nothing that is recorded"))


def _by_how_much(line: Moved) -> str:
    """The change in percent, and where it ends against the old interval; small changes are not rounded away.

    A change of a share is in percent of the share, not in points.
    """
    if line.before is None or line.after is None:
        return ""
    change = line.after - line.before
    if not change:
        return ", only its interval moved"
    direction = "up" if change > 0 else "down"
    share = f" {100 * abs(change / line.before):.2g} %" if line.before else ""
    text = f", {direction}{share}"
    if line.beyond_interval is None:
        return text
    return f"{text}, {'beyond' if line.beyond_interval else 'inside'} its interval"


@click.group()
def history() -> None:
    """The runs that were made: show a headline over time, rebuild the database, remove old folders."""


@history.command()
@click.argument("notebook")
@click.argument("headline")
def show(notebook: str, headline: str) -> None:
    """One headline over the good runs of a notebook, oldest first."""
    from lucky_analytics.runs import history as past
    from lucky_analytics.runs import notebooks

    here = settings.load()
    for row in past.headline_history(notebooks.find(notebook, here).name, headline, here):
        shown = format_estimate(row["value"], row["low"], row["high"], row["unit"])
        click.echo(f"{row['sequence']:4}  {row['as_of']}  {shown}  n = {row['n']:,}")


@history.command()
def rebuild() -> None:
    """Make the database anew from outputs/runs."""
    from lucky_analytics.runs import history as past

    count, faults = past.rebuild(settings.load())
    click.echo(f"history: {count} runs")
    require_none(faults)


@history.command()
@click.option("--keep", type=int, default=20, show_default=True, help="Good runs of each notebook that stay.")
@click.option("--gone", is_flag=True, help="Also all runs of reports that are no longer made.")
def prune(keep: int, gone: bool) -> None:
    """Remove the folders of old runs; the database keeps their headlines."""
    from lucky_analytics.runs import history as past

    removed = past.prune(settings.load(), keep, gone=gone)
    click.echo(f"history: removed {len(removed)} runs")
