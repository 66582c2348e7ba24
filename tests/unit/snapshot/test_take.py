"""Taking, finding and verifying snapshots of a tiny estate on disk."""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pyarrow.parquet as pq
import pytest

from lucky_analytics import snapshot
from lucky_analytics.errors import SnapshotError, SourceError, UnknownNameError
from lucky_analytics.settings import Settings
from lucky_analytics.sources import demo
from lucky_analytics.sources.files import FilesSource
from tests.taken_estate import ORDERS, USERS, rewrite, take


def test_a_snapshot_holds_every_table_and_is_found_by_name(where: Settings):
    taken = take(where)
    assert taken.tables[ORDERS].rows == 40
    assert taken.cut == dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)
    assert taken.id.startswith("20260214T120000Z-demo-")
    assert pq.read_table(taken.paths(*ORDERS.split("."))[0]).num_rows == 40
    for name in ("newest", taken.id, taken.id[:12]):
        assert snapshot.find(name, where).tables == taken.tables
    assert snapshot.verify(taken) == []


def test_personal_columns_stay_behind_and_the_pseudonym_passes(where: Settings):
    taken = take(where)
    columns = pq.read_schema(taken.paths(*USERS.split("."))[0]).names
    assert set(taken.tables[USERS].masked) == {"user_name", "phone", "email"}
    assert "user_no" in columns
    assert not {"user_name", "phone", "email"} & set(columns)


def test_nulls_of_zero_date_columns_are_counted(where: Settings):
    taken = take(where)
    orders = pq.read_table(taken.paths(*ORDERS.split("."))[0])
    assert taken.tables[ORDERS].zero_dates == {
        name: orders.column(name).null_count for name in ("pay_time", "finish_time")
    }
    assert sum(taken.tables[ORDERS].zero_dates.values()) > 0


def test_the_same_content_is_taken_once(where: Settings):
    first = take(where)
    again = take(where)
    assert again.unchanged
    assert again.id == first.id
    # Also when the files are new but hold the same: the fingerprint differs, the content does not.
    copied = where.data_dir / "copy"
    shutil.copytree(where.demo_dir, copied)
    elsewhere = snapshot.take(demo.connect(copied), settings=where)
    assert elsewhere.unchanged
    assert elsewhere.id == first.id
    assert elsewhere.fingerprint != first.fingerprint
    assert snapshot.find("newest", where).fingerprint == elsewhere.fingerprint
    assert len(snapshot.list_all(where)) == 1


def test_unchanged_tables_are_shared_and_a_changed_one_is_not(where: Settings):
    first = take(where)
    rewrite(where, ORDERS, seed=2)
    second = take(where)
    assert second.id != first.id
    assert second.tables[ORDERS].content_hash != first.tables[ORDERS].content_hash
    for name in first.tables:
        old, new = first.paths(*name.split("."))[0], second.paths(*name.split("."))[0]
        assert old.samefile(new) == (name != ORDERS), name
    assert snapshot.find("newest", where).id == second.id


@pytest.mark.parametrize("pointer", [b"", b"nope", b"\xff\xfe", b"../../etc"])
def test_a_damaged_pointer_leaves_the_one_taken_last_the_newest(where: Settings, pointer: bytes):
    taken = take(where)
    (where.snapshots_dir / ".newest").write_bytes(pointer)
    assert snapshot.find("newest", where).id == taken.id


def test_going_back_to_earlier_content_makes_it_the_newest_again(where: Settings):
    first = take(where)
    kept = where.data_dir / "kept"
    shutil.copytree(where.demo_dir, kept)
    rewrite(where, ORDERS, seed=2)
    take(where)
    back = snapshot.take(demo.connect(kept), settings=where)
    assert back.unchanged
    assert back.id == first.id == snapshot.find("newest", where).id


def test_some_sources_alone_do_not_become_the_newest(where: Settings):
    everything = snapshot.take(demo.connect(where.demo_dir), settings=where)
    part = snapshot.take(demo.connect(where.demo_dir), settings=where, names=["opshop"])
    assert len(part.tables) < len(everything.tables)
    assert snapshot.find("newest", where).id == everything.id
    assert snapshot.find(part.id, where).id == part.id


def test_names_limit_the_tables(where: Settings):
    taken = snapshot.take(demo.connect(where.demo_dir), settings=where, names=["opshop"])
    assert "luckyus_opshop.t_shop_info" in taken.tables
    assert {name.split(".")[0] for name in taken.tables} == {"luckyus_opshop"}
    with pytest.raises(UnknownNameError, match="opshop"):
        snapshot.take(demo.connect(where.demo_dir), settings=where, names=["opshp"])


def test_verify_finds_a_changed_byte_a_missing_and_an_extra_file(where: Settings):
    taken = take(where)
    path = taken.paths(*ORDERS.split("."))[0]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert snapshot.verify(taken) == [
        f"{ORDERS.replace('.', '/')}/part-00000.parquet has changed since it was taken"
    ]
    (taken.folder / "extra.txt").write_text("x")
    assert "extra.txt does not belong to it" in snapshot.verify(taken)
    path.unlink()
    assert any("is missing" in problem for problem in snapshot.verify(taken))
    found = snapshot.find("newest", where)
    assert found.damaged == {ORDERS: f"{ORDERS.replace('.', '/')}/part-00000.parquet is missing"}
    assert found.tables.keys() == taken.tables.keys() - {ORDERS}
    with pytest.raises(SnapshotError, match=r"t_order/part-00000\.parquet is missing"):
        snapshot.require_whole(found)
    with pytest.raises(SnapshotError, match=r"t_order/part-00000\.parquet is missing"):
        snapshot.take(
            FilesSource(where.demo_dir, kind="demo"), settings=where, names=["opshop"], keep_others=True
        )


@pytest.mark.parametrize("damage", ["short part", "no part", "manifest"])
def test_taking_again_heals_a_damaged_snapshot_and_says_what_was_damaged(where: Settings, damage: str):
    taken = take(where)
    part = taken.paths(*ORDERS.split("."))[0]
    damaged = taken.folder / "manifest.json" if damage == "manifest" else part
    damaged.unlink()
    if damage != "no part":
        damaged.write_bytes(b"short")
    with pytest.raises(SnapshotError):
        snapshot.require_whole(snapshot.find("newest", where))
    said: list[str] = []
    again = snapshot.take(demo.connect(where.demo_dir), settings=where, progress=said.append)
    assert (again.id, again.unchanged) == (taken.id, False)
    assert snapshot.verify(snapshot.find("newest", where)) == []
    told = f"{ORDERS}: damaged in snapshot {taken.id}, nothing of it is used"
    assert (told in said) == (damage != "manifest")
    assert [path.name for path in where.snapshots_dir.glob("*") if path.is_dir()] == [taken.id]


def test_a_damaged_snapshot_stands_as_it_is_while_its_source_cannot_be_read(where: Settings):
    taken = snapshot.take(FilesSource(where.demo_dir), settings=where)
    taken.paths(*ORDERS.split("."))[0].unlink()
    for path in where.demo_dir.rglob("*.parquet"):
        path.unlink()
        path.write_bytes(b"no Parquet")
    with pytest.raises(SourceError, match="expected Parquet in"):
        snapshot.take(FilesSource(where.demo_dir), settings=where)
    assert snapshot.find("newest", where, check=False).tables == taken.tables
    assert [path.name for path in where.snapshots_dir.iterdir() if path.is_dir()] == [taken.id]


def test_what_failed_before_a_source_was_read_leaves_no_folder(where: Settings):
    with pytest.raises(SourceError):
        snapshot.take(FilesSource(where.root / "nowhere"), settings=where)
    with pytest.raises(UnknownNameError):
        snapshot.take(FilesSource(where.demo_dir), settings=where, names=["opshp"])
    assert not where.snapshots_dir.is_dir() or not [p for p in where.snapshots_dir.iterdir() if p.is_dir()]


@pytest.mark.parametrize("table", [ORDERS, USERS])
def test_an_exported_file_that_is_damaged_in_its_middle_costs_its_table_alone(where: Settings, table: str):
    path = (where.demo_dir / table.replace(".", "/")).with_suffix(".parquet")
    whole = path.read_bytes()
    path.write_bytes(whole[:20] + b"\xff" * (len(whole) // 2) + whole[20 + len(whole) // 2 :])
    taken = snapshot.take(FilesSource(where.demo_dir), settings=where)
    (failure,) = taken.failures()
    assert failure.startswith(f"{table}: expected Parquet in {path}, got ")
    assert table not in taken.tables
    assert len(taken.tables) == len(list(where.demo_dir.glob("*/*.parquet"))) - 1


def test_a_missing_snapshot_and_a_damaged_manifest_are_one_line(where: Settings):
    with pytest.raises(SnapshotError, match="Run lucky snapshot take"):
        snapshot.find("newest", where)
    taken = take(where)
    with pytest.raises(UnknownNameError, match=taken.id):
        snapshot.find("20260214T120000Z-dema", where)
    (taken.folder / "manifest.json").write_text(json.dumps({"id": taken.id}))
    with pytest.raises(SnapshotError, match=r"expected a whole manifest\.json"):
        snapshot.find("newest", where)
