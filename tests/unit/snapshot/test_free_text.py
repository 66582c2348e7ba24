"""What looks personal is taken out of free texts, and codes, menus and public names stay as they are."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.estate import Column, Database, Estate, Table
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot.boundary import Boundary
from lucky_analytics.snapshot.free_text import free_columns, redact, search
from lucky_analytics.sources.files import FilesSource


@pytest.mark.parametrize(
    "personal",
    [
        "212-555-0100",
        "(212) 555-0100",
        "212.555.0100",
        "+1 212 555 0100",
        "+12125550100",
        "1-212-555-0100",
        "2125550100",
        "+44 20 7946 0958",
        "13812345678",
        "138 1234 5678",
        "212-555-0100x12",
        "+1 212 555 0100 ext. 7",
        "212/555/0100",
        "212\u2013555\u20130100",
        "212\u00a0555\u00a00100",
        "212  555  0100",
        "\uff12\uff11\uff12-\uff15\uff15\uff15-\uff10\uff11\uff10\uff10",
        "ann.lee+coffee@example.co.uk",
        "12 East 86th St Apt 4B",
        "1542 Second Avenue, Apt. 3",
        "350 W 42nd St",
        "100 broadway street",
        "1000 Broadway",
        "7 Park Place Unit 5",
        "12 east 86th st apt 4b",
    ],
)
@pytest.mark.parametrize("text", ["{}", "Latte for Ann, {}", "call {} please", "({})", "Ring {}."])
def test_telephones_and_addresses_are_taken_out_wherever_they_stand(personal: str, text: str):
    written = text.format(personal)
    if written.isdigit():
        return  # a whole value of digits is a code: see below
    assert "[removed]" in redact(written)
    for part in (personal, personal[:8]):
        assert part not in redact(written)
    assert search(pa.array([None, "plain", written]))[1] == 1


@pytest.mark.parametrize(
    "text",
    [
        "Iced Coconut Latte 16 oz",
        "Drip Coffee, Colombia 2025",
        "54th & 8th",
        "2 shots, 3 pumps, no. 12",
        "5 Star Blend",
        "2026-02-14 12:00:00",
        "10.50 USD, was 12.75",
        "paid 2125550100.50",
        "28th & 6th, 2nd floor",
        "2125550100",
        "4711",
        "order 123456789012345",
        "SKU-212-55-0100",
        '{"rate": 0.08875, "ids": [1234567890123456]}',
        "",
    ],
)
def test_menus_codes_and_numbers_stay(text: str):
    assert redact(text) == text
    assert search(pa.array([text, None])) == (pa.array([text, None]), 0)


@pytest.mark.parametrize("piece", ["1 ", "1 A", "a@a.", "212-", "1" + " " * 5_000, "12 a b c "])
def test_no_text_of_a_customer_holds_up_a_snapshot(piece: str):
    """Time in proportion to the length: with its square this would not end."""
    text = piece * (100_000 // len(piece))
    assert redact(text + "- ring 212-555-0100").endswith("ring [removed]")


def test_keys_codes_hashes_and_what_is_public_are_not_searched():
    kinds = {
        "id": Column("id", "varchar(20)"),
        "trade_no": Column("trade_no", "varchar(20)"),
        "spu_code": Column("spu_code", "varchar(20)"),
        "user_no": Column("user_no", "varchar(20)", personal="pseudonym"),
        "phone": Column("phone", "varchar(20)", personal="contact"),
        "shop_name": Column("shop_name", "varchar(20)", public=True),
        "amount": Column("amount", "int"),
        "remark": Column("remark", "varchar(200)"),
        "extra": Column("extra", "json"),
    }
    assert free_columns(Table("t", "one row", ("id",), kinds)) == ["remark", "extra"]
    shops = estate.load().database("opshop").table("t_shop_info")
    assert not {"shop_name", "address", "shop_no"} & set(free_columns(shops))
    assert "spu_name" in free_columns(estate.load().database("salesorder").table("t_order_item"))


def test_a_snapshot_counts_what_it_took_out_and_nothing_of_it_is_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    columns = {"id": Column("id", "bigint"), "remark": Column("remark", "varchar(200)", nullable=True)}
    table = Table("t_order", "one row per order", ("id",), columns)
    database = Database("lucky_texts", "aws-luckyus-texts-rw", {"t_order": table})
    monkeypatch.setattr(estate, "load", lambda: Estate({"lucky_texts": database}))
    folder = tmp_path / "exports" / "lucky_texts"
    folder.mkdir(parents=True)
    remarks = ["ring 212-555-0100", None, "no sugar", "to 12 East 86th St Apt 4B"]
    pq.write_table(
        pa.table({"id": [1, 2, 3, 4], "remark": remarks}, schema=table.schema), folder / "t_order.parquet"
    )
    where = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")

    taken = snapshot.take(FilesSource(tmp_path / "exports"), settings=where)
    (path,) = taken.paths("lucky_texts", "t_order")
    assert pq.read_table(path).column("remark").to_pylist() == [
        "ring [removed]",
        None,
        "no sugar",
        "to [removed]",
    ]
    assert taken.tables["lucky_texts.t_order"].removed == {"remark": 2}
    (note,) = taken.notes()
    assert (note.subject, note.count, note.is_breach) == ("remark", 2, False)
    for file in taken.folder.rglob("*"):
        assert not file.is_file() or b"555-0100" not in file.read_bytes()


def test_a_table_without_text_passes_untouched():
    table = Table("t", "one row", ("id",), {"id": Column("id", "bigint")})
    batch = pa.record_batch({"id": pa.array([1], pa.int64())})
    removed: Counter[str] = Counter()
    assert next(iter(Boundary(b"k").cross(table, [batch], removed))) is batch
