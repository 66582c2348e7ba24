"""Exports with something wrong in them: nothing of it is silent, and nothing is lost but what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from lucky_analytics import snapshot
from lucky_analytics.errors import ParameterError, SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.sources import kinds, mapping
from lucky_analytics.sources.export_blocks import Reject, Told
from lucky_analytics.sources.export_csv import MOST_LINES, read_csv
from lucky_analytics.sources.mapped_files import MappedFiles
from tests.unit.sources.test_mapped_files import ROWS, SHOPS, taken, write

HEAD = "Store,Name,State,Lat,Opened\n"
LINE = "{},Broadway,open,40.7,06/30/2025 08:00\n"
TABLE = ("luckyus_opshop", "t_shop_info")


def written(folder: Path, text: str, name: str = "shops.csv", rules: str = SHOPS) -> MappedFiles:
    source = write(folder, name, text=rules)
    (folder / name).write_text(text)
    return source


def good(first: int, n: int) -> str:
    return "".join(LINE.format(number) for number in range(first, first + n))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("COPY rows TO 'OUT'", "expected one SELECT over rows, got something else"),
        ("SELECT 1; COPY rows TO 'OUT'", "expected one SELECT over rows, got something else"),
        ("SELECT * FROM read_csv('THERE')", "got one that reaches for other files"),
        ("SELECT * FROM read_text('THERE')", "got one that reaches for other files"),
        ("SELECT * FROM 'THERE'", "got one that reaches for other files"),
        ("SET enable_external_access = true", "got something else"),
        ("SELECT Name::INT FROM rows", "expected SQL over rows, got values that it fails on$"),
    ],
)
def test_a_query_reads_its_rows_and_nothing_else_of_the_machine(tmp_path: Path, query: str, message: str):
    (tmp_path / "secret.csv").write_text("password\nhunter2\n")
    query = query.replace("OUT", str(tmp_path / "out.csv")).replace("THERE", str(tmp_path / "secret.csv"))
    rules = SHOPS.replace("    currency: USD\n", f"    currency: USD\n    query: {json.dumps(query)}\n")
    with pytest.raises(SourceError, match=message) as refused:
        taken(written(tmp_path / "x", HEAD + good(1, 3), rules=rules))
    assert not (tmp_path / "out.csv").exists()
    assert "password" not in str(refused.value)
    assert "Broadway" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEAD + good(1, 3) + '4,"oops,open,1,06/30/2025 08:00\n' + good(5, 20), 5),
        (HEAD + good(1, 3) + '4,"oops,open\n' + good(5, MOST_LINES) + '"\n' + good(900, 2), 5),
        (HEAD + good(1, 3) + '4,Broadway,open,40.7,"06/30/2025', 5),
        ('Store,"Name,State,Lat,Opened\n' + good(1, 3), 1),
    ],
    ids=["open at the end", "closed far away", "in the last field", "in the head"],
)
def test_a_quote_left_open_costs_the_file_and_is_named_by_its_line(tmp_path: Path, text: str, line: int):
    with pytest.raises(SourceError, match=f"every quote to be closed, got in the row of line {line} one"):
        taken(written(tmp_path, text))


def test_a_quote_in_the_wrong_place_costs_its_lines_which_are_counted(tmp_path: Path):
    broken = '4,"oops,open\n5,"Broadway",open,1,06/30/2025 08:00\n'
    source = written(tmp_path, HEAD + good(1, 3) + broken + good(6, 3))
    assert [row["id"] for row in taken(source)] == [1, 2, 3, 6, 7, 8]
    assert source.rejected(*TABLE).reasons == {"a quote in the wrong place": 2}
    in_cell = HEAD + '1,"two\nlines, and ""so"" on",open,1,06/30/2025 08:00\n'
    assert [row["shop_name"] for row in taken(written(tmp_path, in_cell))] == ['two\nlines, and "so" on']


def test_lines_of_json_that_are_no_text_or_say_a_thing_twice_are_left_out(tmp_path: Path):
    lines = [json.dumps(row) for row in ROWS]
    lines += [lines[0].replace("Broadway", "\\ud800"), lines[0].replace('"Name"', '"Store": "3", "Name"')]
    lines += [lines[0].replace("Broadway", "\\ud83d\\ude00").replace('"1"', '"5"')]
    source = written(tmp_path, "\n".join(lines), "shops.jsonl")
    assert [(row["id"], row["shop_name"]) for row in taken(source)] == [
        (1, "Broadway"),
        (2, "8th Ave \N{HOT BEVERAGE}"),
        (5, "\N{GRINNING FACE}"),
    ]
    assert source.rejected(*TABLE).reasons == {
        "half of a character that is written as two (\\ud800)": 1,
        "a name that stands twice in one object": 1,
    }


def test_numbers_say_why_they_do_not_fit_and_never_which_they_are(tmp_path: Path):
    stores = ["9" * 30, "7.5", "0x10", "NaN", "ann@example.com"]
    text = HEAD + good(1, 1) + "".join(LINE.format(store) for store in stores)
    text += LINE.format("2").replace("Broadway", "a\0b")
    source = written(tmp_path, text)
    assert [row["id"] for row in taken(source)] == [1]
    assert source.rejected(*TABLE).reasons == {
        "id: expected bigint, got a number out of its range": 1,
        "id: expected bigint, got a number with a fraction": 1,
        "id: a hexadecimal number": 1,
        "id: expected bigint, got a value that is no number (NaN)": 1,
        "id: expected bigint, got a text that is no number": 1,
        "shop_name: a character that no text has (0x00)": 1,
    }


def test_a_sheet_that_shows_more_than_its_cells_hold_is_remarked(tmp_path: Path):
    source = write(tmp_path, "shops.xlsx", [{**ROWS[0], "Store": str(n)} for n in range(1, 7)])
    book = openpyxl.load_workbook(tmp_path / "shops.xlsx")
    page = book.active
    assert page is not None
    page.merge_cells("B4:B5")
    page["B6"], page["B7"] = "#N/A", "=1/0"
    page.row_dimensions[3].hidden = True
    book.create_sheet("Other")
    book.save(tmp_path / "shops.xlsx")
    assert [(row["id"], row["shop_name"]) for row in taken(source)] == [
        (1, "Broadway"),
        (2, "Broadway"),
        (3, "Broadway"),
        (4, ""),
        (6, ""),
    ]
    said = source.rejected(*TABLE)
    assert said.reasons == {"an error of Excel in Name": 1}
    assert said.remarks == {
        "shops.xlsx: sheets that are not read, because none is named with sheet: Other": 1,
        "shops.xlsx: merged cells: the first of each alone has its value": 1,
        "shops.xlsx: formulas without a value: read as empty. Save it in Excel": 1,
        "shops.xlsx: hidden rows: read like the others": 1,
    }


@pytest.mark.parametrize(
    ("content", "got"), [(b"a,b\n1,2\n", "a file of another kind"), (None, "an archive")]
)
def test_what_is_no_workbook_is_said_in_words(tmp_path: Path, content: bytes | None, got: str):
    import zipfile

    source = write(tmp_path, "shops.xlsx")
    if content is None:
        with zipfile.ZipFile(tmp_path / "shops.xlsx", "w") as archive:
            archive.writestr("a.txt", "a")
    else:
        (tmp_path / "shops.xlsx").write_bytes(content)
    with pytest.raises(SourceError, match=f"an Excel workbook .*, got {got}") as wrong:
        taken(source)
    assert "Error" not in str(wrong.value)


def test_clocks_that_leave_an_hour_out_or_show_it_twice_are_counted(tmp_path: Path):
    days = ["03/08/2026 02:30", "11/02/2025 01:30", "11/02/2025 01:59", "01/05/2026 08:00"]
    text = HEAD + "".join(f"{n},a,open,1,{day}\n" for n, day in enumerate(days, 1))
    source = written(tmp_path, text)
    assert [f"{row['create_time']:%d %H:%M}" for row in taken(source)] == [
        "08 07:00",
        "02 05:30",
        "02 05:59",
        "05 13:00",
    ]
    clock = "columns: times of create_time that the clock of America/New_York"
    assert source.rejected(*TABLE).remarks == {
        f"{clock} leaves out: read as the hour's end": 1,
        f"{clock} shows twice: read as the first": 2,
    }


def test_a_table_of_which_no_row_fits_is_not_read_and_one_without_rows_is_remarked(tmp_path: Path):
    source = written(tmp_path, HEAD + "x,a,open,1,\ny,a,open,1,\n")
    with pytest.raises(SourceError, match=r"expected rows that fit, got none of 2: id: expected bigint"):
        taken(source)
    empty = written(tmp_path, HEAD)
    assert taken(empty) == []
    assert empty.rejected(*TABLE).remarks == {"shops.csv: a file without a row that could be taken": 1}


def test_remarks_are_notes_of_the_snapshot_also_when_nothing_changed(tmp_path: Path):
    written(tmp_path / "x", HEAD + "1,a,open,1,03/08/2026 02:30\n")
    where = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
    for _ in range(2):
        found = snapshot.take(kinds.connect("files", where, path=str(tmp_path / "x")), settings=where)
        (note,) = [str(note) for note in found.notes() if note.rule == "files"]
        assert "files columns: 1 times of create_time that the clock" in note


def test_a_broken_quote_of_a_file_with_one_column_is_rejected_and_no_empty_row(tmp_path: Path):
    rejected: list[Reject] = []
    path = tmp_path / "names.csv"
    path.write_text('Name\nBroadway\n"Grand" Central\nFulton\n')
    with path.open(newline="") as text:
        blocks = list(read_csv(text, "names.csv", ",", Told(rejected.append)))
    assert [v for block in blocks for v in block.columns["Name"].to_pylist()] == ["Broadway", "Fulton"]
    assert [(each.row, each.reason) for each in rejected] == [(2, "a quote in the wrong place")]


@pytest.mark.parametrize("form", ["%Y%m%d", "%d.%m.%y", "%m/%Y", "%Y-%m-%dT%H:%M:%S", "%I:%M %p %d %b %Y"])
def test_formats_that_say_a_day_or_a_month_are_taken(tmp_path: Path, form: str):
    assert write(tmp_path, "shops.csv", text=SHOPS.replace("%m/%d/%Y %H:%M", form))


def test_a_cut_that_is_yet_to_come_is_warned_of(tmp_path: Path):
    source = write(tmp_path, "shops.csv", text=SHOPS.replace("2026-02-14", "2999-02-14"))
    with source:
        (line,) = source.warnings()
    assert line.endswith("complete up to 2999-02-14 12:00 UTC, they say, which is yet to come")


def test_a_mapping_that_is_a_folder_is_no_absent_mapping(tmp_path: Path):
    write(tmp_path, "shops.csv")
    (tmp_path / mapping.NAME).unlink()
    (tmp_path / mapping.NAME).mkdir()
    where = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
    with pytest.raises(ParameterError, match="expected a file, got Is a directory"):
        kinds.connect("files", where, path=str(tmp_path))
