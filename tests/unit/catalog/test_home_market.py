"""Whose a row is: by its own labels, its order, its shop, its customer, and never by chance."""

from __future__ import annotations

import dataclasses

import ibis
import pytest

from lucky_analytics.catalog.home_market import DOUBT, FOREIGN, HERE, home_rows, mark_side
from lucky_analytics.errors import MissingTableError, ParameterError
from tests import estate_rows

ORDER = "luckyus_sales_order.t_order"
SHOPS = [
    estate_rows.NEW_YORK | {"tenant": "LKUS"},
    estate_rows.NEW_YORK | {"id": 2, "tenant": "LKUS", "test_flag": 1},
    estate_rows.NEW_YORK | {"id": 3, "tenant": "LKTEST"},
    estate_rows.RAROTONGA | {"tenant": "LKUS"},  # the flag is missing, and the tenant is wrong
]
# Currency, tenant, shop, and whose the order is.
ORDERS = {
    1: ("USD", "LKUS", 1, HERE),
    2: ("NZD", "LKTEST", 9, FOREIGN),
    3: ("NZD", "LKUS", 1, FOREIGN),
    4: ("USD", "LKTEST", 1, FOREIGN),
    5: ("USD", "LKUS", 9, DOUBT),
    6: ("USD", "LKUS", 2, DOUBT),
    7: ("USD", "LKUS", 3, DOUBT),
    8: ("USD", "LKUS", 77, HERE),  # a shop that nobody knows says nothing
    9: ("USD", "LKXX", 1, HERE),  # nor does a tenant that nobody declared: the audit names it
    10: ("USD", "LKCN", 1, FOREIGN),
}


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    order = {"status": 90, "create_time": "2025-11-02T16:00:00", "pay_money": 4.71}
    rows = {
        "luckyus_opshop.t_shop_info": SHOPS,
        "luckyus_sales_crm.t_user": [
            {"id": 1, "user_no": "U1", "tenant": "LKUS"}, {"id": 2, "user_no": "U2", "tenant": "LKTEST"}
        ],
        ORDER: [
            order | {"id": number, "currency_code": currency, "tenant": tenant, "shop_id": shop}
            for number, (currency, tenant, shop, _) in ORDERS.items()
        ],
    }  # fmt: skip
    return estate_rows.suite(tmp_path_factory.mktemp("market"), rows)


def sides(suite, **columns: list) -> list[str]:
    """Whose each row is, in the order of the rows."""
    rows = ibis.memtable({"row": list(range(len(next(iter(columns.values()))))), **columns})
    return mark_side(suite, rows).order_by("row").market_side.execute().tolist()


def test_an_order_is_where_its_labels_say_and_in_doubt_where_its_shop_says_otherwise(suite):
    expected = {str(number): side for number, (*_, side) in ORDERS.items()}
    raw = mark_side(suite, suite.source("salesorder").t_order).execute()
    assert dict(zip(raw["id"].astype(str), raw["market_side"], strict=True)) == expected
    outside = suite.outside_orders.execute().set_index("order_id")["market_side"].to_dict()
    assert outside == {number: side for number, side in expected.items() if side != HERE}


def test_orders_and_the_gate_keep_the_same_rows(suite):
    kept = {str(number) for number, (_, _, shop, side) in ORDERS.items() if side != FOREIGN and shop != 77}
    assert set(suite.orders.order_id.execute()) == kept
    assert set(home_rows(suite, suite.all_orders).order_id.execute()) == kept | {"8"}
    why = suite.all_orders.execute().set_index("order_id")["left_out_because"]
    assert why["4"] == why["10"] == "of another tenant" and why["2"] == why["3"] == "not in USD"


def test_rows_without_labels_hang_on_order_shop_or_customer(suite):
    assert sides(suite, order_id=["1", "2", "5", "0", None]) == [HERE, FOREIGN, DOUBT, HERE, HERE]
    assert sides(suite, order_id=["1", "2", "5"], currency=["USD"] * 3) == [HERE, DOUBT, DOUBT]
    assert sides(suite, store_id=["1", "2", "9", "77", None]) == [HERE, FOREIGN, FOREIGN, HERE, HERE]
    assert sides(suite, order_id=[None, "5", "2"], store_id=["9"] * 3) == [FOREIGN, DOUBT, FOREIGN]
    assert sides(suite, customer_id=["U1", "U2", None]) == [HERE, FOREIGN, HERE]
    # where a row names its shop or its order, these say it, and not who came
    assert sides(suite, store_id=["1"], customer_id=["U2"]) == [HERE]


def test_each_row_comes_once_with_its_columns(suite):
    table = ibis.memtable({"order_id": ["2", "2", "1"], "store_id": ["9", "1", "1"], "x": [1, 2, 3]})
    marked = mark_side(suite, table)
    assert marked.columns == (*table.columns, "market_side") and marked.count().execute() == 3
    assert home_rows(suite, table).columns == table.columns


def test_a_table_that_says_nothing_of_a_market_is_refused_by_its_columns(suite):
    with pytest.raises(ParameterError, match=r"market of a table: expected .* got goods_id, quantity"):
        mark_side(suite, ibis.memtable({"goods_id": ["G"], "quantity": [1]}))


def test_without_the_table_that_says_it_the_gate_does_not_guess(suite, monkeypatch):
    few = {name: entry for name, entry in suite.snapshot.tables.items() if "t_user" not in name}
    monkeypatch.setattr(suite, "snapshot", dataclasses.replace(suite.snapshot, tables=few))
    with pytest.raises(MissingTableError, match="t_user"):
        mark_side(suite, ibis.memtable({"customer_id": ["U1"]}))
