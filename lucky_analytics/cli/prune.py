"""``lucky prune``: old runs, snapshots and shared files go, by one stated rule."""

from __future__ import annotations

import click

from lucky_analytics import settings

__all__ = ["prune"]


@click.command()
@click.option("--runs", type=click.IntRange(1), default=20, show_default=True, help="Good runs of a report.")
@click.option("--snapshots", type=click.IntRange(1), default=7, show_default=True, help="Of each kind.")
@click.option("--dry-run", is_flag=True, help="Only say what would be removed.")
def prune(runs: int, snapshots: int, dry_run: bool) -> None:
    """Remove what is old, and say what stays.

    Of each report its newest good runs stay, a failed one while it is the newest, and runs whose evidence the
    log of checks names. Of snapshots the newest of each kind, the last one of each month, one that is being
    read, and each that the newest good run of a report was made from, so that lucky verify can prove every
    page that readers see. Styles and scripts stay while a run refers to them. The database of history keeps
    the headlines of all.
    """
    from lucky_analytics import snapshot
    from lucky_analytics.runs import history, records

    here = settings.load()
    gone = history.prune(here, runs, dry_run=dry_run)
    shown = records.newest_good(here)
    old = snapshot.prune(
        here,
        keep=snapshots,
        also={record.snapshot["id"] for record in shown},
        dry_run=dry_run,
        tell=lambda line: click.echo(line, err=True),
    )
    verb = "would be removed" if dry_run else "removed"
    click.echo(f"{len(gone)} runs and {len(old)} snapshots {verb}")
