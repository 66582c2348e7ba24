"""Rows of exported files in blocks of text, and who is told of what was not taken as it stands."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from lucky_analytics.errors import SourceError

__all__ = ["ROWS_PER_BLOCK", "Block", "Reject", "Told", "as_text", "as_written", "require_names", "to_blocks"]

ROWS_PER_BLOCK = 20_000


@dataclass(frozen=True)
class Reject:
    """What was not taken: its file and the number of its row there (the first of data is 1), and why. Of a
    broken CSV one row may be several ``lines``."""

    file: str
    row: int
    reason: str
    lines: int = 1


@dataclass(frozen=True)
class Told:
    """Who hears of rows that are not taken, and of what is taken otherwise than it stands: in words, and how
    often."""

    reject: Callable[[Reject], None] = lambda reject: None
    remark: Callable[[str, int], None] = lambda words, count: None


@dataclass(frozen=True)
class Block:
    """Some rows: text or null by column, and the number of each row in its file."""

    columns: dict[str, pa.Array]
    rows: list[int]


def require_names(names: list[str], path: str) -> list[str]:
    """The names of a file's columns. Raises ``SourceError`` for none, or one that stands twice."""
    if not names or len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        got = f"{', '.join(twice)} twice" if twice else "none"
        raise SourceError(path, expected="a first line with the names of the columns", got=got)
    return names


def to_blocks(
    names: Sequence[str], rows: Iterable[tuple[int, Sequence[Any]]], text: Callable[[Any], str | None]
) -> Iterator[Block]:
    """Numbered rows in blocks, each value made ``text``."""
    waiting = iter(rows)
    while some := list(itertools.islice(waiting, ROWS_PER_BLOCK)):
        by_column = zip(*(fields for _, fields in some), strict=True)
        columns = {
            name: pa.array([text(value) for value in values], pa.string())
            for name, values in zip(names, by_column, strict=True)
        }
        yield Block(columns, [number for number, _ in some])


def as_written(value: Any) -> str | None:
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
        return pa.array([as_written(value) for value in values.to_pylist()], pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return values.cast(pa.binary()).cast(pa.string())
    return values.cast(pa.string())
