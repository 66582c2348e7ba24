"""The first mapping of files that nobody described: it loads, or says what it needs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from lucky_analytics import estate, snapshot
from lucky_analytics.cli.sources import sources
from lucky_analytics.errors import ParameterError, SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.sources import kinds, mapping
from lucky_analytics.sources.map_draft import draft, match_columns
from tests import tiny_estate


def test_files_named_as_the_tables_are_mapped_whole_and_load(tmp_path: Path):
    """Exports in the platform's own names and order, as CSV: nothing has to be corrected."""
    from pyarrow import csv

    names = {"opshop": "t_shop_info", "salesorder": "t_order"}
    (tmp_path / "x").mkdir()
    for source, table in names.items():
        rows = tiny_estate.rows(estate.load().database(source).table(table), 20)
        csv.write_csv(
            rows.select([c for c in rows.column_names if c != "address"]), tmp_path / "x" / f"{table}.csv"
        )
    assert CliRunner().invoke(sources, ["map", str(tmp_path / "x")]).exit_code == 0
    found = mapping.load(tmp_path / "x" / mapping.NAME).tables
    assert set(found) == {("luckyus_opshop", "t_shop_info"), ("luckyus_sales_order", "t_order")}
    order = found["luckyus_sales_order", "t_order"]
    assert {name: column.source for name, column in order.columns.items()} == {
        name: name for name in order.columns
    }
    assert found["luckyus_opshop", "t_shop_info"].absent == ("address",)
    where = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
    taken = snapshot.take(kinds.connect("files", where, path=str(tmp_path / "x")), settings=where)
    assert {name: entry.rows for name, entry in taken.tables.items()} == {
        "luckyus_opshop.t_shop_info": 20,
        "luckyus_sales_order.t_order": 20,
    }


def test_other_names_are_recognised_and_what_is_missing_is_said(tmp_path: Path):
    (tmp_path / "Orders 2026.csv").write_text(
        "OrderID,ShopId,Shop Name,Pay Money,Pay Time,colour\n1,2,Broadway,3.50,2026-01-31 08:00,red\n"
    )
    text = draft(str(tmp_path)).text
    assert "luckyus_sales_order.t_order:" in text
    assert '      pay_money: "Pay Money"  # number for decimal(12,2), in currency' in text
    assert '      shop_name: "Shop Name"  # text for varchar(128)' in text
    assert "      id: ???  # the key" in text
    assert "    # not used: OrderID (whole number), colour (text)" in text
    (tmp_path / mapping.NAME).write_text(text)
    (tmp_path / mapping.NAME).write_text(re.sub(r"id: \?\?\?.*", "id: OrderID", text))
    assert (
        mapping.load(tmp_path / mapping.NAME).tables["luckyus_sales_order", "t_order"].columns["id"].source
        == "OrderID"
    )


def test_a_type_that_cannot_be_is_not_proposed():
    orders = estate.load().database("salesorder").table("t_order")
    assert match_columns(orders, {"pay_money": "text", "pay_time": "text", "id": "number"}) == {
        "pay_time": "pay_time"
    }


def test_files_that_resemble_nothing_are_listed(tmp_path: Path):
    (tmp_path / "weather.csv").write_text("wind,rain\n1,2\n")
    found = draft(str(tmp_path))
    assert "# weather.csv: no table has such columns: wind, rain" in found.text
    assert found.summary == "0 of 1 files resemble 0 tables"
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(SourceError, match="expected exported files, got none"):
        draft(str(empty))


def test_a_file_that_cannot_be_read_costs_itself(tmp_path: Path):
    (tmp_path / "weather.csv").write_text("wind,rain\n1,2\n")
    (tmp_path / "broken.parquet").write_text("x")
    result = CliRunner().invoke(sources, ["map", str(tmp_path)])
    assert isinstance(result.exception, SourceError)
    assert "broken.parquet" in str(result.exception)
    written = (tmp_path / mapping.NAME).read_text()
    assert "# weather.csv: no table has such columns" in written
    assert "# broken.parquet: cannot be read" in written


def test_what_is_no_folder_is_said_in_words(tmp_path: Path):
    (tmp_path / "weather.csv").write_text("wind\n1\n")
    for name, got in (("gone", "nothing there"), ("weather.csv", "a file")):
        with pytest.raises(SourceError, match=f"expected a folder .*{name}, got {got}$"):
            draft(str(tmp_path / name))


def test_an_empty_name_is_not_the_folder_one_stands_in():
    result = CliRunner().invoke(sources, ["map", ""])
    assert "expected a folder, got an empty name" in str(result.exception)


def test_a_mapping_that_is_there_is_kept(tmp_path: Path):
    (tmp_path / "weather.csv").write_text("wind\n1\n")
    (tmp_path / mapping.NAME).write_text("by hand")
    result = CliRunner().invoke(sources, ["map", str(tmp_path)])
    assert isinstance(result.exception, ParameterError)
    assert (tmp_path / mapping.NAME).read_text() == "by hand"
    assert CliRunner().invoke(sources, ["map", str(tmp_path), "--force"]).exit_code == 0
