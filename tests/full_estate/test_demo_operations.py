"""Kitchens, machines, stock and forecasts of the full-scale demo estate: published figures, and what is
planted found again in the files."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest

from lucky_analytics import demo

LATE_SECONDS = 1800


@pytest.fixture(scope="module")
def db(built: demo.BuildReport) -> duckdb.DuckDBPyConnection:
    """Views of the tables, and ``f``: each first-lead morning forecast beside what was used."""
    connection = duckdb.connect(config={"threads": 2})
    for name in ("luckyus_opproduction", "luckyus_iot_platform", "luckyus_scm_shopstock", "luckyus_opshop",
                 "luckyus_ireplenishment", "luckyus_scm_commodity", "luckyus_sales_order"):  # fmt: skip
        for path in (built.out / name).glob("*.parquet"):
            connection.execute(f"create view {path.stem} as from '{path}'")
    connection.execute("""
        create table f as
        select s.shop_no, g.large_class, p.demand_date as day, p.demand_date - p.pred_date as lead,
               p.demand_date - s.set_up_time::date as age, p.demand_pred / d.consumed_quantity as ratio
        from wh_goods_daily_demand_pred p
        join t_shop_goods_stock_daily d on d.shop_dept_id = p.shop_dept_id
          and d.goods_code = p.goods_code and d.stock_date = p.demand_date
        join t_shop_info s on s.id = p.shop_dept_id join t_mdm_goods g on g.goods_code = p.goods_code
        where p.version = 1 and d.consumed_quantity > 0 and d.stock_out_time is null""")
    return connection


def _one(db: duckdb.DuckDBPyConnection, sql: str) -> tuple:
    row = db.execute(sql).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize(
    ("table", "rows", "digit"),
    [
        ("t_device", 216, 1),
        ("t_device where online_status = 1", 93, 1),
        ("t_device where online_status = 0", 123, 1),
        ("(select distinct machine_type from t_device)", 14, 1),
        ("t_coffee_formula", 217, 1),
        ("t_cup_order_info", 587_000, 1000),
        ("t_shop_goods_stock", 150_000, 1000),
        ("t_shop_opening_time", 135_000, 1000),
        ("wh_goods_daily_demand_pred", 2_500_000, 100_000),
        ("t_order_predict_alg_v2", 124_000, 1000),
    ],
)
def test_published_rows(db: duckdb.DuckDBPyConnection, table: str, rows: int, digit: int):
    assert abs(_one(db, f"select count(*) from {table}")[0] - rows) <= digit / 2


def test_late_tickets_reconcile_the_two_published_means(db: duckdb.DuckDBPyConnection):
    n, mean = _one(db, f"""
        select count(*), avg(epoch(p.done_time) - epoch(p.accept_time)) as seconds
        from t_production p join t_shop_info s on s.id = p.shop_id
        where epoch(p.done_time) - epoch(p.accept_time) > {LATE_SECONDS}
          and (p.create_time at time zone 'UTC' at time zone s.time_zone) >= '2026-02-01'""")  # fmt: skip
    assert n == 155
    assert mean == pytest.approx(3_500, rel=0.03)


def test_kitchens_became_faster_as_published(db: duckdb.DuckDBPyConnection):
    (faster,) = _one(db, f"""
        with p as (select epoch(done_time) - epoch(accept_time) as seconds, create_time from t_production)
        select 1 - avg(seconds) filter (create_time >= '2026-02-01')
                 / avg(seconds) filter (create_time < '2025-08-01')
        from p where seconds <= {LATE_SECONDS}""")  # fmt: skip
    assert faster == pytest.approx(0.36, abs=0.03)


def test_load_slope_from_overlapping_tickets(db: duckdb.DuckDBPyConnection, truth: dict):
    rows = db.execute(f"""
        with p as (select shop_id, commodity_count as units, accept_time as a, done_time as d
                   from t_production where epoch(done_time) - epoch(accept_time) <= {LATE_SECONDS}),
        event as (select shop_id, a as t, 1 as delta, a, d, units from p
                  union all select shop_id, d, -1, null, null, null from p)
        select epoch(d) - epoch(a) as seconds, units, a::date - date '2025-06-29' as day,
               sum(delta) over (partition by shop_id order by t, delta
                                rows between unbounded preceding and 1 preceding) as load
        from event qualify d is not null""").fetchnumpy()
    used = rows["units"] > 0
    load = np.ma.filled(rows["load"].astype(float), 0)[used]
    y, x = np.log(rows["seconds"][used]), np.log1p(np.maximum(load, 0))
    group = rows["day"][used] // 7 * 100 + np.minimum(rows["units"][used], 12)
    _, cell = np.unique(group, return_inverse=True)

    def within(values: np.ndarray) -> np.ndarray:
        return values - (np.bincount(cell, values) / np.bincount(cell))[cell]

    slope = float((within(x) * within(y)).sum() / (within(x) ** 2).sum())
    assert truth["production"]["load_slope"]["realised"] == pytest.approx(0.18, abs=0.004)
    assert slope == pytest.approx(truth["production"]["load_slope"]["realised"], abs=0.01)


@pytest.mark.parametrize(
    ("where", "planted"),
    [
        ("shop_no = 'US00001' and day < date '2026-01-15'", 0.94),
        ("shop_no = 'US00002' and day < date '2026-01-15'", 1.0),
        ("shop_no between 'US00003' and 'US00010' and age < 56 and day < date '2026-01-15'", 1.12),
        ("shop_no between 'US00003' and 'US00010' and age >= 56 and day < date '2026-01-15'", 1.0),
        ("shop_no = 'US00002' and day >= date '2026-01-15'", 1.10),
    ],
)
def test_forecast_bias(db: duckdb.DuckDBPyConnection, where: str, planted: float):
    (ratio,) = _one(db, f"select avg(ratio) from f where lead = 1 and {where}")
    assert ratio == pytest.approx(planted, abs=0.015)


@pytest.mark.parametrize(("kind", "sigma"), [("Coffee", 0.18), ("Dairy", 0.20), ("Food", 0.30)])
@pytest.mark.parametrize("lead", [1, 8])
def test_forecast_spread(db: duckdb.DuckDBPyConnection, kind: str, sigma: float, lead: int):
    (sd,) = _one(db, f"""
        select stddev(ln(ratio)) from f where large_class = '{kind}' and lead = {lead}
          and shop_no = 'US00002' and day < date '2026-01-15'""")  # fmt: skip
    assert sd == pytest.approx(sigma + 0.02 * (lead - 1), rel=0.06)


def test_stock_outs_are_as_many_as_planted_and_cut_demand_short(db: duckdb.DuckDBPyConnection):
    share, closing = _one(db, """
        select count(stock_out_time) / count(*), max(closing_quantity) filter (stock_out_time is not null)
        from t_shop_goods_stock_daily where consumed_quantity > 0""")  # fmt: skip
    assert share == pytest.approx(0.015, abs=0.001)
    assert closing == 0
    (ratio,) = _one(db, """
        select avg(p.demand_pred / d.consumed_quantity) from wh_goods_daily_demand_pred p
        join t_shop_goods_stock_daily d on d.shop_dept_id = p.shop_dept_id
          and d.goods_code = p.goods_code and d.stock_date = p.demand_date
        where d.stock_out_time is not null and p.demand_date - p.pred_date = 1""")  # fmt: skip
    assert ratio > 1.15  # scored with the others, stock-outs would look like a bias of their own


def test_stock_balances_and_consumption_follow_orders(db: duckdb.DuckDBPyConnection):
    broken, milk = _one(db, """
        select count(*) filter (opening_quantity + received_quantity - consumed_quantity - wasted_quantity
                                + adjusted_quantity <> closing_quantity),
               sum(consumed_quantity) filter (goods_name = 'Whole Milk')
        from t_shop_goods_stock_daily join t_mdm_goods using (goods_code)""")  # fmt: skip
    assert broken == 0
    (wanted,) = _one(db, """
        select sum(f.quantity) from t_order_item i join t_order o on o.id::varchar = i.order_id
        join t_shop_info s on s.id = o.shop_id
        join t_formula_spu f on f.sku_code = i.sku_code and f.is_default = 1 and f.status = 1
        join t_mdm_goods g on g.goods_code = f.goods_code
        where o.status = 90 and s.shop_no between 'US00001' and 'US00010'
          and g.goods_name = 'Whole Milk'""")  # fmt: skip
    assert milk == wanted


def test_machine_lives(truth: dict):
    shape = truth["machines"]["shape"]
    assert abs(shape["realised"] - shape["planted"]) < 2.5 * shape["se"]
    assert truth["machines"]["decommissioned_share"]["realised"] == pytest.approx(0.30, abs=0.003)


def test_four_products_earn_within_two_percent_of_their_category(db: duckdb.DuckDBPyConnection, truth: dict):
    rows = db.execute("""
        with cost as (select f.sku_code, c.effective_start as since, c.effective_end as until,
                             sum(f.quantity * c.unit_cost) as cost, count(c.unit_cost) as known,
                             any_value(n.n) as n_goods
                      from t_formula_spu f
                      join (select sku_code, count(*) as n from t_formula_spu
                            where is_default = 1 and status = 1 group by 1) n using (sku_code)
                      left join t_goods_cost c using (goods_code)
                      where f.is_default = 1 and f.status = 1 group by 1, 2, 3),
        sold as (select i.spu_name, i.one_category_name as category, i.pay_money - c.cost as margin
                 from t_order_item i join t_order o on o.id::varchar = i.order_id
                 join cost c on c.sku_code = i.sku_code and c.known = c.n_goods
                  and (o.create_time - interval 4 hour)::date >= c.since
                  and ((o.create_time - interval 4 hour)::date < c.until or c.until is null)
                 where o.status = 90 and o.currency_code = 'USD'),
        category as (select category, avg(margin) as cut from sold group by 1)
        select spu_name, any_value(category), avg(margin) / any_value(cut) - 1
        from sold join category using (category) group by 1""").fetchall()
    gap = {name: (category, float(share)) for name, category, share in rows}
    four = truth["menu"]["borderline"]["realised"]
    assert len({gap[name][0] for name in four}) == len(four) == 4
    for name in four:
        assert abs(gap[name][1]) < 0.02
        assert gap[name][1] == pytest.approx(truth["menu"]["cut_gaps"]["realised"][name], abs=0.004)
    sold = {name for (name,) in db.execute("select distinct spu_name from t_order_item").fetchall()}
    assert sold - set(gap) == set(truth["menu"]["without_cost"]["realised"])
