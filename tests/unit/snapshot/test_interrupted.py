"""Snapshots that end early: nothing half-written is found, and what was finished is kept."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.errors import SnapshotError
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import parts
from lucky_analytics.sources import demo
from lucky_analytics.sources.base import LostConnectionError, Since
from lucky_analytics.sources.files import FilesSource
from tests.taken_estate import ORDERS, rewrite, take


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
