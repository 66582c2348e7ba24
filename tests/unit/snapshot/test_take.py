"""Taking, finding and verifying snapshots of a tiny estate on disk."""

from __future__ import annotations

import datetime as dt
import errno
import gc
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.catalog import Suite
from lucky_analytics.errors import SnapshotError, SourceError, UnknownNameError
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import parts
from lucky_analytics.snapshot import store as stores
from lucky_analytics.sources import demo
from lucky_analytics.sources.base import LostConnectionError, Since
from lucky_analytics.sources.files import FilesSource
from tests import tiny_estate

ORDERS = "luckyus_sales_order.t_order"
USERS = "luckyus_sales_crm.t_user"


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    settings = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
    names = ("salesorder", "salescrm", "opshop")
    tiny_estate.write(settings.demo_dir, [estate.load().database(name) for name in names], n_rows=40)
    return settings


def take(where: Settings) -> snapshot.Manifest:
    return snapshot.take(demo.connect(where.demo_dir), settings=where)


def rewrite(where: Settings, table: str, seed: int) -> None:
    database, name = table.split(".")
    path = where.demo_dir / database / f"{name}.parquet"
    path.unlink()  # as a build does: a new file, never the old one changed in place
    pq.write_table(tiny_estate.rows(estate.load().database(database).table(name), 40, seed), path)


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


class Breaking(FilesSource):
    """Fails after the first table."""

    error: BaseException = KeyboardInterrupt()
    broken = True
    opened = 0

    def fingerprint(self) -> str | None:
        return None

    def stored(self, database: str, table: str) -> Path | None:
        return None

    def read(
        self, database: str, table: str, columns: Sequence[str] | None = None, *, since: Since | None = None
    ) -> Iterator[pa.RecordBatch]:
        self.opened += 1
        if self.broken and self.opened > 1:
            raise self.error
        return super().read(database, table, columns, since=since)


def source_of(where: Settings, name: str, database: str, broken: bool) -> Breaking:
    source = Breaking(where.demo_dir, kind="live", cut=demo.DEMO_CUT, databases=[database])
    source.name, source.broken = name, broken
    return source


def test_an_interrupted_snapshot_is_invisible_and_resume_keeps_finished_servers(where: Settings):
    shops = source_of(where, "opshop", "luckyus_opshop", broken=False)
    orders = source_of(where, "salesorder", "luckyus_sales_order", broken=True)
    with pytest.raises(KeyboardInterrupt):
        snapshot.take([shops, orders], settings=where)
    assert snapshot.list_all(where) == []

    again = source_of(where, "opshop", "luckyus_opshop", broken=False)
    repaired = source_of(where, "salesorder", "luckyus_sales_order", broken=False)
    taken = snapshot.take([again, repaired], settings=where, resume=True)
    assert again.opened == 0
    assert repaired.opened == len(estate.load().database("salesorder").tables)
    assert set(taken.servers) == {"opshop", "salesorder"}
    assert snapshot.verify(taken) == []


def test_a_lost_connection_is_begun_again_as_often_as_the_source_allows(where: Settings):
    lines: list[str] = []

    class Losing(Breaking):
        lost = 0

        def read(
            self,
            database: str,
            table: str,
            columns: Sequence[str] | None = None,
            *,
            since: Since | None = None,
        ) -> Iterator[pa.RecordBatch]:
            if self.opened == 1 and self.lost < 2:
                self.opened, self.lost = 0, self.lost + 1
                raise LostConnectionError("server salesorder", got="connection lost")
            return super().read(database, table, columns, since=since)

    source = Losing(where.demo_dir, kind="live", cut=demo.DEMO_CUT, databases=["luckyus_sales_order"])
    source.broken = False
    with pytest.raises(LostConnectionError):
        snapshot.take(source, settings=where)
    source.lost, source.opened, source.attempts = 0, 0, 3
    taken = snapshot.take(source, settings=where, progress=lines.append)
    assert source.lost == 2
    assert snapshot.verify(taken) == []
    again = [line for line in lines if "reading it again" in line]
    assert again == [f"server salesorder: connection lost, reading it again in {s} s" for s in ("0.5", "1")]


def test_what_an_interrupted_run_linked_is_never_written_through(where: Settings):
    """A leftover link to an earlier snapshot's part, in the place where a new part goes."""
    first = snapshot.take(source_of(where, "salesorder", "luckyus_sales_order", broken=False), settings=where)
    leftover = where.snapshots_dir / ".live.partial" / "luckyus_sales_order"
    for folder in ("t_order", "t_gone"):
        (leftover / folder).mkdir(parents=True)
        os.link(first.paths(*ORDERS.split("."))[0], leftover / folder / "part-00000.parquet")
    rewrite(where, ORDERS, seed=2)
    repaired = source_of(where, "salesorder", "luckyus_sales_order", broken=False)
    second = snapshot.take(repaired, settings=where, resume=True)
    assert second.id != first.id
    assert snapshot.verify(first) == []
    assert snapshot.verify(second) == []


def test_without_resume_everything_is_read_again(where: Settings):
    orders = source_of(where, "salesorder", "luckyus_sales_order", broken=True)
    shops = source_of(where, "opshop", "luckyus_opshop", broken=False)
    shops.broken = False
    with pytest.raises(KeyboardInterrupt):
        snapshot.take([shops, orders], settings=where)
    orders.broken = False
    first = shops.opened
    snapshot.take([shops, orders], settings=where)
    assert shops.opened == 2 * first > 0


def test_a_full_disk_leaves_the_previous_snapshot_and_nothing_else(
    where: Settings, monkeypatch: pytest.MonkeyPatch
):
    before = take(where)
    rewrite(where, ORDERS, seed=2)

    def no_room(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(parts, "link", no_room)
    with pytest.raises(SnapshotError, match="expected room on the disk, got No space left on device"):
        take(where)
    visible = [path.name for path in where.snapshots_dir.iterdir() if path.is_dir()]
    assert visible == [before.id]
    assert snapshot.find("newest", where).id == before.id


def test_two_runs_at_once_are_refused(where: Settings):
    class Inner(Breaking):
        def __enter__(self) -> Inner:
            take_again = Breaking(where.demo_dir, kind="live", cut=demo.DEMO_CUT)
            with pytest.raises(SnapshotError, match="another one at work"):
                snapshot.take(take_again, settings=where)
            return self

    inner = Inner(where.demo_dir, kind="live", cut=demo.DEMO_CUT)
    inner.broken = False
    assert snapshot.take(inner, settings=where).kind == "live"


def test_prune_keeps_the_newest_ones_and_the_last_of_each_month(where: Settings):
    taken = []
    for day, seed in ((3, 10), (20, 11), (40, 12), (41, 13), (42, 14)):
        rewrite(where, ORDERS, seed)
        cut = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=day)
        taken.append(snapshot.take(FilesSource(where.demo_dir, cut=cut), settings=where))
    january_last, newest_two = taken[1], taken[3:]
    would = stores.prune(where, keep=2, dry_run=True)
    assert len(snapshot.list_all(where)) == 5
    removed = snapshot.prune(where, keep=2)
    assert {m.id for m in removed} == {m.id for m in would} == {taken[0].id, taken[2].id}
    left = snapshot.list_all(where)
    assert {m.id for m in left} == {january_last.id, *(m.id for m in newest_two)}
    assert [snapshot.verify(m) for m in left] == [[], [], []]
    with pytest.raises(SnapshotError, match="keep of 1 or more"):
        snapshot.prune(where, keep=0)


def test_prune_leaves_a_snapshot_that_is_being_read(where: Settings):
    taken = []
    for day in (3, 4, 5):
        rewrite(where, ORDERS, day)
        cut = dt.datetime(2026, 1, day, tzinfo=dt.UTC)
        taken.append(snapshot.take(FilesSource(where.demo_dir, cut=cut), settings=where))
    said: list[str] = []
    with stores.reading(taken[0]), stores.reading(taken[0]):
        assert [m.id for m in stores.prune(where, keep=1, tell=said.append)] == [taken[1].id]
        assert snapshot.verify(taken[0]) == []
    assert said == [f"{taken[0].id} stays: it is being read"]
    suite = Suite(taken[0])
    assert stores.prune(where, keep=1) == []
    del suite
    gc.collect()
    assert [m.id for m in stores.prune(where, keep=1)] == [taken[0].id]
    with (
        pytest.raises(SnapshotError, match=f"snapshot {taken[0].id}: expected a folder"),
        stores.reading(taken[0]),
    ):
        pass


def test_a_snapshot_is_for_its_owner_alone(where: Settings, tmp_path: Path):
    exported = where.demo_dir / ORDERS.replace(".", "/")
    exported.with_suffix(".parquet").chmod(0o644)
    where.snapshots_dir.mkdir(parents=True, mode=0o755)
    taken = take(where)
    modes = {path: path.stat().st_mode & 0o777 for path in [where.snapshots_dir, *taken.folder.rglob("*")]}
    linked = {
        p for name, e in taken.tables.items() if e.how == "linked" for p in taken.paths(*name.split("."))
    }
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file() and path not in linked} == {0o600}
    assert exported.with_suffix(".parquet").stat().st_mode & 0o777 == 0o644  # the exported file is as it was
