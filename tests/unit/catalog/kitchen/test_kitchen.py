"""Conformed fees, recipes, goods, costs and production: units, dates, what is left out."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics.catalog import TABLES, find_faults
from tests import estate_rows

COMMODITY, KITCHEN = "luckyus_scm_commodity", "luckyus_opproduction"
EVENTS = [(5, 1, "2025-07-01T12:00:00"), (5, 2, "2026-02-14T04:00:00"), (5, 3, "2026-02-14T06:00:00"),
          (6, 4, "2026-01-01T12:00:00"), (7, 8, "2026-01-02T12:00:00")]  # fmt: skip


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    placed = "2025-11-02T03:30:00"  # still 1 November in New York
    order = {"id": 10, "shop_id": 1, "status": 90, "currency_code": "USD", "create_time": placed}
    trade = {
        "trade_type": 1,
        "currency_code": "USD",
        "order_id": "10",
        "create_time": placed,
        "channel_id": 53,
    }
    ticket = {"order_id": "10", "shop_id": 1, "create_time": placed, "status": 30, "order_type": 1}
    good = {"goods_code": "G1", "unit": "g", "storage": 2, "status": 1}
    rows = {
        "luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}],
        "luckyus_sales_order.t_order": [order],
        "luckyus_sales_payment.t_trade": [
            {**trade, "id": 1, "trade_no": "T1", "amount": 471},
            {**trade, "id": 2, "trade_no": "T2", "amount": 300, "trade_type": 2},
            {**trade, "id": 3, "trade_no": "T3", "amount": 500},
        ],
        "luckyus_sales_payment.t_channel_fee": [
            {"id": 1, "trade_no": "T1", "channel_id": 6, "transaction_fee": "0.1768",
             "merchant_service_fee": "0.0047", "total_fee": "0.1815"},
        ],
        f"{COMMODITY}.t_formula_spu": [
            {"id": 1, "formula_code": "F1", "version": 1, "step_no": 1, "spu_code": "SP1", "goods_code": "G1",
             "quantity": "18.5", "is_default": 1,
             "effective_start": dt.date(2025, 6, 1), "effective_end": None},
            {"id": 2, "formula_code": "F1", "version": 2, "step_no": 1, "spu_code": "SP1", "goods_code": "G1",
             "quantity": "17", "effective_start": dt.date(2026, 3, 1), "effective_end": None},
        ],
        f"{COMMODITY}.t_mdm_goods": [{**good, "id": 1}, {**good, "id": 2, "goods_code": "G2", "status": 2}],
        f"{COMMODITY}.t_goods_cost": [
            {"id": 1, "goods_code": "G1", "unit_cost": "0.012345", "currency_code": "USD",
             "effective_start": dt.date(2025, 6, 1)},
            {"id": 2, "goods_code": "G1", "unit_cost": "0.02", "currency_code": "NZD",
             "effective_start": dt.date(2025, 6, 1)},
        ],
        f"{KITCHEN}.t_production": [
            {**ticket, "id": 1, "accept_time": "2025-11-02T03:31:00", "done_time": "2025-11-02T03:34:38"},
            {**ticket, "id": 2, "status": 40, "accept_time": None, "done_time": None},
            {**ticket, "id": 3, "create_time": "2026-02-14T12:00:00"},
        ],
        f"{KITCHEN}.t_commodity": [
            {"id": 5, "production_id": 1, "order_item_id": 7, "spu_code": "SP1", "status": 30,
             "start_time": "2025-11-02T03:31:00", "done_time": "2025-11-02T03:32:30"},
            {"id": 6, "production_id": 3, "spu_code": "SP1"},
        ],
        "luckyus_iot_platform.t_device": [{"id": 5, "shop_id": 1}, {"id": 7, "shop_id": 1}],
        "luckyus_iot_platform.t_device_event": [
            {"id": k, "device_id": device, "event_type": kind, "event_time": when}
            for k, (device, kind, when) in enumerate(EVENTS)
        ],
        "luckyus_scm_shopstock.t_shop_goods_stock": [
            {"id": 1, "shop_dept_id": 1, "goods_code": "G1", "stock_quantity": "12.500", "unit": "g",
             "on_order_quantity": "100", "safety_quantity": "30"},
            {"id": 2, "shop_dept_id": 9, "goods_code": "G1", "stock_quantity": "0", "unit": "g",
             "on_order_quantity": "0", "safety_quantity": "0"},
        ],
    }  # fmt: skip
    return estate_rows.suite(tmp_path_factory.mktemp("kitchen"), rows)


def _only(table):
    frame = table.execute()
    assert len(frame) == 1
    return frame.iloc[0]


def test_a_fee_belongs_to_its_payment_and_keeps_fractions_of_a_cent(suite):
    fee = _only(suite.fees)
    assert (fee.payment_id, fee.order_id, fee.channel_id, fee.amount_cents) == ("T1", "10", "6", 471)
    assert fee.fee_cents == pytest.approx(18.15)
    assert fee.transaction_fee_cents + fee.service_fee_cents == pytest.approx(fee.fee_cents)
    assert str(fee.payment_date)[:10] == "2025-11-01"


def test_recipes_begin_by_as_of_and_stay_open_while_in_force(suite):
    line = _only(suite.recipes)
    assert (line.recipe_id, line.version, line.goods_id, line.quantity) == ("F1", 1, "G1", 18.5)
    assert line.is_default
    assert line.end_date is None or str(line.end_date) == "NaT"


def test_costs_are_cents_of_a_base_unit_in_usd(suite):
    assert _only(suite.costs).unit_cost_cents == pytest.approx(1.2345)


def test_goods_say_what_can_be_ordered_and_how_it_is_kept(suite):
    goods = suite.goods.execute().set_index("goods_id")
    assert goods["is_active"].to_dict() == {"G1": True, "G2": False}
    assert goods.loc["G1", "storage"] == "chilled"


def test_production_seconds_run_from_acceptance_to_done(suite):
    tickets = suite.production.execute().set_index("production_id").sort_index()
    assert list(tickets.index) == ["1", "2"]
    assert tickets.loc["1", "production_seconds"] == 218
    assert tickets["production_seconds"].isna().tolist() == [False, True]
    assert tickets["status"].tolist() == ["done", "void"]
    assert str(tickets.loc["1", "production_date"])[:10] == "2025-11-01"
    assert tickets.loc["1", "local_hour"] == 23


def test_units_belong_to_the_tickets_that_count(suite):
    unit = _only(suite.production_units)
    assert (unit.unit_id, unit.item_id, unit.product_id, unit.unit_seconds) == ("5", "7", "SP1", 90)


def test_events_are_those_of_known_machines_by_as_of(suite):
    kinds = {1: "installed", 2: "failed", 3: "repaired", 4: "decommissioned"}
    expected = [
        (str(k), str(device), kinds.get(kind, "other"), "1")
        for k, (device, kind, when) in enumerate(EVENTS)
        if device in (5, 7) and when < "2026-02-14T05:00:00"
    ]
    found = suite.device_events.order_by("event_id").execute()
    columns = ["event_id", "machine_id", "kind", "store_id"]
    assert [tuple(row) for row in found[columns].values.tolist()] == expected
    assert str(found["event_date"].iloc[1])[:10] == "2026-02-13"


def test_positions_are_of_every_shop_and_good(suite):
    found = suite.stock_positions.order_by("store_id").execute()
    columns = ["store_id", "goods_id", "stock_quantity", "on_order_quantity", "safety_quantity"]
    assert found[columns].values.tolist() == [["1", "G1", 12.5, 100.0, 30.0], ["9", "G1", 0.0, 0.0, 0.0]]


@pytest.mark.parametrize("name", ["device_events", "stock_positions"])
def test_columns_and_keys_are_as_declared(suite, name):
    assert list(suite.table(name).columns) == list(TABLES[name].columns)
    assert find_faults(TABLES[name], suite.table(name)) == []
