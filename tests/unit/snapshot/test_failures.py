"""What cannot be read costs itself: it stays as it was, is named, and nothing beside it is lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.errors import SourceError
from lucky_analytics.settings import Settings
from lucky_analytics.sources.base import Since
from lucky_analytics.sources.drift import Difference
from lucky_analytics.sources.files import FilesSource
from tests import tiny_estate

DATABASES = {"salesorder": "luckyus_sales_order", "opshop": "luckyus_opshop", "salescrm": "luckyus_sales_crm"}
ORDERS, SHOPS = "luckyus_sales_order.t_order", "luckyus_opshop.t_shop_info"
DAY = dt.timedelta(days=1)
FIRST = dt.datetime(2026, 1, 10, 12, tzinfo=dt.UTC)


class Server(FilesSource):
    """A live server over files that can lose itself, a database or a table."""

    down = False
    lost: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()

    def __enter__(self) -> Server:
        if self.down:
            raise SourceError(f"server {self.name}", expected="a server that answers", got="no connection")
        super().__enter__()
        return self

    def fingerprint(self) -> str | None:
        return None

    def stored(self, database: str, table: str) -> Path | None:
        return None

    def tables(self) -> dict[str, list[str]]:
        found = {
            database: [t for t in tables if f"{database}.{t}" not in (*self.lost, *self.missing)]
            for database, tables in super().tables().items()
        }
        return {
            database: tables for database, tables in found.items() if tables and database not in self.lost
        }

    def absent(self) -> list[str]:
        return list(self.missing)

    def drift(self, database: str, table: str) -> list[Difference]:
        return list(self.differences) if f"{database}.{table}" == ORDERS else []

    def read(
        self, database: str, table: str, columns: Sequence[str] | None = None, *, since: Since | None = None
    ) -> Iterator[pa.RecordBatch]:
        batches = super().read(database, table, columns, since=since)
        yield next(batches)
        if f"{database}.{table}" in self.unreadable:
            raise SourceError(f"{database}.{table}.channel of the row with id 5", expected="tinyint")
        yield from batches


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    settings = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
    tiny_estate.write(settings.demo_dir, [estate.load().database(n) for n in DATABASES], n_rows=20)
    return settings


def servers(where: Settings, days: int = 0) -> dict[str, Server]:
    found = {
        name: Server(where.demo_dir, kind="live", cut=FIRST + days * DAY, databases=[database])
        for name, database in DATABASES.items()
    }
    for name, server in found.items():
        server.name = name
    return found


def one_server(where: Settings) -> Server:
    server = Server(where.demo_dir, kind="live", cut=FIRST, databases=list(DATABASES.values()))
    server.name = "everything"
    return server


def rewrite(where: Settings, name: str, seed: int) -> None:
    database, table = name.split(".")
    path = where.demo_dir / database / f"{table}.parquet"
    path.unlink()
    pq.write_table(tiny_estate.rows(estate.load().database(database).table(table), 20, seed), path)


def take(sources: dict[str, Server], where: Settings) -> snapshot.Manifest:
    return snapshot.take(list(sources.values()), settings=where)


def test_servers_that_are_down_keep_their_last_state_with_their_own_cut(where: Settings):
    before = take(servers(where), where)
    rewrite(where, ORDERS, 2)
    rewrite(where, SHOPS, 2)
    later = servers(where, days=1)
    later["opshop"].down = later["salescrm"].down = True
    after = take(later, where)

    assert snapshot.find("newest", where).id == after.id != before.id
    assert set(after.tables) == set(before.tables)
    assert after.tables[ORDERS].content_hash != before.tables[ORDERS].content_hash
    assert after.tables[SHOPS].content_hash == before.tables[SHOPS].content_hash
    assert {name: server.cut - FIRST for name, server in after.servers.items()} == {
        "salesorder": DAY,
        "opshop": 0 * DAY,
        "salescrm": 0 * DAY,
    }
    assert (after.cut, after.cut_of([ORDERS]), after.cut_of([ORDERS, SHOPS])) == (FIRST, FIRST + DAY, FIRST)
    assert after.newest_closed_day - after.last_closed_day == DAY
    assert snapshot.verify(after) == []
    assert sorted(after.unreached) == ["opshop", "salescrm"]
    assert [line for line in after.failures() if "no connection" in line] == after.failures()
    assert [f.subject for f in after.breaches("opshop")] == ["server"]
    assert not [f for f in after.breaches(SHOPS) if f.rule in ("drift", "source")]  # its numbers are shown

    later = servers(where, days=2)
    later["opshop"].down = later["salescrm"].down = True
    one_day_more = take(later, where)  # not a row is new, and one more day of orders is known to be whole
    assert one_day_more.id not in (before.id, after.id)
    assert one_day_more.newest_closed_day - after.newest_closed_day == DAY
    assert take(later, where).unchanged

    whole = take(servers(where, days=2), where)
    assert (whole.failures(), whole.cut - FIRST) == ([], 2 * DAY)


def test_what_answers_is_taken_even_when_nothing_was_there_before(where: Settings):
    first = servers(where)
    first["opshop"].down = True
    taken = take(first, where)
    assert {name.split(".")[0] for name in taken.tables} == {"luckyus_sales_order", "luckyus_sales_crm"}
    assert list(taken.unreached) == ["opshop"]
    assert snapshot.find("newest", where).id == taken.id


def test_when_no_server_answers_the_newest_stays_and_says_so(where: Settings):
    before = take(servers(where), where)
    all_down = servers(where, days=1)
    for server in all_down.values():
        server.down = True
    with pytest.raises(SourceError, match=r"no server could be read.*salesorder.*opshop.*salescrm"):
        take(all_down, where)
    newest = snapshot.find("newest", where)
    assert (newest.id, newest.cut, sorted(newest.unreached)) == (before.id, before.cut, sorted(DATABASES))
    assert len([f for f in newest.breaches() if f.rule == "source"]) == 3
    again = take(servers(where), where)
    assert (again.unchanged, again.failures(), again.unreached) == (True, [], {})


def test_a_database_that_disappears_is_a_breach_and_the_newest_stays(where: Settings):
    before = snapshot.take(one_server(where), settings=where)
    rewrite(where, ORDERS, 2)
    revoked = one_server(where)
    revoked.lost = ("luckyus_opshop",)
    with pytest.raises(SourceError, match=rf"database luckyus_opshop: expected as in snapshot {before.id}"):
        snapshot.take(revoked, settings=where)
    newest = snapshot.find("newest", where)
    assert newest.id == before.id
    assert [str(f) for f in newest.breaches("everything")] != []
    assert SHOPS in newest.tables

    forgotten = snapshot.take(revoked, settings=where, forget=["opshop"])
    assert snapshot.find("newest", where).id == forgotten.id
    assert SHOPS not in forgotten.tables
    assert forgotten.failures() == []
    assert snapshot.take(revoked, settings=where).unchanged  # once is enough


def test_of_the_others_that_are_kept_a_forgotten_one_goes(where: Settings):
    before = take(servers(where), where)
    rewrite(where, ORDERS, 2)
    orders = [servers(where, days=1)["salesorder"]]
    kept = {"settings": where, "names": ["salesorder"], "keep_others": True}
    after = snapshot.take(orders, **kept, forget=["opshop"])
    assert snapshot.find("newest", where).id == after.id != before.id
    databases = {name.partition(".")[0] for name in after.tables}
    assert databases == {DATABASES["salesorder"], DATABASES["salescrm"]}
    assert sorted(after.servers) == ["salescrm", "salesorder"]
    assert after.tables[ORDERS].content_hash != before.tables[ORDERS].content_hash
    assert (after.failures(), snapshot.verify(after)) == ([], [])
    once_more = snapshot.take([servers(where, days=1)["salesorder"]], **kept)
    assert (once_more.id, once_more.unchanged) == (after.id, True)  # forgotten once is enough


def test_a_server_that_lost_a_database_costs_itself_alone(where: Settings):
    before = take(servers(where), where)
    rewrite(where, ORDERS, 2)
    later = servers(where, days=1)
    later["opshop"] = one_server(where)
    later["opshop"].name, later["opshop"].databases = "opshop", ["luckyus_opshop", "luckyus_opproduction"]
    later["opshop"].lost = ("luckyus_opshop",)
    tiny_estate.write(where.demo_dir, [estate.load().database("opproduction")], n_rows=5)
    after = take(later, where)
    assert list(after.unreached) == ["opshop"]
    assert after.tables[SHOPS].content_hash == before.tables[SHOPS].content_hash
    assert after.tables[ORDERS].content_hash != before.tables[ORDERS].content_hash


@pytest.mark.parametrize("how", ["unreadable", "lost"])
def test_a_table_that_cannot_be_read_keeps_its_last_state_and_is_a_breach(how: str, where: Settings):
    before = take(servers(where), where)
    rewrite(where, ORDERS, 2)
    rewrite(where, SHOPS, 2)
    later = servers(where, days=1)
    setattr(later["salesorder"], how, (ORDERS,))
    after = take(later, where)
    assert snapshot.find("newest", where).id == after.id
    assert after.tables[ORDERS].content_hash == before.tables[ORDERS].content_hash
    assert after.tables[ORDERS].how == "kept"
    assert after.tables[SHOPS].content_hash != before.tables[SHOPS].content_hash
    assert after.cut == FIRST + DAY
    assert snapshot.verify(after) == []
    (breach,) = [f for f in after.breaches(ORDERS) if f.rule == "drift"]
    assert breach.severity == "high"  # older than what stands beside it: no number of it is shown
    (line,) = after.failures()
    assert ORDERS in line

    mended = take(servers(where, days=2), where)
    assert (mended.failures(), mended.tables[ORDERS].how) == ([], "whole")


def test_a_table_that_could_never_be_read_is_left_out_and_named(where: Settings):
    first = servers(where)
    first["salesorder"].unreadable = (ORDERS,)
    taken = take(first, where)
    assert ORDERS not in taken.tables
    assert not (taken.folder / ORDERS.replace(".", "/")).exists()
    assert "row with id 5" in str(taken.breaches(ORDERS)[0])
    assert snapshot.verify(taken) == []


def test_a_declared_table_that_never_was_there_is_named_among_what_was_not_read(where: Settings):
    first = servers(where)
    first["salesorder"].missing = (ORDERS,)
    taken = take(first, where)
    assert taken.failures() == [f"{ORDERS} is missing"]
    assert "1 not read, each as it was before, or missing" in str(taken.unread_error())


def test_where_no_table_can_be_read_each_is_named(where: Settings):
    only = Server(where.demo_dir, kind="live", cut=FIRST, databases=["luckyus_sales_order"])
    only.unreadable = tuple(f"luckyus_sales_order.{name}" for name in only.tables()["luckyus_sales_order"])
    said: list[str] = []
    with pytest.raises(SourceError) as none:
        snapshot.take(only, settings=where, progress=said.append)
    assert all(name in str(none.value) for name in only.unreadable)
    assert len(only.unreadable) > 1
    assert [sum(f"{name}.channel" in line for line in said) for name in only.unreadable] == [1] * len(
        only.unreadable
    )


def test_what_cannot_be_read_is_told_though_its_server_goes_by_another_name_now(where: Settings):
    before = snapshot.take(one_server(where), settings=where)
    later = servers(where)
    later["salesorder"].unreadable = (ORDERS,)
    after = take(later, where)
    assert (after.id, after.unchanged) == (before.id, True)
    newest = snapshot.find("newest", where)
    assert "row with id 5" in "; ".join(newest.failures())
    assert "row with id 5" in str(newest.breaches(ORDERS)[0])
    assert set(newest.servers) == {entry.server for entry in newest.tables.values()} == set(DATABASES)


def test_drift_that_breaks_nothing_is_noted_and_told_of_unchanged_content_too(where: Settings):
    before = take(servers(where), where)
    later = servers(where)
    later["salesorder"].differences = (
        Difference("remark", "column remark varchar(50) is not declared", breaks=False),
        Difference("channel", "column channel is missing", breaks=True),
    )
    again = take(later, where)
    assert (again.id, again.unchanged) == (before.id, True)
    kept = snapshot.find("newest", where)
    assert kept.tables[ORDERS].noted == ("column remark varchar(50) is not declared",)
    assert [str(f) for f in kept.notes()] == [
        f"{ORDERS}: drift remark: column remark varchar(50) is not declared"
    ]
    assert [f.subject for f in kept.breaches(ORDERS) if f.rule == "drift"] == ["channel"]
    take(servers(where), where)
    gone = snapshot.find("newest", where)
    assert (gone.notes(), [f for f in gone.breaches(ORDERS) if f.rule == "drift"]) == ([], [])


def test_a_null_in_an_exported_file_is_named_where_its_table_cannot_be_linked(where: Settings):
    users = estate.load().database("salescrm").table("t_user")
    rows = tiny_estate.rows(users, 20)
    position = rows.schema.get_field_index("user_no")
    lacking = rows.set_column(position, "user_no", pa.array([None] * 20, pa.string()))
    pq.write_table(lacking, where.demo_dir / "luckyus_sales_crm" / "t_user.parquet")
    taken = snapshot.take(FilesSource(where.demo_dir), settings=where)
    (line,) = taken.failures()
    assert "t_user: column user_no: expected no nulls, as declared, got 20" in line
    assert ORDERS in taken.tables
