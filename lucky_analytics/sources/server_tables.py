"""What all database servers as sources share: which declared tables are there, and how they differ."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from zoneinfo import ZoneInfo

import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.estate import Column, Table
from lucky_analytics.sources.base import Source
from lucky_analytics.sources.convert import MisfitError
from lucky_analytics.sources.drift import Difference, drift
from lucky_analytics.sources.endpoint import Endpoint

__all__ = ["ServerTables", "describe_row", "misfit"]


class ServerTables(Source):
    """The declared tables of ``databases`` on the server at ``endpoint``.

    ``required`` are the databases that must be there; others are left out when the server lacks them.
    ``zero_dates`` counts, by (table, column), the zero dates that became null in what was read.
    A subclass fills ``_columns`` (database and table to columns with the server's types) when it is opened,
    and says with ``_fits`` and ``_same`` how its types compare with declared ones.
    """

    kind = "live"
    counts = True

    def __init__(self, endpoint: Endpoint, databases: Sequence[str], required: Sequence[str] = ()) -> None:
        self.endpoint, self.attempts = endpoint, endpoint.attempts
        self.databases: list[str] = list(databases)
        self.required = [name for name in self.databases if name in required]
        declared = [estate.load().database(name) for name in self.databases]
        self.name = declared[0].source if len(declared) == 1 else endpoint.address
        self.time_zones = sorted({database.time_zone for database in declared})
        self.zero_dates: Counter[tuple[str, str]] = Counter()
        self._impossible: Counter[tuple[str, str]] = Counter()
        self._cut: dt.datetime | None = None
        self._columns: dict[tuple[str, str], dict[str, str]] = {}

    _fits: Callable[[str, str], bool]
    _same: Callable[[str, str], bool]

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the transaction. Closing twice does no harm."""
        raise NotImplementedError

    @property
    def where(self) -> str:
        """How errors name the server: by its source name and its address."""
        return self.endpoint.place(self.name)

    @property
    def cut(self) -> dt.datetime:
        if self._cut is None:
            raise SourceError(f"server {self.name}", expected="an open source", got="one not opened yet")
        return self._cut

    def tables(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self.databases:
            here = [t for t in sorted(estate.load().database(name).tables) if (name, t) in self._columns]
            if here:
                found[name] = here
        return found

    def absent(self) -> list[str]:
        present = self.tables()
        declared = [
            (name, table) for name in present for table in sorted(estate.load().database(name).tables)
        ]
        return [f"{name}.{table}" for name, table in declared if table not in present[name]]

    def drift(self, database: str, table: str) -> list[Difference]:
        there = self._columns.get((database, table), {})
        declared = estate.load().database(database).table(table)
        return drift(declared, there, same=type(self)._same, fits=type(self)._fits)

    def impossible(self, database: str, table: str) -> dict[str, int]:
        name = f"{database}.{table}"
        return {column: n for (table_name, column), n in self._impossible.items() if table_name == name and n}

    def facts(self) -> dict[str, str]:
        endpoint = self.endpoint
        return {
            "zone": endpoint.time_zone or ", ".join(self.time_zones),
            "grants": "writing privileges allowed by flag" if endpoint.allow_writes else "SELECT only",
            "replica": "primary allowed by flag" if endpoint.allow_primary else "read only",
        }

    def _require_databases(self) -> None:
        present = {database for database, _ in self._columns}
        missing = [name for name in self.required if name not in present]
        if missing or not self.tables():
            self.close()
            raise SourceError(
                self.where,
                expected=f"database {missing[0]}" if missing else "a database that the estate declares",
                got="none that this user can see",
                remedy="Grant SELECT on it, or correct sources.toml",
            )

    def _require_columns(self, database: str, table: str, columns: list[Column]) -> None:
        here = self._columns.get((database, table))
        at = self.where
        if here is None:
            raise SourceError(f"{at}: table {database}.{table}", expected="as declared", got="no such table")
        missing = [column.name for column in columns if column.name not in here]
        if missing:
            raise SourceError(
                f"{at}: {database}.{table}",
                expected=f"column {', '.join(missing)}",
                got="no such column",
                remedy="If it was removed on purpose, remove it from the estate",
            )
        for column in columns:
            if not type(self)._fits(column.type, here[column.name]):
                raise SourceError(
                    f"{at}: {database}.{table}.{column.name}",
                    expected=column.type,
                    got=f"a {here[column.name]}, whose values would not arrive as they are",
                    remedy="Have it changed back, or declare its type in the estate",
                )

    def _zone(self, database: str) -> str:
        """The zone of the wall clock that this database's datetimes show."""
        return self.endpoint.time_zone or estate.load().database(database).time_zone

    def _wall_clock(self, database: str, value: dt.datetime) -> dt.datetime:
        """A time in UTC as that wall clock has it."""
        zoned = value.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(self._zone(database)))
        return zoned.replace(tzinfo=None)


def describe_row(table: Table, chosen: Sequence[Column], block: Sequence[pa.Array], row: int) -> str:
    """Which row, by its key, where no part of that is personal."""
    position: Mapping[str, int] = {column.name: number for number, column in enumerate(chosen)}
    if any(name not in position or table.columns[name].personal != "none" for name in table.key):
        return ""
    values = [block[position[name]][row].as_py() for name in table.key]
    shown = ["null" if value is None else value.decode(errors="replace") for value in values]
    key = ", ".join(f"{name} {value}" for name, value in zip(table.key, shown, strict=True))
    return f" of the row with {key}"


def misfit(error: MisfitError, where: str) -> SourceError:
    """The error of a value that its declared type does not hold."""
    return SourceError(
        where,
        expected=error.expected,
        got=error.got,
        remedy="Correct the row, or declare the column's type, nullable or zero_dates in the estate",
    )
