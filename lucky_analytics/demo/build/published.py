"""A published figure beside the built one, and those of the order tables, by SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lucky_analytics.demo.build.targets import (
    DELIVERY,
    FLAGSHIP_MONTHS,
    PINNED_DAYS,
    RECENCY,
    STORES,
    TOP_PRODUCTS,
)

__all__ = ["SOLD", "Figure", "Query"]

Query = Callable[[str], list[tuple]]


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


def _totals(query: Query) -> list[Figure]:
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


def _stores(query: Query) -> list[Figure]:
    built = {name: (n, float(money)) for name, n, money in query("""
        select case when shop_no between 'US00001' and 'US00010' then shop_name else 'other shops' end,
               count(*), sum(pay_money) from completed
        where currency_code = 'USD' group by 1""")}  # fmt: skip
    figures = []
    for name, orders, dollars in STORES:
        n, money = built.get(name, (0, 0.0))
        figures += [Figure(f"orders of {name}", orders, n), Figure(f"dollars of {name}", dollars, money)]
    return figures


def _flagship(query: Query) -> list[Figure]:
    rows = query("""
        select greatest(date_trunc('month', business_date), date '2025-07-01') as month, sum(pay_money)
        from completed where currency_code = 'USD' and shop_no = 'US00001' group by 1 order by 1""")
    return [
        Figure(f"dollars of 8th & Broadway, {month:%b %Y}", dollars, float(money))
        for dollars, (month, money) in zip(FLAGSHIP_MONTHS, rows, strict=False)
    ]


def _customers(query: Query) -> list[Figure]:
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


def _delivery(query: Query) -> list[Figure]:
    spent = [float(money) for (money,) in query("""
        select sum(pay_money) from completed where order_type = 2
        group by user_no order by 1 desc""")]  # fmt: skip
    return [
        Figure("delivery accounts", len(DELIVERY), len(spent)),
        Figure("dollars of the delivery accounts", 141_000, sum(spent)),
        Figure("dollars of the largest delivery account", 82_203, max(spent, default=0.0)),
    ]


def _days(query: Query) -> list[Figure]:
    built = dict(query("select cast(business_date as text), count(*) from completed group by 1"))
    return [
        Figure(f"orders of {date}, both currencies", n, built.get(date, 0)) for date, n in PINNED_DAYS.items()
    ]


def _products(query: Query) -> list[Figure]:
    built = {name: (n, float(money)) for name, n, money in query("""
        select i.spu_name, count(*), sum(i.pay_money) from t_order_item i
        join completed o on o.id = cast(i.order_id as bigint) group by 1""")}  # fmt: skip
    figures = []
    for name, items, dollars in TOP_PRODUCTS:
        n, money = built.get(name, (0, 0.0))
        figures += [Figure(f"units of {name}", items, n), Figure(f"dollars of {name}", dollars, money)]
    return figures


SOLD = (_totals, _stores, _flagship, _customers, _delivery, _days, _products)
