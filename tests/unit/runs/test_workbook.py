"""Workbooks: what comes back is what went in, nothing runs as a formula, and the bytes are the same again."""

from __future__ import annotations

import datetime as dt

import openpyxl
import pyarrow as pa
import pytest

from lucky_analytics.errors import ParameterError
from lucky_analytics.runs import workbook

TABLE = pa.table(
    {
        "order": ["158629882757120001", "=1+1", None],
        "dollars": [4.71, -0.1, None],
        "n": [1, None, 3],
        "day": [dt.date(2026, 2, 13), None, dt.date(2026, 2, 14)],
        "note": ["a\x00b", "@cmd", "☕"],
    }
)


def test_a_workbook_holds_the_rows_and_no_formula(tmp_path):
    workbook.write_workbook(TABLE, tmp_path / "t.xlsx", "a name that is longer than a sheet may have")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx").active
    assert len(sheet.title) == 31
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == TABLE.column_names
    assert cells[1] == [
        "158629882757120001",
        4.71,
        1,
        dt.datetime(2026, 2, 13),
        "a\N{REPLACEMENT CHARACTER}b",
    ]
    assert cells[2] == ["'=1+1", -0.1, None, None, "'@cmd"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_same_table_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        workbook.write_workbook(TABLE, tmp_path / f"{name}.xlsx", "t")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    with pytest.raises(ParameterError, match="Excel of t: expected at most 2 rows, got 3"):
        workbook.write_workbook(TABLE, tmp_path / "t.xlsx", "t")
