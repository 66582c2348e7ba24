"""A ledger of thirty orders, written by hand: every class of exception occurs, once and twice.

Plain rows in the sources' shapes, and beside each what it must be called. Nothing here is computed by the
code that it tests.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests import estate_rows

__all__ = [
    "AS_OF",
    "BILL_CLASSES",
    "EXCEPTIONS",
    "ORDER_CLASSES",
    "PAYMENT_CLASSES",
    "REFUND_CLASSES",
    "rows",
]

AS_OF = dt.date(2026, 2, 13)
SHOPS = [
    {**estate_rows.NEW_YORK, "set_up_time": "2025-06-30T12:00:00"},
    {**estate_rows.RAROTONGA, "set_up_time": "2025-06-30T12:00:00"},
]
PAID, REVERSED, FAILED, UNDECLARED = 3, 4, 6, 9

# Order, dollars, days before as_of, currency, status, and the class of a completed one.
ORDERS: list[tuple[int, str, int, str, int, str]] = [
    (1, "5.00", 5, "USD", 90, "matched"),
    (2, "4.71", 5, "USD", 90, "matched"),
    (3, "0.00", 5, "USD", 90, "matched"),
    (4, "6.10", 4, "USD", 90, "matched"),
    (5, "3.33", 4, "USD", 90, "matched"),
    (6, "9.99", 4, "USD", 90, "matched"),
    (7, "10.00", 5, "USD", 90, "matched"),  # in two payments
    (8, "4.00", 5, "USD", 0, ""),  # cancelled, its payment reversed
    (9, "5.50", 6, "USD", 90, "missing counterpart"),
    (10, "6.50", 40, "USD", 90, "missing counterpart"),  # its payment failed
    (11, "4.00", 5, "USD", 90, "matched"),  # charged twice
    (12, "4.25", 5, "USD", 90, "matched"),  # charged three times
    (13, "5.00", 5, "USD", 90, "amount"),
    (14, "5.00", 5, "USD", 90, "amount"),
    (15, "5.00", 5, "USD", 90, "rounding"),
    (16, "5.00", 5, "USD", 90, "rounding"),
    (17, "7.00", 5, "USD", 90, "currency"),
    (18, "8.00", 5, "NZD", 90, "currency"),
    (19, "5.00", 5, "USD", 90, "timing"),
    (20, "6.00", 5, "USD", 90, "timing"),
    (21, "5.00", 0, "USD", 90, "timing"),  # not due yet
    (22, "6.00", 1, "USD", 90, "timing"),
    (23, "5.00", 5, "USD", 90, "matched"),  # and one more payment of another amount
    (24, "6.00", 5, "USD", 90, "matched"),
    (25, "5.00", 5, "USD", 90, "amount"),  # off, and charged twice
    (26, "5.00", 5, "USD", 0, ""),  # cancelled, but paid
    (27, "3.51", 5, "NZD", 90, "matched"),
    (28, "4.51", 5, "NZD", 90, "matched"),  # charged twice
    (29, "4.71", 5, "USD", 90, "amount"),  # 7.41: an entry error
    (30, "5.00", 5, "USD", 90, "matched"),  # and a payment in a state that nobody declared
]
# Payment, order, cents, days before as_of, currency, status, batch, and its class.
PAYMENTS: list[tuple[str, int | None, int, int, str, int, str | None, str]] = [
    ("P1", 1, 500, 5, "USD", PAID, "A", "matched"),
    ("P2", 2, 471, 5, "USD", PAID, "A", "matched"),
    ("P4", 4, 610, 4, "USD", PAID, "B", "matched"),
    ("P5", 5, 333, 4, "USD", PAID, "C", "matched"),
    ("P6", 6, 999, 4, "USD", PAID, "D", "matched"),
    ("P7a", 7, 600, 5, "USD", PAID, "A", "matched"),
    ("P7b", 7, 400, 5, "USD", PAID, "A", "matched"),
    ("P8", 8, 400, 5, "USD", REVERSED, None, ""),
    ("P10", 10, 650, 40, "USD", FAILED, None, ""),
    ("P11a", 11, 400, 5, "USD", PAID, "A", "matched"),
    ("P11b", 11, 400, 5, "USD", PAID, "A", "duplicate"),
    ("P12a", 12, 425, 5, "USD", PAID, "A", "matched"),
    ("P12b", 12, 425, 5, "USD", PAID, "A", "duplicate"),
    ("P12c", 12, 425, 5, "USD", PAID, "A", "duplicate"),
    ("P13", 13, 450, 5, "USD", PAID, "A", "amount"),
    ("P14", 14, 560, 5, "USD", PAID, "A", "amount"),
    ("P15", 15, 501, 5, "USD", PAID, "A", "rounding"),
    ("P16", 16, 499, 5, "USD", PAID, "A", "rounding"),
    ("P17", 17, 700, 5, "NZD", PAID, "N", "currency"),
    ("P18", 18, 800, 5, "USD", PAID, "A", "currency"),
    ("P19", 19, 500, 4, "USD", PAID, "A", "timing"),
    ("P20", 20, 600, 3, "USD", PAID, "A", "timing"),
    ("P23a", 23, 500, 5, "USD", PAID, "A", "matched"),
    ("P23b", 23, 120, 5, "USD", PAID, "A", "unexplained"),
    ("P24a", 24, 600, 5, "USD", PAID, "A", "matched"),
    ("P24b", 24, 130, 5, "USD", PAID, "A", "unexplained"),
    ("P25a", 25, 400, 5, "USD", PAID, "A", "amount"),
    ("P25b", 25, 400, 5, "USD", PAID, "A", "duplicate"),
    ("P26", 26, 500, 5, "USD", PAID, "A", "orphan"),
    ("P27", 27, 351, 5, "NZD", PAID, "N", "matched"),
    ("P28a", 28, 451, 5, "NZD", PAID, "N", "matched"),
    ("P28b", 28, 451, 5, "NZD", PAID, "N", "duplicate"),
    ("P29", 29, 741, 5, "USD", PAID, "A", "amount"),
    ("P30a", 30, 500, 5, "USD", PAID, "A", "matched"),
    ("P30b", 30, 500, 5, "USD", UNDECLARED, None, "unexplained"),
    ("P99", 999, 300, 5, "USD", PAID, None, "orphan"),  # no such order, and in no batch
    ("P0", None, 0, 5, "USD", PAID, None, "nothing moved"),
    ("P1r", 1, 0, 5, "USD", PAID, None, "nothing moved"),
]
# Refund, order, cents, days before as_of, currency, batch, and its class.
REFUNDS = [
    ("R1", 1, 200, 3, "USD", "A", "matched"),
    ("R4", 4, 610, 3, "USD", None, "matched"),
    ("R4b", 4, 610, 2, "USD", None, "duplicate"),
    ("R5", 5, 400, 3, "USD", None, "amount"),
    ("R9", 9, 100, 3, "USD", None, "refund unlinked"),  # the order was never paid
    ("R6", 6, 100, 9, "USD", None, "refund unlinked"),  # before it was
    ("R17", 17, 50, 3, "USD", None, "currency"),
    ("R11", 11, 400, 3, "USD", "A", "matched"),  # gives the second charge back
    ("R12", 12, 425, 3, "USD", None, "matched"),  # gives one of two back
]
# Bill, batch, type (1 drinks, 5 refunds, 11 city tax), dollars, currency, and its class.
BILLS = [
    # All payments of A, as summed by hand: 118.47, of which 12.00 is tax; and its two refunds.
    ("IB1", "A", 1, "106.47", "USD", "matched"),
    ("IB2", "A", 11, "12.00", "USD", "matched"),
    ("IB3", "A", 5, "-6.00", "USD", "matched"),
    ("IB4", "B", 1, "6.09", "USD", "rounding"),
    ("IB5", "C", 1, "3.83", "USD", "amount"),
    # No bill of D. Twice the same bill, and nobody paid in E.
    ("IB6", "E", 1, "2.00", "USD", "orphan"),
    ("IB7", "N", 1, "19.53", "NZD", "matched"),
    ("IB8", "N", 1, "19.53", "NZD", "duplicate"),
]
ORDER_CLASSES = {str(number): kind for number, *_, kind in ORDERS if kind}
PAYMENT_CLASSES = {name: kind for name, *_, kind in PAYMENTS if kind}
REFUND_CLASSES = {name: kind for name, *_, kind in REFUNDS}
BILL_CLASSES = {name: kind for name, *_, kind in BILLS}
# Compared, class, currency: how many exceptions, and cents at risk, all by hand.
EXCEPTIONS = {
    ("orders and payments", "missing counterpart", "USD"): (2, 1_200),
    ("orders and payments", "duplicate", "USD"): (2, 425 + 400),  # two more were given back
    ("orders and payments", "duplicate", "NZD"): (1, 451),
    ("orders and payments", "amount", "USD"): (4, 50 + 60 + 100 + 270),
    ("orders and payments", "rounding", "USD"): (0, 0),
    ("orders and payments", "currency", "USD"): (2, 700 + 800),
    ("orders and payments", "currency", "NZD"): (2, 700 + 800),
    ("orders and payments", "timing", "USD"): (0, 0),
    ("orders and payments", "orphan", "USD"): (2, 800),
    ("orders and payments", "unexplained", "USD"): (3, 120 + 130 + 500),
    ("refunds and payments", "duplicate", "USD"): (1, 610),
    ("refunds and payments", "amount", "USD"): (1, 67),
    ("refunds and payments", "refund unlinked", "USD"): (2, 200),
    ("refunds and payments", "currency", "USD"): (1, 50),
    ("payments and bills", "rounding", "USD"): (0, 0),
    ("payments and bills", "amount", "USD"): (1, 50),
    ("payments and bills", "missing counterpart", "USD"): (1, 999),  # P99 and P30b stand above
    ("payments and bills", "orphan", "USD"): (1, 200),
    ("payments and bills", "duplicate", "NZD"): (1, 1_953),
    ("bills and ledger", "missing counterpart", "USD"): (1, 383),
    ("bills and ledger", "amount", "USD"): (1, 100),
    ("bills and receivable", "missing counterpart", "USD"): (0, 0),  # both stand above
    ("bills and receivable", "amount", "USD"): (0, 0),
}


def rows() -> dict[str, list[dict[str, Any]]]:
    """The ledger in the sources' tables; fee records and fee bills there are none."""
    sales, payment, ledger = "luckyus_sales_order", "luckyus_sales_payment", "luckyus_ifiaccounting"
    posted = {"shop_id": 1, "channel_id": 53, "n_trades": 1, "status": 1}
    bills = [
        {**posted, "id": place, "bill_no": name, "batch_no": batch, "bill_type": kind, "amount": dollars,
         "currency_code": currency, "bill_date": _batch_date(batch)}
        for place, (name, batch, kind, dollars, currency, _) in enumerate(BILLS, start=1)
    ]  # fmt: skip
    return {
        "luckyus_opshop.t_shop_info": SHOPS,
        f"{sales}.t_order": [
            {"id": number, "shop_id": 9 if currency == "NZD" else 1, "status": status, "pay_money": dollars,
             "currency_code": currency, "create_time": _noon(ago), "tenant": "LKUS", "channel": 2,
             "order_type": 1}
            for number, dollars, ago, currency, status, _ in ORDERS
        ],
        f"{payment}.t_trade": [*_trades()],
        f"{ledger}.t_acc_income_bill": bills,
        f"{ledger}.t_pre_voucher_entry_assist": _entries(bills),
    }  # fmt: skip


def _trades():
    for place, (name, order, amount, ago, currency, status, batch, _) in enumerate(PAYMENTS, start=1):
        yield {
            "id": place, "trade_no": name, "order_id": order and str(order), "trade_type": 1,
            "amount": amount, "currency_code": currency, "status": status, "batch_no": batch,
            "channel_id": 53, "create_time": _noon(ago),
        }  # fmt: skip
    for place, (name, order, amount, ago, currency, batch, _) in enumerate(REFUNDS, start=1001):
        yield {
            "id": place, "trade_no": name, "order_id": str(order), "trade_type": 2, "amount": amount,
            "currency_code": currency, "status": 5, "batch_no": batch, "channel_id": 53,
            "create_time": _noon(ago),
        }  # fmt: skip


def _entries(bills: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each bill as entered, credit and receivable; of IB5 nothing was entered, of IB2 a dollar too much."""
    entries = []
    for bill in bills:
        if bill["bill_no"] == "IB5":
            continue
        cents = round(float(bill["amount"]) * 100) + (100 if bill["bill_no"] == "IB2" else 0)
        account = {1: "6001", 5: "6003", 11: "2222"}[bill["bill_type"]]
        for number, side in ((account, 2), ("1122", 1)):
            side = side if cents > 0 else 3 - side
            entries.append(
                {"id": len(entries) + 1, "voucher_no": "V1", "entry_no": len(entries) + 1,
                 "bill_no": bill["bill_no"], "batch_no": bill["batch_no"], "shop_id": 1, "channel_id": 53,
                 "entry_date": bill["bill_date"], "account_code": number, "direction": side,
                 "amount": f"{abs(cents) / 100:.2f}", "currency_code": bill["currency_code"]}
            )  # fmt: skip
    return entries


def _batch_date(batch: str) -> dt.date:
    return AS_OF - dt.timedelta(days=5 if batch in ("A", "E", "N") else 4)


def _noon(ago: int) -> str:
    return f"{AS_OF - dt.timedelta(days=ago)}T17:00:00"
