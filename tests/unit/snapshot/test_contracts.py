"""Each contract finds what it is for, names table and rule, and leaves the data alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from lucky_analytics import estate, snapshot
from lucky_analytics.settings import Settings
from lucky_analytics.snapshot import Finding, Manifest, contracts
from lucky_analytics.sources.files import FilesSource
from tests import tiny_estate

TRADES = "luckyus_sales_payment.t_trade"
ORDERS, SHOPS, USERS = "luckyus_sales_order.t_order", "luckyus_opshop.t_shop_info", "luckyus_sales_crm.t_user"
ITEMS = "luckyus_sales_order.t_order_item"
CUT = dt.datetime(2026, 2, 14, 12, tzinfo=dt.UTC)
NOW = dt.datetime(2026, 2, 14, 3)


def put(table: pa.Table, **columns: Any) -> pa.Table:
    for name, values in columns.items():
        index = table.column_names.index(name)
        field = table.schema.field(index)
        values = values if isinstance(values, list) else [values] * table.num_rows
        table = table.set_column(index, field, pa.array(values, field.type))
    return table


@pytest.fixture
def sound() -> dict[str, pa.Table]:
    """Twenty orders of five shops and ten users, that break no contract."""
    names = {"salesorder": ("t_order", "t_order_item"), "opshop": ("t_shop_info",), "salescrm": ("t_user",)}
    tables = {
        f"{estate.load().database(source).name}.{table}": tiny_estate.rows(
            estate.load().database(source).table(table), 20
        )
        for source, listed in names.items()
        for table in listed
    }
    money = {"pay_money": 4, "create_time": NOW}
    tables[SHOPS] = put(tables[SHOPS].slice(0, 5), location_longitude=-74, location_latitude=40)
    tables[SHOPS] = put(tables[SHOPS], country_name="United States")
    tables[USERS] = put(tables[USERS].slice(0, 10), user_no=[f"u{i}" for i in range(10)], create_time=NOW)
    tables[ORDERS] = put(
        tables[ORDERS],
        shop_id=[1 + i % 5 for i in range(20)],
        user_no=[f"u{i % 10}" for i in range(20)],
        total_money=5,
        status=90,
        order_type=1,
        currency_code="USD",
        **money,
    )
    order_ids = [str(1 + i) for i in range(20)]
    tables[ITEMS] = put(tables[ITEMS], order_id=order_ids, tax=0, tax_rate=0, **money)
    return tables


@pytest.fixture
def take(tmp_path: Path) -> Callable[[dict[str, pa.Table]], Manifest]:
    def taking(tables: dict[str, pa.Table]) -> Manifest:
        for name, table in tables.items():
            path = tmp_path / "files" / name.split(".")[0] / f"{name.split('.')[1]}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, path)
        where = Settings(root=tmp_path, data_dir=tmp_path / "data", outputs_dir=tmp_path / "outputs")
        return snapshot.take(FilesSource(tmp_path / "files", cut=CUT), settings=where)

    return taking


def finding(manifest: Manifest, table: str, rule: str, subject: str) -> Finding:
    (found,) = [f for f in manifest.findings if (f.table, f.rule, f.subject) == (table, rule, subject)]
    return found


def test_a_sound_snapshot_has_no_breach_and_keeps_its_findings(sound, take):
    taken = take(sound)
    assert taken.breaches() == []
    assert {f.rule for f in taken.findings} == {"key", "range", "reference", "fresh", "issue"}
    assert snapshot.manifest.read(taken.folder).findings == taken.findings


@pytest.mark.parametrize(
    ("table", "change", "rule", "subject", "count"),
    [
        (ORDERS, {"id": [1, 1, 1, *range(4, 21)]}, "key", "id", 2),
        (ORDERS, {"pay_money": [-1, 2000] + [4] * 18}, "range", "pay_money", 2),
        (ORDERS, {"shop_id": [99] + [1] * 19}, "reference", "shop_id", 1),
        (ITEMS, {"order_id": ["21", "x"] + ["1"] * 18}, "reference", "order_id", 2),
        (USERS, {"create_time": dt.datetime(2026, 2, 13, 11)}, "fresh", "create_time", 1),
        # One row from the future does not make the others fresh.
        (
            USERS,
            {"create_time": [dt.datetime(2026, 3, 1)] + [dt.datetime(2026, 2, 1)] * 9},
            "fresh",
            "create_time",
            1,
        ),
        (SHOPS, {"location_latitude": [91, 90, -90, 0, None]}, "range", "location_latitude", 1),
    ],
)
def test_a_breach_is_told_by_table_and_rule_with_its_count(
    sound, take, table: str, change: dict[str, Any], rule: str, subject: str, count: int
):
    taken = take({**sound, table: put(sound[table], **change)})
    found = finding(taken, table, rule, subject)
    assert (found.holds, found.count, found.is_breach) == (False, count, True)
    assert found in taken.breaches(table)
    assert table in str(found)
    # Told, and not corrected: the rows are all there.
    assert taken.tables[table].rows == sound[table].num_rows


@pytest.mark.parametrize(("strays", "holds"), [(1, True), (2, True), (3, False)])
def test_a_few_payments_without_an_order_are_counted_and_many_are_a_breach(
    sound, take, strays: int, holds: bool
):
    trades = tiny_estate.rows(estate.load().database("salespayment").table("t_trade"), 2_000)
    trades = put(trades, order_id=["x"] * strays + ["1"] * (2_000 - strays))
    found = finding(take({**sound, TRADES: trades}), TRADES, "reference", "order_id")
    assert (found.holds, found.count) == (holds, strays)
    assert "up to 0.1% tolerated" in found.detail


def test_a_null_where_none_is_declared_is_a_breach(sound, take):
    index = sound[ORDERS].column_names.index("currency_code")
    holes = pa.array([None] + ["USD"] * 19)
    taken = take({**sound, ORDERS: sound[ORDERS].set_column(index, "currency_code", holes)})
    assert finding(taken, ORDERS, "nulls", "currency_code").count == 1


def test_known_issues_are_counted_and_are_no_breach(sound, take):
    catalog = "luckyus_scm_commodity.t_commodity_base_info"
    kitchen = "luckyus_opproduction.t_production"
    sound[ORDERS] = put(
        sound[ORDERS], currency_code=["NZD"] * 3 + ["USD"] * 17, order_type=[2] * 4 + [1] * 16
    )
    areas = dict.fromkeys(("country_name", "administrative_area_name", "locality_name"))
    sound[SHOPS] = put(sound[SHOPS], **areas)
    products = tiny_estate.rows(estate.load().database("scmcommodity").table(catalog.split(".")[1]), 4)
    sound[catalog] = put(products, spu_code=["a", "a", "b", "b"], status=[4, 5, 4, 4])
    made = tiny_estate.rows(estate.load().database("opproduction").table("t_production"), 3)
    start = dt.datetime(2026, 2, 1)
    minutes = [dt.timedelta(minutes=m) for m in (30, 31, 164)]
    made = put(made, order_id="1", shop_id=1, create_time=NOW)
    sound[kitchen] = put(made, accept_time=start, done_time=[start + m for m in minutes])
    taken = take(sound)
    counts = {f.subject: f.count for f in taken.findings if f.rule == "issue"}
    assert counts == {
        "shop_geography_null": 5,
        "nzd_orders_mixed_in": 3,
        "delivery_addresses_missing": 4,
        "duplicate_commodities": 1,
        "production_time_outliers": 2,
    }
    assert taken.breaches() == []


def test_all_seven_known_issues_are_declared():
    assert set(contracts.declared()["issues"]) == {
        "tax_tables_empty",
        "shop_geography_null",
        "nzd_orders_mixed_in",
        "loyalty_tables_empty",
        "delivery_addresses_missing",
        "production_time_outliers",
        "duplicate_commodities",
    }


def test_every_rule_names_a_declared_column():
    rules = contracts.declared()
    names = [(table, column) for table, columns in rules["ranges"].items() for column in columns]
    names += [(table, rule["column"]) for table, rule in rules["fresh"].items()]
    for table, columns in rules["references"].items():
        names += [(table, column) for column in columns]
        names += [tuple(target.rsplit(".", 1)) for target in columns.values()]
    for table, column in names:
        database, name = table.split(".")
        assert column in estate.load().database(database).table(name).columns, f"{table}.{column}"


def test_a_large_key_is_proven_on_a_share_and_still_finds_the_duplicate(sound, take, monkeypatch):
    monkeypatch.setattr(contracts, "MOST_KEYS", 10)
    monkeypatch.setattr(contracts, "SHARE", 2)
    doubled = pa.concat_tables([sound[ORDERS], sound[ORDERS]])
    found = finding(take({**sound, ORDERS: doubled}), ORDERS, "key", "id")
    assert 0 < found.count < 20
    assert not found.holds
    assert pc.count_distinct(doubled.column("id")).as_py() == 20


def test_rows_that_went_missing_since_the_last_reading_are_a_note_once(sound, take):
    first = take(sound)
    assert [f for f in first.findings if f.rule == "rows"] == []
    emptied = take({**sound, ITEMS: sound[ITEMS].slice(0, 0), USERS: sound[USERS].slice(0, 4)})
    notes = {f.table: (f.detail, f.count) for f in emptied.notes() if f.rule == "rows"}
    assert notes == {
        ITEMS: ("none now, 20 at the last reading", 20),
        USERS: ("4 now, 10 at the last reading", 6),
    }
    assert not [f for f in emptied.breaches() if f.rule == "rows"]
    again = take({**sound, ITEMS: sound[ITEMS].slice(0, 0), USERS: sound[USERS].slice(0, 4)})
    assert [f.table for f in again.notes() if f.rule == "rows"] == [USERS, ITEMS]  # the same snapshot
    later = {**sound, ITEMS: sound[ITEMS].slice(0, 0), USERS: sound[USERS].slice(0, 2)}
    assert [f for f in take(later).findings if f.rule == "rows"] == []


def test_texts_longer_than_declared_are_counted_and_pass_whole(sound, take):
    long = ["x" * 500_000, "y" * 65, *["USD"] * 18]
    taken = take({**sound, ORDERS: put(sound[ORDERS], tenant=long)})
    declared = estate.load().database("salesorder").table("t_order").columns["tenant"].type
    most = int(declared.partition("(")[2].rstrip(")"))
    found = finding(taken, ORDERS, "length", "tenant")
    assert (found.is_note, found.is_breach, found.count) == (True, False, 2)
    assert found.detail == (f"2 values longer than the {most} characters declared, the longest 500,000")
    assert taken.tables[ORDERS].rows == 20
