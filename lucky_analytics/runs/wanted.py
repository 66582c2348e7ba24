"""What notebooks wait for that cannot run, or not whole: which table of which server, as a list to send."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lucky_analytics import estate
from lucky_analytics.runs.needs import missing_tables, needed_tables
from lucky_analytics.runs.notebooks import Cell
from lucky_analytics.runs.optional import section_of
from lucky_analytics.snapshot import Manifest

__all__ = ["Wanted", "find_damaged", "find_wanted", "list_waiting"]


@dataclass(frozen=True)
class Wanted:
    """One table that a snapshot lacks: its server and name, the notebooks that cannot run without it, and
    those that say less without it (a section is left out, or what is asked for as optional)."""

    server: str
    table: str
    notebooks: tuple[str, ...]
    in_part: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = ", ".join([*self.notebooks, *(f"{name} (in part)" for name in self.in_part)])
        return f"{self.server}: SELECT on {self.table}, for {parts}"


def find_wanted(cells: Mapping[str, Sequence[Cell]], snapshot: Manifest) -> list[Wanted]:
    """By server, the tables that these notebooks need and ``snapshot`` lacks; ``cells`` by notebook.

    A notebook that no entry names among its ``notebooks`` can run.
    """
    waiting: dict[str, list[str]] = {}
    in_part: dict[str, list[str]] = {}
    for notebook, listed in cells.items():
        code = [cell for cell in listed if cell.kind == "code"]
        everything = [cell.source for cell in code]
        needed = [cell.source for cell in code if not section_of(cell.tags)]
        missing = missing_tables(needed, snapshot, among=everything)
        for table in missing:
            waiting.setdefault(table, []).append(notebook)
        for table in missing_tables(everything, snapshot, with_optional=True):
            if table not in missing and not _is_beyond(table, snapshot):
                in_part.setdefault(table, []).append(notebook)
    found = [
        Wanted(
            estate.load().database(table.partition(".")[0]).server,
            table,
            tuple(sorted(waiting.get(table, ()))),
            tuple(sorted(in_part.get(table, ()))),
        )
        for table in {*waiting, *in_part}
    ]
    return sorted(found, key=lambda wanted: (wanted.server, wanted.table))


def _is_beyond(table: str, snapshot: Manifest) -> bool:
    """Whether it is one that the demo estate does not generate: nobody can be asked for it."""
    database, _, name = table.partition(".")
    declared = estate.load().database(database).table(name)
    return snapshot.kind == "demo" and bool(declared.not_in_demo)


def find_damaged(cells: Mapping[str, Sequence[Cell]], snapshot: Manifest) -> dict[str, list[str]]:
    """By damaged table the notebooks that read it, which are refused; ``cells`` by notebook."""
    found: dict[str, list[str]] = {name: [] for name in snapshot.damaged}
    for notebook, listed in cells.items() if found else ():
        code = [cell.source for cell in listed if cell.kind == "code"]
        for name in found.keys() & needed_tables(code, with_optional=True):
            found[name].append(notebook)
    return found


def list_waiting(cells: Mapping[str, Sequence[Cell]], tables: Collection[str]) -> dict[str, list[str]]:
    """By notebook what it lacks of what it cannot do without, where ``tables`` (``database.table``) are all
    that can be read: an empty list where it can run. ``cells`` by notebook.

    >>> cell = Cell("code", 'suite.source("opshop").t_shop_info', ())
    >>> list_waiting({"shops": [cell]}, [])
    {'shops': ['luckyus_opshop.t_shop_info']}
    """
    found = {}
    for notebook, listed in cells.items():
        code = [cell for cell in listed if cell.kind == "code"]
        needed = [cell.source for cell in code if not section_of(cell.tags)]
        found[notebook] = sorted(needed_tables(needed, [cell.source for cell in code]) - {*tables})
    return found
