"""Reading only what changed gives the same rows as reading everything, whatever happened in between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.demo.build.load import load
from lucky_analytics.demo.build.reader import Reader
from lucky_analytics.secrets import Secret
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import incremental, parts
from lucky_analytics.sources import configured
from lucky_analytics.sources.base import Totals
from lucky_analytics.sources.mysql import MysqlSource
from tests import tiny_estate
from tests.services import mariadb

DATABASE = "luckyus_sales_order"
ORDERS = f"{DATABASE}.t_order"


@pytest.fixture
def live(where: Settings, server: mariadb.Mariadb, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Orders in the server in parts of 512 rows, each changed one minute after the one before."""
    monkeypatch.setattr(parts, "ROWS_PER_PART", 512)
    monkeypatch.setattr(parts, "ROWS_PER_BLOCK", 64)
    sales = estate.load().database("salesorder")
    tiny_estate.write(where.demo_dir, [sales], n_rows=20)
    path = where.demo_dir / DATABASE / "t_order.parquet"
    pq.write_table(tiny_estate.rows(sales.table("t_order"), 2000), path)
    load(
        where.demo_dir,
        server.root,
        reader=Reader("lucky_read", Secret("password_env", mariadb.PASSWORD_VARIABLE)),
    )
    server.execute(
        f"UPDATE {ORDERS} SET modify_time = '2026-01-01' + INTERVAL id * 30 MINUTE, pay_money = id / 100"
    )
    return replace(where, source_url=server.reader)


def take(live: Settings, whole: bool = False) -> snapshot.Manifest:
    return snapshot.take(configured.connect(live, ["salesorder"]), settings=live, whole=whole)


def rows(manifest: snapshot.Manifest) -> pa.Table:
    tables = [pq.read_table(path) for path in manifest.paths(DATABASE, "t_order")]
    return pa.concat_tables(tables).sort_by("id")


INSERT = (
    f"INSERT INTO {ORDERS} SELECT id + 5000, tenant, channel, order_type, user_no, shop_id, shop_name,"
    " status, total_money, payable_money, pay_money, pay_time, create_time, finish_time, {at}, currency_code"
    f" FROM {ORDERS} WHERE id <= 7"
)


@pytest.mark.parametrize(
    ("statements", "n_linked", "how"),
    [
        ([], 4, "changes"),
        pytest.param([INSERT.format(at="'2026-02-12'")], 4, "changes", marks=pytest.mark.full),
        ([INSERT.format(at="'2026-02-10 01:00'")], 4, "changes"),  # late, within the overlap
        ([f"UPDATE {ORDERS} SET status = 7, modify_time = '2026-03-01' WHERE id = 600"], 3, "changes"),
        pytest.param(  # within the overlap
            [f"DELETE FROM {ORDERS} WHERE id = 2000"], 3, "changes", marks=pytest.mark.full
        ),
        ([f"DELETE FROM {ORDERS} WHERE id = 5"], 0, "whole"),
        ([INSERT.format(at="'2025-01-01'")], 3, "whole"),  # too late to be seen, but counted
        (
            [INSERT.format(at="'2026-02-12'"), f"DELETE FROM {ORDERS} WHERE id IN (5001, 1990)"]
            + [f"UPDATE {ORDERS} SET pay_money = 1, modify_time = '2026-02-13' WHERE id IN (1, 1999)"],
            2,
            "changes",
        ),
    ],
)
def test_changes_alone_give_the_same_rows_as_reading_everything(
    statements: list[str], n_linked: int, how: str, live: Settings, server: mariadb.Mariadb
):
    before = take(live)
    assert before.tables[ORDERS].how == "whole"
    assert [part.rows for part in before.tables[ORDERS].parts] == [512, 512, 512, 464]
    server.execute(*statements, "SELECT 1")
    after = take(live)
    if statements:
        assert after.tables[ORDERS].how == how
    old = before.paths(DATABASE, "t_order")
    new = after.paths(DATABASE, "t_order")
    assert sum(path.samefile(one) for path in new for one in old) == n_linked
    everything = take(live, whole=True)
    assert everything.unchanged or everything.tables[ORDERS].how == "whole"
    assert rows(after).equals(rows(everything))
    assert snapshot.verify(after) == []


def test_a_column_that_got_another_type_is_read_whole_once(live: Settings, server: mariadb.Mariadb):
    take(live)
    server.execute(
        f"ALTER TABLE {ORDERS} MODIFY status varchar(20) NOT NULL",
        f"UPDATE {ORDERS} SET status = 9 WHERE id = 5",  # long before the changes that are read again
    )
    after = take(live)
    assert after.tables[ORDERS].how == "whole"
    assert rows(after).filter(pc.field("id") == 5).column("status").to_pylist() == [9]
    server.execute(INSERT.format(at="'2026-02-12'"))
    assert take(live).tables[ORDERS].how == "changes"


@pytest.mark.parametrize(
    ("statement", "how"),
    [
        pytest.param(
            INSERT.format(at="'2020-01-01'"), "changes", marks=pytest.mark.full
        ),  # the time of change does not matter here
        (f"DELETE FROM {ORDERS} WHERE id = 1990", "changes"),
        (f"DELETE FROM {ORDERS} WHERE id = 5", "whole"),
    ],
)
def test_a_table_that_only_grows_is_read_from_its_highest_key(
    statement: str, how: str, live: Settings, server: mariadb.Mariadb, monkeypatch: pytest.MonkeyPatch
):
    database = estate.load().database("salesorder")
    table = database.table("t_order")
    columns = {name: column for name, column in table.columns.items() if name != "modify_time"}
    growing = replace(table, columns=columns, append_only=True)
    alone = replace(database, tables={"t_order": growing})
    monkeypatch.setattr(estate, "load", lambda: estate.Estate({database.name: alone}))
    monkeypatch.setattr(incremental, "KEY_OVERLAP", 100)
    take(live)
    server.execute(statement, "SELECT 1")
    after = take(live)
    assert after.tables[ORDERS].how == how
    assert rows(after).equals(rows(take(live, whole=True)))


def test_a_changed_layout_is_read_whole(
    live: Settings, server: mariadb.Mariadb, monkeypatch: pytest.MonkeyPatch
):
    take(live)
    database = estate.load().database("salesorder")
    table = database.table("t_order")
    columns = {name: column for name, column in table.columns.items() if name != "shop_name"}
    narrower = replace(database, tables={**database.tables, "t_order": replace(table, columns=columns)})
    monkeypatch.setattr(estate, "load", lambda: estate.Estate({database.name: narrower}))
    assert take(live).tables[ORDERS].how == "whole"


def test_when_most_rows_changed_everything_is_read(live: Settings, server: mariadb.Mariadb):
    take(live)
    server.execute(f"UPDATE {ORDERS} SET modify_time = '2026-03-01' WHERE id > 900")
    assert take(live).tables[ORDERS].how == "whole"


@pytest.mark.parametrize(("field", "message"), [("rows", "t_order: rows"), ("sums", "sum of pay_money")])
def test_a_count_that_disagrees_with_what_arrived_costs_its_table(
    field: str, message: str, live: Settings, monkeypatch: pytest.MonkeyPatch
):
    honest: Callable[..., Totals] = MysqlSource.totals

    def wrong(self: MysqlSource, *arguments: object) -> Totals:
        told = honest(self, *arguments)
        if arguments[1] != "t_order":
            return told
        if field == "rows":
            return replace(told, rows=told.rows + 1)
        return replace(
            told, sums={name: total + 1 for name, total in told.sums.items() if name == "pay_money"}
        )

    monkeypatch.setattr(MysqlSource, "totals", wrong)
    taken = take(live)
    (line,) = taken.failures()
    assert message in line
    assert ORDERS not in taken.tables
