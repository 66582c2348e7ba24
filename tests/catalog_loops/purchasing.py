"""Tables of purchases by plain Python."""

from __future__ import annotations

from collections.abc import Iterator

from tests.catalog_loops.raw import AS_OF, Raw, Row, cents, day, number

__all__ = ["purchase_lines", "purchase_orders", "settlements", "shipments", "suppliers"]


def suppliers(raw: Raw) -> Iterator[Row]:
    for supplier in raw("scmsrm.t_supplier"):
        yield {
            "supplier_id": supplier["supplier_no"],
            "supplier_name": supplier["supplier_name"],
            "goods_class": supplier["goods_class"],
            "lead_days": supplier["lead_days"],
            "payment_days": supplier["payment_days"],
            "is_active": supplier["status"] == 1,
        }


def purchase_orders(raw: Raw) -> Iterator[Row]:
    statuses = {1: "open", 2: "delivered", 3: "cancelled"}
    for order in placed(raw).values():
        yield {
            "purchase_id": str(order["id"]),
            "purchase_no": order["order_no"],
            "supplier_id": order["supplier_no"],
            "status": statuses.get(order["status"], "other"),
            "purchase_date": order["order_date"],
            "expected_date": order["expected_date"],
            "currency": order["currency_code"],
            "amount_cents": cents(order["amount"]),
        }


def placed(raw: Raw) -> dict[int, Row]:
    orders = raw("scm-purchase.t_purchase_order")
    return {order["id"]: order for order in orders if order["order_date"] <= AS_OF}


def purchase_lines(raw: Raw) -> Iterator[Row]:
    orders = placed(raw)
    for line in raw("scm-purchase.t_purchase_order_item"):
        if order := orders.get(line["purchase_order_id"]):
            yield {
                "line_id": str(line["id"]),
                "purchase_id": str(order["id"]),
                "supplier_id": order["supplier_no"],
                "purchase_date": order["order_date"],
                "goods_id": line["goods_code"],
                "ordered_packs": line["ordered_packs"],
                "pack_quantity": number(line["pack_quantity"]),
                "pack_cents": cents(line["pack_price"]),
                "amount_cents": cents(line["amount"]),
            }


def shipments(raw: Raw) -> Iterator[Row]:
    orders = placed(raw)
    for ship in raw("scm-purchase.t_ship_order"):
        if order := orders.get(ship["purchase_order_id"]):
            arrived = day(ship["arrived_time"]) if ship["arrived_time"] else None
            yield {
                "shipment_id": str(ship["id"]),
                "purchase_id": str(order["id"]),
                "supplier_id": order["supplier_no"],
                "status": {1: "on its way", 2: "received"}.get(ship["status"], "other"),
                "purchase_date": order["order_date"],
                "promised_date": ship["promised_date"],
                "arrived_at": ship["arrived_time"],
                "arrived_date": arrived,
                "days_late": (arrived - ship["promised_date"]).days if arrived else None,
                "shipped_packs": ship["shipped_packs"],
                "rejected_packs": ship["rejected_packs"],
                "accepted_cents": cents(ship["accepted_amount"]),
            }


def settlements(raw: Raw) -> Iterator[Row]:
    for settled in raw("scm-purchase.t_supplier_settlement"):
        if day(settled["create_time"]) <= AS_OF:
            yield {
                "settlement_id": str(settled["id"]),
                "supplier_id": settled["supplier_no"],
                "shipment_id": str(settled["ship_order_id"]),
                "status": {1: "paid", 2: "open"}.get(settled["status"], "other"),
                "due_date": settled["due_date"],
                "paid_at": settled["paid_time"],
                "paid_date": day(settled["paid_time"]) if settled["paid_time"] else None,
                "amount_cents": cents(settled["amount"]),
            }
