"""CSV files. A quote that is never closed would swallow the rows behind it: it costs the file."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from typing import IO, Any

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.export_blocks import Block, Reject, Told, require_names, to_blocks

__all__ = ["read_csv"]

MOST_LINES = 100  # of one row: more is no text that somebody wrote into a cell, but a quote left open
csv.field_size_limit(16 << 20)


def read_csv(text: IO[str], path: str, delimiter: str, told: Told) -> Iterator[Block]:
    """The rows of a CSV; an empty field is null. A row with another number of fields, or with a quote in the
    wrong place, is told with how many lines it has, and the next is read.

    Raises ``SourceError`` for a quote that stands open at the end, or for more than ``MOST_LINES`` lines.
    """
    lines = _Lines(text, path)
    records = csv.reader(lines, delimiter=delimiter, strict=True)
    names = require_names([name.strip() for name in lines.record(records) or []], path)

    def rows() -> Iterator[tuple[int, Sequence[Any]]]:
        number = 0
        while (fields := lines.record(records)) is not None:
            number += 1
            if len(fields) == len(names) and not lines.fault:
                yield number, fields
            elif fields:
                reason = lines.fault or f"{len(fields)} fields where {len(names)} are named"
                told.reject(Reject(path, number, reason, lines.of_record))

    yield from to_blocks(names, rows(), lambda value: value or None)


class _Lines:
    """The lines of a file one by one, and where the record that is being read began."""

    def __init__(self, text: IO[str], path: str) -> None:
        self._text, self._path = text, path
        self._number = self._begun = 0
        self.fault = ""

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        if self.of_record >= MOST_LINES:
            raise self._left_open(f"that stands open for more than {MOST_LINES} lines")
        line = next(self._text)
        self._number += 1
        return line

    @property
    def of_record(self) -> int:
        """How many lines the last record had."""
        return self._number - self._begun

    def record(self, records: Iterator[list[str]]) -> list[str] | None:
        """The next record, null at the end. One that is broken comes as one field, with its ``fault``."""
        self._begun, self.fault = self._number, ""
        try:
            return next(records, None)
        except csv.Error as error:
            if "end of data" in str(error):
                raise self._left_open("that stands open at the end") from None
            if "field larger" in str(error):
                raise self._left_open("and a field of more than 16 MB") from None
            self.fault = "a quote in the wrong place"
            return [""]

    def _left_open(self, how: str) -> SourceError:
        return SourceError(
            self._path,
            expected="every quote to be closed",
            got=f"in the row of line {self._begun + 1} one {how}",
            remedy="Mend that line, or export the file again",
        )
