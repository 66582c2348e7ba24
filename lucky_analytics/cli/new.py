"""``lucky new``."""

from __future__ import annotations

import click

from lucky_analytics import settings

__all__ = ["new"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def new() -> None:
    """A new question, ready to run."""


@new.command()
@click.argument("place", metavar="DEPARTMENT/NAME")
def notebook(place: str) -> None:
    """Notebook, parameters, steps and tests from templates; all of them pass as they are."""
    from lucky_analytics.desk.new_notebook import write_notebook

    here = settings.load()
    for path in write_notebook(place, here):
        click.echo(path.relative_to(here.root))
    name = place.partition("/")[2]
    click.echo(f"next: lucky run {name} && lucky publish; then change one step at a time in make lab")
