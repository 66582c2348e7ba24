"""A small estate is the large one in small: what follows the orders keeps its proportion to them."""

from __future__ import annotations

import duckdb
import pytest


def _ratio(db: duckdb.DuckDBPyConnection, sql: str) -> float:
    (value,) = db.execute(sql).fetchone() or (None,)
    assert value is not None
    return float(value)


def test_hourly_forecasts_are_as_large_as_the_orders(db: duckdb.DuckDBPyConnection):
    """Three hours in five have no order at this scale, and a forecast of none would be no forecast."""
    sql = """
        with forecast as (select sum(predict_orders) as orders from t_order_predict_alg_v2
                          where version = 1 and predict_date - pred_date = 1
                            and predict_date <= '2026-02-13'),
             placed as (select count(*) as orders from t_order join t_shop_info s on s.id = shop_id
                        where t_order.status = 90 and operation_mode = 1 and s.currency_code = 'USD')
        select forecast.orders / placed.orders from forecast, placed"""
    assert 1 < _ratio(db, sql) < 1.25


def test_goods_forecasts_are_as_large_as_what_is_used(db: duckdb.DuckDBPyConnection):
    sql = """
        select sum(f.demand_pred) / sum(d.consumed_quantity) from wh_goods_daily_demand_pred f
        join t_shop_goods_stock_daily d using (shop_dept_id, goods_code)
        where f.version = 1 and f.demand_date - f.pred_date = 1 and d.stock_date = f.demand_date
          and d.stock_out_time is null"""
    assert 0.95 < _ratio(db, sql) < 1.25


def test_costs_keep_their_proportion_to_the_revenue(db: duckdb.DuckDBPyConnection):
    """Eight months of ten young stores cost 1.1 times what they take, at full scale and at a fiftieth."""
    sql = """select sum(amount) / (select sum(pay_money) from t_order
                                   where status = 90 and currency_code = 'USD') from t_acc_cost_bill"""
    assert _ratio(db, sql) == pytest.approx(1.09, rel=0.05)


def test_the_stock_of_a_good_lasts_days_not_months(db: duckdb.DuckDBPyConnection):
    sql = """select median(closing_quantity / consumed_quantity) from t_shop_goods_stock_daily
             where consumed_quantity > 0 and goods_code in (select goods_code from t_shop_goods_stock_daily
               group by 1 having avg((consumed_quantity > 0)::int) > 0.9)"""
    assert 0.5 < _ratio(db, sql) < 20
