"""Parquet folders as sources: the demo estate, and exported files in the same layout."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

import pyarrow as pa
import pyarrow.parquet as pq

from lucky_analytics import estate
from lucky_analytics.errors import SourceError
from lucky_analytics.sources.base import Since, Source

__all__ = ["FilesSource"]

ROWS_PER_BATCH = 65_536


class FilesSource(Source):
    """``<folder>/<database>/<table>.parquet``, in the declared schema.

    ``cut`` is the instant up to which the files are complete; by default the newest file's time.
    ``databases`` limits it to those database names. ``joins`` says that servers stand beside it.

    >>> with FilesSource(Path("exports")) as source:              # doctest: +SKIP
    ...     next(source.read("luckyus_opshop", "t_shop_info")).num_rows
    517
    """

    def __init__(
        self,
        folder: Path,
        *,
        kind: str = "files",
        cut: dt.datetime | None = None,
        databases: Sequence[str] | None = None,
        joins: bool = False,
    ) -> None:
        self.name, self.kind, self.is_export = kind, "live" if joins else kind, joins
        self.folder = folder
        self._cut = cut
        self.databases = databases

    def __enter__(self) -> Self:
        if not self.folder.is_dir():
            raise SourceError(f"{self.name} source", expected=f"a folder {self.folder}", got="nothing there")
        if not self.tables():
            raise SourceError(
                f"{self.name} source {self.folder}",
                expected="<database>/<table>.parquet of declared tables",
                got="none",
            )
        return self

    @property
    def where(self) -> str:
        return f"{self.name} in {self.folder}"

    @property
    def version(self) -> str:
        return f"parquet {self.name}"

    @property
    def cut(self) -> dt.datetime:
        if self._cut is not None:
            return self._cut
        newest = max(path.stat().st_mtime for path in self._paths())
        return dt.datetime.fromtimestamp(int(newest), tz=dt.UTC)

    def tables(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for database in estate.load().databases.values():
            if self.databases is not None and database.name not in self.databases:
                continue
            names = [name for name in sorted(database.tables) if self._path(database.name, name).is_file()]
            if names:
                found[database.name] = names
        return found

    def read(
        self,
        database: str,
        table: str,
        columns: Sequence[str] | None = None,
        *,
        since: Since | None = None,
    ) -> Iterator[pa.RecordBatch]:
        if since is not None:
            raise NotImplementedError(f"{self.name} sources do not know what changed")
        schema = estate.load().database(database).table(table).schema
        if columns is not None:
            schema = pa.schema([schema.field(name) for name in columns])
        with self._reading(database, table), self._open(database, table) as file:
            _require_types(file.schema_arrow, schema, f"{database}.{table}")
            for batch in file.iter_batches(ROWS_PER_BATCH, columns=schema.names):
                _require_values(batch, schema, f"{database}.{table}")
                yield pa.RecordBatch.from_arrays([batch.column(name) for name in schema.names], schema=schema)

    def stored(self, database: str, table: str) -> Path | None:
        schema = estate.load().database(database).table(table).schema
        with self._reading(database, table), self._open(database, table) as file:
            got = file.schema_arrow
        exact = got.names == schema.names and got.types == schema.types
        return self._path(database, table) if exact else None

    def mark(self, database: str, table: str) -> str | None:
        facts = self._path(database, table).stat()
        return f"{facts.st_size} {facts.st_mtime_ns} {facts.st_ino}"

    def fingerprint(self) -> str | None:
        digest = hashlib.sha256(f"{self._cut}\n".encode())
        for path in self._paths():
            facts = path.stat()
            digest.update(f"{path}|{facts.st_size}|{facts.st_mtime_ns}|{facts.st_ino}\n".encode())
        return digest.hexdigest()

    def _path(self, database: str, table: str) -> Path:
        return self.folder / database / f"{table}.parquet"

    def _paths(self) -> list[Path]:
        return [self._path(database, name) for database, names in self.tables().items() for name in names]

    def _open(self, database: str, table: str) -> pq.ParquetFile:
        return pq.ParquetFile(self._path(database, table))

    @contextlib.contextmanager
    def _reading(self, database: str, table: str) -> Iterator[None]:
        """A file that is damaged, at its end or in the middle, is an error of its table."""
        try:
            yield
        except (OSError, pa.ArrowInvalid) as error:
            raise SourceError(
                f"{database}.{table}",
                expected=f"Parquet in {self._path(database, table)}",
                got=str(error).strip().rstrip("."),
                remedy="Export it again"
                if self.kind != "demo"
                else f"Remove {self.folder} and build it again",
            ) from error


def _require_values(batch: pa.RecordBatch, expected: pa.Schema, table: str) -> None:
    for field in expected:
        if not field.nullable and (n_nulls := batch.column(field.name).null_count):
            raise SourceError(
                f"{table}: column {field.name}",
                expected="no nulls, as declared",
                got=f"{n_nulls:,}",
                remedy="Export it again, or declare the column nullable in the estate",
            )


def _require_types(got: pa.Schema, expected: pa.Schema, table: str) -> None:
    for field in expected:
        index = got.get_field_index(field.name)
        if index < 0:
            raise SourceError(f"{table}: column {field.name}", expected=str(field.type), got="no such column")
        if got.field(index).type != field.type:
            raise SourceError(
                f"{table}: column {field.name}", expected=str(field.type), got=str(got.field(index).type)
            )
