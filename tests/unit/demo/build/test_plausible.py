"""Nothing happens before its cause, outside its window or after the end: what a suspicious reader asks."""

from __future__ import annotations

import duckdb
import pytest

CUT = "timestamp '2026-02-14 12:00:00'"
GONE = "(select user_no, create_time as gone from t_user_history where event_type = 4)"


@pytest.mark.parametrize(
    "sql",
    [
        # orders and their money
        "t_order_item where sale_price > origin_price or pay_money > sale_price or pay_money <= 0",
        "t_order where pay_time < create_time or finish_time < pay_time or modify_time < create_time",
        """t_production p join t_order o on o.id::varchar = p.order_id
           where p.create_time < o.create_time or p.accept_time < p.create_time
              or p.done_time > o.finish_time or p.shop_id <> o.shop_id""",
        """t_cup_order_info c join t_device d on d.id = c.device_id
           where c.shop_id <> d.shop_id or c.start_time not between d.install_time
             and coalesce(d.decommission_time, c.start_time)""",
        # payments
        """t_trade r join t_order o on o.id::varchar = r.order_id
           where r.status = 5 and (r.create_time < o.finish_time or r.amount > o.pay_money * 100)""",
        f"t_trade where greatest(create_time, modify_time) > {CUT}",
        f"""t_channel_fee f join t_trade t using (trade_no)
            where f.create_time not between t.create_time and {CUT}""",
        f"luckyus_sales_payment.t_user where modify_time not between create_time and {CUT}",
        # customers
        f"luckyus_sales_crm.t_user where modify_time not between create_time and {CUT}",
        f"t_user_history h join {GONE} using (user_no) where h.create_time > gone",
        f"t_order o join {GONE} using (user_no) where o.create_time > gone",
        f"t_push_record p join {GONE} using (user_no) where p.send_time > gone",
        f"t_coupon_record c join {GONE} using (user_no) where c.receive_time > gone",
        f"t_coupon_exposure x join {GONE} using (user_no) where x.expose_time > gone",
        "t_push_record p join t_user_profile u using (user_no) where u.push_allowed = 0",
        """t_push_record p join luckyus_sales_crm.t_user u using (user_no)
           where p.send_time < u.create_time or p.open_time < p.send_time""",
        """(select action, lag(action, 1, 2) over (partition by user_no, group_code order by id) as before
            from t_realtime_user_group_log) where action = before""",
        # coupons and campaigns
        """t_coupon_record c join t_coupon_template t using (template_no)
           where c.receive_time not between t.start_time and t.end_time""",
        """t_coupon_record c join t_coupon_template t using (template_no)
           where c.expire_time <> coalesce(c.use_time, c.receive_time + t.valid_days * interval 1 day)""",
        "t_coupon_record where use_time < receive_time",
        """t_market_activity_partake p join t_market_activity a using (activity_no)
           where p.partake_time not between a.start_time and a.end_time""",
        # costs: a store with twice the orders does not pay for the same goods
        """(select corr(c.dollars, o.n) as r
            from (select shop_id, sum(amount) as dollars from t_acc_cost_bill
                  where cost_type = 'goods' group by 1) c
            join (select shop_id, count(*) as n from t_order where status = 90 group by 1) o using (shop_id)
            where shop_id < 100070) where r < 0.95""",
    ],
)
def test_nothing_is_implausible(db: duckdb.DuckDBPyConnection, sql: str):
    assert db.execute(f"select count(*) from {sql}").fetchone() == (0,)


def test_a_deleted_account_says_so_when_it_was_deleted(db: duckdb.DuckDBPyConnection):
    sql = f"""select count(*), count(gone), count(*) filter (u.modify_time = gone)
              from luckyus_sales_crm.t_user u left join {GONE} using (user_no) where u.is_deleted = 1"""
    deleted, known, same = db.execute(sql).fetchone() or (0, 0, 0)
    assert deleted == known == same == round(2_537 / 50)
