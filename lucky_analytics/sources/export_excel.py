"""Excel workbooks: the rows of one sheet, and what a sheet shows that its cells do not hold."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from pyarrow import fs

from lucky_analytics.errors import SourceError
from lucky_analytics.sources.export_blocks import Block, Reject, Told, as_written, require_names, to_blocks

__all__ = ["read_excel"]

_ERRORS = {"#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"}
# What a sheet's own file says and the values of its cells do not.
_UNSEEN = (
    (re.compile(rb"<mergeCell ref="), "merged cells: the first of each alone has its value"),
    (
        re.compile(rb"</f>(?:<v ?/>|<v></v>)?</c>"),
        "formulas without a value: read as empty. Save it in Excel",
    ),
    (re.compile(rb"<row [^>]*\bhidden=\"(?:1|true)\""), "hidden rows: read like the others"),
)
_PIECE, _OVERLAP = 1 << 20, 400


def read_excel(
    files: fs.FileSystem, path: str, sheet: str, told: Told, wanted: Collection[str] | None
) -> Iterator[Block]:
    """The rows of ``sheet``, or of the first one. A row with an error of Excel (``#N/A``) in a ``wanted``
    column (all for null) is told and left out. Raises ``SourceError`` for what is no workbook."""
    try:
        yield from _cells(files, path, sheet, told, wanted)
    except (SourceError, OSError):
        raise
    except Exception as error:
        kinds = {
            zipfile.BadZipFile: "a file of another kind",
            KeyError: "an archive without a workbook in it",
        }
        got = kinds.get(type(error), "a damaged one")
        raise SourceError(
            path, expected="an Excel workbook (.xlsx)", got=got, remedy="Export it again, or as CSV"
        ) from error


def _cells(
    files: fs.FileSystem, path: str, sheet: str, told: Told, wanted: Collection[str] | None
) -> Iterator[Block]:
    import openpyxl

    with files.open_input_file(path) as file:
        content = io.BytesIO(file.read())
    book = openpyxl.load_workbook(content, read_only=True, data_only=True)
    if sheet and sheet not in book.sheetnames:
        raise SourceError(path, expected=f"a sheet {sheet!r}", got=", ".join(book.sheetnames))
    page = book[sheet] if sheet else book.worksheets[0]
    if not sheet and (others := [each.title for each in book.worksheets if each is not page]):
        told.remark(
            f"sheets that are not read, because none is named with sheet: {', '.join(others)}", len(others)
        )
    for words, count in _unseen(content, page._worksheet_path).items():
        told.remark(words, count)
    rows = page.iter_rows(values_only=True)
    names = require_names([str(name).strip() for name in next(rows, ()) if name is not None], path)
    checked = [i for i, name in enumerate(names) if wanted is None or name in wanted]

    def whole() -> Iterator[tuple[int, Sequence[Any]]]:
        for number, row in enumerate(rows, 1):
            if wrong := [names[i] for i in checked if row[i] in _ERRORS]:
                told.reject(Reject(path, number, f"an error of Excel in {wrong[0]}"))
            elif any(value is not None for value in row):
                yield number, row[: len(names)]

    yield from to_blocks(names, whole(), as_written)
    book.close()


def _unseen(content: io.BytesIO, sheet: str) -> dict[str, int]:
    """How often each of ``_UNSEEN`` stands in the sheet's own file, in bounded memory."""
    counts = dict.fromkeys((words for _, words in _UNSEEN), 0)
    with zipfile.ZipFile(content) as book, book.open(sheet) as file:
        rest = b""
        while piece := file.read(_PIECE):
            piece = rest + piece
            is_last = len(piece) - len(rest) < _PIECE
            end = len(piece) if is_last else len(piece) - _OVERLAP
            for pattern, words in _UNSEEN:
                counts[words] += sum(found.start() < end for found in pattern.finditer(piece))
            rest = piece[end:]
    return {words: count for words, count in counts.items() if count}
