"""The archives row by row: what the default estate counts of them, coupons and experiments agree."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from lucky_analytics import demo
from lucky_analytics.demo.build.published_check import open_files

LOCAL = "timezone('America/New_York', timezone('UTC', {}))::date"
WEEK = f"greatest(date_trunc('week', {LOCAL.format('receive_time')}), date '2025-06-30')::date"


@pytest.fixture(scope="module")
def db(tmp_path_factory) -> duckdb.DuckDBPyConnection:
    folder = tmp_path_factory.mktemp("cold") / "demo"
    demo.build_estate(folder, scale=0.005, tables="cold")
    return open_files(folder)


def ask(db, sql):
    return db.execute(sql).fetchall()


@pytest.mark.parametrize(
    "sql",
    [
        f"""(select template_no, {WEEK} as receive_week, count(*) as n, count(*) filter (status = 2) as used,
              coalesce(sum(discount_money), 0) as money from t_coupon_record_expired group by 1, 2)
            full join t_coupon_expired_stat using (template_no, receive_week)
            where n is distinct from given_count or used is distinct from used_count
              or used_count + expired_count <> given_count or money is distinct from discount_money""",
        f"""(select layer_no, branch, {LOCAL.format("create_time")} as stat_date, count(*) as n
              from t_user_traffic_distribution group by 1, 2, 3)
            full join t_user_traffic_stat using (layer_no, branch, stat_date)
            where n is distinct from user_count""",
        "(select user_no, layer_no from t_user_traffic_distribution group by all having count(*) > 1)",
        "t_user_traffic_distribution where (bucket >= 500) <> (branch = 'treatment') and branch <> 'none'",
        """t_user_hit_experiment_record h left join t_user_traffic_distribution s
           using (experiment_no, user_no)
           where h.branch is distinct from s.branch or s.create_time > h.hit_time""",
        """t_coupon_record_expired r join luckyus_sales_crm.t_user u using (user_no)
           where r.receive_time < u.create_time or r.expire_time < r.receive_time""",
        "t_coupon_record_expired where (status = 2) <> (use_time is not null) or status not in (2, 3)",
        """t_coupon_record_expired r join t_order o on o.id::varchar = r.order_id
           where o.user_no <> r.user_no or o.create_time <> r.use_time or o.status <> 90""",
        """(select order_id from t_coupon_record_expired where order_id is not null union all
            select order_id from t_coupon_record where order_id is not null)
            group by order_id having count(*) > 1""",
        """t_coupon_record_expired r join t_coupon_template t using (template_no)
           where r.status = 3 and (receive_time not between start_time and end_time
             or expire_time <> receive_time + to_days(valid_days))""",
        "t_coupon_record_expired where expire_time > timestamp '2026-01-06 05:00:00'",
    ],
)  # fmt: skip
def test_nothing_is_implausible(db: duckdb.DuckDBPyConnection, sql: str):
    assert ask(db, f"select count(*) from {sql}") in ([(0,)], [])


def test_they_shrink_with_the_estate_and_keep_their_order(db: duckdb.DuckDBPyConnection):
    assert ask(db, "select count(*), min(id), max(id) from t_coupon_record_expired") == [
        (185_000, 60_000_000_001, 60_000_185_000)
    ]
    sql = """select count(*) from (select receive_time < lag(receive_time) over (order by id)
             - interval 7 day as late from t_coupon_record_expired) where late"""
    assert ask(db, sql) == [(0,)]


def test_an_offer_without_a_discount_is_no_coupon_and_each_weekly_one_was_offered(
    db: duckdb.DuckDBPyConnection,
):
    sql = """select count(*), count(*) filter (x.user_no is null), min(t.discount_depth)
             from t_coupon_record_expired r join t_coupon_template t using (template_no)
             left join (select distinct user_no, template_no from t_coupon_exposure) x
               using (user_no, template_no)
             where t.campaign_type = 2"""
    [(n, strange, least)] = ask(db, sql)
    assert n > 500 and strange == 0 and least > 0


def test_the_default_estate_counts_what_it_does_not_hold(tiny: Path):
    assert not (tiny / "luckyus_sales_marketing" / "t_coupon_record_expired.parquet").exists()
    db = open_files(tiny)
    assert ask(db, "select sum(given_count) from t_coupon_expired_stat") == [(740_000,)]
    assert ask(db, "select sum(user_count) from t_user_traffic_stat") == [(46_000,)]
