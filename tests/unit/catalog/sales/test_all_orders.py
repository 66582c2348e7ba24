"""Orders of every status, their steps, ledger entries and tax returns, against plain loops over the rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from lucky_analytics.catalog import TABLES, find_faults
from tests import estate_rows

SALES, LEDGER, TAX = "luckyus_sales_order", "luckyus_ifiaccounting", "luckyus_fi_tax"
SHOPS = [
    {**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"},
    {**estate_rows.RAROTONGA, "set_up_time": "2025-06-30T12:00:00"},
]
NOON, LATE, NEXT = "2026-02-13T17:00:00", "2026-02-14T04:30:00", "2026-02-14T05:30:00"  # the last: the 14th
ORDERS = [
    {"id": 1, "shop_id": 1, "status": 90, "currency_code": "USD", "create_time": NOON, "pay_money": "4.71",
     "channel": 2, "order_type": 1, "tenant": "LKUS", "pay_time": NOON},
    {"id": 2, "shop_id": 1, "status": 0, "currency_code": "USD", "create_time": LATE, "pay_money": "5",
     "channel": 1, "order_type": 1, "tenant": "LKUS", "pay_time": None},
    {"id": 3, "shop_id": 9, "status": 90, "currency_code": "NZD", "create_time": NEXT, "pay_money": "3.51",
     "channel": 3, "order_type": 2, "tenant": "LKTEST", "pay_time": NEXT},  # still the 13th in Rarotonga
    {"id": 4, "shop_id": 1, "status": 90, "currency_code": "USD", "create_time": NEXT, "pay_money": "6"},
    {"id": 5, "shop_id": 77, "status": 50, "currency_code": "USD", "create_time": NOON, "pay_money": "7",
     "channel": 8, "order_type": 1, "tenant": "LKCN", "pay_time": None},
]  # fmt: skip
STEPS = [(1, 1), (1, 2), (1, 5), (2, 1), (2, 9), (3, 4), (4, 1), (5, 1), (6, 1), (2, 7)]
ENTRIES = [
    {"id": 1, "voucher_no": "V1", "entry_no": 1, "direction": 2, "amount": "4.33", "account_code": "6001"},
    {"id": 2, "voucher_no": "V1", "entry_no": 2, "direction": 2, "amount": "0.38", "account_code": "2221"},
    {"id": 3, "voucher_no": "V1", "entry_no": 3, "direction": 1, "amount": "4.71", "account_code": "1122"},
    {"id": 4, "voucher_no": "V1", "entry_no": 4, "direction": 3, "amount": "9.00", "account_code": "9003"},
    {"id": 5, "voucher_no": "V2", "entry_no": 1, "direction": 1, "amount": "1", "account_code": "7777"},
]


@pytest.fixture(scope="module")
def suite(tmp_path_factory):
    posted = {"shop_id": 1, "currency_code": "USD", "bill_no": "IB1", "channel_id": 53}
    days = [dt.date(2026, 2, 13)] * 4 + [dt.date(2026, 2, 14)]
    filed = {"jurisdiction": "NY State", "tax_due": "1200.50", "tax_remitted": "1000"}
    rows = {
        "luckyus_opshop.t_shop_info": SHOPS,
        f"{SALES}.t_order": ORDERS,
        f"{SALES}.t_order_oper_history": [
            {"id": k, "order_id": order, "oper_type": kind, "operator": "user", "create_time": NOON}
            for k, (order, kind) in enumerate(STEPS, start=1)
        ],
        f"{LEDGER}.t_pre_voucher_entry_assist": [
            {**posted, **entry, "entry_date": day} for entry, day in zip(ENTRIES, days, strict=True)
        ],
        f"{TAX}.t_tax_return": [
            {**filed, "id": 1, "period_start": dt.date(2025, 9, 1), "period_end": dt.date(2025, 11, 30)},
            {**filed, "id": 2, "period_start": dt.date(2025, 12, 1), "period_end": dt.date(2026, 2, 28)},
        ],
    }
    return estate_rows.suite(tmp_path_factory.mktemp("all"), rows)


@pytest.mark.parametrize("name", ["all_orders", "order_steps", "voucher_entries", "tax_returns"])
def test_columns_and_keys_are_as_declared(suite, name):
    assert list(suite.table(name).columns) == list(TABLES[name].columns)
    assert find_faults(TABLES[name], suite.table(name)) == []


def test_every_order_by_as_of_with_why_it_does_not_count(suite):
    found = suite.all_orders.execute().set_index("order_id").sort_index()
    found = found.assign(left_out_because=found["left_out_because"].fillna(""))
    status = {90: "completed", 0: "cancelled"}
    channel = {1: "android", 2: "ios", 3: "delivery platform"}
    expected = {}
    for order in ORDERS:
        if order["id"] == 4:  # 14 February in New York
            continue
        known = order["shop_id"] in (1, 9)
        why = "" if known else "shop unknown"
        if known and order["status"] != 90:
            why = "not completed"
        elif known and order["currency_code"] != "USD":
            why = "not in USD"
        expected[str(order["id"])] = (
            status.get(order["status"], "other"), order["currency_code"], order["tenant"],
            channel.get(order["channel"], "other"), order["order_type"] == 2,
            int(Decimal(order["pay_money"]) * 100), why,
        )  # fmt: skip
    columns = ["status", "currency", "tenant", "channel", "is_delivery", "paid_cents", "left_out_because"]
    got = {key: tuple(row[name] for name in columns) for key, row in found.iterrows()}
    assert got == expected
    assert found["order_date"].isna().to_dict() == {"1": False, "2": False, "3": False, "5": True}
    assert found["paid_at"].isna().to_dict() == {"1": False, "2": True, "3": False, "5": True}
    assert set(suite.orders.execute()["order_id"]) == {"1"}


def test_steps_are_those_of_known_orders_by_as_of(suite):
    names = {1: "placed", 2: "paid", 3: "accepted", 4: "made", 5: "handed over", 9: "cancelled"}
    expected = [(str(o), names.get(kind, "other")) for o, kind in STEPS if o in (1, 2, 3)]
    found = suite.order_steps.execute()
    assert sorted(zip(found["order_id"], found["step"], strict=True)) == sorted(expected)


def test_entries_balance_and_memoranda_are_on_no_side(suite):
    found = suite.voucher_entries.execute().set_index("entry_id").sort_index()
    signs = {1: 1, 2: -1, 3: 0}
    expected = {str(e["id"]): signs[e["direction"]] * int(Decimal(e["amount"]) * 100) for e in ENTRIES[:4]}
    assert found["debit_cents"].to_dict() == expected and sum(expected.values()) == 0
    assert found["side"].tolist() == ["credit", "credit", "debit", "memorandum"]
    assert found["account"].tolist() == ["drinks", "state sales tax", "receivable from the processor",
                                         "list value"]  # fmt: skip
    assert found["amount_cents"].min() == 38


def test_a_return_counts_once_its_period_has_ended(suite):
    found = suite.tax_returns.execute()
    assert found[["return_id", "due_cents", "remitted_cents"]].values.tolist() == [["1", 120_050, 100_000]]
    assert found["filed_at"].isna().all()
