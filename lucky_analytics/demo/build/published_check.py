"""The built estate against the published figures, by SQL over the files that were written."""

from __future__ import annotations

from pathlib import Path

import duckdb

from lucky_analytics import estate
from lucky_analytics.demo.build.published import SOLD, Figure, Query
from lucky_analytics.demo.process.channels import CHANNELS
from lucky_analytics.errors import DemoError

__all__ = ["Figure", "check_money", "measure", "open_files"]

# Tables that the build holds in part: the assignments of the planted experiments, not the whole archive.
PARTIAL = frozenset({"t_user_hit_experiment_record"})
_COMPLETED = """
create temp table completed as
select o.*, cast(timezone(s.time_zone, timezone('UTC', o.create_time)) as date) as business_date,
       s.shop_no
from t_order o join t_shop_info s on s.id = o.shop_id where o.status = 90
"""


def open_files(folder: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with one view per file of the estate, ``database.table``.

    Without its database a name means the first of that name in the order of the alphabet: ``t_user`` is the
    CRM's, not the payment system's.
    """
    connection = duckdb.connect(config={"threads": 2})
    databases = sorted({path.parent.name for path in folder.glob("*/*.parquet")})
    for database in databases:
        connection.execute(f"create schema {database}")
    for path in sorted(folder.glob("*/*.parquet")):
        connection.execute(f"create view {path.parent.name}.{path.stem} as from read_parquet('{path}')")
    connection.execute(f"set search_path = '{','.join([*databases, 'main'])}'")
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
    parts = [*SOLD, _payments, _rows]
    parts += [part for part, table in _OF_TABLES if table in present]
    for part in parts:
        found += part(lambda sql: connection.execute(sql).fetchall())
    return found


def _payments(query: Query) -> list[Figure]:
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


def _production(query: Query) -> list[Figure]:
    [(n, mean, trimmed, late, longest, faster)] = query("""
        with p as (select epoch(p.done_time) - epoch(p.accept_time) as seconds,
                          cast(timezone(s.time_zone, timezone('UTC', p.create_time)) as date) as day
                   from t_production p join t_shop_info s on s.id = p.shop_id
                   where p.done_time > p.accept_time)
        select count(*) filter (day >= date '2026-02-01'),
               round(avg(seconds) filter (day >= date '2026-02-01'), 1),
               round(avg(seconds) filter (day >= date '2026-02-01' and seconds <= 1800)),
               count(*) filter (day >= date '2026-02-01' and seconds > 1800), max(seconds),
               round(1 - avg(seconds) filter (day >= date '2026-02-01' and seconds <= 1800)
                       / avg(seconds) filter (day < date '2025-08-01' and seconds <= 1800), 2)
        from p""")
    return [
        Figure("productions of February 2026", 36_696, n),
        Figure("mean production time of February 2026, seconds", 217.9, mean),
        Figure("the same without those over half an hour", 204, trimmed),
        Figure("productions of February 2026 over half an hour", 155, late),
        Figure("longest production, seconds", 9_839, longest),
        Figure("share by which production became faster since July", 0.36, faster, exact=False),
    ]


def _machines(query: Query) -> list[Figure]:
    [(types, online, offline)] = query("""
        select count(distinct machine_type), count(*) filter (online_status = 1),
               count(*) filter (online_status = 0) from t_device""")
    return [
        Figure("machine types", 14, types),
        Figure("machines online", 93, online),
        Figure("machines offline", 123, offline),
    ]


def _risk(query: Query) -> list[Figure]:
    [(n,)] = query("select sum(record_count) from t_risk_rule_count")
    return [Figure("records of risk rules", 4_100_000, round(float(n) / 100_000) * 100_000)]


def _archives(query: Query) -> list[Figure]:
    [(coupons,)] = query("select sum(given_count) from t_coupon_expired_stat")
    [(split,)] = query("select sum(user_count) from t_user_traffic_stat")
    return [
        Figure("coupons in the archive", 37_000_000, round(float(coupons) / 1e6) * 1e6),
        Figure("customers split by layer", 2_300_000, round(float(split) / 1e5) * 1e5),
    ]


def _pipelines(query: Query) -> list[Figure]:
    [(n,)] = query("select sum(run_count) from t_etl_task_day")
    return [Figure("runs of ETL tasks", 5_600_000, round(float(n) / 100_000) * 100_000)]


_OF_TABLES = (
    (_production, "t_production"),
    (_machines, "t_device"),
    (_risk, "t_risk_log"),
    (_archives, "t_coupon_expired_stat"),
    (_pipelines, "t_etl_task_day"),
)


def _rows(query: Query) -> list[Figure]:
    """Rows of every table with a published count, rounded to its last printed digit."""
    present = set(query("select schema_name, view_name from duckdb_views() where not internal"))
    figures: list[Figure] = []
    seen: set[str] = set()
    for database in estate.load().databases.values():
        for table in database.tables.values():
            if table.rows is None or (database.name, table.name) not in present or table.name in PARTIAL:
                continue
            digit = printed_digit(table.rows)
            [(n,)] = query(f"select count(*) from {database.name}.{table.name}")
            name = f"{database.name}.{table.name}" if table.name in seen else table.name
            seen.add(table.name)
            figures.append(Figure(f"rows of {name}", table.rows, round(n / digit) * digit))
    return figures


def printed_digit(rows: int) -> int:
    """The value of the last digit of a count as the documents print it: 602K, 2.6M, 517.

    >>> printed_digit(602_000), printed_digit(2_600_000), printed_digit(277_537)
    (1000, 100000, 1)
    """
    if rows >= 1_000_000 and rows % 100_000 == 0:
        return 100_000
    return 1_000 if rows % 1_000 == 0 else 1
