"""``lucky new``: one module, one declaration, one test of what the suite is to have next."""

from __future__ import annotations

from pathlib import Path

import click

from lucky_analytics import settings

__all__ = ["new"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def new() -> None:
    """A new question, source, table, metric, method or app, ready to run."""


@new.command()
@click.argument("place", metavar="DEPARTMENT/NAME")
def notebook(place: str) -> None:
    """Notebook, parameters, steps and tests from templates; all of them pass as they are."""
    from lucky_analytics.desk.new_notebook import write_notebook

    written = write_notebook(place, settings.load())
    name = place.partition("/")[2]
    _tell(written, f"lucky run {name} && lucky publish; then change one step at a time in make lab")


@new.command()
@click.argument("server")
@click.argument("tables", nargs=-1, required=True, metavar="TABLE...")
@click.option("--database", default="", metavar="NAME", help="Where the list of servers knows none.")
def source(server: str, tables: tuple[str, ...], database: str) -> None:
    """The tables of a database that is not declared yet, on a server of `lucky estate servers`."""
    from lucky_analytics.desk.new_parts import write_source

    written = write_source(server, tables, settings.load(), database)
    _tell(written, f"the columns as the server has them; lucky estate show {server}")


@new.command()
@click.argument("place", metavar="DOMAIN/NAME")
@click.argument("source_table", metavar="SOURCE.TABLE")
def table(place: str, source_table: str) -> None:
    """A conformed table over one table of the estate, and its test against raw rows."""
    from lucky_analytics.desk.new_table import write_table

    written = write_table(place, source_table, settings.load())
    _tell(written, "names, units and meanings of its columns; then suite." + place.partition("/")[2])


@new.command()
@click.argument("name")
@click.argument("table")
@click.option("--owner", required=True, metavar="DEPARTMENT", help="Who answers for it.")
def metric(name: str, table: str, owner: str) -> None:
    """A metric of one conformed table, and its plain loop."""
    from lucky_analytics.desk.new_parts import write_metric

    written = write_metric(name, table, owner, settings.load())
    _tell(written, "expression, unit, direction and description, and the loop in its test")


@new.command()
@click.argument("place", metavar="TOPIC/NAME")
def method(place: str) -> None:
    """A pure function over numbers or frames, and its test against a published answer."""
    from lucky_analytics.desk.new_parts import write_method

    _tell(write_method(place, settings.load()), "the function, and whose answer it is held against")


@new.command()
@click.argument("name")
def app(name: str) -> None:
    """Page, script, notebook and a test of an app; it opens as it is."""
    from lucky_analytics.desk.new_app import write_app

    _tell(write_app(name, settings.load()), f"lucky app {name}; then change one function at a time")


def _tell(written: list[Path], following: str) -> None:
    root = settings.load().root
    for path in written:
        click.echo(path.relative_to(root))
    click.echo(f"next: {following}")
