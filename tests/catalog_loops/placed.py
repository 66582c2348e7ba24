"""Tables of orders as they were placed, and of the ledger, by plain Python."""

from __future__ import annotations

import collections
import datetime as dt
import zoneinfo
from collections.abc import Iterator

from tests.catalog_loops.kitchen import stores
from tests.catalog_loops.raw import AS_OF, Raw, Row, cents, key, local_day, number, zones
from tests.catalog_loops.sales import refunds

CHANNELS = {1: "android", 2: "ios", 3: "delivery platform"}

__all__ = [
    "all_orders",
    "excluded",
    "order_items",
    "order_steps",
    "orders",
    "outside_orders",
    "tax_returns",
    "voucher_entries",
]


def placed(raw: Raw) -> Iterator[Row]:
    for order in raw("salesorder.t_order"):
        date = local_day(order["create_time"], zones(raw).get(order["shop_id"]))
        reason = None
        if date is None:
            reason = "shop unknown"
        elif date > AS_OF:
            reason = "after as_of"
        elif order["status"] != 90:
            reason = "not completed"
        elif order["currency_code"] != "USD":
            reason = "not in USD"
        elif order["tenant"] in ("LKTEST", "LKCN"):
            reason = "of another tenant"
        yield {**order, "date": date, "reason": reason}


def all_orders(raw: Raw) -> Iterator[Row]:
    for order in placed(raw):
        if order["reason"] != "after as_of":
            yield {
                "order_id": str(order["id"]),
                "store_id": str(order["shop_id"]),
                "customer_id": order["user_no"],
                "tenant": order["tenant"],
                "status": {90: "completed", 0: "cancelled"}.get(order["status"], "other"),
                "currency": order["currency_code"],
                "ordered_at": order["create_time"],
                "order_date": order["date"],
                "paid_at": order["pay_time"],
                "finished_at": order["finish_time"],
                "channel": CHANNELS.get(order["channel"], "other"),
                "is_delivery": order["order_type"] == 2,
                "list_cents": cents(order["total_money"]),
                "payable_cents": cents(order["payable_money"]),
                "paid_cents": cents(order["pay_money"]),
                "left_out_because": order["reason"],
            }


def orders(raw: Raw) -> Iterator[Row]:
    trading = {store["store_id"] for store in stores(raw) if store["is_trading_store"]}
    amounts = {amount["order_id"]: amount for amount in raw("salesorder.t_order_amount")}
    items, given_back = collections.defaultdict(list), collections.Counter()
    for item in raw("salesorder.t_order_item"):
        items[item["order_id"]].append(item)
    for refund in refunds(raw):
        given_back[refund["order_id"]] += refund["refund_cents"]
    for order in placed(raw):
        if order["reason"] is None:
            zone = zoneinfo.ZoneInfo(zones(raw)[order["shop_id"]])
            amount, own = amounts.get(order["id"], {}), items[str(order["id"])]
            yield {
                "order_id": str(order["id"]),
                "store_id": str(order["shop_id"]),
                "customer_id": order["user_no"],
                "ordered_at": order["create_time"],
                "order_date": order["date"],
                "local_hour": order["create_time"].replace(tzinfo=dt.UTC).astimezone(zone).hour,
                "channel": CHANNELS.get(order["channel"], "other"),
                "is_delivery": order["order_type"] == 2,
                "revenue_cents": cents(order["pay_money"]),
                "list_cents": cents(order["total_money"]),
                "items_cents": sum(cents(item["pay_money"]) for item in own),
                "tax_cents": sum(cents(item["tax"]) for item in own),
                "delivery_fee_cents": cents(amount.get("delivery_fee")) or 0,
                "packaging_fee_cents": cents(amount.get("packaging_fee")) or 0,
                "order_discount_cents": cents(amount.get("order_discount")) or 0,
                "refund_cents": given_back[str(order["id"])],
                "n_items": len(own),
                "has_amounts": bool(amount),
                "is_trading_store": str(order["shop_id"]) in trading,
            }


def outside_orders(raw: Raw) -> Iterator[Row]:
    shops = {
        shop["id"]
        for shop in raw("opshop.t_shop_info")
        if shop["currency_code"] != "USD" or shop["test_flag"] == 1 or shop["tenant"] in ("LKTEST", "LKCN")
    }
    for order in raw("salesorder.t_order"):
        if order["currency_code"] != "USD" or order["tenant"] in ("LKTEST", "LKCN"):
            yield {"order_id": str(order["id"]), "market_side": "foreign"}
        elif order["shop_id"] in shops:
            yield {"order_id": str(order["id"]), "market_side": "in doubt"}


def excluded(raw: Raw) -> Iterator[Row]:
    left_out = collections.defaultdict(list)
    for order in placed(raw):
        if order["reason"]:
            left_out[order["reason"], order["currency_code"]].append(cents(order["pay_money"]))
    for (reason, currency), paid in left_out.items():
        yield {"reason": reason, "currency": currency, "n_orders": len(paid), "paid_cents": sum(paid)}


def order_items(raw: Raw) -> Iterator[Row]:
    counted = {str(order["id"]): order for order in placed(raw) if order["reason"] is None}
    for item in raw("salesorder.t_order_item"):
        if order := counted.get(item["order_id"]):
            yield {
                "item_id": str(item["id"]),
                "order_id": item["order_id"],
                "store_id": str(order["shop_id"]),
                "order_date": order["date"],
                "product_id": item["spu_code"],
                "product_name": item["spu_name"],
                "category": item["one_category_name"],
                "variant_id": item["sku_code"],
                "list_cents": cents(item["origin_price"]),
                "sale_cents": cents(item["sale_price"]),
                "paid_cents": cents(item["pay_money"]),
                "tax_rate": number(item["tax_rate"]),
                "tax_cents": cents(item["tax"]),
                "is_taxed": item["tax_mode"] == 1,
            }


def order_steps(raw: Raw) -> Iterator[Row]:
    steps = {1: "placed", 2: "paid", 3: "accepted", 4: "made", 5: "handed over", 9: "cancelled"}
    dated = {order["id"]: order for order in placed(raw) if order["date"] and order["date"] <= AS_OF}
    for step in raw("salesorder.t_order_oper_history"):
        if order := dated.get(step["order_id"]):
            yield {
                "step_id": str(step["id"]),
                "order_id": str(order["id"]),
                "store_id": str(order["shop_id"]),
                "order_date": order["date"],
                "step": steps.get(step["oper_type"], "other"),
                "operator": step["operator"],
                "stepped_at": step["create_time"],
            }


def voucher_entries(raw: Raw) -> Iterator[Row]:
    accounts = {
        "1122": "receivable from the processor", "2202": "payables", "2221": "state sales tax",
        "2222": "city and district sales tax", "6001": "drinks", "6002": "order discounts",
        "6003": "refunds", "6011": "food", "6051": "delivery and packaging fees", "6401": "costs",
        "6603": "processing fee", "6604": "service fee", "9001": "coupon subsidy",
        "9002": "campaign subsidy", "9003": "list value",
    }  # fmt: skip
    sides = {1: ("debit", 1), 2: ("credit", -1), 3: ("memorandum", 0)}
    for entry in raw("ifiaccounting.t_pre_voucher_entry_assist"):
        if entry["entry_date"] <= AS_OF:
            side, sign = sides.get(entry["direction"], ("other", 0))
            yield {
                "entry_id": str(entry["id"]),
                "voucher_id": entry["voucher_no"],
                "entry_no": entry["entry_no"],
                "bill_id": entry["bill_no"],
                "batch_id": entry["batch_no"],
                "store_id": str(entry["shop_id"]),
                "posting_date": entry["entry_date"],
                "account_id": entry["account_code"],
                "account": accounts.get(entry["account_code"], "other"),
                "side": side,
                "channel_id": key(entry["channel_id"]),
                "currency": entry["currency_code"],
                "amount_cents": cents(entry["amount"]),
                "debit_cents": sign * int(entry["amount"] * 100),
            }


def tax_returns(raw: Raw) -> Iterator[Row]:
    for filed in raw("fitax.t_tax_return"):
        if filed["period_end"] <= AS_OF:
            yield {
                "return_id": str(filed["id"]),
                "jurisdiction": filed["jurisdiction"],
                "start_date": filed["period_start"],
                "end_date": filed["period_end"],
                "due_cents": cents(filed["tax_due"]),
                "remitted_cents": cents(filed["tax_remitted"]),
                "filed_at": filed["filed_time"],
            }
