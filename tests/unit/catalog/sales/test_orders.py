"""Conformed orders: what counts, on which day, in which cents."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics.errors import ParameterError
from tests import estate_rows

COMPLETED, CANCELLED = 90, 0


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    order = "luckyus_sales_order.t_order"
    rows = {
        "luckyus_opshop.t_shop_info": [
            {**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"},
            {**estate_rows.NEW_YORK, "id": 2, "internal": 1, "set_up_time": "2025-06-30T12:00:00"},
            {**estate_rows.NEW_YORK, "id": 3, "status": 0, "set_up_time": None},
            {**estate_rows.RAROTONGA, "set_up_time": "2025-06-30T12:00:00"},
        ],
        order: [
            # 03:30 UTC on 2 November is still 1 November in New York, four hours behind until 06:00 UTC
            _order(10, "2025-11-02T03:30:00", 4.71),
            _order(11, "2025-11-03T04:30:00", 5.00),  # 23:30 on 2 November: five hours behind by then
            _order(12, "2025-11-02T09:30:00", 3.00, shop_id=9, currency_code="NZD"),
            _order(13, "2025-11-02T15:00:00", 9.99, status=CANCELLED),
            _order(14, "2025-11-02T15:00:00", 2.50, shop_id=2),
            _order(15, "2025-11-02T09:30:00", 1.00, shop_id=9),  # USD in an NZD shop, 1 November there
            _order(16, "2026-02-14T05:30:00", 7.00),  # after the last closed day
            _order(17, "2025-11-02T15:00:00", 6.00, shop_id=77),
        ],
        "luckyus_sales_order.t_order_item": [
            _item(1, "10", 2.00, 0.18),
            _item(2, "10", 2.00, 0.18),
            _item(3, "11", 4.59, 0.41),
            _item(4, "12", 3.00, 0),
            _item(5, "13", 9.99, 0),
        ],
        "luckyus_sales_order.t_order_amount": [
            {"id": 1, "order_id": 10, "delivery_fee": 0.5, "packaging_fee": 0.1, "order_discount": 0.25}
        ],
    }
    return estate_rows.suite(tmp_path_factory.mktemp("catalog"), rows)


def _order(number, at, paid, **facts):
    shop = {"shop_id": 1, "status": COMPLETED, "currency_code": "USD", "channel": 2, "user_no": "U1"}
    return {"id": number, "create_time": at, "pay_money": paid, "total_money": paid, **shop, **facts}


def _item(number, order, paid, tax):
    return {
        "id": number,
        "order_id": order,
        "spu_code": "SP1",
        "pay_money": paid,
        "tax": tax,
        "tax_mode": int(tax > 0),
    }


def _by_id(table, key="order_id"):
    return table.execute().set_index(key).sort_index()


def test_completed_usd_orders_of_all_shops_count_and_the_rest_is_countable(suite):
    assert list(_by_id(suite.orders).index) == ["10", "11", "14", "15"]
    excluded = suite.excluded.execute().set_index(["reason", "currency"])
    assert excluded["n_orders"].to_dict() == {
        ("not in USD", "NZD"): 1,
        ("not completed", "USD"): 1,
        ("after as_of", "USD"): 1,
        ("shop unknown", "USD"): 1,
    }
    assert excluded.loc[("not in USD", "NZD"), "paid_cents"] == 300


def test_the_business_date_is_the_stores_own_through_the_change_of_clocks(suite):
    dates = _by_id(suite.orders)["order_date"].astype(str).to_dict()
    assert dates == {"10": "2025-11-01", "11": "2025-11-02", "14": "2025-11-02", "15": "2025-11-01"}
    assert _by_id(suite.orders)["local_hour"].to_dict() == {"10": 23, "11": 23, "14": 10, "15": 23}


def test_money_is_exact_in_cents_and_closes(suite):
    order = _by_id(suite.orders).loc["10"]
    assert (order.revenue_cents, order.items_cents, order.tax_cents, order.n_items) == (471, 400, 36, 2)
    fees = order.delivery_fee_cents + order.packaging_fee_cents - order.order_discount_cents
    assert order.items_cents + order.tax_cents + fees == order.revenue_cents
    bare = _by_id(suite.orders).loc["14"]
    assert (bare.items_cents, bare.delivery_fee_cents, bare.has_amounts) == (0, 0, False)


def test_trading_stores_are_open_public_and_in_usd(suite):
    stores = _by_id(suite.stores, "store_id")["is_trading_store"].to_dict()
    assert stores == {"1": True, "2": False, "3": False, "9": False}
    assert _by_id(suite.orders)["is_trading_store"].to_dict() == {
        "10": True,
        "11": True,
        "14": False,
        "15": False,
    }


def test_items_of_left_out_orders_are_left_out(suite):
    assert sorted(suite.order_items.item_id.execute()) == ["1", "2", "3"]


def test_as_of_is_inclusive_and_cuts_later_rows(suite):
    from lucky_analytics.catalog import Suite

    early = Suite(suite.snapshot, as_of="2025-11-01")
    assert list(_by_id(early.orders).index) == ["10", "15"]
    assert Suite(suite.snapshot, as_of=dt.date(2025, 6, 29)).stores.is_trading_store.sum().execute() == 0


def test_a_future_as_of_is_refused_with_the_last_closed_day(suite):
    from lucky_analytics.catalog import Suite

    with pytest.raises(ParameterError, match=r"at most 2026-02-13.*got 2026-02-14"):
        Suite(suite.snapshot, as_of="2026-02-14")
    with pytest.raises(ParameterError, match="a date like"):
        Suite(suite.snapshot, as_of="14 February")


def test_each_table_has_its_declared_columns_and_unique_keys(suite):
    from lucky_analytics.catalog import TABLES, find_faults

    for name, declared in TABLES.items():
        table = suite.table(name)
        assert list(table.columns) == list(declared.columns)
        assert find_faults(declared, table) == []


def test_tables_read_are_recorded_with_their_hashes(suite):
    from lucky_analytics import report_record

    suite.products.count().execute()
    name = "luckyus_scm_commodity.t_commodity_base_info"
    assert report_record._tables_read[name] == suite.snapshot.tables[name].content_hash


def test_a_table_shown_says_grain_units_and_freshness(suite):
    shown = repr(suite.orders).splitlines()
    assert shown[0].startswith("orders: one row per completed USD order")
    assert shown[2].endswith("business dates up to 2026-02-13")
    assert "store-local business date" in repr(suite.orders)
    assert set(dir(suite)) >= {"orders", "stores", "source", "as_of"}
    assert "revenue_cents" in dir(suite.orders)
    assert "t_order" in dir(suite.source("salesorder"))
