"""Reports that nothing makes any more: their notebook was removed or renamed, or a point left its grid."""

from __future__ import annotations

from collections.abc import Iterable

from lucky_analytics.errors import LuckyError, RunError
from lucky_analytics.runs import notebooks
from lucky_analytics.runs.grids import grid, name_point
from lucky_analytics.runs.records import Record
from lucky_analytics.settings import Settings

__all__ = ["find_gone"]


def find_gone(records: Iterable[Record], settings: Settings) -> dict[str, LuckyError]:
    """By ``Record.key``, what is missing of each report that ``lucky run --all`` would not make again.

    Where a grid cannot be read, its reports count as made: ``lucky run`` names what is wrong with it.

    >>> find_gone(list_runs("store_week", settings), settings).keys()                 # doctest: +SKIP
    dict_keys(['store_week store=221 Grand'])
    """
    there = {notebook.name: notebook for notebook in notebooks.list_all(settings)}
    points: dict[str, list[str] | None] = {}
    gone: dict[str, LuckyError] = {}
    for record in records:
        notebook = there.get(record.notebook)
        if notebook is None:
            gone[record.key] = _missing(record, f"notebooks/{record.department}/{record.notebook}.ipynb")
            continue
        if not record.variant:
            continue
        if notebook.name not in points:
            points[notebook.name] = _points(notebook, settings)
        asked = points[notebook.name]
        if asked is not None and record.variant not in asked:
            gone[record.key] = _missing(record, f"{record.variant} in params/grids/{notebook.name}.yml")
    return gone


def _missing(record: Record, expected: str) -> LuckyError:
    return RunError(
        f"report {record.key} is no longer made",
        expected=expected,
        got="none",
        remedy="Its last page stays; lucky history prune --gone removes it",
    )


def _points(notebook: notebooks.Notebook, settings: Settings) -> list[str] | None:
    """The variants that a grid asks for; null when it cannot be read."""
    try:
        return [name_point(point) for point in grid(notebook, settings)]
    except LuckyError:
        return None
