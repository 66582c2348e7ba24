"""Files that somebody wrote to be read, and that nothing reads: a slip in the name, or the wrong folder."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path

from lucky_analytics.publish.audiences import FILE as AUDIENCES
from lucky_analytics.runs import notebooks
from lucky_analytics.schedule.entries import FILE as SCHEDULE
from lucky_analytics.schedule.rules import FILE as ALERTS
from lucky_analytics.settings import Settings
from lucky_analytics.track_record.decided import FILE as DECISIONS

__all__ = ["find_unread"]

_LIKE = 0.8  # how close a file's name beside the folders must come to one of ours to be meant for it


def find_unread(settings: Settings) -> list[str]:
    """A line for each file of ``params/`` that nothing reads, for each of ours in a wrong place, and for each
    notebook outside a department's folder, with the place or the name that is probably meant.

    Hidden files and texts for people (``*.md``) are left alone.

    >>> find_unread(settings)                                                         # doctest: +SKIP
    ['params/delivery.toml is read by nothing: its place is delivery.toml']
    """
    names = [notebook.name for notebook in notebooks.list_all(settings)]
    ours = [f"params/{name}" for name in (SCHEDULE, ALERTS, AUDIENCES, DECISIONS)]
    beside = [_shown(path, settings) for path in (settings.sources_file, settings.delivery_file)]
    read = [*ours, *beside, *(f"params/{name}.yml" for name in names)]
    read += [f"params/grids/{name}.yml" for name in names]
    lines = []
    for path in _files(settings.params_dir):
        written = _shown(path, settings)
        if written not in read:
            lines.append(
                f"{written} is read by nothing: {_meant(written, read, 'it is the file of no notebook')}"
            )
    for path in sorted(settings.root.iterdir()):
        written = path.name
        is_near = difflib.get_close_matches(written, [Path(name).name for name in [*ours, *beside]], 1, _LIKE)
        if is_near and path.is_file() and written not in read and ".example" not in written:
            lines.append(f"{written} is read by nothing: {_meant(written, [*ours, *beside], '')}")
    for path in sorted(settings.notebooks_dir.rglob("*.ipynb")):
        inside = path.relative_to(settings.notebooks_dir).parts
        if len(inside) != 2 and not any(part.startswith(".") for part in inside):
            shown = _shown(path, settings)
            lines.append(f"{shown} is run by nothing: its place is notebooks/DEPARTMENT/{path.name}")
    return lines


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        inside = path.relative_to(folder).parts
        if path.is_file() and path.suffix != ".md" and not any(part.startswith(".") for part in inside):
            yield path


def _meant(written: str, read: list[str], otherwise: str) -> str:
    """Where a file of that name belongs, or which name is near; else what is said otherwise."""
    place = [known for known in read if Path(known).name == Path(written).name]
    if place:
        return f"its place is {' or '.join(place)}"
    near = difflib.get_close_matches(written, read, 1, 0.6)
    return f"did you mean {near[0]}?" if near else otherwise


def _shown(path: Path, settings: Settings) -> str:
    return str(path.relative_to(settings.root)) if path.is_relative_to(settings.root) else str(path)
