"""The demo in a real server, read back: the live snapshot equals the demo snapshot."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.errors import SourceError, UnknownNameError
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import Manifest
from lucky_analytics.sources import configured, demo
from tests import tiny_estate
from tests.services import mariadb

READER = Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE))


@pytest.fixture
def loaded(where: Settings, server: mariadb.Mariadb) -> Settings:
    """A tiny estate built, loaded into the server, and configured as the live source."""
    names = ("salesorder", "salescrm", "opshop", "scmcommodity")
    tiny_estate.write(where.demo_dir, [estate.load().database(name) for name in names])
    load(where.demo_dir, server.root, reader=READER)
    return replace(where, source_url=server.reader)


def table(manifest: Manifest, name: str) -> pa.Table:
    """A table's rows in key order, without the hashes: each kind of snapshot has its own key."""
    read = pa.concat_tables(pq.read_table(path) for path in manifest.paths(*name.split(".")))
    read = read.drop_columns(list(manifest.tables[name].hashed))
    return read.sort_by([(column, "ascending") for column in read.column_names[:1]])


def test_the_live_and_the_demo_snapshot_hold_equal_tables(loaded: Settings, server: mariadb.Mariadb):
    of_mysql = [database for database in estate.load().databases.values() if database.kind == "mysql"]
    names = [database.name for database in of_mysql]
    tiny_estate.write(loaded.demo_dir, of_mysql)
    load(loaded.demo_dir, server.root, reader=READER)
    of_demo = snapshot.take(demo.connect(loaded.demo_dir), settings=loaded)
    of_live = snapshot.take(configured.connect(loaded), settings=loaded)

    assert set(of_demo.tables) == set(of_live.tables)
    assert {name.split(".")[0] for name in of_live.tables} == set(names)
    for name in of_demo.tables:
        assert table(of_live, name).equals(table(of_demo, name)), name
        assert of_live.tables[name].zero_dates == of_demo.tables[name].zero_dates
    assert sum(of_live.tables["luckyus_sales_order.t_order"].zero_dates.values()) > 0
    assert "mariadb 10" in next(iter(of_live.servers.values())).version


def test_a_restored_backup_declares_where_its_rows_end(loaded: Settings):
    restored = replace(loaded, source_url=f"{loaded.source_url}&cut=2026-02-14T12:00:00Z")
    assert snapshot.take(configured.connect(restored, ["opshop"]), settings=loaded).cut == demo.DEMO_CUT
    now = snapshot.take(configured.connect(loaded, ["opshop"]), settings=loaded).cut
    assert abs(now - dt.datetime.now(dt.UTC)) < dt.timedelta(minutes=5)


def test_personal_columns_never_leave_the_server(loaded: Settings):
    taken = snapshot.take(configured.connect(loaded, ["salescrm"]), settings=loaded)
    entry = taken.tables["luckyus_sales_crm.t_user"]
    assert {"user_name", "phone", "email"} <= set(entry.masked)
    assert not set(entry.masked) & set(table(taken, "luckyus_sales_crm.t_user").column_names)
    assert "user_no" in entry.schema


def test_the_created_user_can_read_and_nothing_else(loaded: Settings, server: mariadb.Mariadb):
    grants = [row[0] for row in server.execute("SHOW GRANTS FOR 'lucky_read'@'%'")]
    assert all(grant.startswith(("GRANT USAGE", "GRANT SELECT ON")) for grant in grants)
    assert len(grants) >= 1 + 4


def test_a_wrong_password_is_one_line_without_the_password(loaded: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(mariadb.PASSWORD_VARIABLE, "not-the-password")
    with pytest.raises(SourceError, match="access denied") as refused:
        snapshot.take(configured.connect(loaded), settings=loaded)
    assert "not-the-password" not in str(refused.value)
    assert "\n" not in str(refused.value)
    assert snapshot.list_all(loaded) == []


def test_a_server_that_is_down_is_named_and_leaves_the_newest_snapshot(loaded: Settings):
    before = snapshot.take(configured.connect(loaded), settings=loaded)
    port = mariadb.free_port()
    gone = replace(loaded, source_url=f"mysql://x@127.0.0.1:{port}?attempts=1&connect_seconds=1")
    with pytest.raises(SourceError, match=f"127.0.0.1:{port}.*no connection"):
        snapshot.take(configured.connect(gone), settings=gone)
    assert snapshot.find("newest", loaded).id == before.id


def test_a_lost_column_costs_its_table_and_a_new_one_is_noted(loaded: Settings, server: mariadb.Mariadb):
    name = "luckyus_scm_commodity.t_commodity_base_info"
    server.execute(f"ALTER TABLE {name} ADD COLUMN brand_new INT NULL")
    taken = snapshot.take(configured.connect(loaded, ["scmcommodity"]), settings=loaded)
    assert taken.tables[name].drift == ()
    assert taken.tables[name].noted == ("column brand_new int(11) is not declared",)
    assert [f.subject for f in taken.notes()] == ["brand_new"]
    assert [f for f in taken.breaches(name) if f.rule == "drift"] == []
    assert "brand_new" not in taken.tables[name].schema

    server.execute(f"ALTER TABLE {name} DROP COLUMN spu_code")
    after = snapshot.take(configured.connect(loaded, ["scmcommodity"]), settings=loaded)
    (line,) = after.failures()
    assert "t_commodity_base_info: expected column spu_code" in line
    assert after.tables[name].content_hash == taken.tables[name].content_hash
    assert "drift" in [f.rule for f in after.breaches(name)]


def test_a_database_whose_grant_is_taken_away_is_an_error_and_the_newest_stays(
    loaded: Settings, server: mariadb.Mariadb
):
    before = snapshot.take(configured.connect(loaded), settings=loaded)
    for host in ("%", "localhost"):
        server.execute(f"REVOKE SELECT ON luckyus_opshop.* FROM lucky_read@'{host}'")
    with pytest.raises(SourceError, match="database luckyus_opshop: expected as in snapshot"):
        snapshot.take(configured.connect(loaded), settings=loaded)
    newest = snapshot.find("newest", loaded)
    assert newest.id == before.id
    assert ["luckyus_opshop" in f.detail for f in newest.breaches() if f.rule == "source"] == [True]


@pytest.mark.parametrize(
    ("change", "kept", "word"),
    [
        ("ADD remark varchar(50) NULL", False, "remark"),
        ("MODIFY channel bigint NOT NULL", False, "bigint"),
        ("MODIFY channel bit(8) NOT NULL", False, "bit(8)"),
        ("MODIFY pay_money decimal(65,30) NOT NULL", False, "decimal(65,30)"),
        ("MODIFY pay_money double NOT NULL", True, "a double"),
        ("MODIFY pay_money float NOT NULL", True, "a float"),
        ("MODIFY channel binary(4) NOT NULL", True, "a binary(4)"),
        ("DROP channel", True, "column channel"),
    ],
)
def test_a_changed_column_stops_its_table_only_where_it_does_not_fit(
    loaded: Settings, server: mariadb.Mariadb, change: str, kept: bool, word: str
):
    name = "luckyus_sales_order.t_order"
    server.execute(f"UPDATE {name} SET channel = 53, pay_money = 4.71")
    before = snapshot.take(configured.connect(loaded, ["salesorder"]), settings=loaded)
    server.execute("SET sql_mode = ''", f"ALTER TABLE {name} {change}")
    after = snapshot.take(configured.connect(loaded, ["salesorder"]), settings=loaded, whole=True)
    assert after.tables[name].content_hash == before.tables[name].content_hash  # 53 is 53, and 4.71 is 4.71
    assert bool(after.failures()) == kept
    assert bool([finding for finding in after.breaches(name) if finding.rule == "drift"]) == kept
    said = "; ".join([*after.failures(), *(str(note) for note in after.notes())])
    assert word in said


def test_a_missing_table_is_a_breach_and_stops_nothing(loaded: Settings, server: mariadb.Mariadb):
    server.execute("DROP TABLE luckyus_sales_order.t_order_amount")
    taken = snapshot.take(configured.connect(loaded, ["salesorder"]), settings=loaded)
    assert "luckyus_sales_order.t_order_amount" not in taken.tables
    (breach,) = taken.breaches("luckyus_sales_order.t_order_amount")
    assert str(breach) == "luckyus_sales_order.t_order_amount: drift table: is missing on the server"
    assert snapshot.find("newest", loaded).breaches("luckyus_sales_order.t_order_amount") == [breach]


def test_an_unknown_source_name_gives_the_nearest(loaded: Settings):
    with pytest.raises(UnknownNameError, match="salesorder"):
        configured.connect(loaded, ["salesoder"])


def test_a_missing_database_of_a_named_source_is_an_error(loaded: Settings, server: mariadb.Mariadb):
    server.execute("DROP DATABASE luckyus_opshop")
    with pytest.raises(SourceError, match="expected database luckyus_opshop"):
        snapshot.take(configured.connect(loaded, ["opshop"]), settings=loaded)


def test_the_demo_can_be_loaded_again_over_itself(loaded: Settings, server: mariadb.Mariadb, tmp_path: Path):
    load(loaded.demo_dir, server.root, names=["opshop"], reader=READER)
    again = load(loaded.demo_dir, server.root, names=["opshop"], reader=READER)
    (count,) = server.execute("SELECT COUNT(*) FROM luckyus_opshop.t_shop_info")[0]
    assert count == again.rows["luckyus_opshop.t_shop_info"] == 300
