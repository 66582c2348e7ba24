"""Forecasts and stock: what was known when, per grain; the seven weekday tables are one."""

from __future__ import annotations

import datetime as dt

import pytest

from tests import estate_rows

GOODS = "luckyus_ireplenishment.wh_goods_daily_demand_pred"
ORDERS = "luckyus_ireplenishment.t_order_predict_alg_v2"
DAILY = "luckyus_scm_shopstock.t_shop_goods_stock_daily"
CHANGE = "luckyus_scm_shopstock.t_shop_goods_stock_change_"


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    made = {"shop_dept_id": 1, "goods_code": "G1", "pred_date": dt.date(2025, 12, 1), "version": 1}
    # 10:30 UTC is 05:30 in New York in winter
    made |= {"demand_date": dt.date(2025, 12, 3), "create_time": "2025-12-01T10:30:00", "demand_pred": 12.5}
    hour = {"shop_dept_id": 1, "pred_date": dt.date(2025, 12, 1), "predict_date": dt.date(2025, 12, 1)}
    stock = {"shop_dept_id": 1, "goods_code": "G1", "consumed_quantity": 7.25}
    change = {"shop_dept_id": 1, "goods_code": "G1", "change_quantity": -1.5}
    rows = {
        "luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}],
        GOODS: [
            {"id": 1, **made},
            {"id": 2, **made, "version": 2, "create_time": "2025-12-02T06:15:00"},
            {"id": 3, **made, "pred_date": dt.date(2026, 1, 2)},
        ],
        ORDERS: [{"id": 1, **hour, "predict_hour": 9, "predict_orders": 41.5, "version": 1}],
        DAILY: [
            {"id": 1, **stock, "stock_date": dt.date(2025, 12, 3), "stock_out_time": "2025-12-03T20:00:00"},
            {"id": 2, **stock, "stock_date": dt.date(2025, 12, 4), "stock_out_time": None},
            {"id": 3, **stock, "stock_date": dt.date(2026, 1, 2), "stock_out_time": None},
        ],
        CHANGE + "mon": [
            {"id": 1, **change, "change_type": 1, "order_item_id": 88, "stock_date": dt.date(2025, 12, 1)}
        ],
        CHANGE + "sun": [{"id": 1, **change, "change_type": 3, "stock_date": dt.date(2025, 12, 7)}],
    }
    return estate_rows.suite(tmp_path_factory.mktemp("forecasts"), rows, as_of="2026-01-01")


def test_goods_forecasts_say_when_they_were_known(suite):
    frame = suite.forecasts.execute().sort_values("forecast_id")
    assert frame["forecast_id"].tolist() == ["1", "2"]  # the third was made after as_of
    assert frame["lead_days"].tolist() == [2, 2]
    assert frame["available_hour"].tolist() == [5.5, 25.25]
    assert frame["predicted_quantity"].tolist() == [12.5, 12.5]


def test_order_forecasts_are_another_table(suite):
    row = suite.order_forecasts.execute().iloc[0]
    assert (row["local_hour"], row["lead_days"], row["predicted_orders"]) == (9, 0, 41.5)
    assert "goods_id" not in suite.order_forecasts.columns


def test_stock_marks_days_that_ran_out(suite):
    frame = suite.stock.execute().sort_values("stock_date")
    assert frame["is_stock_out"].tolist() == [True, False]  # and nothing after as_of
    assert frame["consumed_quantity"].tolist() == [7.25, 7.25]


def test_weekday_tables_are_one(suite):
    frame = suite.stock_moves.execute().sort_values("stock_date")
    assert frame["kind"].tolist() == ["used", "wasted"]
    assert frame["item_id"].tolist()[0] == "88"
    assert frame["item_id"].isna().tolist() == [False, True]
