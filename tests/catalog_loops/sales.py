"""Tables of sales by plain Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from tests.catalog_loops.raw import AS_OF, CURRENCY_ZONES, HOME, Raw, Row, cents, day, number, zones

__all__ = [
    "accounting_batches",
    "accounting_costs",
    "fees",
    "payment_methods",
    "payments",
    "products",
    "refunds",
    "tax_invoice_lines",
    "taxes",
]


def accounting_batches(raw: Raw) -> Iterator[Row]:
    kinds = {
        1: "drinks before tax",
        2: "state sales tax",
        3: "delivery and packaging fees",
        4: "order discounts",
        5: "refunds",
        6: "processing fee",
        7: "service fee",
        8: "coupon subsidy",
        9: "campaign subsidy",
        10: "food before tax",
        11: "city and district sales tax",
        12: "list value",
    }
    for bill in raw("ifiaccounting.t_acc_income_bill"):
        if bill["bill_date"] <= AS_OF:
            yield {
                "bill_id": bill["bill_no"],
                "batch_id": bill["batch_no"],
                "store_id": str(bill["shop_id"]),
                "posting_date": bill["bill_date"],
                "channel_id": str(bill["channel_id"]),
                "kind": kinds.get(bill["bill_type"], "other"),
                "is_memorandum": bill["bill_type"] in (8, 9, 12),
                "currency": bill["currency_code"],
                "booked_cents": cents(bill["amount"]),
                "n_trades": bill["n_trades"],
                "is_corrected": bill["status"] == 2,
            }


def accounting_costs(raw: Raw) -> Iterator[Row]:
    for bill in raw("ifiaccounting.t_acc_cost_bill"):
        if bill["bill_date"] <= AS_OF:
            yield {
                "bill_id": bill["bill_no"],
                "store_id": str(bill["shop_id"]),
                "kind": bill["cost_type"],
                "week_end_date": bill["bill_date"],
                "cost_cents": cents(bill["amount"]),
            }


def taxes(raw: Raw) -> Iterator[Row]:
    for bill in raw("fitax.t_tax_invoice"):
        yield {
            "invoice_id": str(bill["id"]),
            "invoice_no": bill["invoice_no"],
            "order_id": bill["order_id"],
            "jurisdiction": bill["jurisdiction"],
            "taxable_cents": cents(bill["taxable_amount"]),
            "tax_cents": cents(bill["tax_amount"]),
            "created_at": bill["create_time"],
        }


def tax_invoice_lines(raw: Raw) -> Iterator[Row]:
    for line in raw("fitax.t_tax_invoice_item"):
        yield {
            "line_id": str(line["id"]),
            "invoice_id": str(line["invoice_id"]),
            "product_id": line["spu_code"],
            "tax_rate": number(line["tax_rate"]),
            "tax_cents": cents(line["tax_amount"]),
            "created_at": line["create_time"],
        }


def _trades(raw: Raw, kind: int) -> Iterator[tuple[Row, dt.date]]:
    shop_of = {str(order["id"]): order["shop_id"] for order in raw("salesorder.t_order")}
    for trade in raw("salespayment.t_trade"):
        zone = zones(raw).get(shop_of.get(trade["order_id"], -1))
        date = day(trade["create_time"], zone or CURRENCY_ZONES.get(trade["currency_code"], HOME))
        if trade["trade_type"] == kind and date <= AS_OF:
            yield trade, date


def payments(raw: Raw) -> Iterator[Row]:
    names = {1: "paid", 2: "settled", 3: "reconciled", 4: "reversed", 5: "refund", 6: "failed"}
    for trade, date in _trades(raw, 1):
        yield {
            "payment_id": trade["trade_no"],
            "order_id": trade["order_id"],
            "customer_id": trade["user_no"],
            "channel_id": str(trade["channel_id"]),
            "currency": trade["currency_code"],
            "amount_cents": trade["amount"],
            "status": names.get(trade["status"], "other"),
            "is_counted": trade["status"] in (1, 2, 3),
            "batch_id": trade["batch_no"],
            "created_at": trade["create_time"],
            "payment_date": date,
        }


def refunds(raw: Raw) -> Iterator[Row]:
    for trade, date in _trades(raw, 2):
        yield {
            "refund_id": trade["trade_no"],
            "order_id": trade["order_id"],
            "customer_id": trade["user_no"],
            "channel_id": str(trade["channel_id"]),
            "currency": trade["currency_code"],
            "refund_cents": trade["amount"],
            "batch_id": trade["batch_no"],
            "created_at": trade["create_time"],
            "refund_date": date,
        }


def fees(raw: Raw) -> Iterator[Row]:
    paid = {payment["payment_id"]: payment for payment in payments(raw)}
    for fee in raw("salespayment.t_channel_fee"):
        if payment := paid.get(fee["trade_no"]):
            parts = {
                "transaction_fee_cents": "transaction_fee",
                "service_fee_cents": "merchant_service_fee",
                "fee_cents": "total_fee",
            }
            yield {
                **{name: payment[name] for name in ("payment_id", "order_id", "currency", "amount_cents")},
                "payment_date": payment["payment_date"],
                "channel_id": str(fee["channel_id"]),
                **{name: float(fee[column]) * 100 for name, column in parts.items()},
            }


def payment_methods(raw: Raw) -> Iterator[Row]:
    for kept in raw("salespayment.t_user_channel"):
        if day(kept["create_time"]) <= AS_OF:
            yield {
                "method_id": str(kept["id"]),
                "customer_id": kept["user_no"],
                "channel_id": str(kept["channel_id"]),
                "is_default": kept["is_default"] == 1,
                "added_at": kept["create_time"],
                "card": kept["card_token"],
            }


def products(raw: Raw) -> Iterator[Row]:
    versions: dict[str, list[Row]] = {}
    for version in raw("scmcommodity.t_commodity_base_info"):
        versions.setdefault(version["spu_code"], []).append(version)
    for code, own in versions.items():
        shown = max(own, key=lambda v: (v["status"] == 4, v["modify_time"], v["id"]))
        yield {
            "product_id": code,
            "product_name": shown["name"],
            "category": shown["one_category_name"],
            "is_online": shown["status"] == 4,
            "is_fresh_made": shown["mode"] == 0,
            "level": {1: "S", 2: "A", 3: "B"}.get(shown["commodity_level"]),
            "sugar_level": shown["sugar_level"],
            "nutrition_grade": shown["nutrition_grade_code"],
            "added_date": min(v["create_time"] for v in own).date(),
            "n_versions": len(own),
        }
