"""What a source is: one server, or one folder of Parquet, that yields declared tables in bounded memory."""

from __future__ import annotations

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Self

import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.sources.drift import Difference

__all__ = ["KEY_MODULUS", "LostConnectionError", "Rejected", "Since", "Source", "Totals"]

KEY_MODULUS = 1_000_003


class LostConnectionError(SourceError):
    """A server that was there and is gone: reading it again, from the beginning, may succeed."""


@dataclass(frozen=True)
class Since:
    """Only rows whose ``column`` is ``value`` or later."""

    column: str
    value: dt.datetime | int


@dataclass(frozen=True)
class Totals:
    """What the server itself counts: rows, keys modulo ``KEY_MODULUS`` summed, and sums of decimals."""

    rows: int
    key: int
    sums: dict[str, Decimal]


@dataclass(frozen=True)
class Rejected:
    """Rows of one table that were not taken: how many by reason, and the first of them with file and row.

    ``remarks`` count what was taken otherwise than it stands, as ``where: what``.
    """

    reasons: dict[str, int] = field(default_factory=dict)
    kept: tuple[dict[str, object], ...] = ()
    remarks: dict[str, int] = field(default_factory=dict)


class Source(ABC):
    """A read-only connection to the tables that the estate declares.

    Use it as a context manager: entering opens one consistent view that holds until the exit, so that
    all tables read in between agree with each other.

    ``kind`` is ``demo``, ``files`` or ``live``; ``name`` says which server in errors and manifests.
    ``counts`` says that it can count for itself (``totals``) and give changes alone (``since``);
    ``attempts`` is how often a read is begun again when the connection is lost. ``databases`` are those
    that it is asked for, whether they are there or not; ``None``: whatever is there. ``is_export`` says that
    they are exported files which join servers: they say nothing of how far the servers' rows go.
    """

    kind: str
    name: str
    counts = False
    attempts = 1
    databases: Sequence[str] | None = None
    is_export = False

    @abstractmethod
    def __enter__(self) -> Self:
        """Open the view. Raises ``SourceError`` naming the server when it is down or refuses."""

    def __exit__(  # noqa: B027 - not abstract: most have nothing to do
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the view. A source that holds nothing open has nothing to do."""

    @property
    def where(self) -> str:
        """Which server, and its address where it has one."""
        return self.name

    @property
    @abstractmethod
    def version(self) -> str:
        """Flavour and version of the server, or what built the files."""

    @property
    @abstractmethod
    def cut(self) -> dt.datetime:
        """The instant, in UTC, up to which this source's rows are complete. Known once it is open."""

    @abstractmethod
    def tables(self) -> dict[str, list[str]]:
        """The declared tables that exist here, by database, in name order."""

    @abstractmethod
    def read(
        self,
        database: str,
        table: str,
        columns: Sequence[str] | None = None,
        *,
        since: Since | None = None,
    ) -> Iterator[pa.RecordBatch]:
        """The rows of one table as record batches of the declared Arrow types, in key order.

        ``columns`` limits and orders the columns (all declared ones by default); columns left out never
        leave the server. ``since`` limits the rows. A table without rows yields nothing. Raises
        ``SourceError`` when the table or a column is missing or a value does not fit its declared type,
        ``UnknownNameError`` for a name that the estate does not declare.
        """

    def totals(self, database: str, table: str, columns: Sequence[str], since: Since | None = None) -> Totals:
        """The source's own count of rows, and sums over the key and the decimals among ``columns``."""
        raise NotImplementedError(f"{self.kind} sources do not count")

    def table(self, database: str, table: str) -> estate.Table:
        """The declared table as it is here: a source that lacks columns lets them be null."""
        return estate.load().database(database).table(table)

    def rejected(self, database: str, table: str) -> Rejected:
        """The rows of what was read that did not fit and were left out."""
        return Rejected()

    def stored(self, database: str, table: str) -> Path | None:
        """The Parquet file that already holds exactly this table's declared columns, if there is one."""
        return None

    def mark(self, database: str, table: str) -> str | None:
        """A cheap digest that changes whenever this table's rows may have; ``None`` when there is none."""
        return None

    def absent(self) -> list[str]:
        """Declared tables that a database here should have and does not, as ``database.table``."""
        return []

    def drift(self, database: str, table: str) -> list[Difference]:
        """How the table here differs from its declaration."""
        return []

    def impossible(self, database: str, table: str) -> dict[str, int]:
        """Per column of what was read, the impossible dates (``2026-00-00``) that became null; none is 0."""
        return {}

    def unreadable(self) -> list[SourceError]:
        """What this user may not read of what is declared and there, an error a table; once it is open."""
        return []

    def denied(self) -> list[str]:
        """What is declared and this user has no right to: ``database.table``, or ``database.table.column`` of
        a table of which it may read other columns; once it is open. It may be there or not."""
        return []

    def facts(self) -> dict[str, str]:
        """What ``lucky doctor`` says of a server that could be opened: what was looked at, what was found."""
        return {}

    def warnings(self) -> list[str]:
        """What somebody should know of this source though it can be read, one line each; once it is open."""
        return []

    def fingerprint(self) -> str | None:
        """A cheap digest that changes whenever the content may have changed; ``None`` when there is none."""
        return None
