"""Containers, task forms and complaints of a small estate: they agree with the stock and the orders."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> tuple:
    return db.execute(sql).fetchone() or ()


def test_what_was_discarded_is_what_the_stock_says_was_wasted(db: duckdb.DuckDBPyConnection):
    """Store by store, good by good and day by day."""
    sql = """
        with thrown as (select shop_id as shop_dept_id, goods_code, sum(discarded_quantity) as thrown,
                               timezone('America/New_York', timezone('UTC', open_time))::date as stock_date
                        from t_expiry_log group by all)
        select count(*), count(*) filter (coalesce(thrown, 0) <> coalesce(wasted_quantity, 0)), sum(thrown)
        from thrown full join t_shop_goods_stock_daily using (shop_dept_id, goods_code, stock_date)"""
    n, off, thrown = _one(db, sql)
    assert n > 1000 and off == 0 and thrown > 0


@pytest.mark.parametrize(
    "sql",
    [
        "t_expiry_log where opened_quantity <= 0 or discarded_quantity not between 0 and opened_quantity",
        "t_expiry_log where (discard_reason is null) <> (discarded_quantity = 0)",
        "t_expiry_log where close_time <= open_time or received_date > open_time::date",
        "t_expiry_log where discard_reason = 1 and close_time < use_by_time",
        "t_expiry_log where discard_reason is null and open_time > use_by_time",
        """t_expiry_log l left join t_shop_goods_stock_daily d on d.shop_dept_id = l.shop_id
           and d.goods_code = l.goods_code and d.stock_date = l.received_date
           where coalesce(d.received_quantity + greatest(d.adjusted_quantity, 0), 0) = 0""",
        "t_task_form where (result = 3) <> (submit_time is null)",
        """t_complaint c join t_order o on o.id::varchar = c.order_id
           where c.create_time <= o.finish_time or c.shop_id <> o.shop_id or o.status <> 90
              or c.create_time > '2026-02-14 12:00'""",
    ],
)
def test_nothing_is_implausible(db: duckdb.DuckDBPyConnection, sql: str):
    assert _one(db, f"select count(*) from {sql}") == (0,)


def test_the_planted_stores_waste_more_of_what_keeps_a_week(db: duckdb.DuckDBPyConnection, tiny: Path):
    truth = json.loads((tiny / "truth.json").read_text())
    planted = truth["exceptions"]["rows"]["over_ordering_stores"]
    sql = f"""
        with g as (select goods_code from t_mdm_goods where shelf_life_days between 1 and 7),
             s as (select shop_dept_id::varchar in {tuple(planted)} as planted,
                          sum(wasted_quantity * unit)
                            / sum((wasted_quantity + consumed_quantity) * unit) as share
                   from t_shop_goods_stock_daily join g using (goods_code)
                   join (select goods_code, min(unit_cost) as unit from t_goods_cost group by 1)
                     using (goods_code) group by 1)
        select max(share) filter (planted), max(share) filter (not planted) from s"""
    over, others = _one(db, sql)
    assert over > others
    dollars = truth["waste"]["dollars_over_ordered"]["realised"]
    assert min(dollars["3"], dollars["6"]) > 0
    assert sum(dollars.values()) == pytest.approx(dollars["3"] + dollars["6"])


def test_complaints_of_the_wait_are_of_slow_orders(db: duckdb.DuckDBPyConnection):
    sql = """
        select avg(epoch(done_time) - epoch(accept_time)) filter (complaint_type = 1),
               avg(epoch(done_time) - epoch(accept_time)) filter (complaint_type is null)
        from t_production p left join t_complaint c using (order_id) where done_time > accept_time"""
    slow, usual = _one(db, sql)
    assert slow > usual
