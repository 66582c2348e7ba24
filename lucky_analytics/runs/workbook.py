"""A table as an Excel workbook: one sheet, numbers as numbers, the same bytes for the same table."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lucky_analytics.errors import ParameterError
from lucky_analytics.formats import neutralise, printable

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["MOST_ROWS", "write_workbook"]

MOST_ROWS = 1_048_575  # below the header: what a sheet holds
_EPOCH = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")


def write_workbook(table: pa.Table, file: Path, sheet: str) -> None:
    """Write ``table`` to ``file``; its sheet is named ``sheet`` (31 characters of it), its header is bold.

    Whole and decimal numbers, dates and truth values stay what they are; everything else is text, and no text
    is a formula (``formats.neutralise``). Nulls are empty. Raises ``ParameterError`` for more rows than a
    sheet holds.
    """
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    if table.num_rows > MOST_ROWS:
        raise ParameterError(
            f"Excel of {sheet}",
            expected=f"at most {MOST_ROWS:,} rows",
            got=f"{table.num_rows:,}",
            remedy="Download CSV or Parquet",
        )
    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet(sheet[:31])
    page.freeze_panes = "A2"
    head = [WriteOnlyCell(page, _cell(name)) for name in table.column_names]
    for cell in head:
        cell.font = Font(bold=True)
    page.append(head)
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        page.append([_cell(value) for value in row])
    made = io.BytesIO()
    book.save(made)
    file.write_bytes(_without_time(made))


def _cell(value: Any) -> Any:
    if value is None or isinstance(value, bool | int | dt.date):
        return value if not isinstance(value, dt.datetime) else value.replace(tzinfo=None)
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    return neutralise(printable(str(value)))


def _without_time(made: io.BytesIO) -> bytes:
    """The archive without the moment at which it was made."""
    still = io.BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(still, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "docProps/core.xml":
                content = _STAMP.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            new.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return still.getvalue()
