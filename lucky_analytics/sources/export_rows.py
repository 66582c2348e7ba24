"""Rows of exported files as they are written: CSV, JSON lines, Parquet and Excel, in blocks."""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Iterator
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import fs

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.export_blocks import ROWS_PER_BLOCK, Block, Reject, Told, as_text, as_written
from lucky_analytics.sources.export_csv import read_csv
from lucky_analytics.sources.export_excel import read_excel
from lucky_analytics.sources.prometheus import PROMETHEUS, read_prometheus
from lucky_analytics.sources.slow_log import SLOW_LOGS, read_slow_log

__all__ = ["ENDINGS", "read_rows"]

ENDINGS = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".parquet", ".xlsx", *SLOW_LOGS, *PROMETHEUS)


def read_rows(
    files: fs.FileSystem,
    path: str,
    told: Told | None = None,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8-sig",
    sheet: str = "",
    wanted: Collection[str] | None = None,
) -> Iterator[Block]:
    """The rows of one file, every value as text (an empty field of a CSV is null), in bounded memory.

    What its ending says it is, ``.gz`` behind it or not. ``told`` hears of a line that is broken (another
    number of fields, no JSON object) and of what is read otherwise than it stands, a file without rows too.
    ``wanted`` are the columns that count (all for null). Raises ``SourceError`` for a file that is of another
    kind.
    """
    told, name = told or Told(), path.lower().removesuffix(".gz")
    n_rows = 0
    try:
        for block in _blocks(files, path, name, told, delimiter, encoding, sheet, wanted):
            n_rows += len(block.rows)
            yield block
    except UnicodeError as error:
        got = f"bytes that are none ({getattr(error, 'reason', error)})"
        raise SourceError(path, expected=f"text in {encoding}", got=got, remedy="Say encoding:") from error
    except LookupError as error:
        raise SourceError(path, expected="a known encoding", got=encoding) from error
    except (OSError, pa.ArrowInvalid) as error:
        raise SourceError(path, expected="a whole file", got=str(error), remedy="Export it again") from error
    if not n_rows:
        told.remark("a file without a row that could be taken", 1)


def _blocks(
    files: fs.FileSystem,
    path: str,
    name: str,
    told: Told,
    delimiter: str,
    encoding: str,
    sheet: str,
    wanted: Collection[str] | None,
) -> Iterator[Block]:
    if name.endswith(".parquet"):
        yield from _parquet(files, path)
    elif name.endswith(".xlsx"):
        yield from read_excel(files, path, sheet, told, wanted)
    elif name.endswith((".jsonl", ".ndjson")):
        yield from _json_lines(files, path, encoding, told)
    elif name.endswith(SLOW_LOGS):
        with _text(files, path, encoding) as text:
            yield from read_slow_log(text, path, told)
    elif name.endswith(PROMETHEUS):
        at = files.get_file_info(path).mtime
        with _text(files, path, encoding) as text:
            yield from read_prometheus(text, path, at, told)
    elif name.endswith((".csv", ".tsv", ".txt")):
        mark = "\t" if name.endswith(".tsv") and delimiter == "," else delimiter
        with _text(files, path, encoding) as text:
            yield from read_csv(text, path, mark, told)
    else:
        raise SourceError(path, expected="one of " + ", ".join(ENDINGS), got="another ending")


def _text(files: fs.FileSystem, path: str, encoding: str) -> IO[str]:
    return io.TextIOWrapper(files.open_input_stream(path), encoding=encoding, newline="")


def _json_lines(files: fs.FileSystem, path: str, encoding: str, told: Told) -> Iterator[Block]:
    with _text(files, path, encoding) as text:
        objects: list[tuple[int, dict[str, Any]]] = []
        for number, line in enumerate(text, 1):
            if not line.strip():
                continue
            try:
                # numbers as they are written: a float would lose digits of money
                found = json.loads(line, parse_float=str, object_pairs_hook=_once_each)
                if "\\" in line:
                    json.dumps(found, ensure_ascii=False).encode()
            except _TwiceError:
                told.reject(Reject(path, number, "a name that stands twice in one object"))
                continue
            except UnicodeEncodeError:
                told.reject(Reject(path, number, "half of a character that is written as two (\\ud800)"))
                continue
            except (ValueError, RecursionError):
                found = None
            if not isinstance(found, dict):
                told.reject(Reject(path, number, "no JSON object"))
                continue
            objects.append((number, found))
            if len(objects) == ROWS_PER_BLOCK:
                yield _of_objects(objects)
                objects = []
        if objects:
            yield _of_objects(objects)


class _TwiceError(Exception):
    """A name that stands twice: nobody can say which of its values is meant."""


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError
    return found


def _of_objects(objects: list[tuple[int, dict[str, Any]]]) -> Block:
    names = dict.fromkeys(name for _, found in objects for name in found)
    columns = {
        name: pa.array([as_written(found.get(name)) for _, found in objects], pa.string()) for name in names
    }
    return Block(columns, [number for number, _ in objects])


def _parquet(files: fs.FileSystem, path: str) -> Iterator[Block]:
    with pq.ParquetFile(files.open_input_file(path)) as file:
        first = 1
        for batch in file.iter_batches(ROWS_PER_BLOCK):
            columns = {name: as_text(batch.column(name)) for name in batch.schema.names}
            yield Block(columns, list(range(first, first + batch.num_rows)))
            first += batch.num_rows
