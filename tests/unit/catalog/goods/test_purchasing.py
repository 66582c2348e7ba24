"""Conformed purchases, shipments and settlements, against plain loops over the rows."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics.catalog import TABLES, find_faults
from tests import estate_rows

BUYING = "luckyus_scm_purchase"
ORDERS = [(1, "S1", 2, dt.date(2026, 1, 5), "100.50"), (2, "S1", 1, dt.date(2026, 2, 13), "20"),
          (3, "S2", 7, dt.date(2026, 2, 14), "5")]  # fmt: skip
LINES = [(1, "G1", 4, "20.10"), (1, "G2", 1, "20.10"), (2, "G1", 1, "20"), (3, "G9", 1, "5")]
SHIPPED = [(1, dt.date(2026, 1, 9), "2026-01-12T03:00:00", 3, 1), (1, dt.date(2026, 1, 10),
           "2026-01-10T19:00:00", 2, 0), (2, dt.date(2026, 2, 16), None, 1, 0),
           (3, dt.date(2026, 2, 20), None, 1, 0)]  # fmt: skip
SETTLED = [(1, "2026-01-12T23:00:00", 1, "2026-02-10T16:00:00"), (2, "2026-02-14T06:00:00", 2, None)]


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    rows = {
        "luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}],
        "luckyus_scmsrm.t_supplier": [
            {"id": k, "supplier_no": f"S{k}", "supplier_name": f"No. {k}", "status": k} for k in (1, 2)
        ],
        f"{BUYING}.t_purchase_order": [
            {"id": k, "order_no": f"PO{k}", "supplier_no": supplier, "status": status, "order_date": day,
             "amount": amount, "currency_code": "USD"}
            for k, supplier, status, day, amount in ORDERS
        ],
        f"{BUYING}.t_purchase_order_item": [
            {"id": k, "purchase_order_id": order, "goods_code": good, "ordered_packs": packs,
             "pack_price": price, "amount": float(price) * packs}
            for k, (order, good, packs, price) in enumerate(LINES)
        ],
        f"{BUYING}.t_ship_order": [
            {"id": k, "purchase_order_id": order, "promised_date": promised, "arrived_time": arrived,
             "status": 2 if arrived else 1, "shipped_packs": packs, "rejected_packs": refused}
            for k, (order, promised, arrived, packs, refused) in enumerate(SHIPPED)
        ],
        f"{BUYING}.t_supplier_settlement": [
            {"id": k, "supplier_no": "S1", "ship_order_id": ship, "create_time": made, "status": status,
             "paid_time": paid, "amount": "60.30"}
            for k, (ship, made, status, paid) in enumerate(SETTLED)
        ],
    }  # fmt: skip
    return estate_rows.suite(tmp_path_factory.mktemp("buying"), rows)


NAMES = ["suppliers", "purchase_orders", "purchase_lines", "shipments", "settlements"]


@pytest.mark.parametrize("name", NAMES)
def test_columns_and_keys_are_as_declared(suite, name):
    assert list(suite.table(name).columns) == list(TABLES[name].columns)
    assert find_faults(TABLES[name], suite.table(name)) == []


def test_orders_and_lines_placed_by_as_of(suite):
    supplier_of = {order: supplier for order, supplier, *_ in ORDERS}
    statuses = {1: "open", 2: "delivered", 3: "cancelled"}
    expected = [
        [f"PO{k}", supplier, statuses.get(status, "other"), round(float(amount) * 100)]
        for k, supplier, status, day, amount in ORDERS
        if day <= dt.date(2026, 2, 13)
    ]
    found = suite.purchase_orders.order_by("purchase_id").execute()
    assert found[["purchase_no", "supplier_id", "status", "amount_cents"]].values.tolist() == expected
    lines = suite.purchase_lines.order_by("line_id").execute()
    assert lines[["supplier_id", "goods_id", "ordered_packs", "pack_cents"]].values.tolist() == [
        [supplier_of[order], good, packs, round(float(price) * 100)]
        for order, good, packs, price in LINES
        if order != 3
    ]


def test_late_is_positive_early_negative_and_under_way_unknown(suite):
    found = suite.shipments.order_by("shipment_id").execute()
    # 3:00 UTC on the 12th is still the 11th in New York: two days after the promised 9th
    assert found["days_late"].tolist()[:2] == [2, 0]
    assert found["days_late"].isna().tolist() == [False, False, True]
    assert found["status"].tolist() == ["received", "received", "on its way"]
    assert found["rejected_packs"].tolist() == [1, 0, 0]


def test_settlements_made_by_as_of(suite):
    found = suite.settlements.execute()
    assert found[["shipment_id", "status", "amount_cents"]].values.tolist() == [["1", "paid", 6_030]]
    assert suite.suppliers.order_by("supplier_id").execute()["is_active"].tolist() == [True, False]
