"""Canaries: a row of another market in a table of the home market is seen, whoever put it there."""

from __future__ import annotations

import dataclasses

import ibis
import pytest

from lucky_analytics import report_record, snapshot
from lucky_analytics.catalog import TABLES, Suite
from lucky_analytics.catalog.sales.orders import placed_orders, shape_orders
from lucky_analytics.errors import UnknownNameError
from lucky_analytics.snapshot import contracts
from tests import estate_rows

SOURCE = "luckyus_sales_order.t_order"
ORDER = {"shop_id": 1, "status": 90, "currency_code": "USD", "tenant": "LKUS", "pay_money": 4.71,
         "create_time": "2025-07-02T16:00:00"}  # fmt: skip
ROWS = {
    "luckyus_opshop.t_shop_info": [estate_rows.NEW_YORK, estate_rows.RAROTONGA],
    SOURCE: [
        ORDER | {"id": 1},
        ORDER | {"id": 2, "shop_id": 9, "currency_code": "NZD", "tenant": "LKTEST"},
        ORDER | {"id": 3, "tenant": "LKCN"},
        ORDER | {"id": 4, "shop_id": 9},  # in doubt, and so counted: no canary
    ],
    "luckyus_sales_order.t_order_item": [{"id": 7, "order_id": "2"}, {"id": 8, "order_id": "1"}],
}
ALL = dataclasses.replace(TABLES["orders"], build=lambda suite: shape_orders(suite, placed_orders(suite)))


@pytest.fixture(scope="module")
def manifest(tmp_path_factory):
    return estate_rows.take_snapshot(estate_rows.checkout(tmp_path_factory.mktemp("canaries")), ROWS)


@pytest.fixture(autouse=True)
def leaks(monkeypatch):
    found: dict[str, str] = {}
    monkeypatch.setattr(report_record, "_leaks", found)
    return found


def marks(manifest):
    return sorted(path.name.split(".")[0] for path in snapshot.kept_folder(manifest).glob("*.clean"))


def test_tables_as_declared_hold_none_and_that_is_looked_up_once(manifest, leaks):
    suite = Suite(manifest)
    assert set(suite.orders.order_id.execute()) == {"1", "4"} and suite.order_items.count().execute() == 1
    assert leaks == {} and marks(manifest) == ["order_items", "orders"]
    Suite(manifest).order_items.count().execute()
    assert len(marks(manifest)) == 2


def test_a_definition_that_lets_them_in_is_seen_by_table_column_and_rows(manifest, leaks, monkeypatch):
    monkeypatch.setitem(TABLES, "orders", ALL)
    for _ in range(2):  # not only the first time: what leaks leaves no mark
        leaks.clear()
        Suite(manifest).order_items.count().execute()
        assert set(leaks) == {SOURCE}
        about = "orders in another currency than USD, or of a test or foreign tenant"
        assert leaks[SOURCE] == (
            f"orders holds 2 rows of another market (order_id 2, 3): {about}; "
            f"order_items holds 1 row of another market (order_id 2): {about}"
        )


def test_every_record_after_it_carries_what_leaked(manifest, leaks, monkeypatch, capsys):
    said = []
    monkeypatch.setitem(TABLES, "orders", ALL)
    monkeypatch.setattr(report_record, "get_ipython", lambda: object())
    monkeypatch.setattr(report_record, "display", lambda bundle, raw: said.append(bundle[report_record.MIME]))
    report_record.say({"kind": "caveat", "text": "before"}, "before")
    Suite(manifest).orders.count().execute()
    report_record.say({"kind": "caveat", "text": "after"}, "after")
    assert "leaks" not in said[0] and "2 rows" in said[1]["leaks"][SOURCE]


def test_a_table_of_an_analyst_is_watched_as_soon_as_it_asks(manifest, leaks, monkeypatch):
    every = TABLES["all_orders"]
    Suite(manifest).all_orders.count().execute()
    assert leaks == {}
    monkeypatch.setitem(TABLES, "all_orders", dataclasses.replace(every, home_by="order_id"))
    Suite(manifest).all_orders.count().execute()
    assert "all_orders holds 2 rows" in leaks[SOURCE]
    monkeypatch.setitem(TABLES, "all_orders", dataclasses.replace(every, home_by="store_id"))
    with pytest.raises(UnknownNameError, match="canary of table all_orders 'store_id'"):
        Suite(manifest).table("all_orders")


def test_other_canaries_are_looked_for_anew(manifest, leaks, monkeypatch):
    Suite(manifest).orders.count().execute()
    canary = {**contracts.declared()["canaries"]["order_id"], "rows": f"SELECT '4' AS canary FROM {SOURCE}"}
    monkeypatch.setattr(contracts, "declared", lambda: {"canaries": {"order_id": canary}})
    Suite(manifest).orders.count().execute()
    assert "1 row of another market (order_id 4)" in leaks[SOURCE]


def test_canaries_are_those_rows_whose_own_labels_are_foreign(manifest):
    """Written apart from the gate, and agreeing with it."""
    suite = Suite(manifest)
    foreign = suite.outside_orders.filter(ibis._.market_side == "foreign").order_id.execute()
    assert set(foreign) == {"2", "3"}
    assert contracts.declared()["canaries"].keys() == {
        table.home_by for table in TABLES.values() if table.home_by
    }
