"""The conformed orders against DuckDB SQL written by hand for the same rows, on the newest snapshot.

Run: ``python -m tests.bench.catalog_speed``. Both make the whole table, in turns, three times; prints the
medians and their ratio, and fails when the rows differ.
"""

from __future__ import annotations

import statistics
import time

import ibis

from lucky_analytics import settings, snapshot
from lucky_analytics.catalog import TABLES, Suite
from tests.bench.bench_rows import tell_row

ROUNDS = 3
BY_HAND = """
with shop as (select id, time_zone from {opshop}__t_shop_info),
trading as (
    select id from {opshop}__t_shop_info
    where status = 1 and internal = 0 and test_flag = 0 and currency_code = 'USD'
      and timezone(time_zone, set_up_time at time zone 'UTC')::date <= date '{as_of}'
),
item as (
    select order_id, count(*) n, (sum(pay_money) * 100)::bigint paid, (sum(tax) * 100)::bigint tax
    from {order}__t_order_item group by 1
),
refund as (
    select t.order_id, sum(t.amount)::bigint back
    from {payment}__t_trade t
    join {order}__t_order o on t.order_id = o.id::varchar join shop s on o.shop_id = s.id
    where t.trade_type = 2
      and timezone(s.time_zone, t.create_time at time zone 'UTC')::date <= date '{as_of}'
    group by 1
),
placed as (
    select o.*, timezone(s.time_zone, o.create_time at time zone 'UTC') as local_at
    from {order}__t_order o join shop s on o.shop_id = s.id
    where o.status = 90 and o.currency_code = 'USD'
)
select o.id::varchar order_id, o.shop_id::varchar store_id, o.user_no customer_id, o.create_time ordered_at,
    o.local_at::date order_date, hour(o.local_at) local_hour,
    case o.channel when 1 then 'android' when 2 then 'ios' when 3 then 'delivery platform' else 'other' end
        channel,
    o.order_type = 2 is_delivery, (o.pay_money * 100)::bigint revenue_cents,
    (o.total_money * 100)::bigint list_cents, coalesce(i.paid, 0) items_cents, coalesce(i.tax, 0) tax_cents,
    coalesce((a.delivery_fee * 100)::bigint, 0) delivery_fee_cents,
    coalesce((a.packaging_fee * 100)::bigint, 0) packaging_fee_cents,
    coalesce((a.order_discount * 100)::bigint, 0) order_discount_cents, coalesce(r.back, 0) refund_cents,
    coalesce(i.n, 0) n_items, a.id is not null has_amounts, t.id is not null is_trading_store
from placed o
left join {order}__t_order_amount a on a.order_id = o.id
left join item i on i.order_id = o.id::varchar
left join refund r on r.order_id = o.id::varchar
left join trading t on t.id = o.shop_id
where o.local_at::date <= date '{as_of}'
"""
NAMES = {
    "order": "luckyus_sales_order",
    "opshop": "luckyus_opshop",
    "payment": "luckyus_sales_payment",
}


def main() -> None:
    suite = Suite(snapshot.find("newest", settings.load()))
    suite.orders.count().execute()  # opens every file once
    ours = str(ibis.to_sql(TABLES["orders"].build(suite), dialect="duckdb"))
    by_hand = BY_HAND.format(as_of=suite.as_of, **NAMES)
    seconds: dict[str, list[float]] = {"ours": [], "by hand": []}
    for _ in range(ROUNDS):
        for name, query in (("ours", ours), ("by hand", by_hand)):
            began = time.monotonic()
            suite.engine.connection.raw_sql(f'create or replace temp table "{name}" as {query}')
            seconds[name].append(time.monotonic() - began)
    columns = ", ".join(TABLES["orders"].columns)
    difference = suite.engine.connection.raw_sql(
        f'select count(*) from (select {columns} from "ours" except all select {columns} from "by hand")'
    ).fetchone()[0]
    if difference:
        raise SystemExit(f"{difference} rows differ")
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    print(f"conformed orders: {medians['ours']:.2f} s, by hand {medians['by hand']:.2f} s, equal rows")
    both = (f"{medians['ours']:.2f} s", "DuckDB SQL by hand", f"{medians['by hand']:.2f} s")
    ratio = medians["ours"] / medians["by hand"]
    tell_row("conformed orders: part of the time", *both, ratio, ("duckdb", "ibis-framework"))
    print(f"ratio: {medians['ours'] / medians['by hand']:.2f}")


if __name__ == "__main__":
    main()
