"""``lucky demo``: the calibrated demo estate."""

from __future__ import annotations

from pathlib import Path

import click

from lucky_analytics import settings
from lucky_analytics.cli.demo_load import load
from lucky_analytics.cli.options import WrittenPath

__all__ = ["demo"]


@click.group()
def demo() -> None:
    """The demo estate: generated data, calibrated to published figures."""


@demo.command()
@click.option(
    "--scale",
    type=float,
    default=1.0,
    show_default=True,
    help="Share of the estate, or 2 to 100 cities like it.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Of the random numbers.")
@click.option("--truth", type=WrittenPath(), help="JSON file of what to plant otherwise.")
@click.option("--only", metavar="MECHANISM", help="Plant this mechanism alone.")
@click.option("--no-calibrate", is_flag=True, help="Leave out the calibration to published figures.")
@click.option(
    "--tables",
    type=click.Choice(["core", "default", "cold"]),
    default="default",
    show_default=True,
    help="All; core: what the six main notebooks read; cold: all and the archives (37M coupons).",
)
@click.option("--out", type=WrittenPath(), help="Folder; data/demo unless said.")
@click.option("--replace", is_flag=True, help="Build over another estate that is as large or larger.")
def build(
    scale: float,
    seed: int,
    truth: Path | None,
    only: str | None,
    no_calibrate: bool,
    tables: str,
    out: Path | None,
    replace: bool,
) -> None:
    """Build the demo estate; says so and stops when nothing changed, or another would be lost."""
    from lucky_analytics import demo as estate
    from lucky_analytics.estate import load as declared

    folder = out or settings.load().demo_dir
    built = estate.build_estate(
        folder,
        scale=scale,
        seed=seed,
        truth=truth,
        only=only,
        calibrate=not no_calibrate,
        tables=tables,
        may_replace=replace,
    )
    click.echo(f"demo estate: {'unchanged' if built.unchanged else 'built'} in {folder}")
    by_reason: dict[tuple[str, str], list[str]] = {}
    for name, reason in estate.absent_tables(declared(), with_cold=tables == "cold").items():
        database, _, table = name.partition(".")
        by_reason.setdefault((database, reason), []).append(table)
    for (database, reason), names in by_reason.items():
        click.echo(f"not in it: {', '.join(names)} of {database}: {reason}")


demo.add_command(load)
