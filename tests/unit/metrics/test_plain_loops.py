"""Each metric against a plain loop over the rows of its table, in a period and where there is no row."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from lucky_analytics import metrics
from tests import conformed_rows

Row = Mapping[str, Any]
START, END = dt.date(2025, 7, 2), dt.date(2025, 7, 4)


def share(rows: Sequence[Row], holds: Callable[[Row], bool]) -> float:
    n = 0
    for row in rows:
        n += holds(row)
    return n / len(rows)


def usd(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["currency"] == "USD"]


def ratio(rows: Sequence[Row], top: Callable[[Row], float], bottom: Callable[[Row], float]) -> float:
    above = below = 0.0
    for row in rows:
        above, below = above + top(row), below + bottom(row)
    return above / below


def total(rows: Sequence[Row], value: Callable[[Row], float]) -> float:
    result = 0.0
    for row in rows:
        result += value(row)
    return result


def mean(values: Sequence[float | None]) -> float:
    known = [value for value in values if value is not None]
    return sum(known) / len(known)


ORDERS = [
    {"revenue_cents": paid, "tax_cents": tax, "refund_cents": back, "n_items": units, "list_cents": listed,
     "items_cents": items, "customer_id": who, "is_delivery": delivered}
    for paid, tax, back, units, listed, items, who, delivered in [
        (471, 36, 0, 1, 600, 435, "A", False),
        (1000, 70, 400, 2, 1100, 930, "A", True),
        (329, 0, 1, 1, 500, 329, "B", False),
        (250, 20, 0, 3, 900, 230, "A", False),
        (9999, 1, 9999, 9, 9999, 1, "C", True),
    ]
]  # fmt: skip
REFUNDS = [{"refund_cents": n, "currency": c} for n, c in zip((5, 7, 11, 13, 17), "UNUUU", strict=True)]
REFUNDS = [{**row, "currency": {"U": "USD", "N": "NZD"}[row["currency"]]} for row in REFUNDS]
PAYMENTS = [
    {"status": status, "is_counted": counted, "batch_id": batch, "currency": currency}
    for status, counted, batch, currency in [
        ("failed", False, None, "USD"),
        ("failed", False, None, "USD"),  # not counted: without a batch and still not unposted
        ("failed", True, None, "NZD"),  # of another market: in none of them
        ("paid", True, None, "USD"),
        ("settled", True, "B1", "USD"),
        ("reconciled", True, None, "USD"),
    ]
]
FEES = [
    {"fee_cents": fee, "amount_cents": paid, "currency": currency}
    for fee, paid, currency in [(9, 9, "USD"), (14.5, 471, "USD"), (99, 100, "NZD"), (31, 1000, "USD"),
                                (20.25, 329, "USD"), (7, 9, "USD")]
]  # fmt: skip
CUSTOMERS = [
    {"n_orders": n, "days_since_last": float(days), "mean_order_cents": 100.0 + days}
    for n, days in [(5, 10), (1, 60), (2, 61), (3, 59), (1, 400)]  # 60 days have not lapsed, 61 have
]
COUPONS = [{"status": status} for status in ("used", "unused", "used", "expired", "used")]
TICKETS = [
    {"status": status, "production_seconds": seconds}
    for status, seconds in [
        ("done", 5.0),
        ("done", 1800.0),
        ("done", 1801.0),
        ("void", None),
        ("done", 900.0),
        ("done", 7.0),
    ]
]
CUPS = [{"poured_for": why} for why in ("order", "order", "rinse or test", "order", "order")]
STOCK = [
    {"is_stock_out": out, "wasted_quantity": wasted, "consumed_quantity": used}
    for out, wasted, used in [(True, 9.0, 9.0), (True, 2.0, 30.0), (False, 3.0, 45.0), (False, 0.0, 5.0),
                              (True, 7.0, 1.0)]
]  # fmt: skip
STORES = [{"is_trading_store": trading} for trading in (True, False, True)]
PRODUCTS = [{"is_online": online} for online in (True, False, False, True, True)]
ITEMS = [{"product_id": product} for product in ("a", "a", "b", "c", "a")]
EVENTS = [{"kind": kind} for kind in ("failed", "failed", "repaired", "failed", "failed")]
MACHINES = [{"is_online": online} for online in (True, False, True)]

LOOPS: dict[str, tuple[Sequence[Row], Callable[[Sequence[Row]], float]]] = {
    "orders": (ORDERS, len),
    "revenue": (ORDERS, lambda rows: total(rows, lambda r: r["revenue_cents"])),
    "net_sales": (
        ORDERS,
        lambda rows: total(rows, lambda r: r["revenue_cents"] - r["tax_cents"] - r["refund_cents"]),
    ),
    "units": (ITEMS, len),
    "aov": (ORDERS, lambda rows: ratio(rows, lambda r: r["revenue_cents"], lambda r: 1)),
    "items_per_order": (ORDERS, lambda rows: ratio(rows, lambda r: r["n_items"], lambda r: 1)),
    "active_customers": (ORDERS, lambda rows: len({r["customer_id"] for r in rows})),
    "discount_rate": (
        ORDERS,
        lambda rows: ratio(rows, lambda r: r["list_cents"] - r["items_cents"], lambda r: r["list_cents"]),
    ),
    "delivery_share": (ORDERS, lambda rows: share(rows, lambda r: r["is_delivery"])),
    "refund_rate": (ORDERS, lambda rows: share(rows, lambda r: r["refund_cents"] > 0)),
    "sales_tax": (ORDERS, lambda rows: total(rows, lambda r: r["tax_cents"])),
    "refunds": (
        REFUNDS,
        lambda rows: total(rows, lambda r: r["refund_cents"] if r["currency"] == "USD" else 0),
    ),
    "failed_payment_rate": (PAYMENTS, lambda rows: share(usd(rows), lambda r: r["status"] == "failed")),
    "fee_rate": (FEES, lambda rows: ratio(usd(rows), lambda r: r["fee_cents"], lambda r: r["amount_cents"])),
    "unposted_payment_rate": (
        PAYMENTS,
        lambda rows: share([r for r in usd(rows) if r["is_counted"]], lambda r: r["batch_id"] is None),
    ),
    "new_customers": (CUSTOMERS, len),
    "last_seen_customers": (CUSTOMERS, len),
    "customer_spend": (CUSTOMERS, lambda rows: total(rows, lambda r: r["mean_order_cents"] * r["n_orders"])),
    "repeat_customer_share": (CUSTOMERS, lambda rows: share(rows, lambda r: r["n_orders"] >= 2)),
    "lapsed_customer_share": (CUSTOMERS, lambda rows: share(rows, lambda r: r["days_since_last"] > 60)),
    "coupon_redemption_rate": (COUPONS, lambda rows: share(rows, lambda r: r["status"] == "used")),
    "production_seconds": (TICKETS, lambda rows: mean([r["production_seconds"] for r in rows])),
    "production_seconds_trimmed": (
        TICKETS,
        lambda rows: mean([r["production_seconds"] for r in rows if (r["production_seconds"] or 0) <= 1800]),
    ),
    "fulfilment_rate": (TICKETS, lambda rows: share(rows, lambda r: r["status"] == "done")),
    "cups": (CUPS, lambda rows: total(rows, lambda r: r["poured_for"] == "order")),
    "machine_failures": (EVENTS, lambda rows: total(rows, lambda r: r["kind"] == "failed")),
    "stock_out_rate": (STOCK, lambda rows: share(rows, lambda r: r["is_stock_out"])),
    "waste_rate": (
        STOCK,
        lambda rows: ratio(
            rows, lambda r: r["wasted_quantity"], lambda r: r["wasted_quantity"] + r["consumed_quantity"]
        ),
    ),
    "registered_customers": ([{}] * 5, len),
    "trading_stores": (STORES, lambda rows: total(rows, lambda r: r["is_trading_store"])),
    "products_online": (PRODUCTS, lambda rows: total(rows, lambda r: r["is_online"])),
    "machines_online_share": (MACHINES, lambda rows: share(rows, lambda r: r["is_online"])),
}


def measured(name: str, rows: Sequence[Row], **period: dt.date) -> Any:
    suite = conformed_rows.suite(**{metrics.REGISTRY[name].table: rows})
    return metrics.aggregate(suite, [name], **period).execute()[name].item()


@pytest.mark.parametrize("name", LOOPS)
def test_a_metric_equals_a_plain_loop(name: str):
    rows, loop = LOOPS[name]
    assert measured(name, rows) == pytest.approx(loop(rows))


@pytest.mark.parametrize("name", [name for name in LOOPS if metrics.REGISTRY[name].date])
def test_a_period_has_its_first_day_and_not_its_last(name: str):
    rows, loop = LOOPS[name]
    date, day = metrics.REGISTRY[name].date, dt.timedelta(days=1)
    days = [START - day, *[START] * (len(rows) - 3), END - day, END]
    dated = [{**row, date: day} for row, day in zip(rows, days, strict=True)]
    inside = [row for row in dated if START <= row[date] < END]
    expected = loop(inside)
    assert measured(name, dated, start=START, end=END) == pytest.approx(expected)
    one_less = (
        [row for row in inside if row[date] > START],
        inside + [row for row in dated if row[date] == END],
    )
    assert all(loop(other) != pytest.approx(expected) for other in one_less)  # another end would be seen


@pytest.mark.parametrize("name", metrics.REGISTRY)
def test_where_there_is_no_row_a_metric_is_nought_or_says_when_it_is_null(name: str):
    got = measured(name, [])
    is_null = got is None or math.isnan(got)
    assert is_null == (metrics.REGISTRY[name].null_when != "never")
    assert is_null or got == 0


def test_every_metric_has_its_loop_here_or_in_a_test_of_its_own():
    without = [name for name in metrics.REGISTRY if name not in LOOPS]
    assert [name for name in without if not Path(__file__).with_name(f"test_{name}.py").is_file()] == []
