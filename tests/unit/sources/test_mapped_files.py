"""Exports of any shape through a mapping: what arrives, what is rejected, and what the snapshot says."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucky_analytics import snapshot
from lucky_analytics.errors import LuckyError, ParameterError, SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.sources import kinds, mapping
from lucky_analytics.sources.mapped_files import MappedFiles

SHOPS = """
cut: 2026-02-14T12:00:00Z
tables:
  luckyus_opshop.t_shop_info:
    files: FILE
    time_zone: America/New_York
    currency: USD
    absent: [internal, test_flag, modify_time, address]
    columns:
      id: Store
      tenant: {value: LKUS}
      shop_no: Store
      shop_name: Name
      status: {from: State, recode: {open: 1, closed: 2, "*": 0}}
      operation_mode: {value: 1}
      time_zone: {value: America/New_York}
      location_latitude: Lat
      create_time: {from: Opened, format: "%m/%d/%Y %H:%M"}
"""
ROWS = [
    {"Store": "1", "Name": "Broadway", "State": "open", "Lat": "40.712300", "Opened": "06/30/2025 08:00"},
    {"Store": "2", "Name": "8th Ave ☕", "State": "shut", "Lat": None, "Opened": "11/02/2025 01:30"},
]


def write(folder: Path, name: str, rows: list[dict[str, Any]] = ROWS, text: str = SHOPS) -> MappedFiles:
    """The rows as a file of the kind that the name says, its mapping beside it, and the source of both."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    if name.endswith(".parquet"):
        pq.write_table(pa.Table.from_pylist(rows), path)
    elif name.endswith(".xlsx"):
        book = openpyxl.Workbook()
        book.active.append(list(rows[0]))
        for row in rows:
            book.active.append(list(row.values()))
        book.save(path)
    elif name.endswith(".jsonl"):
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        lines = [
            ",".join(rows[0]),
            *(",".join("" if v is None else str(v) for v in r.values()) for r in rows),
        ]
        data = ("\n".join(lines) + "\n").encode()
        path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    (folder / mapping.NAME).write_text(text.replace("FILE", name))
    return MappedFiles(str(folder), mapping.load(folder / mapping.NAME))


def taken(source: MappedFiles, table: str = "luckyus_opshop.t_shop_info") -> list[dict]:
    with source:
        return [row for batch in source.read(*table.split(".")) for row in batch.to_pylist()]


@pytest.mark.parametrize(
    "name", ["shops.csv", "shops.csv.gz", "shops.jsonl", "shops.parquet", "shops.xlsx", "shops.txt"]
)
def test_every_kind_of_file_gives_the_same_rows(tmp_path: Path, name: str):
    first, second = taken(write(tmp_path, name))
    assert (first["id"], first["shop_no"], first["shop_name"]) == (1, "1", "Broadway")
    assert first["location_latitude"] == Decimal("40.712300")
    assert first["create_time"] == dt.datetime(2025, 6, 30, 12)  # of New York in UTC
    assert second["create_time"] == dt.datetime(2025, 11, 2, 5, 30)  # shown twice: the first
    assert [first["status"], second["status"]] == [1, 0]
    assert first["currency_code"] == "USD"
    assert second["shop_name"] == "8th Ave ☕"
    assert [second[name] for name in ("location_latitude", "internal", "modify_time")] == [None] * 3


def test_native_values_of_parquet_keep_their_instant_and_digits(tmp_path: Path):
    text = SHOPS.replace('{from: Opened, format: "%m/%d/%Y %H:%M"}', "Opened")
    at = dt.datetime(2025, 6, 30, 8, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    rows = [
        {"Store": 1, "Name": "a", "State": "open", "Lat": Decimal("40.1"), "Opened": at},
        {"Store": 2, "Name": "b", "State": "open", "Lat": Decimal("1"), "Opened": at},
    ]
    assert [row["create_time"] for row in taken(write(tmp_path, "s.parquet", rows, text))] == [
        dt.datetime(2025, 6, 30, 6)
    ] * 2
    rows = [
        {**row, "Opened": ["2025-06-30T08:00:00-04:00", "2025-06-30 08:00"][i]} for i, row in enumerate(rows)
    ]
    assert [row["create_time"] for row in taken(write(tmp_path / "b", "s.csv", rows, text))] == [
        dt.datetime(2025, 6, 30, 12)
    ] * 2


def test_units_become_the_declared_one_exactly(tmp_path: Path):
    text = """
tables:
  luckyus_sales_order.t_order:
    files: "*.csv"
    absent: [tenant, channel, order_type, shop_id, shop_name, status, total_money, modify_time, currency_code]
    columns:
      id: id
      user_no: {value: "1"}
      payable_money: {from: cents, unit: cents}
      pay_money: {from: cents, times: 0.07}
      create_time: {value: "2026-01-01 00:00"}
"""
    (row,) = taken(write(tmp_path, "o.csv", [{"id": 1, "cents": 1050}], text), "luckyus_sales_order.t_order")
    assert (row["payable_money"], row["pay_money"]) == (Decimal("10.50"), Decimal("73.50"))
    wrong = text.replace("unit: cents", "unit: furlongs")
    with pytest.raises(ParameterError, match=r"becomes currency: cents, got furlongs\. Say times"):
        write(tmp_path, "o.csv", [{"id": 1, "cents": 1050}], wrong)


def test_rejected_rows_are_counted_and_kept_with_their_reason(tmp_path: Path):
    rows = [
        *ROWS,
        {"Store": "x", "Name": "lost", "State": "open", "Lat": "1", "Opened": "06/30/2025 08:00"},
        {"Store": "4", "Name": "north of it all", "State": "open", "Lat": "91.1234567", "Opened": ""},
        {"Store": "5,5", "Name": "too many fields", "State": "open", "Lat": "1", "Opened": "1"},
        {"Store": "6", "Name": "when", "State": "open", "Lat": "1", "Opened": "yesterday"},
    ]
    source = write(tmp_path, "shops.csv", rows)
    assert [row["id"] for row in taken(source)] == [1, 2]
    rejected = source.rejected("luckyus_opshop", "t_shop_info")
    assert rejected.reasons == {
        "id: expected bigint, got a text that is no number": 1,
        "location_latitude: expected decimal(10,6), got a number of more than 6 decimal places": 1,
        "6 fields where 5 are named": 1,
        "create_time: expected a time like %m/%d/%Y %H:%M, got something else": 1,
    }
    assert [(row["file"], row["row"]) for row in rejected.kept] == [("shops.csv", n) for n in (5, 3, 4, 6)]
    assert rejected.kept[1]["values"] == {
        "id": "x",
        "shop_no": "x",
        "shop_name": "lost",
        "status": "open",
        "location_latitude": "1",
        "create_time": "06/30/2025 08:00",
    }


@pytest.mark.parametrize(("n_bad", "is_breach"), [(1, False), (3, True)])
def test_a_snapshot_names_what_was_left_out_and_marks_it_where_it_is_much(
    tmp_path: Path, n_bad: int, is_breach: bool
):
    good = [{**ROWS[0], "Store": str(n)} for n in range(1, 200)]
    bad = [{**ROWS[0], "Store": "?", "Name": "call 212-555-0100"}] * n_bad
    write(tmp_path / "exports", "shops.csv", good + bad)
    where = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
    (source,) = kinds.connect("files", where, path=str(tmp_path / "exports"))
    manifest = snapshot.take(source, settings=where)
    name = "luckyus_opshop.t_shop_info"
    entry = manifest.tables[name]
    assert (entry.rows, sum(entry.rejected.values())) == (199, n_bad)
    assert set(entry.absent) == {"internal", "test_flag", "modify_time", "address"}
    (finding,) = [finding for finding in manifest.findings if finding.rule == "rejects"]
    assert (finding.is_breach, finding.is_note) == (is_breach, not is_breach)
    assert (
        f"{n_bad} of {199 + n_bad} rows did not fit and are left out: id: expected bigint" in finding.detail
    )
    assert [f for f in manifest.breaches(name) if f.rule == "nulls"] == []
    kept = [json.loads(line) for line in (manifest.folder / name.replace(".", "/") / "rejected.jsonl").open()]
    assert len(kept) == n_bad
    assert kept[0]["row"] == 200
    assert snapshot.take(source, settings=where).unchanged


def test_a_query_comes_before_the_mapping_and_one_row_may_stand_for_a_key(tmp_path: Path):
    rows = [{**ROWS[0], "Store": store, "Name": name} for store, name in [("1", "a"), ("1", "b"), ("2", "c")]]
    once = SHOPS.replace("    currency: USD\n", "    currency: USD\n    one_per_key: true\n")
    assert [row["shop_name"] for row in taken(write(tmp_path, "s.csv", rows, once))] == ["a", "c"]
    query = "SELECT Store, max(Name) AS Name, any_value(State) AS State, any_value(Lat) AS Lat,"
    query += " min(Opened) AS Opened FROM rows GROUP BY Store ORDER BY Store"
    grouped = SHOPS.replace("    currency: USD\n", f"    currency: USD\n    query: {query}\n")
    assert [row["shop_name"] for row in taken(write(tmp_path, "s.csv", rows, grouped))] == ["b", "c"]
    wrong = SHOPS.replace("    currency: USD\n", "    currency: USD\n    query: SELECT nonsense FROM rows\n")
    with pytest.raises(SourceError, match="query: expected SQL over rows"):
        taken(write(tmp_path, "s.csv", rows, wrong))


def test_what_the_files_lack_is_named(tmp_path: Path):
    source = write(tmp_path, "shops.csv", text=SHOPS.replace("shop_name: Name", "shop_name: Nome"))
    with pytest.raises(SourceError, match=r"shops\.csv: column 'Nome': expected one of Store, Name"):
        taken(source)
    (tmp_path / "shops.csv").unlink()
    (tmp_path / "other.csv").write_text("a\n1\n")
    with (
        pytest.raises(SourceError, match=r"expected files that the mapping names, got other\.csv"),
        MappedFiles(str(tmp_path), mapping.load(tmp_path / mapping.NAME)),
    ):
        pass


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("shops.csv", b"Store,Store\n1,2\n", "got Store twice"),
        ("shops.csv", b"", "names of the columns, got none"),
        ("shops.csv", b"Store,Name\n1,\xff\n", "Say encoding"),
        ("shops.parquet", b"no parquet", "expected a whole file"),
        ("shops.xlsx", b"no workbook", "expected an Excel workbook|a whole file"),
    ],
)
def test_a_broken_file_is_one_line(tmp_path: Path, name: str, content: bytes, message: str):
    source = write(tmp_path, name)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(LuckyError, match=message) as broken:
        taken(source)
    assert "\n" not in str(broken.value)


def test_a_file_is_read_once_however_many_links_lead_to_it_and_a_link_to_nowhere_is_named(tmp_path):
    folder = tmp_path / "exports"
    source = write(folder, "shops.csv")
    (folder / "loop").symlink_to(folder)
    (folder / "again.csv").symlink_to(folder / "shops.csv")
    assert list(source.folder.files()) == ["shops.csv"]
    (folder / "gone.csv").symlink_to(tmp_path / "nowhere.csv")
    assert "gone.csv" in source.folder.files()
