"""What reports say of one store or product, read from their tables: the rows that its screen is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lucky_analytics.publish.entities import Entity, read_table
from lucky_analytics.publish.shelf import Run

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Line", "Screen", "Sources", "is_known"]


@dataclass(frozen=True)
class Line:
    """One line of a screen: what it is about, its number, what the number is held against, where it comes
    from (relative to the portal's root), and "down" where somebody should look."""

    label: str
    number: str
    text: str
    link: str
    tone: str = ""


@dataclass(frozen=True)
class Screen:
    """The page of one entity at a glance. ``verdict``: a sentence or two; ``decision``: what to do, by whom,
    with ``decided_at``, the report that says so; ``cells``: its row in the list of all, as texts; ``rank``:
    by which that list is sorted, the largest first; ``tone`` of the row."""

    verdict: str
    lines: Sequence[Line]
    cells: Sequence[str]
    rank: float
    decision: str = ""
    decided_at: str = ""
    tone: str = ""
    brief: str = ""


@dataclass
class Sources:
    """The tables of the shown reports, each read once."""

    runs: Sequence[Run]
    _read: dict[tuple[str, str], Any] = field(default_factory=dict)

    @cached_property
    def _shown(self) -> dict[str, Run]:
        return {run.key: run for run in self.runs if run.is_good and not run.problems}

    def run(self, notebook: str, entity: Entity | None = None) -> Run | None:
        """The report's newest run; with ``entity`` the one that was made for it alone, if there is one."""
        found = [run for run in self._shown.values() if run.notebook == notebook]
        if entity is None:
            return next((run for run in found if not run.variant), None)
        own = [run for run in found if run.record.parameters.get(entity.kind.parameter) == entity.name]
        return next((run for run in own if run.variant), None)

    def table(self, notebook: str, name: str) -> pd.DataFrame | None:
        """A table of the report on all of them; null where the reader sees no such table."""
        run = self.run(notebook)
        if run is None:
            return None
        if (notebook, name) not in self._read:
            record = next((each for each in run.results["tables"] if each["name"] == name), None)
            self._read[notebook, name] = None if record is None else read_table(run, record)
        found: pd.DataFrame | None = self._read[notebook, name]
        return found

    def rows(
        self, notebook: str, name: str, entity: Entity, *needed: str, by: str = ""
    ) -> pd.DataFrame | None:
        """The rows of that table about ``entity``; null where a column of ``needed`` is missing."""
        table, key = self.table(notebook, name), by or entity.kind.column
        if table is None or not {key, *needed} <= set(table.columns):
            return None
        return table[table[key] == entity.name]

    def row(self, notebook: str, name: str, entity: Entity, *needed: str, by: str = "") -> Any | None:
        """The first of these rows; null without one."""
        rows = self.rows(notebook, name, entity, *needed, by=by)
        return None if rows is None or rows.empty else rows.iloc[0]

    def link(self, notebook: str, entity: Entity, anchor: str = "") -> str:
        """The page of the report: its own one of this entity, else that of all, at ``anchor``."""
        own = self.run(notebook, entity)
        if own is not None:
            return f"{own.link}/index.html"
        run = self.run(notebook)
        return "" if run is None else f"{run.link}/index.html" + (f"#{anchor}" if anchor else "")


def is_known(value: Any) -> bool:
    """Whether a cell of a table holds a number: neither null nor NaN."""
    return value is not None and value == value
