"""Every published figure holds, to the printed digit, on the full-scale demo estate.

The queries are written from the figures' definitions and share nothing with the generator's own check.
"""

from __future__ import annotations

import duckdb
import pytest

from lucky_analytics import demo

STORES = {
    "8th & Broadway": (137_638, 612_844),
    "28th & 6th": (92_226, 438_277),
    "54th & 8th": (56_303, 292_664),
    "102 Fulton": (61_636, 298_627),
    "100 Maiden Ln": (35_449, 168_070),
    "37th & Broadway": (26_841, 124_688),
    "33rd & 10th": (16_058, 76_063),
    "15th & 3rd": (10_057, 47_607),
    "221 Grand": (23_805, 117_403),
    "21st & 3rd": (1_887, 8_518),
}
PRODUCTS = {
    "Iced Coconut Latte": (70_162, 226_090),
    "Iced Kyoto Matcha Latte": (37_246, 125_785),
    "Drip Coffee": (34_420, 84_593),
    "Latte": (30_802, 99_886),
    "Iced Latte": (27_934, 94_922),
    "Iced Velvet Latte": (25_598, 89_126),
    "Sausage Egg & Cheese Croissant": (25_415, 97_681),
    "Cold Brew": (21_516, 65_903),
    "Coconut Latte": (18_606, 60_702),
    "Iced Kyoto Matcha Coconut Latte": (18_219, 63_099),
    "Kyoto Matcha Latte": (14_743, 48_631),
    "Iced Caramel Popcorn Latte": (13_666, 49_298),
    "Iced Americano": (12_928, 43_274),
    "Cappuccino": (11_261, 37_196),
    "Americano": (10_775, 30_196),
}
CHANNELS = {
    53: (205_988, 917_232),
    6: (168_286, 753_165),
    51: (30_901, 153_927),
    3: (27_301, 136_363),
    1: (29_163, 100_710),
    52: (17_829, 82_992),
    5: (12_232, 57_078),
    91: (12_682, 56_875),
    54: (1_737, 11_688),
    55: (198, 892),
    92: (5, 188),
}
# Last days of each recency class: 0-7, 8-30, 31-60, 61-90 and 91 days or more before 2026-02-13.
RECENCY = {7: 12_285, 30: 21_458, 60: 19_836, 90: 20_575, 999: 76_238}


@pytest.fixture(scope="session")
def db(built: demo.BuildReport) -> duckdb.DuckDBPyConnection:
    """Views of all tables, and ``done``: completed orders with their store-local business date."""
    connection = duckdb.connect(config={"threads": 2})
    for path in sorted(built.out.glob("*/*.parquet")):  # of two t_user the CRM's comes first
        connection.execute(f"create view if not exists {path.stem} as from '{path}'")
    payers = built.out / "luckyus_sales_payment" / "t_user.parquet"
    connection.execute(f"create view payers as from '{payers}'")
    connection.execute("""
        create table done as
        select o.*, s.test_flag, s.internal, s.operation_mode, s.time_zone,
               (o.create_time at time zone 'UTC' at time zone s.time_zone)::date as day
        from t_order o join t_shop_info s on o.shop_id = s.id where o.status = 90""")
    return connection


def _one(db: duckdb.DuckDBPyConnection, sql: str, *values: object) -> tuple:
    row = db.execute(sql, list(values)).fetchone()
    assert row is not None
    return tuple(float(v) if v is not None and not isinstance(v, str) else v for v in row)


@pytest.mark.parametrize(
    ("currency", "orders", "money"), [("USD", 466_252, 2_194_799), ("NZD", 21_245, 74_628)]
)
def test_totals_by_currency(db: duckdb.DuckDBPyConnection, currency: str, orders: int, money: int):
    sql = "select count(*), sum(pay_money) from t_order where status = 90 and currency_code = ?"
    assert _one(db, sql, currency) == (orders, money)


@pytest.mark.parametrize("store", STORES)
def test_store(db: duckdb.DuckDBPyConnection, store: str):
    sql = "select count(*), sum(pay_money) from done where currency_code = 'USD' and shop_name = ?"
    assert _one(db, sql, store) == STORES[store]


def test_residual_row(db: duckdb.DuckDBPyConnection):
    places = ", ".join("?" * len(STORES))
    sql = f"""select count(*), sum(pay_money),
              count(*) filter (internal = 1 and operation_mode = 3 or time_zone = 'Pacific/Rarotonga')
              from done where currency_code = 'USD' and shop_name not in ({places})"""
    assert _one(db, sql, *STORES) == (4_352, 10_038, 4_352)


@pytest.mark.parametrize(
    ("month", "dollars"),
    list(enumerate([78_680, 105_980, 105_380, 100_480, 83_880, 70_080, 51_980, 16_384], start=7)),
)
def test_flagship_month(db: duckdb.DuckDBPyConnection, month: int, dollars: int):
    sql = """select sum(pay_money) from done where shop_name = '8th & Broadway'
             and greatest((year(day) - 2025) * 12 + month(day), 7) = ?"""
    assert _one(db, sql, month) == (dollars,)


@pytest.mark.parametrize(
    ("condition", "value"),
    [("day = date '2025-06-30'", 1.77), ("day >= date '2026-02-01'", 5.03), ("true", 4.71)],
)
def test_average_order(db: duckdb.DuckDBPyConnection, condition: str, value: float):
    sql = f"select round(sum(pay_money) / count(*), 2) from done where currency_code = 'USD' and {condition}"
    assert _one(db, sql) == (value,)


@pytest.mark.parametrize("oldest", RECENCY)
def test_recency(db: duckdb.DuckDBPyConnection, oldest: int):
    youngest = max([class_ for class_ in RECENCY if class_ < oldest], default=-1)
    sql = """with last as (select date '2026-02-13' - max(day) as age from done
                           where currency_code = 'USD' group by user_no)
             select count(*) from last where age > ? and age <= ?"""
    assert _one(db, sql, youngest, oldest) == (RECENCY[oldest],)


def test_users_with_one_order_and_all_ordering_users(db: duckdb.DuckDBPyConnection):
    sql = """select count(*) filter (n = 1), count(*) from
             (select count(*) as n from done where currency_code = 'USD' group by user_no)"""
    assert _one(db, sql) == (84_341, 150_392)


def test_delivery_accounts(db: duckdb.DuckDBPyConnection):
    sql = """select count(*), sum(money), max(money) from
             (select sum(pay_money) as money from done where order_type = 2 group by user_no)"""
    assert _one(db, sql) == (3, 141_000, 82_203)
    assert _one(db, "select count(*) from done where (order_type = 2) <> (channel = 3)") == (0,)


@pytest.mark.parametrize(
    ("date", "orders"),
    [("2026-02-02", 3_156), ("2026-02-03", 3_316), ("2026-02-04", 3_048), ("2026-02-07", 1_349)],
)
def test_pinned_day(db: duckdb.DuckDBPyConnection, date: str, orders: int):
    assert _one(db, "select count(*) from done where day = cast(? as date)", date) == (orders,)


@pytest.mark.parametrize("channel", CHANNELS)
def test_payment_channel(db: duckdb.DuckDBPyConnection, channel: int):
    sql = "select count(*), sum(amount) / 100 from t_trade where status in (1, 2, 3) and channel_id = ?"
    assert _one(db, sql, channel) == CHANNELS[channel]


def test_trades_that_match_no_order_add_up_to_the_difference(db: duckdb.DuckDBPyConnection):
    """18,825 more payments than completed orders, $1,683 more than they cost, at least 18,000 of nothing."""
    sql = "select count(*), sum(amount), count(*) filter (amount = 0) from t_trade where status in (1, 2, 3)"
    n, cents, zero = _one(db, sql)
    orders, due = _one(db, "select count(*), sum(pay_money) * 100 from done")
    assert (n - orders, cents - due) == (18_825, 168_300)
    assert zero > 18_000


@pytest.mark.parametrize("product", PRODUCTS)
def test_product(db: duckdb.DuckDBPyConnection, product: str):
    sql = """select count(*), sum(i.pay_money) from t_order_item i join t_order o
             on i.order_id = o.id::varchar where o.status = 90 and i.spu_name = ?"""
    assert _one(db, sql, product) == PRODUCTS[product]


def test_the_fifteen_are_the_best_selling(db: duckdb.DuckDBPyConnection):
    sql = """select i.spu_name from t_order_item i join t_order o on i.order_id = o.id::varchar
             where o.status = 90 group by 1 order by count(*) desc limit 15"""
    assert [name for (name,) in db.execute(sql).fetchall()] == list(PRODUCTS)


@pytest.mark.parametrize(
    ("table", "rows", "digit"),
    [
        ("t_order", 516_000, 1000),
        ("t_order_item", 602_000, 1000),
        ("t_order_amount", 484_000, 1000),
        ("t_user", 277_537, 1),
        ("payers", 10_000, 1_000),
        ("t_user_group_label", 3_900_000, 100_000),
        ("t_print_receipt", 2_000_000, 100_000),
        ("t_pre_voucher_entry_assist", 179_000, 1_000),
        ("t_shop_info", 517, 1),
        ("t_commodity_base_info", 141, 1),
        ("t_trade", 518_000, 1000),
        ("t_channel_fee", 502_000, 1000),
        ("t_user_channel", 157_000, 1000),
        ("t_production", 502_000, 1000),
        ("t_commodity", 567_000, 1000),
        ("t_mdm_goods", 1_448, 1),
        ("t_formula_spu", 32_000, 1000),
        ("t_coupon_template", 1_262, 1),
        ("t_coupon_record", 2_600_000, 100_000),
        ("t_coupon_record where expire_time > '2026-02-14 12:00'", 2_420_000, 10_000),
        ("t_market_activity_partake", 514_000, 1000),
        ("t_order_oper_history", 2_500_000, 100_000),
        ("t_user_profile", 193_000, 1000),
        ("t_user_history", 498_000, 1000),
        ("t_user_state", 980_000, 1000),
        ("t_realtime_user_group_log", 2_300_000, 100_000),
        ("t_user_event_track", 168_000, 1000),
        ("t_push_record", 2_300_000, 100_000),
        ("t_acc_income_bill", 136_000, 1000),
        ("t_acc_cost_bill", 5_649, 1),
        ("t_expiry_log", 136_000, 1_000),
        ("t_task_form", 100_000, 1_000),
        ("t_purchase_order", 694, 1),
        ("t_ship_order", 1_670, 1),
        ("t_employee", 324, 1),
        ("t_clock_record", 47_500, 100),
        ("t_supplier_settlement", 1_363, 1),
        ("t_user where is_deleted = 0", 275_000, 1000),
        ("t_order where channel = 2", 410_000, 1000),
        ("t_order where channel = 1", 72_000, 1000),
        ("t_order where channel = 3", 25_000, 1000),
        ("t_order where channel in (8, 9, 10)", 8_000, 1000),
    ],
)
def test_rows_within_half_of_the_printed_digit(
    db: duckdb.DuckDBPyConnection, table: str, rows: int, digit: int
):
    assert abs(_one(db, f"select count(*) from {table}")[0] - rows) <= digit / 2


def test_mature_stores_earn_and_young_ones_lose(db: duckdb.DuckDBPyConnection):
    """Sales before tax and after refunds, less the bills, over sales: in the last quarter of older stores
    12 to 20 %, and a loss in each store's first eight weeks with the four before. Crews are 20 to 36 %."""
    sql = """
        with sold as (select o.shop_id, day, pay_money - coalesce(i.tax, 0) as net
                      from done o left join (select order_id, sum(tax) as tax from t_order_item group by 1) i
                        on i.order_id = o.id::varchar where currency_code = 'USD'
                      union all
                      select o.shop_id, day, -t.amount / 100 from t_trade t
                      join done o on o.id::varchar = t.order_id
                      where t.status = 5 and o.currency_code = 'USD'),
             stores as (select shop_id, min(day) as opened from done join t_shop_info s
                          on s.id = shop_id where shop_no between 'US00001' and 'US00010' group by 1),
             weeks as (select opened, shop_id, bill_date, sum(amount) as paid,
                              sum(amount) filter (cost_type = 'labour') as crews
                       from t_acc_cost_bill join stores using (shop_id) group by all),
             books as (select w.*, (select coalesce(sum(net), 0) from sold s where s.shop_id = w.shop_id
                                    and s.day between w.bill_date - 6 and w.bill_date) as net
                       from weeks w)
        select shop_id, bill_date - opened >= 91 as mature, 1 - sum(paid) / sum(net), sum(crews) / sum(net)
        from books where bill_date - opened < 56 or (bill_date - opened >= 91 and bill_date > '2025-11-09')
        group by all"""
    found = db.execute(sql).fetchall()
    mature = [(margin, crews) for _, is_mature, margin, crews in found if is_mature]
    young = [margin for _, is_mature, margin, _ in found if not is_mature]
    assert len(mature) == 5 and all(0.12 < m < 0.20 and 0.20 < crews < 0.36 for m, crews in mature)
    assert len(young) == 10 and max(young) < 0


def test_labour_is_the_hours_that_were_worked(db: duckdb.DuckDBPyConnection):
    """Each store's bill of each week is its worked hours at the crew's rate, to the cent."""
    sql = """
        with worked as (select shop_id, (business_date - date '2025-06-30') // 7 as week,
                               sum(epoch(end_time) - epoch(start_time)) / 3600 * 21 as dollars
                        from t_shift_roster where status <> 2 group by all),
             billed as (select shop_id, (bill_date - date '2025-06-30') // 7 as week, sum(amount) as amount
                        from t_acc_cost_bill where cost_type = 'labour' group by all)
        select count(*), max(abs(amount - coalesce(dollars, 0))), sum(amount)
        from billed left join worked using (shop_id, week)"""
    n, off, total = _one(db, sql)
    assert n > 200 and off < 0.01 and total > 600_000


def test_production_of_february(db: duckdb.DuckDBPyConnection):
    sql = """with p as (select epoch(p.done_time) - epoch(p.accept_time) as seconds
                        from t_production p join t_shop_info s on s.id = p.shop_id
                        where p.accept_time is not null and p.done_time > p.accept_time
                          and (p.create_time at time zone 'UTC' at time zone s.time_zone) >= '2026-02-01')
             select count(*), round(avg(seconds), 1), round(avg(seconds) filter (seconds <= 1800)) from p"""
    assert _one(db, sql) == (36_696, 217.9, 204)


def test_longest_production(db: duckdb.DuckDBPyConnection):
    assert _one(db, "select max(epoch(done_time) - epoch(accept_time)) from t_production") == (9_839,)


def test_money_identity_on_every_completed_order(db: duckdb.DuckDBPyConnection):
    sql = """
        with i as (select order_id, sum(pay_money) as items, sum(tax) as tax from t_order_item group by 1)
        select count(*), count(*) filter (o.pay_money = i.items + i.tax + coalesce(a.delivery_fee, 0)
                                          + coalesce(a.packaging_fee, 0) - coalesce(a.order_discount, 0))
        from t_order o join i on i.order_id = o.id::varchar left join t_order_amount a on a.order_id = o.id
        where o.status = 90"""
    assert _one(db, sql) == (487_497, 487_497)


def test_nzd_orders_carry_no_tax_and_belong_to_rarotonga(db: duckdb.DuckDBPyConnection):
    sql = """select sum(i.tax), count(*) filter (d.time_zone <> 'Pacific/Rarotonga')
             from t_order_item i join done d on i.order_id = d.id::varchar where d.currency_code = 'NZD'"""
    assert _one(db, sql) == (0, 0)


def test_usd_orders_in_nz_shops_and_unflagged_nz_shops(db: duckdb.DuckDBPyConnection):
    sql = "select count(*) from done where currency_code = 'USD' and time_zone = 'Pacific/Rarotonga'"
    assert _one(db, sql) == (37,)
    sql = "select count(*) from t_shop_info where currency_code = 'NZD' and test_flag = 0"
    assert _one(db, sql) == (2,)


@pytest.mark.parametrize("database", ["luckyus_fi_tax", "luckyus_isalesmembermarketing"])
def test_databases_that_were_never_used_are_empty(
    built: demo.BuildReport, db: duckdb.DuckDBPyConnection, database: str
):
    tables = [path.stem for path in built.out.glob(f"{database}/*.parquet")]
    assert len(tables) >= 2
    assert sum(_one(db, f"select count(*) from {table}")[0] for table in tables) == 0


def test_place_names_are_null_and_spu_codes_are_doubled(db: duckdb.DuckDBPyConnection):
    sql = "select count(country_name), count(administrative_area_name), count(locality_name) from t_shop_info"
    assert _one(db, sql) == (0, 0, 0)
    sql = """select count(*) from (select spu_code from t_commodity_base_info group by 1
             having count(*) = 2 and count(distinct status) = 2)"""
    assert _one(db, sql)[0] > 20


@pytest.mark.parametrize(
    ("category", "share"),
    [("Fresh Ground Coffee", 40), ("Classic Drinks", 18), ("Matcha", 10), ("Food", 9), ("Cold Brew", 7)],
)
def test_category_share_of_usd_item_revenue(db: duckdb.DuckDBPyConnection, category: str, share: int):
    sql = """select 100 * sum(i.pay_money) filter (i.one_category_name = ?) / sum(i.pay_money)
             from t_order_item i join done d on i.order_id = d.id::varchar where d.currency_code = 'USD'"""
    assert abs(_one(db, sql, category)[0] - share) <= 0.5


def test_shape_of_days_and_hours(db: duckdb.DuckDBPyConnection):
    busiest = _one(
        db, "select max(n) from (select count(*) as n from done where day >= '2026-01-01' group by day)"
    )
    assert 3_600 <= busiest[0] <= 3_800
    sql = """select hour(create_time at time zone 'UTC' at time zone time_zone) as h from done
             where dayofweek(day) between 1 and 5 group by 1 order by count(*) desc limit 4"""
    assert {h for (h,) in db.execute(sql).fetchall()} == {9, 10, 13, 14}


def test_nobody_orders_before_registering(db: duckdb.DuckDBPyConnection):
    sql = """select count(*), count(*) filter (o.create_time <= u.create_time)
             from t_order o join t_user u using (user_no)"""
    assert _one(db, sql) == (516_000, 0)


def test_a_customer_has_a_label_once_and_the_voucher_as_registered(db: duckdb.DuckDBPyConnection):
    sql = "select count(*) - count(distinct (user_no, label_code)) from t_user_group_label"
    assert _one(db, sql) == (0,)
    sql = """select count(*)
             from (select user_no from t_user_group_label where label_code = 'new_customer_voucher')
             full join (select user_no from t_user where register_activity_no is not null) using (user_no)"""
    assert _one(db, sql) == _one(db, "select count(register_activity_no) from t_user")


def test_every_voucher_balances_and_its_sales_are_the_bills(db: duckdb.DuckDBPyConnection):
    sql = """select count(*) from (
               select sum(case direction when 1 then amount when 2 then -amount else 0 end) as gap
               from t_pre_voucher_entry_assist group by voucher_no, currency_code) where gap <> 0"""
    assert _one(db, sql) == (0,)
    sql = """select (select sum(amount) from t_acc_income_bill where bill_type in (1, 2, 3, 4, 5, 10, 11)),
                    sum(case direction when 1 then amount else -amount end)
             from t_pre_voucher_entry_assist where account_code = '1122'"""
    booked, receivable = _one(db, sql)
    assert booked == receivable


def test_every_ticket_has_its_slips_and_every_unit_its_label(db: duckdb.DuckDBPyConnection):
    sql = """select count(*) filter (receipt_type = 1) = (select count(*) from t_production),
                    count(*) filter (receipt_type = 2) = (select count(*) from t_commodity),
                    count(commodity_id) = count(*) filter (receipt_type in (2, 4))
             from t_print_receipt"""
    assert _one(db, sql) == (True, True, True)


def test_only_payers_are_kept_by_the_processor(db: duckdb.DuckDBPyConnection):
    sql = """select count(*) filter (user_no not in (select user_no from t_trade where amount > 0)),
                    count(*) - count(distinct user_no) from payers"""
    assert _one(db, sql) == (0, 0)
