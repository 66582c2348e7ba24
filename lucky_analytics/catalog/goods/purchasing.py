"""``suppliers``, ``purchase_orders``, ``purchase_lines``, ``shipments``, ``settlements``: what was bought."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, cents, name, text
from lucky_analytics.catalog.local_time import home_date

__all__ = ["PURCHASE_LINES", "PURCHASE_ORDERS", "SETTLEMENTS", "SHIPMENTS", "SUPPLIERS"]

ORDER_STATUSES = {1: "open", 2: "delivered", 3: "cancelled"}
SHIPMENT_STATUSES = {1: "on its way", 2: "received"}
SETTLEMENT_STATUSES = {1: "paid", 2: "open"}


def _suppliers(suite: Tables) -> ir.Table:
    supplier = suite.source("scmsrm").t_supplier
    return supplier.select(
        supplier_id=supplier.supplier_no,
        supplier_name=name(supplier.supplier_name),
        goods_class=supplier.goods_class,
        lead_days=supplier.lead_days.cast("int64"),
        payment_days=supplier.payment_days.cast("int64"),
        is_active=supplier.status == 1,
    )


def _placed(suite: Tables) -> ir.Table:
    order = suite.source("scm-purchase").t_purchase_order
    return order.filter(order.order_date <= suite.as_of)


def _orders(suite: Tables) -> ir.Table:
    order = _placed(suite)
    return order.select(
        purchase_id=text(order.id),
        purchase_no=order.order_no,
        supplier_id=order.supplier_no,
        status=order.status.cases(*ORDER_STATUSES.items(), else_="other"),
        purchase_date=order.order_date,
        expected_date=order.expected_date,
        currency=order.currency_code,
        amount_cents=cents(order.amount),
    )


def _lines(suite: Tables) -> ir.Table:
    line = suite.source("scm-purchase").t_purchase_order_item
    order = _placed(suite).select(order_key="id", order_supplier="supplier_no", ordered_on="order_date")
    known = line.join(order, line.purchase_order_id == order.order_key)
    return known.select(
        line_id=text(known.id),
        purchase_id=text(known.purchase_order_id),
        supplier_id=known.order_supplier,
        purchase_date=known.ordered_on,
        goods_id=known.goods_code,
        ordered_packs=known.ordered_packs.cast("int64"),
        pack_quantity=known.pack_quantity.cast("float64"),
        pack_cents=cents(known.pack_price),
        amount_cents=cents(known.amount),
    )


def _shipments(suite: Tables) -> ir.Table:
    ship = suite.source("scm-purchase").t_ship_order
    order = _placed(suite).select(order_key="id", order_supplier="supplier_no", ordered_on="order_date")
    known = ship.join(order, ship.purchase_order_id == order.order_key)
    arrived = home_date(known.arrived_time)
    return known.select(
        shipment_id=text(known.id),
        purchase_id=text(known.purchase_order_id),
        supplier_id=known.order_supplier,
        status=known.status.cases(*SHIPMENT_STATUSES.items(), else_="other"),
        purchase_date=known.ordered_on,
        promised_date=known.promised_date,
        arrived_at=known.arrived_time,
        arrived_date=arrived,
        days_late=arrived.delta(known.promised_date, unit="day").cast("int64"),
        shipped_packs=known.shipped_packs.cast("int64"),
        rejected_packs=known.rejected_packs.cast("int64"),
        accepted_cents=cents(known.accepted_amount),
    )


def _settlements(suite: Tables) -> ir.Table:
    settled = suite.source("scm-purchase").t_supplier_settlement
    settled = settled.filter(home_date(settled.create_time) <= suite.as_of)
    return settled.select(
        settlement_id=text(settled.id),
        supplier_id=settled.supplier_no,
        shipment_id=text(settled.ship_order_id),
        status=settled.status.cases(*SETTLEMENT_STATUSES.items(), else_="other"),
        due_date=settled.due_date,
        paid_at=settled.paid_time,
        paid_date=home_date(settled.paid_time),
        amount_cents=cents(settled.amount),
    )


SUPPLIERS = Conformed(
    name="suppliers",
    grain="one row per supplier, as it stands at the snapshot's cut",
    key=("supplier_id",),
    columns={
        "supplier_id": Field("string", "number of the supplier, text"),
        "supplier_name": Field("string", "name"),
        "goods_class": Field("string", "what it mostly delivers"),
        "lead_days": Field("int64", "promised, from order to arrival", "days"),
        "payment_days": Field("int64", "agreed, from arrival to payment", "days"),
        "is_active": Field("boolean", "orders may go to it"),
    },
    build=_suppliers,
)

PURCHASE_ORDERS = Conformed(
    name="purchase_orders",
    grain="one row per purchase order placed by as_of; status as at the cut",
    key=("purchase_id",),
    columns={
        "purchase_id": Field("string", "text"),
        "purchase_no": Field("string", "number on the order"),
        "supplier_id": Field("string", "joins suppliers"),
        "status": Field("string", "open, delivered, cancelled, other"),
        "purchase_date": Field("date", "when it was placed"),
        "expected_date": Field("date", "when the supplier promised it"),
        "currency": Field("string", "USD"),
        "amount_cents": Field("int64", "sum of its lines", "cents"),
    },
    build=_orders,
)

PURCHASE_LINES = Conformed(
    name="purchase_lines",
    grain="one row per good of a purchase order placed by as_of",
    key=("line_id",),
    columns={
        "line_id": Field("string", "text"),
        "purchase_id": Field("string", "joins purchase_orders"),
        "supplier_id": Field("string", "joins suppliers"),
        "purchase_date": Field("date", "when the order was placed"),
        "goods_id": Field("string", "code of the good, text; joins goods"),
        "ordered_packs": Field("int64", "packs ordered", "count"),
        "pack_quantity": Field("float64", "base units of the good in a pack"),
        "pack_cents": Field("int64", "price of a pack", "cents"),
        "amount_cents": Field("int64", "packs times price", "cents"),
    },
    build=_lines,
)

SHIPMENTS = Conformed(
    name="shipments",
    grain="one row per shipment of a purchase order placed by as_of; arrival as at the cut",
    key=("shipment_id",),
    columns={
        "shipment_id": Field("string", "text"),
        "purchase_id": Field("string", "joins purchase_orders"),
        "supplier_id": Field("string", "joins suppliers"),
        "status": Field("string", "on its way, received, other"),
        "purchase_date": Field("date", "when the order was placed"),
        "promised_date": Field("date", "when it was to arrive"),
        "arrived_at": Field("timestamp", "UTC; null while on its way", "UTC", nullable=True),
        "arrived_date": Field("date", "date in the home market; null while on its way", nullable=True),
        "days_late": Field(
            "int64", "arrived less promised: positive is late, negative early; null while on its way",
            "days", nullable=True,
        ),
        "shipped_packs": Field("int64", "packs in it", "count"),
        "rejected_packs": Field("int64", "of them, refused on arrival", "count"),
        "accepted_cents": Field("int64", "value of the others; 0 while on its way", "cents"),
    },
    build=_shipments,
)  # fmt: skip

SETTLEMENTS = Conformed(
    name="settlements",
    grain="one row per settlement of a received shipment made by as_of; status as at the cut",
    key=("settlement_id",),
    columns={
        "settlement_id": Field("string", "text"),
        "supplier_id": Field("string", "joins suppliers"),
        "shipment_id": Field("string", "joins shipments"),
        "status": Field("string", "paid, open, other"),
        "due_date": Field("date", "when it is to be paid"),
        "paid_at": Field("timestamp", "UTC; null while open", "UTC", nullable=True),
        "paid_date": Field("date", "date in the home market; null while open", nullable=True),
        "amount_cents": Field("int64", "of the packs that were kept", "cents"),
    },
    build=_settlements,
)
