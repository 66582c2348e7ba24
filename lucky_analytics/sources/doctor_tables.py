"""Which declared tables of a server can be read, and how they differ from their declaration: checks of the
doctor."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lucky_analytics import estate
from lucky_analytics.sources.base import Source
from lucky_analytics.sources.class_proposal import propose_class
from lucky_analytics.sources.drift import Difference

__all__ = ["Check", "check_drift", "check_rights"]


@dataclass(frozen=True)
class Check:
    """One line: what was looked at, whether it is right, and what was found.

    ``is_warning``: it passes, and somebody should look at it all the same. ``tables`` are those that can be
    read by it, as ``database.table``.
    """

    name: str
    passed: bool
    found: str
    is_warning: bool = False
    tables: tuple[str, ...] = ()


def check_rights(source: Source, denied: Collection[str]) -> Iterator[Check]:
    """Of each database which declared tables can be read, and what this user was not granted.

    A table of which a column that would be read is missing, denied or of a type that does not fit cannot; one
    of which contact and address columns are denied can: they are not asked for.
    """
    for database, tables in source.tables().items():
        declared = estate.load().database(database).tables
        readable = [name for name in tables if f"{database}.{name}" not in denied]
        readable = [name for name in readable if not _broken(source, database, name)]
        asked = [
            f"{database}.{table.name}.{c.name}"
            for table in declared.values()
            for c in table.columns.values()
            if c.passes
        ]
        whole = [name for name in declared if f"{database}.{name}" in denied]
        parts = [name.removeprefix(f"{database}.") for name in asked if name in denied]
        found = f"{len(readable)} of {len(declared)} declared tables"
        found += f": {', '.join(readable)}" if len(readable) < len(declared) else ""
        found += f"; no SELECT on {', '.join([*whole, *parts])}" if whole or parts else ""
        names = tuple(f"{database}.{name}" for name in readable)
        yield Check(f"{source.name}: reads of {database}", True, found, bool(whole or parts), names)


def _broken(source: Source, database: str, table: str) -> bool:
    columns = estate.load().database(database).table(table).columns
    return any(d.breaks and columns[d.column].passes for d in source.drift(database, table))


def check_drift(source: Source, denied: Collection[str]) -> Iterator[Check]:
    """What differs from the declaration. What this user may not see is no drift."""
    for database, tables in source.tables().items():
        declared = estate.load().database(database).tables
        gone = [name for name in declared if name not in tables]
        missing = [f"table {name} is missing" for name in gone if f"{database}.{name}" not in denied]
        drifts = [
            (table, difference)
            for table in tables
            for difference in source.drift(database, table)
            if f"{database}.{table}.{difference.column}" not in denied
        ]
        lines = [*missing, *(f"{table}: {_told(difference)}" for table, difference in drifts)]
        sound = not missing and not any(difference.breaks for _, difference in drifts)
        found = "; ".join(lines) or f"{len(tables)} tables as declared"
        yield Check(f"{source.name}: drift of {database}", sound, found, is_warning=bool(lines))


def _told(difference: Difference) -> str:
    """A new column stays out until somebody classes it; what the class may be is proposed."""
    if not difference.line.endswith("is not declared"):
        return difference.line
    proposed = propose_class(difference.column, difference.line)
    return f"{difference.line}, so it is left out; proposed: {proposed}"
