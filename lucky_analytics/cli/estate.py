"""``lucky estate show``: the data dictionary."""

from __future__ import annotations

import dataclasses
import json

import click

from lucky_analytics import estate as declared
from lucky_analytics.cli.options import json_option
from lucky_analytics.errors import ParameterError

__all__ = ["estate"]


@click.group()
def estate() -> None:
    """The source databases: servers, tables, columns, grain and units."""


@estate.command()
@click.argument("name", required=False, metavar="[DATABASE[.TABLE]]")
@json_option
def show(name: str | None, as_json: bool) -> None:
    """What is known of the estate, of one database, or of one table."""
    if name is None:
        _say_unnamed()
        rows = [(d.source, d.name, len(d.tables), d.about) for d in declared.load().databases.values()]
        if as_json:
            click.echo(
                json.dumps(
                    [dict(zip(("source", "database", "tables", "about"), row, strict=True)) for row in rows]
                )
            )
            return
        for source, name, n_tables, about in rows:
            click.echo(f"{source:24} {name:32} {n_tables:3} tables  {about}")
        return
    database_name, dot, table_name = name.partition(".")
    if dot and not (database_name and table_name):
        raise ParameterError("lucky estate show", expected="DATABASE or DATABASE.TABLE", got=repr(name))
    database = declared.load().database(database_name)
    tables = [database.table(table_name)] if table_name else list(database.tables.values())
    if as_json:
        click.echo(json.dumps([_document(database, table) for table in tables], indent=1))
        return
    click.echo(f"{database.name} on {database.server}, times in {database.time_zone}. {database.about}")
    for table in tables:
        rows_published = f", {table.rows:,} rows published" if table.rows else ""
        click.echo(f"\n{table.name}: {table.grain}; key {', '.join(table.key)}{rows_published}")
        if table.why_absent:
            click.echo(f"  not in the demo estate: {table.why_absent}")
        for column in table.columns.values():
            notes = [
                column.unit,
                "nullable" if column.nullable else "",
                "" if column.personal == "none" else f"personal: {column.personal}",
            ]
            noted = "; ".join(note for note in notes if note)
            click.echo(f"  {column.name:28} {column.type:18} {column.about}{f' [{noted}]' if noted else ''}")


@estate.command()
@click.argument("name", required=False)
@click.option("--undeclared", is_flag=True, help="Only those of which no table is declared.")
@json_option
def servers(name: str | None, undeclared: bool, as_json: bool) -> None:
    """Every named server, or one of them, with its declared tables; and how many have none, or no name.

    Of a server without a declared table only what it says of itself is read (telemetry)."""
    from lucky_analytics.estate import servers as known

    fleet, estate_here = known.load(), declared.load()
    _say_unnamed()
    tables = {
        server: {database.name: len(database.tables) for database in databases}
        for server, databases in known.declared_on(estate_here, fleet).items()
    }
    chosen = [fleet.server(name)] if name is not None else list(fleet.servers.values())
    chosen = [server for server in chosen if not (undeclared and tables[server.name])]
    if as_json:
        rows = [{**dataclasses.asdict(server), "tables": tables[server.name]} for server in chosen]
        click.echo(json.dumps(rows, indent=1))
        return
    for server in chosen:
        own = tables[server.name]
        databases = ", ".join(own) or server.database or "unknown"
        read = f"{sum(own.values())} tables" if own else "telemetry alone"
        click.echo(f"{server.source:28} {server.kind:10} {databases:30} {read:16} {server.about}".rstrip())
    if not name:
        click.echo("\n".join(known.count_undeclared(estate_here, fleet)))


def _say_unnamed() -> None:
    """On standard error: databases that are declared on a server that no list names."""
    from lucky_analytics.estate import servers as known

    for line in known.find_unnamed(declared.load(), known.load()):
        click.echo(line, err=True)


def _document(database: declared.Database, table: declared.Table) -> dict[str, object]:
    return {
        "database": database.name,
        "server": database.server,
        "table": table.name,
        "grain": table.grain,
        "key": table.key,
        "rows": table.rows,
        "not_in_demo": table.why_absent,
        "columns": {column.name: vars(column) for column in table.columns.values()},
    }
