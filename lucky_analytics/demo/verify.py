"""The built estate against the published figures, by SQL over the files that were written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lucky_analytics import estate
from lucky_analytics.demo.channels import CHANNELS
from lucky_analytics.demo.targets import (
    DELIVERY,
    FLAGSHIP_MONTHS,
    PINNED_DAYS,
    RECENCY,
    STORES,
    TOP_PRODUCTS,
)
from lucky_analytics.errors import DemoError

__all__ = ["Figure", "check_money", "measure", "open_files"]

# Tables that the default build holds in part; ``--tables cold`` completes them to their published counts.
PARTIAL = frozenset({"t_user_hit_experiment_record"})
_COMPLETED = """
create temp table completed as
select o.*, cast(timezone(s.time_zone, timezone('UTC', o.create_time)) as date) as business_date,
       s.shop_no
from t_order o join t_shop_info s on s.id = o.shop_id where o.status = 90
"""


@dataclass(frozen=True)
class Figure:
    """One published figure beside what the build has. ``exact`` ones must agree to the printed digit."""

    name: str
    published: float
    built: float
    exact: bool = True

    @property
    def agrees(self) -> bool:
        return not self.exact or abs(self.published - self.built) < 0.005


def open_files(folder: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with one view per file of the estate, named after its table."""
    connection = duckdb.connect(config={"threads": 2})
    for path in sorted(folder.glob("*/*.parquet")):
        connection.execute(f"create view {path.stem} as from read_parquet('{path}')")
    return connection


def check_money(connection: duckdb.DuckDBPyConnection) -> None:
    """Every completed order's payment is its items, their tax, and the fees and discount of its amount row.

    Raises ``DemoError`` with the number of orders that break it and the first of them.
    """
    broken = connection.execute("""
        with i as (select cast(order_id as bigint) as order_id, sum(pay_money + tax) as due
                   from t_order_item group by 1)
        select count(*), min(o.id) from t_order o join i on i.order_id = o.id
        left join t_order_amount a on a.order_id = o.id
        where o.status = 90 and (o.pay_money <> i.due + coalesce(a.delivery_fee + a.packaging_fee
          - a.order_discount, 0) or a.pay_amount <> o.pay_money)
    """).fetchone()
    assert broken is not None
    if broken[0]:
        raise DemoError("orders whose payment is not items + tax + fees", expected="none", got=str(broken))


def measure(connection: duckdb.DuckDBPyConnection) -> list[Figure]:
    """Every published figure of the tables that are there, with what was built."""
    connection.execute(_COMPLETED)
    views = "select view_name from duckdb_views() where not internal"
    present = {name for (name,) in connection.execute(views).fetchall()}
    found: list[Figure] = []
    parts = [_totals, _stores, _flagship, _customers, _delivery, _days, _products, _payments, _rows]
    parts += [
        part for part, table in ((_production, "t_production"), (_machines, "t_device")) if table in present
    ]
    for part in parts:
        found += part(lambda sql: connection.execute(sql).fetchall())
    return found


_Query = Callable[[str], list[tuple]]


def _totals(query: _Query) -> list[Figure]:
    by_currency = query("select currency_code, count(*), sum(pay_money) from completed group by 1")
    rows = {code: (n, float(money)) for code, n, money in by_currency}
    [(first, february)] = query("""
        select round(avg(pay_money) filter (business_date = date '2025-06-30'), 2),
               round(avg(pay_money) filter (business_date >= date '2026-02-01'), 2)
        from completed where currency_code = 'USD'""")
    return [
        Figure("completed USD orders", 466_252, rows["USD"][0]),
        Figure("USD revenue, dollars", 2_194_799, rows["USD"][1]),
        Figure("completed NZD orders", 21_245, rows["NZD"][0]),
        Figure("NZD revenue, NZ dollars", 74_628, rows["NZD"][1]),
        Figure("average order on 30 June 2025, dollars", 1.77, first),
        Figure("average order in February 2026, dollars", 5.03, february),
    ]


def _stores(query: _Query) -> list[Figure]:
    built = {name: (n, float(money)) for name, n, money in query("""
        select case when shop_no between 'US00001' and 'US00010' then shop_name else 'other shops' end,
               count(*), sum(pay_money) from completed
        where currency_code = 'USD' group by 1""")}  # fmt: skip
    figures = []
    for name, orders, dollars in STORES:
        n, money = built.get(name, (0, 0.0))
        figures += [Figure(f"orders of {name}", orders, n), Figure(f"dollars of {name}", dollars, money)]
    return figures


def _flagship(query: _Query) -> list[Figure]:
    rows = query("""
        select greatest(date_trunc('month', business_date), date '2025-07-01') as month, sum(pay_money)
        from completed where currency_code = 'USD' and shop_no = 'US00001' group by 1 order by 1""")
    return [
        Figure(f"dollars of 8th & Broadway, {month:%b %Y}", dollars, float(money))
        for dollars, (month, money) in zip(FLAGSHIP_MONTHS, rows, strict=False)
    ]


def _customers(query: _Query) -> list[Figure]:
    [row] = query("""
        with u as (select user_no, date '2026-02-13' - max(business_date) as days, count(*) as n
                   from completed where currency_code = 'USD' group by 1)
        select count(*) filter (days <= 7), count(*) filter (days between 8 and 30),
               count(*) filter (days between 31 and 60), count(*) filter (days between 61 and 90),
               count(*) filter (days > 90), count(*) filter (n = 1), count(*) from u""")
    names = ("0-7 days", "8-30 days", "31-60 days", "61-90 days", "91 days and more")
    figures = [
        Figure(f"users whose last order is {name} old", n, built)
        for name, n, built in zip(names, RECENCY, row[:5], strict=True)
    ]
    return [
        *figures,
        Figure("users with one order", 84_341, row[5]),
        Figure("ordering users", sum(RECENCY), row[6]),
    ]


def _delivery(query: _Query) -> list[Figure]:
    spent = [float(money) for (money,) in query("""
        select sum(pay_money) from completed where order_type = 2
        group by user_no order by 1 desc""")]  # fmt: skip
    return [
        Figure("delivery accounts", len(DELIVERY), len(spent)),
        Figure("dollars of the delivery accounts", 141_000, sum(spent)),
        Figure("dollars of the largest delivery account", 82_203, max(spent, default=0.0)),
    ]


def _days(query: _Query) -> list[Figure]:
    built = dict(query("select cast(business_date as text), count(*) from completed group by 1"))
    return [
        Figure(f"orders of {date}, both currencies", n, built.get(date, 0)) for date, n in PINNED_DAYS.items()
    ]


def _products(query: _Query) -> list[Figure]:
    built = {name: (n, float(money)) for name, n, money in query("""
        select i.spu_name, count(*), sum(i.pay_money) from t_order_item i
        join completed o on o.id = cast(i.order_id as bigint) group by 1""")}  # fmt: skip
    figures = []
    for name, items, dollars in TOP_PRODUCTS:
        n, money = built.get(name, (0, 0.0))
        figures += [Figure(f"units of {name}", items, n), Figure(f"dollars of {name}", dollars, money)]
    return figures


def _payments(query: _Query) -> list[Figure]:
    built = {
        channel: (n, float(dollars))
        for channel, n, dollars in query("""
        select channel_id, count(*), sum(amount) / 100 from t_trade where status in (1, 2, 3) group by 1""")
    }
    figures = []
    for channel, n, dollars in CHANNELS:
        count, total = built.get(channel, (0, 0.0))
        figures += [Figure(f"payments of channel {channel}", n, count),
                    Figure(f"dollars of channel {channel}", dollars, total)]  # fmt: skip
    return figures


def _production(query: _Query) -> list[Figure]:
    [(n, mean, trimmed, longest, faster)] = query("""
        with p as (select epoch(p.done_time) - epoch(p.accept_time) as seconds,
                          cast(timezone(s.time_zone, timezone('UTC', p.create_time)) as date) as day
                   from t_production p join t_shop_info s on s.id = p.shop_id
                   where p.done_time > p.accept_time)
        select count(*) filter (day >= date '2026-02-01'),
               round(avg(seconds) filter (day >= date '2026-02-01'), 1),
               round(avg(seconds) filter (day >= date '2026-02-01' and seconds <= 1800)), max(seconds),
               round(1 - avg(seconds) filter (day >= date '2026-02-01' and seconds <= 1800)
                       / avg(seconds) filter (day < date '2025-08-01' and seconds <= 1800), 2)
        from p""")
    return [
        Figure("productions of February 2026", 36_696, n),
        Figure("mean production time of February 2026, seconds", 217.9, mean),
        Figure("the same without those over half an hour", 204, trimmed),
        Figure("longest production, seconds", 9_839, longest),
        Figure("share by which production became faster since July", 0.36, faster, exact=False),
    ]


def _machines(query: _Query) -> list[Figure]:
    [(types, online, offline)] = query("""
        select count(distinct machine_type), count(*) filter (online_status = 1),
               count(*) filter (online_status = 0) from t_device""")
    return [
        Figure("machine types", 14, types),
        Figure("machines online", 93, online),
        Figure("machines offline", 123, offline),
    ]


def _rows(query: _Query) -> list[Figure]:
    """Rows of every table with a published count, rounded to its last printed digit."""
    present = {name for (name,) in query("select view_name from duckdb_views() where not internal")}
    figures = []
    for database in estate.load().databases.values():
        for table in database.tables.values():
            if table.rows is None or table.name not in present or table.name in PARTIAL:
                continue
            digit = printed_digit(table.rows)
            [(n,)] = query(f"select count(*) from {table.name}")
            figures.append(Figure(f"rows of {table.name}", table.rows, round(n / digit) * digit))
    return figures


def printed_digit(rows: int) -> int:
    """The value of the last digit of a count as the documents print it: 602K, 2.6M, 517.

    >>> printed_digit(602_000), printed_digit(2_600_000), printed_digit(277_537)
    (1000, 100000, 1)
    """
    if rows >= 1_000_000 and rows % 100_000 == 0:
        return 100_000
    return 1_000 if rows % 1_000 == 0 else 1
