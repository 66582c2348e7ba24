"""Metrics from raw rows: groups, periods, filters, and what is refused."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pandas as pd
import pytest

from lucky_analytics import metrics
from lucky_analytics.catalog import TABLES
from lucky_analytics.errors import ParameterError, UnknownNameError
from tests import estate_rows

ORDERS = [  # id, UTC instant, customer, dollars, tax of its one item, items, refunded
    (1, "2025-07-01T16:00:00", "A", 4.71, 0.30, 1, 0),
    (2, "2025-07-01T17:00:00", "A", 10.00, 0.70, 2, 4.00),
    (3, "2025-07-02T16:00:00", "B", 3.29, 0, 1, 0),
]


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    trade = {"trade_type": 2, "status": 5, "currency_code": "USD"}
    rows = {
        "luckyus_opshop.t_shop_info": [{**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"}],
        "luckyus_sales_order.t_order": [
            {
                "id": number,
                "create_time": at,
                "user_no": customer,
                "pay_money": paid,
                "total_money": 4 * units,
                "shop_id": 1,
                "status": 90,
                "currency_code": "USD",
            }
            for number, at, customer, paid, _, units, _ in ORDERS
        ],
        "luckyus_sales_order.t_order_item": [
            {
                "id": 10 * number + unit,
                "order_id": str(number),
                "tax": tax if unit == 0 else 0,
                "pay_money": 3,
            }
            for number, _, _, _, tax, units, _ in ORDERS
            for unit in range(units)
        ],
        "luckyus_sales_payment.t_trade": [
            {
                "id": number,
                "trade_no": f"T{number}",
                "order_id": str(number),
                "amount": int(back * 100),
                **trade,
            }
            for number, *_, back in ORDERS
            if back
        ],
    }
    return estate_rows.suite(tmp_path_factory.mktemp("metrics"), rows)


def test_metrics_of_orders_equal_a_plain_loop_over_raw_rows(suite):
    """The way from raw rows to the metric; each metric has its own loop in ``test_plain_loops``."""
    cents = [round(paid * 100) for *_, paid, _, _, _ in ORDERS]
    tax = sum(round(tax * 100) for *_, tax, _, _ in ORDERS)
    back = [round(back * 100) for *_, back in ORDERS]
    expected = {
        "orders": len(ORDERS),
        "revenue": sum(cents),
        "net_sales": sum(cents) - tax - sum(back),
        "items_per_order": sum(units for *_, units, _ in ORDERS) / len(ORDERS),
        "active_customers": len({row[2] for row in ORDERS}),
        "discount_rate": 0.25,
        "refund_rate": sum(part > 0 for part in back) / len(ORDERS),
        "sales_tax": tax,
    }
    (got,) = metrics.aggregate(suite, list(expected)).execute().to_dict("records")
    assert got == pytest.approx(expected)


def test_a_state_has_no_period(suite):
    assert metrics.aggregate(suite, ["trading_stores"]).execute()["trading_stores"].item() == 1
    with pytest.raises(ParameterError, match="period: expected none: this is a state"):
        metrics.aggregate(suite, ["trading_stores"], end=dt.date(2025, 7, 2))


def test_groups_sum_to_the_whole_and_periods_are_half_open(suite):
    by_day = metrics.aggregate(suite, ["orders", "revenue"], by=["order_date"]).execute()
    assert sorted(by_day["orders"]) == [1, 2]
    day = dt.date(2025, 7, 2)
    before = metrics.aggregate(suite, ["orders"], end=day).execute()["orders"].item()
    since = metrics.aggregate(suite, ["orders"], start=day).execute()["orders"].item()
    assert (before, since) == (2, 1)


@pytest.mark.parametrize(
    ("start", "every", "windows"),
    [
        (None, 1, {"2025-07-01": 2, "2025-07-02": 1}),
        (None, 2, {"2025-07-02": 3}),
        (None, "month", {"2025-07-02": 3}),  # the last is cut short
        (dt.date(2025, 7, 2), 7, {"2025-07-02": 1}),  # the oldest is cut short
    ],
)
def test_windows_are_counted_back_from_the_end(suite, start, every, windows):
    asked = {"start": start, "end": dt.date(2025, 7, 3), "every": every}
    found = metrics.aggregate(suite, ["orders"], **asked).execute()
    assert dict(zip(found["until"].astype(str), found["orders"], strict=True)) == windows
    by_customer = metrics.aggregate(suite, ["orders"], by=["customer_id"], **asked).execute()
    assert by_customer.groupby(by_customer["until"].astype(str))["orders"].sum().to_dict() == windows


@pytest.mark.parametrize(
    "asked", [{"every": 7}, {"every": "month"}, {"end": dt.date(2025, 7, 3), "every": 0}]
)
def test_windows_need_an_end_and_a_day(suite, asked):
    with pytest.raises(ParameterError, match="windows: expected 1 day or more, or month, and an end"):
        metrics.aggregate(suite, ["orders"], **asked)


def test_an_empty_period_has_zero_sums_and_null_ratios(suite):
    day = dt.date(2025, 6, 1)
    (got,) = metrics.aggregate(suite, ["orders", "revenue", "aov"], end=day).execute().to_dict("records")
    assert (got["orders"], got["revenue"]) == (0, 0)
    assert got["aov"] != got["aov"]


def test_where_filters_first(suite):
    import ibis

    got = metrics.aggregate(suite, ["orders"], where=ibis._.customer_id == "B").execute()
    assert got["orders"].item() == 1


def test_unknown_and_impossible_requests_are_refused(suite):
    with pytest.raises(UnknownNameError, match="unknown metric 'revenu': expected one of revenue"):
        metrics.aggregate(suite, ["revenu"])
    with pytest.raises(ParameterError, match="all of one table, got none"):
        metrics.aggregate(suite, [])
    with pytest.raises(ParameterError, match="one table, got orders of orders, trading_stores of stores"):
        metrics.aggregate(suite, ["orders", "trading_stores"])
    with pytest.raises(ParameterError, match="start at or before end"):
        metrics.aggregate(suite, ["orders"], start=dt.date(2025, 7, 2), end=dt.date(2025, 7, 1))


@pytest.mark.parametrize(
    ("wrong", "error", "line"),
    [
        (
            {"table": "ordres"},
            UnknownNameError,
            "table of metric .* in lucky_.*metrics.sales 'ordres'.* orders",
        ),
        ({"date": "orderdate"}, ParameterError, "metrics.sales: expected order_date, .* got orderdate"),
        ({"date": "ordered_at"}, ParameterError, "got ordered_at"),  # an instant, in no market's date
        ({"table": "stores"}, ParameterError, 'opened_date.* got order_date.*say date=""'),
    ],
)
def test_a_metric_of_no_table_or_of_a_date_that_its_table_lacks_is_refused(wrong, error, line):
    metric = dataclasses.replace(metrics.REGISTRY["orders"], **wrong)
    with pytest.raises(error, match=line):
        metrics.require_declared({"orders": metric}, TABLES)


def test_every_metric_says_what_it_is():
    for metric in metrics.REGISTRY.values():
        assert metric.description.endswith(".")
        assert metric.owner and metric.unit and metric.direction in {"up", "down", "none"}


def test_metrics_of_different_dates_each_have_their_own_period(suite, monkeypatch):
    """Orders were placed on 1, 1 and 2 July; ``ordered_at`` stands for another date of the same rows."""
    of_orders = metrics.REGISTRY["orders"]
    by_instant = dataclasses.replace(of_orders, name="placed", date="ordered_at")
    monkeypatch.setitem(metrics.REGISTRY, "placed", by_instant)
    start, end = dt.date(2025, 7, 2), dt.datetime(2025, 7, 2, 16)
    for names in (["orders", "placed"], ["placed", "orders"]):
        got = metrics.aggregate(suite, names, by=["customer_id"], start=start).execute()
        assert got.set_index("customer_id")[names].to_dict("index") == {"B": dict.fromkeys(names, 1)}
        (row,) = metrics.aggregate(suite, names, end=end).execute().to_dict("records")
        assert row == {"orders": 3, "placed": 2}  # order_date < 16:00 of that day, ordered_at < 16:00
    grouped = metrics.aggregate(suite, ["orders", "placed"], by=["customer_id"], end=end).execute()
    grouped = grouped.set_index("customer_id")
    assert grouped.orders.to_dict() == {"A": 2, "B": 1}
    assert grouped.placed["A"] == 2
    assert pd.isna(grouped.placed["B"])
    with pytest.raises(ParameterError, match="got state from"):
        monkeypatch.setitem(metrics.REGISTRY, "state", dataclasses.replace(of_orders, name="state", date=""))
        metrics.aggregate(suite, ["orders", "state"], start=start)
