"""``lucky sources``: what exported files are, as a mapping to be corrected by hand."""

from __future__ import annotations

from pathlib import Path

import click

from lucky_analytics.cli.options import WrittenPath
from lucky_analytics.errors import ParameterError, require_none

__all__ = ["sources"]


@click.group()
def sources() -> None:
    """Exported files as a source."""


@sources.command("map")
@click.argument("folder")
@click.option("--to", "target", type=WrittenPath(), help="FOLDER/mapping.yml unless said.")
@click.option("--force", is_flag=True, help="Replace a mapping that is there.")
def map_(folder: str, target: Path | None, force: bool) -> None:
    """Write a first mapping of the files in FOLDER by names and types, to be corrected by hand."""
    from lucky_analytics.sources import map_draft, mapping

    if not folder:
        raise ParameterError("lucky sources map", expected="a folder", got="an empty name")
    path = target or Path(folder) / mapping.NAME
    if path.exists() and not force:
        raise ParameterError(str(path), expected="no mapping yet", got="one", remedy="Correct it, or --force")
    draft = map_draft.draft(folder)
    path.write_text(draft.text, encoding="utf-8")
    click.echo(f"{path}: {draft.summary}")
    click.echo("correct it, then: lucky snapshot take --source files --path " + folder)
    require_none(draft.faults)
