"""A truth file plants what it likes: rows changed, repeated, removed, combined, and days that stand out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest

from lucky_analytics import demo
from lucky_analytics.demo.build.published_check import open_files
from lucky_analytics.demo.process.horizon import day_of
from lucky_analytics.demo.truth.anomalies import declared_anomalies, lifts
from lucky_analytics.demo.truth.row_changes import change_rows, declared_changes
from lucky_analytics.errors import DemoError, LuckyError, UnknownNameError

TRADES, ORDERS = "salespayment.t_trade", "salesorder.t_order"
CHANGES: dict[str, dict[str, Any]] = {
    "posted_late": {"table": TRADES, "where": "status = 3 and batch_no < '20260101'", "rows": 6,
                    "set": {"batch_no": "'20260213' || substr(batch_no, 9)"}},
    "refunded_twice": {"table": TRADES, "where": "status = 5", "rows": 3, "repeat": True,
                       "set": {"amount": "amount * 2"}},
    "without_pay_time": {"table": ORDERS, "where": "status = 90", "rows": 5, "set": {"pay_time": None}},
    "in_other_money_too": {"table": TRADES, "set": {"currency_code": "'XXX'", "amount": "amount + 1"},
                           "where": "status = 3 and order_id in (select id::varchar from t_order "
                                    "where status = 90 and pay_time is null)"},
    "lost_items": {"table": "salesorder.t_order_item", "rows": 4, "remove": True,
                   "where": "order_id in (select order_id from t_trade where status = 5)"},
}  # fmt: skip
ANOMALIES = {
    "outage": {"store": "28th & 6th", "date": "2025-11-03", "until": "2025-11-07", "orders": 0.3},
    "drift": {"store": "102 Fulton", "date": "2025-12-01", "a_week": 0.9},
}


def _estate(folder: Path, planted: dict[str, Any]) -> Path:
    file = folder / "plant.json"
    file.write_text(json.dumps(planted))
    demo.build_estate(folder / "demo", scale=0.02, truth=file, tables="core")
    return folder / "demo"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _estate(tmp_path_factory.mktemp("changed"), {"changes": CHANGES, "anomalies": ANOMALIES})


@pytest.fixture(scope="module")
def db(changed: Path) -> duckdb.DuckDBPyConnection:
    return open_files(changed)


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        ("posted_late", """select t.id from t_trade t join t_order o on o.id::varchar = t.order_id
            where left(t.batch_no, 8) = '20260213' and o.create_time < '2026-01-02'"""),
        ("refunded_twice", """select max(id) from t_trade where status = 5
            group by order_id having max(amount) = 2 * min(amount)"""),
        ("without_pay_time", "select id from t_order where status = 90 and pay_time is null"),
        ("in_other_money_too", "select id from t_trade where currency_code = 'XXX'"),
    ],
)  # fmt: skip
def test_the_planted_rows_are_the_ones_that_stand_out(
    changed: Path, db: duckdb.DuckDBPyConnection, name: str, sql: str
):
    fact = json.loads((changed / "truth.json").read_text())["changes"][name]
    assert sorted(str(key) for (key,) in db.execute(sql).fetchall()) == fact["rows"]
    assert fact["realised"] == len(fact["rows"]) >= CHANGES[name].get("rows", 1)


def test_removed_rows_are_gone_and_named(changed: Path, db: duckdb.DuckDBPyConnection):
    lost = json.loads((changed / "truth.json").read_text())["changes"]["lost_items"]["rows"]
    assert len(lost) == 4
    sql = f"select count(*) from t_order_item where id in ({', '.join(lost)})"
    assert db.execute(sql).fetchone() == (0,)


def test_changed_files_are_recorded_and_keep_schema_and_order(changed: Path):
    record = json.loads((changed / "demo.json").read_text())["tables_written"]
    for table in ("luckyus_sales_payment.t_trade", "luckyus_sales_order.t_order_item"):
        path = changed / f"{table.replace('.', '/')}.parquet"
        assert record[table]["bytes"] == path.stat().st_size
        ids = duckdb.sql(f"select id from '{path}'").fetchnumpy()["id"]
        assert len(ids) == record[table]["rows"] and (np.diff(ids) > 0).all()


def test_an_anomaly_is_in_the_orders_and_nowhere_else(changed: Path, db: duckdb.DuckDBPyConnection):
    planted = json.loads((changed / "truth.json").read_text())["anomalies"]
    assert 0.15 < planted["outage"]["realised"] < 0.5
    assert planted["drift"]["realised"] < 0.75
    sql = """select count(*) filter (day between '2025-11-03' and '2025-11-07') / 5,
                    count(*) filter (day between '2025-11-10' and '2025-11-14') / 5
             from (select create_time::date as day from t_order
                   where status = 90 and shop_name = '28th & 6th')"""
    during, after = db.execute(sql).fetchone() or (0, 0)
    assert 0 < during < 0.6 * after


def test_lifts_are_logs_of_the_factors_on_their_days():
    found = lifts(declared_anomalies(ANOMALIES))
    first = day_of("2025-11-03")
    assert found[1, first : first + 5] == pytest.approx(np.log(0.3))
    assert found[3, day_of("2025-12-01") + 14] == pytest.approx(2 * np.log(0.9))
    assert np.count_nonzero(found[[0, 2, *range(4, 10)]]) == 0 and found[1, first + 5] == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"table": "salespayment.t_trades"}, "unknown table of luckyus_sales_payment 't_trades'"),
        ({"table": TRADES, "set": {"amunt": 1}}, "'amunt': expected one of amount"),
        ({"table": TRADES, "set": {"id": 1}}, "columns beside the key, got id"),
        ({"table": TRADES, "sett": {}}, "unknown field of truth changes.x 'sett'"),
        ({"table": TRADES}, 'expected one of "set", "repeat": true, "remove": true'),
        ({"table": TRADES, "remove": True, "set": {"amount": 1}}, 'expected one of "set"'),
        ({"table": TRADES, "remove": True, "rows": 0}, "expected a whole number of 1 or more, got 0"),
        ({"table": TRADES, "set": {"amount": [1]}}, "expected SQL, a number or null, got [1]"),
        (3, '{"table": "source.table", ...}, got 3'),
    ],
)
def test_a_wrong_change_is_one_line_before_any_work(change: Any, message: str):
    with pytest.raises(LuckyError) as caught:
        declared_changes({"x": change})
    assert message in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"where": "amonut > 0", "remove": True},
            "change 'x' of luckyus_sales_payment.t_trade: expected SQL",
        ),
        ({"where": "amount < 0", "rows": 2, "remove": True}, "expected 2 or more, got 0"),
        (
            {"rows": 1, "set": {"amount": "'much'"}},
            "expected SQL over its columns, and values that they can hold",
        ),
        ({"rows": 1, "set": {"amount": None}}, "demo column amount: expected no nulls"),
    ],
)
def test_a_change_that_cannot_be_made_is_one_line(tiny: Path, change: dict[str, Any], message: str):
    with pytest.raises(DemoError) as caught:
        list(change_rows(tiny, declared_changes({"x": {"table": TRADES, **change}}), 7))
    assert message in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("anomaly", "error", "message"),
    [
        ({"store": "8th", "date": "2026-01-20", "orders": 2}, UnknownNameError, "trading store"),
        (
            {"store": "221 Grand", "date": "20 January", "orders": 2},
            DemoError,
            "expected dates as 2026-01-20",
        ),
        ({"store": "221 Grand", "date": "2027-01-20", "orders": 2}, DemoError, "inside the horizon"),
        ({"store": "221 Grand", "date": "2026-01-20", "orders": 9}, DemoError, "from 0.05 to 5.0"),
        ({"store": "221 Grand", "date": "2026-01-20"}, DemoError, "orders or a_week"),
        ({"store": "221 Grand"}, DemoError, "expected {store, date, orders}"),
    ],
)
def test_a_wrong_anomaly_is_one_line(anomaly: dict[str, Any], error: type, message: str):
    with pytest.raises(error, match=None) as caught:
        declared_anomalies({"x": anomaly})
    assert message in str(caught.value) and "\n" not in str(caught.value)
