"""``orders`` and ``order_items``: completed USD orders of all shops, and what was left out."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, cents, name, text, whole
from lucky_analytics.catalog.home_market import is_foreign
from lucky_analytics.catalog.local_time import on_shops_clock

__all__ = ["CHANNELS", "COMPLETED", "EXCLUDED", "ORDERS", "ORDER_ITEMS", "placed_orders", "shape_orders"]

COMPLETED = 90
CHANNELS = {1: "android", 2: "ios", 3: "delivery platform"}


def placed_orders(suite: Tables) -> ir.Table:
    """Every order of every status and currency with its business date and why it does not count, if so."""
    order = suite.source("salesorder").t_order
    placed = on_shops_clock(suite, order, "create_time")
    placed = placed.mutate(order_date=placed.local_at.date())
    reason = ibis.cases(
        (placed.order_date.isnull(), "shop unknown"),
        (placed.order_date > suite.as_of, "after as_of"),
        (placed.status != COMPLETED, "not completed"),
        (placed.currency_code != "USD", "not in USD"),
        (is_foreign(placed), "of another tenant"),
        else_=ibis.null("string"),
    )
    return placed.mutate(reason=reason)


def _orders(suite: Tables) -> ir.Table:
    return shape_orders(suite, placed_orders(suite).filter(ibis._.reason.isnull()))


def shape_orders(suite: Tables, order: ir.Table) -> ir.Table:
    """Any rows of ``placed_orders`` with the columns of ``orders``: for what the gate would keep out, too."""
    amount = suite.source("salesorder").t_order_amount
    item = suite.source("salesorder").t_order_item
    amounts = amount.select(
        amount_order=text(amount.order_id),
        order_discount_cents=cents(amount.order_discount),
        delivery_fee_cents=cents(amount.delivery_fee),
        packaging_fee_cents=cents(amount.packaging_fee),
    )
    items = item.group_by(item_order=item.order_id).agg(
        n_items=item.count(),
        items_cents=cents(item.pay_money.sum()),
        tax_cents=cents(item.tax.sum()),
    )
    trading = suite.stores.filter("is_trading_store").select(trading_id="store_id", is_trading=True)
    order = order.mutate(order_id=text(order.id), store_id=text(order.shop_id))
    joined = (
        order.left_join(amounts, order.order_id == amounts.amount_order)
        .left_join(items, order.order_id == items.item_order)
        .left_join(trading, order.store_id == trading.trading_id)
    )
    joined = _with_refunds(suite, joined)
    return joined.select(
        "order_id",
        "store_id",
        customer_id=joined.user_no,
        ordered_at=joined.create_time,
        order_date=joined.order_date,
        local_hour=joined.local_at.hour().cast("int64"),
        channel=joined.channel.cases(*CHANNELS.items(), else_="other"),
        is_delivery=joined.order_type == 2,
        revenue_cents=cents(joined.pay_money),
        list_cents=cents(joined.total_money),
        items_cents=joined.items_cents.fill_null(0),
        tax_cents=joined.tax_cents.fill_null(0),
        delivery_fee_cents=joined.delivery_fee_cents.fill_null(0),
        packaging_fee_cents=joined.packaging_fee_cents.fill_null(0),
        order_discount_cents=joined.order_discount_cents.fill_null(0),
        refund_cents=joined.refund_cents,
        n_items=joined.n_items.fill_null(0),
        has_amounts=joined.amount_order.notnull(),
        is_trading_store=joined.is_trading.fill_null(False),
    )


def _with_refunds(suite: Tables, order: ir.Table) -> ir.Table:
    """``order`` with ``refund_cents``: 0 without a refund, null where payments are not in the snapshot."""
    refund = suite.optional("refunds")
    if refund is None:
        return order.mutate(refund_cents=ibis.null("int64"))
    refunded = refund.group_by(refunded_order="order_id").agg(refunded_cents=whole(ibis._.refund_cents.sum()))
    joined = order.left_join(refunded, order.order_id == refunded.refunded_order)
    return joined.mutate(refund_cents=joined.refunded_cents.fill_null(0))


def _order_items(suite: Tables) -> ir.Table:
    item = suite.source("salesorder").t_order_item
    order = suite.orders
    placed = order.select(placed_id=order.order_id, placed_date=order.order_date, placed_shop=order.store_id)
    joined = item.join(placed, item.order_id == placed.placed_id)
    return joined.select(
        item_id=text(joined.id),
        order_id=joined.placed_id,
        store_id=joined.placed_shop,
        order_date=joined.placed_date,
        product_id=joined.spu_code,
        product_name=name(joined.spu_name),
        category=joined.one_category_name,
        variant_id=joined.sku_code,
        list_cents=cents(joined.origin_price),
        sale_cents=cents(joined.sale_price),
        paid_cents=cents(joined.pay_money),
        tax_rate=joined.tax_rate.cast("float64"),
        tax_cents=cents(joined.tax),
        is_taxed=joined.tax_mode == 1,
    )


def _excluded(suite: Tables) -> ir.Table:
    out = placed_orders(suite).filter(ibis._.reason.notnull())
    return out.group_by("reason", currency=out.currency_code).agg(
        n_orders=out.count(), paid_cents=cents(out.pay_money.sum())
    )


ORDERS = Conformed(
    name="orders",
    grain="one row per completed USD order of any shop, up to and including as_of",
    key=("order_id",),
    columns={
        "order_id": Field("string", "text"),
        "store_id": Field("string", "text; joins stores"),
        "customer_id": Field("string", "internal customer number, text; joins customers"),
        "ordered_at": Field("timestamp", "UTC", "UTC"),
        "order_date": Field("date", "store-local business date"),
        "local_hour": Field("int64", "store-local hour of the order, 0 to 23"),
        "channel": Field("string", "android, ios, delivery platform, other"),
        "is_delivery": Field("boolean", "delivered rather than picked up"),
        "revenue_cents": Field("int64", "what the customer paid, tax and fees included", "cents"),
        "list_cents": Field("int64", "list price of all items, before discounts and tax", "cents"),
        "items_cents": Field("int64", "paid for items, before tax", "cents"),
        "tax_cents": Field("int64", "sales tax of all items", "cents"),
        "delivery_fee_cents": Field("int64", "0 without an amounts row", "cents"),
        "packaging_fee_cents": Field("int64", "0 without an amounts row", "cents"),
        "order_discount_cents": Field(
            "int64", "discount that is not allocated to items; positive lowers what was paid", "cents"
        ),
        "refund_cents": Field(
            "int64",
            "given back by as_of; positive, not taken off revenue_cents; null without payments",
            "cents",
            nullable=True,
        ),
        "n_items": Field("int64", "units", "count"),
        "has_amounts": Field("boolean", "whether the order's amounts were broken down"),
        "is_trading_store": Field("boolean", "placed in one of the stores open to the public"),
    },
    build=_orders,
    is_kept=True,
    home_by="order_id",
)

ORDER_ITEMS = Conformed(
    name="order_items",
    grain="one row per unit of a product in an order of the orders table",
    key=("item_id",),
    columns={
        "item_id": Field("string", "text"),
        "order_id": Field("string", "text; joins orders"),
        "store_id": Field("string", "text; joins stores"),
        "order_date": Field("date", "store-local business date"),
        "product_id": Field("string", "text; joins products"),
        "product_name": Field("string", "name at order time"),
        "category": Field("string", "menu category"),
        "variant_id": Field("string", "product in one size and temperature, text"),
        "list_cents": Field("int64", "list price", "cents"),
        "sale_cents": Field("int64", "price shown before coupons", "cents"),
        "paid_cents": Field("int64", "paid after item discounts, before tax", "cents"),
        "tax_rate": Field("float64", "0 to 1", "0 to 1"),
        "tax_cents": Field("int64", "sales tax of the unit", "cents"),
        "is_taxed": Field("boolean", "tax was added"),
    },
    build=_order_items,
    home_by="order_id",
)

EXCLUDED = Conformed(
    name="excluded",
    grain="one row per reason and currency: orders that the orders table leaves out",
    key=("reason", "currency"),
    columns={
        "reason": Field(
            "string",
            "shop unknown, after as_of, not completed, not in USD, of another tenant; the first that applies",
        ),
        "currency": Field("string", "USD or NZD; amounts are in it"),
        "n_orders": Field("int64", "orders left out", "count"),
        "paid_cents": Field("int64", "their pay_money", "cents"),
    },
    build=_excluded,
)
