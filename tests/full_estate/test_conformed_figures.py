"""The conformed tables of the full-scale demo estate carry the published figures, and close in cents."""

from __future__ import annotations

import datetime as dt

import pytest

from lucky_analytics import metrics
from lucky_analytics.catalog import TABLES, find_faults
from tests import demo_suite


def values(suite, *names, **period):
    (row,) = metrics.aggregate(suite, names, **period).execute().to_dict("records")
    return row


def test_orders_and_revenue_of_the_chain(suite):
    assert suite.as_of == dt.date(2026, 2, 13)
    assert values(suite, "orders", "revenue", "active_customers") == {
        "orders": 466_252,
        "revenue": 219_479_900,
        "active_customers": 150_392,
    }


def test_average_order_value_by_period(suite):
    def aov(**period):
        return round(values(suite, "aov", **period)["aov"] / 100, 2)

    assert aov() == 4.71
    assert aov(end=dt.date(2025, 7, 1)) == 1.77
    assert aov(start=dt.date(2026, 2, 1)) == 5.03


def test_ten_trading_stores_and_the_residual(suite):
    by = metrics.aggregate(suite, ["orders", "revenue"], by=["is_trading_store"]).execute()
    totals = by.set_index("is_trading_store").to_dict("index")
    assert totals[True] == {"orders": 461_900, "revenue": 218_476_100}
    assert totals[False] == {"orders": 4_352, "revenue": 1_003_800}
    assert suite.stores.is_trading_store.sum().execute() == 10


def test_what_is_left_out_is_counted(suite):
    excluded = suite.excluded.execute().set_index(["reason", "currency"])
    assert excluded.loc[("not in USD", "NZD"), ["n_orders", "paid_cents"]].tolist() == [21_245, 7_462_800]
    placed = suite.source("salesorder").t_order.count().execute()
    assert excluded["n_orders"].sum() + 466_252 == placed


def test_the_money_identity_holds_on_every_order(suite):
    order = suite.orders
    fees = order.delivery_fee_cents + order.packaging_fee_cents - order.order_discount_cents
    off = order.filter(order.items_cents + order.tax_cents + fees != order.revenue_cents)
    assert off.count().execute() == 0
    assert order.filter(~order.has_amounts & (fees != 0)).count().execute() == 0


def test_net_sales_is_revenue_less_tax_and_refunds(suite):
    order = suite.orders
    parts = order.agg(tax=order.tax_cents.sum(), refunded=order.refund_cents.sum()).execute().iloc[0]
    assert parts["tax"] > 0 and parts["refunded"] > 0
    assert values(suite, "net_sales")["net_sales"] == 219_479_900 - int(parts["tax"]) - int(parts["refunded"])


@pytest.mark.parametrize(
    ("name", "rows", "digit"),
    [
        ("all_orders", 516_000, 1_000),
        ("order_steps", 2_500_000, 100_000),
        ("voucher_entries", 179_000, 1_000),
        ("stock_positions", 150_000, 1_000),
        ("customer_states", 980_000, 1_000),
        ("customer_labels", 3_900_000, 100_000),
        ("customer_profiles", 193_000, 1_000),
        ("campaign_partakes", 514_000, 1_000),
        ("first_touches", 168_000, 1_000),
        ("tax_returns", 0, 1),
        ("expiry_logs", 136_000, 1_000),
        ("task_forms", 100_000, 1_000),
        ("purchase_orders", 694, 1),
        ("shipments", 1_670, 1),
        ("employees", 324, 1),
        ("clock_ins", 47_500, 100),
        ("settlements", 1_363, 1),
    ],
)
def test_rows_within_half_of_the_printed_digit(suite, name, rows, digit):
    assert abs(suite.table(name).count().execute() - rows) <= digit / 2


def test_every_order_of_both_currencies_counts_or_says_why_not(suite):
    order = suite.all_orders.filter(lambda row: row.status == "completed")
    sums = order.group_by("currency").agg(n=order.count(), paid=order.paid_cents.sum()).execute()
    found = {row.currency: (row.n, row.paid) for row in sums.itertuples()}
    assert found == {"USD": (466_252, 219_479_900), "NZD": (21_245, 7_462_800)}
    counted = suite.all_orders.filter(lambda row: row.left_out_because.isnull())
    assert counted.anti_join(suite.orders, "order_id").count().execute() == 0
    assert counted.count().execute() == 466_252


def test_every_voucher_balances(suite):
    entry = suite.voucher_entries
    sums = entry.group_by("voucher_id", "currency").agg(off=entry.debit_cents.sum())
    assert sums.filter(sums.off != 0).count().execute() == 0


@pytest.mark.full
@pytest.mark.parametrize("name", demo_suite.conformed())
def test_columns_and_keys_are_as_declared(suite, name):
    table, declared = suite.table(name), TABLES[name]
    assert list(table.columns) == list(declared.columns)
    assert find_faults(declared, table) == []


@pytest.mark.full
@pytest.mark.parametrize(
    ("child", "column", "parent"),
    [
        ("orders", "store_id", "stores"),
        ("orders", "customer_id", "customers"),
        ("order_items", "order_id", "orders"),
        ("order_items", "product_id", "products"),
    ],
)
def test_every_reference_is_met(suite, child, column, parent):
    rows, known = suite.table(child), suite.table(parent)
    assert rows.anti_join(known, column).count().execute() == 0
