"""Which snapshots are kept, and who may read them."""

from __future__ import annotations

import datetime as dt
import gc
from pathlib import Path

import pytest

from lucky_analytics import snapshot
from lucky_analytics.catalog import Suite
from lucky_analytics.errors import SnapshotError
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import store as stores
from lucky_analytics.sources.files import FilesSource
from tests.taken_estate import ORDERS, rewrite, take


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
