"""Risk control of a small estate: counts of what there is, cards on file, and where fraud is planted."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from lucky_analytics import demo
from lucky_analytics.demo.build.published_check import open_files

TRUTH = {"fraud": {"coupon_rings": 200, "shared_cards": 100, "refund_abusers": 300}}


def ask(db, sql):
    return db.execute(sql).fetchall()


def truth_of(folder: Path) -> dict:
    return json.loads((folder / "truth.json").read_text())


@pytest.fixture(scope="module")
def worlds(tmp_path_factory) -> dict[str, Path]:
    """One estate with a good deal of fraud, one with none; all else is equal."""
    folder, built = tmp_path_factory.mktemp("fraud"), {}
    none = {"fraud": dict.fromkeys(TRUTH["fraud"], 0), "security": {"login_burst": 0.0}}
    for name, planted in (("much", TRUTH), ("none", none)):
        file = folder / f"{name}.json"
        file.write_text(json.dumps(planted))
        demo.build_estate(folder / name, scale=0.02, truth=file)
        built[name] = folder / name
    return built


@pytest.mark.parametrize(
    "sql",
    [
        "t_risk_rule_count where hit_count > record_count or account_count > hit_count or record_count < 0",
        """(select rule_no, stat_date, hit_count from t_risk_rule_count) c join
           (select rule_no, create_time::date as day, count(*) as n from t_risk_log group by 1, 2) l
           on l.rule_no = c.rule_no and l.day = c.stat_date where n <> hit_count""",
        "t_risk_log anti join t_risk_rule using (rule_no)",
        "t_risk_log l join t_order o on o.id::varchar = l.order_id where o.user_no <> l.user_no",
        "t_blacklist where (user_no is null) <> (subject_type > 1)",
        "t_blacklist where (subject_token is null) <> (subject_type = 1)",
        "t_blacklist b join luckyus_sales_crm.t_user u using (user_no) where b.create_time < u.create_time",
        "t_login_stat where failure_count not between 0 and attempt_count or stat_hour not between 0 and 23",
        "(select stat_date, stat_hour, client from t_login_stat group by all having count(*) > 1)",
    ],
)  # fmt: skip
def test_nothing_is_implausible(db: duckdb.DuckDBPyConnection, sql: str):
    assert ask(db, f"select count(*) from {sql}") == [(0,)]


def test_records_add_up_to_the_published_count_and_follow_what_they_count(db: duckdb.DuckDBPyConnection):
    records = dict(ask(db, "select rule_no, sum(record_count) from t_risk_rule_count group by 1"))
    assert sum(records.values()) == round(4_100_000 * 0.02)
    (orders,), (tried, refused) = ask(db, "select count(*) from t_order")[0], ask(
        db, "select sum(attempt_count), sum(failure_count) from t_login_stat")[0]  # fmt: skip
    assert records["R101"] == records["R102"] == orders
    assert (records["R108"], records["R109"]) == (tried, refused)


def test_orders_over_a_days_limit_are_those_after_the_sixth(db: duckdb.DuckDBPyConnection):
    sql = """
        select id::varchar from (select id, row_number() over (
          partition by user_no, create_time::date order by create_time, id) as k from t_order) where k > 6"""
    logged = ask(db, "select order_id from t_risk_log where rule_no = 'R102'")
    assert sorted(ask(db, sql)) == sorted(logged) != []


def test_rings_came_in_one_week_to_one_shop_by_voucher_and_keep_one_card(worlds):
    db, truth = open_files(worlds["much"]), truth_of(worlds["much"])
    ring = truth["exceptions"]["rows"]["coupon_rings_accounts"]
    sql = f"""
        with o as (select *, min(create_time) over (partition by user_no) as came from t_order
                   where status = 90),
             firsts as (select user_no, arg_min(shop_id, create_time) as shop, min(came) as came,
                               count(*) filter (create_time < came + interval 90 day) as n from o group by 1)
        select c.card_token, count(*) as n, count(distinct shop), max(came)::date - min(came)::date,
               bool_and(u.register_activity_no is not null), max(f.n)
        from t_user_channel c join firsts f using (user_no) join luckyus_sales_crm.t_user u using (user_no)
        where user_no in ({", ".join(f"'{user}'" for user in ring)}) and is_default = 1 group by 1"""
    rows = ask(db, sql)
    assert truth["fraud"]["coupon_rings"]["realised"] == len(rows) > 0
    assert sum(row[1] for row in rows) == len(ring)
    for _, n, shops, days, by_voucher, orders in rows:
        assert 4 <= n <= 9 and shops == 1 and days <= 7 and by_voucher and orders <= 2


def test_abusers_get_a_share_of_their_orders_back_and_no_refund_is_added(worlds):
    much, none = open_files(worlds["much"]), open_files(worlds["none"])
    rows = truth_of(worlds["much"])["exceptions"]["rows"]
    assert rows["refund_abuse"] and not truth_of(worlds["none"])["exceptions"]["rows"]["refund_abuse"]
    sql = f"""
        select r.user_no, count(distinct r.order_id), any_value(o.n), bool_and(r.amount = o2.pay_money * 100),
               bool_and(r.create_time > o2.finish_time and r.create_time < o2.finish_time + interval 3 day)
        from t_trade r join (select user_no, count(*) as n from t_order where status = 90 group by 1) o
          using (user_no) join t_order o2 on o2.id::varchar = r.order_id
        where r.id in ({", ".join(rows["refund_abuse"])}) group by 1"""
    found = ask(much, sql)
    assert sorted(user for user, *_ in found) == rows["refund_abusers_accounts"]
    assert all(whole and soon and 1 <= n <= orders for _, n, orders, whole, soon in found)
    same = "select id, trade_no, status, create_time from t_trade order by id"
    assert ask(much, same) == ask(none, same)


def test_a_world_without_fraud_differs_in_cards_refunds_and_what_is_booked_of_them_alone(worlds):
    """And in who is planted: nothing that anybody ordered or paid is another."""
    marks = {name: json.loads((folder / "demo.json").read_text()) for name, folder in worlds.items()}
    tables = {name: mark["tables_written"] for name, mark in marks.items()}
    differ = {name for name in tables["much"] if tables["much"][name] != tables["none"][name]}
    assert {"luckyus_sales_payment.t_user_channel", "luckyus_sales_payment.t_trade",
            "luckyus_sales_crm.t_login_stat"} <= differ  # fmt: skip
    assert differ <= {
        "luckyus_sales_payment.t_user_channel", "luckyus_sales_payment.t_trade",
        "luckyus_sales_crm.t_login_stat", "luckyus_iriskcontrolservice.t_risk_rule_count",
        "luckyus_iriskcontrolservice.t_risk_log", "luckyus_ifiaccounting.t_acc_income_bill",
        "luckyus_ifiaccounting.t_pre_voucher_entry_assist",
    }  # fmt: skip


def test_households_share_cards_where_no_fraud_is_planted(worlds):
    sql = """select count(*) from (select card_token from t_user_channel group by 1 having count(*) > 1)"""
    assert ask(open_files(worlds["none"]), sql)[0][0] > 3


def test_a_planted_burst_is_refused_logins_of_one_night_and_no_rule_sees_it(worlds):
    sql = """select stat_date::varchar, sum(failure_count) as n from t_login_stat
             where client = 8 group by 1 order by 2 desc limit 2"""
    (day, most), (_, second) = ask(open_files(worlds["much"]), sql)
    assert day == "2026-01-22" and most > 5 * second
    usual = ask(open_files(worlds["none"]), sql)
    assert usual[0][1] < 3 * usual[1][1]
    hits = "select stat_date, hit_count from t_risk_rule_count where rule_no = 'R109' order by 2 desc limit 1"
    assert str(ask(open_files(worlds["much"]), hits)[0][0]) != "2026-01-22"
