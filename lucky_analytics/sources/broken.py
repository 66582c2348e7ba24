"""A source whose declaration is wrong: it stands among the others, and says why when it is opened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NoReturn, Self

import pyarrow as pa

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.sources.base import Since, Source

__all__ = ["BrokenSource"]


class BrokenSource(Source):
    """The databases of an entry that does not stand, of servers or of exported files that join them.

    Everything but its name raises ``error``.
    """

    kind = "live"

    def __init__(
        self, entry: str, error: SourceError, databases: Sequence[str], *, is_export: bool = False
    ) -> None:
        self.is_export = is_export
        known = estate.load().databases
        self.name = known[entry].source if entry in known else entry
        self.error, self.databases = error, list(databases)

    def __enter__(self) -> Self:
        self._refuse()

    @property
    def version(self) -> str:
        self._refuse()

    @property
    def cut(self) -> dt.datetime:
        self._refuse()

    def tables(self) -> dict[str, list[str]]:
        self._refuse()

    def read(
        self, database: str, table: str, columns: Sequence[str] | None = None, *, since: Since | None = None
    ) -> Iterator[pa.RecordBatch]:
        self._refuse()

    def _refuse(self) -> NoReturn:
        raise self.error
