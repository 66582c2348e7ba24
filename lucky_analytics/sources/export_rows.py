"""Rows of exported files as they are written: CSV, JSON lines, Parquet and Excel, in blocks."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from lucky_analytics.errors import SourceError

__all__ = ["ENDINGS", "Block", "Reject", "as_text", "read_rows"]

ROWS_PER_BLOCK = 20_000
ENDINGS = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".parquet", ".xlsx")
csv.field_size_limit(16 << 20)


@dataclass(frozen=True)
class Reject:
    """One row that was not taken: its file and number there (the first row of data is 1), and why."""

    file: str
    row: int
    reason: str


@dataclass(frozen=True)
class Block:
    """Some rows: text or null by column, and the number of each row in its file."""

    columns: dict[str, pa.Array]
    rows: list[int]


def read_rows(
    files: fs.FileSystem,
    path: str,
    reject: Callable[[Reject], None],
    *,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
    sheet: str = "",
) -> Iterator[Block]:
    """The rows of one file, every value as text (an empty field of a CSV is null), in bounded memory.

    What its ending says it is, ``.gz`` behind it or not. A line that is broken (another number of fields, no
    JSON object) goes to ``reject``. Raises ``SourceError`` for a file that is of another kind.
    """
    name = path.lower().removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            yield from _parquet(files, path)
        elif name.endswith(".xlsx"):
            yield from _excel(files, path, sheet)
        elif name.endswith((".jsonl", ".ndjson")):
            yield from _json_lines(files, path, encoding, reject)
        elif name.endswith((".csv", ".tsv", ".txt")):
            mark = "\t" if name.endswith(".tsv") and delimiter == "," else delimiter
            yield from _csv(files, path, mark, encoding, reject)
        else:
            raise SourceError(path, expected="one of " + ", ".join(ENDINGS), got="another ending")
    except UnicodeDecodeError as error:
        got = f"bytes that are none ({error.reason})"
        raise SourceError(path, expected=f"text in {encoding}", got=got, remedy="Say encoding:") from error
    except LookupError as error:
        raise SourceError(path, expected="a known encoding", got=encoding) from error
    except (OSError, pa.ArrowInvalid, csv.Error) as error:
        raise SourceError(path, expected="a whole file", got=str(error), remedy="Export it again") from error


def _text(files: fs.FileSystem, path: str, encoding: str) -> IO[str]:
    return io.TextIOWrapper(files.open_input_stream(path), encoding=encoding, newline="")


def _csv(
    files: fs.FileSystem, path: str, delimiter: str, encoding: str, reject: Callable[[Reject], None]
) -> Iterator[Block]:
    with _text(files, path, encoding) as text:
        lines = csv.reader(text, delimiter=delimiter)
        names = _names([name.strip() for name in next(lines, [])], path)

        def rows() -> Iterator[tuple[int, Sequence[Any]]]:
            for number, fields in enumerate(lines, 1):
                if len(fields) == len(names):
                    yield number, fields
                elif fields:
                    reject(Reject(path, number, f"{len(fields)} fields where {len(names)} are named"))

        yield from _blocks(names, rows(), lambda value: value or None)


def _json_lines(
    files: fs.FileSystem, path: str, encoding: str, reject: Callable[[Reject], None]
) -> Iterator[Block]:
    with _text(files, path, encoding) as text:
        objects: list[tuple[int, dict[str, Any]]] = []
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            try:
                # numbers as they are written: a float would lose digits of money
                found = json.loads(line, parse_float=str)
            except (ValueError, RecursionError):
                found = None
            if not isinstance(found, dict):
                reject(Reject(path, number, "no JSON object"))
                continue
            objects.append((number, found))
            if len(objects) == ROWS_PER_BLOCK:
                yield _of_objects(objects)
                objects = []
        if objects:
            yield _of_objects(objects)


def _of_objects(objects: list[tuple[int, dict[str, Any]]]) -> Block:
    names = dict.fromkeys(name for _, found in objects for name in found)
    columns = {name: pa.array([_written(o.get(name)) for _, o in objects], pa.string()) for name in names}
    return Block(columns, [number for number, _ in objects])


def _parquet(files: fs.FileSystem, path: str) -> Iterator[Block]:
    with pq.ParquetFile(files.open_input_file(path)) as file:
        first = 1
        for batch in file.iter_batches(ROWS_PER_BLOCK):
            columns = {name: as_text(batch.column(name)) for name in batch.schema.names}
            yield Block(columns, list(range(first, first + batch.num_rows)))
            first += batch.num_rows


def _excel(files: fs.FileSystem, path: str, sheet: str) -> Iterator[Block]:
    try:
        yield from _cells(files, path, sheet)
    except (SourceError, OSError):
        raise
    except Exception as error:
        got = f"{type(error).__name__}: {error}"
        raise SourceError(path, expected="an Excel workbook (.xlsx)", got=got) from error


def _cells(files: fs.FileSystem, path: str, sheet: str) -> Iterator[Block]:
    import openpyxl

    with files.open_input_file(path) as file:
        book = openpyxl.load_workbook(io.BytesIO(file.read()), read_only=True, data_only=True)
    if sheet and sheet not in book.sheetnames:
        raise SourceError(path, expected=f"a sheet {sheet!r}", got=", ".join(book.sheetnames))
    rows = (book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True)
    names = _names([str(name).strip() for name in next(rows, ()) if name is not None], path)
    whole = ((n, row[: len(names)]) for n, row in enumerate(rows, 1) if any(v is not None for v in row))
    yield from _blocks(names, whole, _written)
    book.close()


def _names(names: list[str], path: str) -> list[str]:
    if not names or len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        got = f"{', '.join(twice)} twice" if twice else "none"
        raise SourceError(path, expected="a first line with the names of the columns", got=got)
    return names


def _blocks(
    names: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]], text: Callable[[Any], str | None]
) -> Iterator[Block]:
    waiting = iter(rows)
    while some := list(itertools.islice(waiting, ROWS_PER_BLOCK)):
        by_column = zip(*(fields for _, fields in some), strict=True)
        columns = {
            name: pa.array([text(value) for value in values], pa.string())
            for name, values in zip(names, by_column, strict=True)
        }
        yield Block(columns, [number for number, _ in some])


def _written(value: Any) -> str | None:
    """A value of Python as it would stand in a file."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def as_text(values: pa.Array) -> pa.Array:
    """Values of any Arrow type as they would stand in a file; a time with zone in UTC, with its Z.

    >>> as_text(pa.array([True, None])).to_pylist()
    ['1', None]
    """
    kind = values.type
    if pa.types.is_dictionary(kind):
        return as_text(values.dictionary_decode())
    if pa.types.is_timestamp(kind):
        utc = values.cast(pa.timestamp("us", kind.tz), safe=False)
        text = (utc.cast(pa.timestamp("us", "UTC")) if kind.tz else utc).cast(pa.timestamp("us"))
        written = text.cast(pa.string())
        return pa.array([f"{v}Z" if v else None for v in written.to_pylist()]) if kind.tz else written
    if pa.types.is_boolean(kind):
        return values.cast(pa.int8()).cast(pa.string())
    if pa.types.is_nested(kind):
        return pa.array([_written(value) for value in values.to_pylist()], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return values.cast(pa.binary()).cast(pa.string())
    return values.cast(pa.string())
