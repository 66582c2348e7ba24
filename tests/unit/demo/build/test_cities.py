"""A chain of three cities is one city three times, and no row of one points into another."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from lucky_analytics import estate
from lucky_analytics.demo.build import cities
from lucky_analytics.demo.build.published_check import open_files
from lucky_analytics.demo.build.write import Written

# Every city has these in common: what is on the menu, who delivers, what is on offer, what is measured.
SHARED = {
    "spu_code", "sku_code", "goods_code", "formula_code", "template_no", "template_code", "activity_no",
    "register_activity_no", "experiment_no", "layer_no", "supplier_no", "order_no", "ship_no",
    "settlement_no", "purchase_order_id", "ship_order_id", "rule_no", "task_no", "instance_id",
    "invoice_no", "invoice_id",
    "channel_id", "entry_no", "printer_no", "step_no", "account_code", "currency_code",
    "nutrition_grade_code", "label_code", "group_code", "event_code", "state_code", "skill_code",
}  # fmt: skip


@pytest.fixture(scope="module")
def chain(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Written]]:
    folder = tmp_path_factory.mktemp("chain") / "estate"
    shutil.copytree(tiny, folder)
    record = json.loads((tiny / "demo.json").read_text(encoding="utf-8"))["tables_written"]
    one = {name: Written(**facts) for name, facts in record.items()}
    return folder, cities.repeat_city(folder, 3, one)


@pytest.fixture(scope="module")
def of_three(chain: tuple[Path, dict[str, Written]]) -> duckdb.DuckDBPyConnection:
    return open_files(chain[0])


def test_rows_keys_and_cents_are_three_times_those_of_one_city(
    chain: tuple[Path, dict[str, Written]], of_three: duckdb.DuckDBPyConnection, tiny: Path
):
    folder, written = chain
    for database in estate.load().databases.values():
        for table in database.tables.values():
            path = folder / database.name / f"{table.name}.parquet"
            if not path.exists():
                continue
            before = pq.read_metadata(tiny / database.name / f"{table.name}.parquet").num_rows
            after = written[f"{database.name}.{table.name}"]
            key = ", ".join(table.key)
            sql = f"select count(*), count(distinct ({key})) from '{path}'"
            n_rows, n_keys = of_three.execute(sql).fetchone() or (0, 0)
            assert n_rows == n_keys == after.rows, table.name
            assert n_rows in {before, 3 * before}, table.name
            assert path.stat().st_size == after.bytes
    paid = "select sum(pay_money), count(*) from '{}/luckyus_sales_order/t_order.parquet'"
    (cents, n), (one_cents, one_n) = (
        of_three.execute(paid.format(place)).fetchone() or (0, 0) for place in (folder, tiny)
    )
    assert (cents, n) == (3 * one_cents, 3 * one_n)


def test_what_the_rows_of_a_city_meet_is_the_same_in_each(of_three: duckdb.DuckDBPyConnection):
    """Items, payments, customers and shops: as many and as much for each as in the first city."""
    found = of_three.execute("""
        select coalesce(nullif(split_part(user_no, '-', 2), ''), '1') as city, count(*), sum(i.pay_money),
               count(distinct o.user_no), count(distinct s.id), count(distinct s.shop_name), count(t.trade_no)
        from t_order o join t_order_item i on i.order_id = o.id::varchar
        join t_shop_info s on s.id = o.shop_id
        left join (select order_id, trade_no from t_trade) t on t.order_id = o.id::varchar
        group by 1 order by 1""").fetchall()
    assert [row[0] for row in found] == ["1", "2", "3"]
    assert len({row[1:] for row in found}) == 1


def test_no_two_shops_have_a_name_or_a_place_in_common_that_had_none(
    of_three: duckdb.DuckDBPyConnection, tiny: Path
):
    count = "select count(distinct shop_name), count(distinct location_longitude) from t_shop_info"
    one = open_files(tiny).execute(count).fetchone() or ()
    assert of_three.execute(count).fetchone() == tuple(3 * n for n in one)


def test_every_id_is_known_to_be_of_a_city_or_of_the_chain():
    """A new column of ids would otherwise point out of each further city into the first."""
    ids = {
        name
        for database in estate.load().databases.values()
        for table in database.tables.values()
        for name in table.columns
        if name.endswith(("_id", "_no", "_token", "_code"))
    }
    of_a_city = cities._ORDER_IDS | cities._IDS | cities._TEXTS
    assert ids - of_a_city - SHARED == set()
    assert not SHARED & of_a_city
