"""The order database: ``t_order``, ``t_order_item``, ``t_order_amount``."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from lucky_analytics.demo.build.arrays import Ints
from lucky_analytics.demo.build.arrow_columns import choose, datetimes, decimals, table, texts
from lucky_analytics.demo.process.book import Book
from lucky_analytics.demo.process.menu_list import CATEGORIES, Menu
from lucky_analytics.demo.process.order_fees import NYC_RATE, Charges
from lucky_analytics.demo.process.users import Users
from lucky_analytics.demo.tables.shops import LIVE_TENANT, TEST_TENANT, Shops
from lucky_analytics.estate import Database

__all__ = ["amount_table", "item_table", "order_table", "tenant_codes"]

TENANTS = (LIVE_TENANT, TEST_TENANT)
_NYC_PARTS = '{"state": 0.04, "city": 0.045, "mctd": 0.00375}'
_SIZES, _SERVED = ("Regular", "Large"), ("Whole", "Halved")


def tenant_codes(book: Book, shops: Shops) -> Ints:
    """0 for live, 1 for the test tenant: USD orders are live wherever they were rung up."""
    is_test = np.array(shops.tenants)[book.shop] == TEST_TENANT
    return (is_test & ~book.is_usd).astype(np.int64)


def order_table(declared: Database, book: Book, channel: Ints, users: Users, shops: Shops) -> pa.Table:
    """One row per order, completed or cancelled; an unpaid cancelled order paid 0.00."""
    return table(declared.table("t_order").schema, {
        "id": book.id,
        "tenant": choose(tenant_codes(book, shops), TENANTS),
        "channel": channel,
        "order_type": np.where(book.is_delivery, 2, 1),
        "user_no": texts(users.numbers[book.user]),
        "shop_id": shops.ids[book.shop],
        "shop_name": choose(book.shop, shops.names),
        "status": book.status,
        "total_money": decimals(book.total),
        "payable_money": decimals(book.payable),
        "pay_money": decimals(book.pay),
        "pay_time": datetimes(book.paid),
        "create_time": datetimes(book.created),
        "finish_time": datetimes(book.finished),
        "modify_time": datetimes(book.modified),
        "currency_code": choose(book.is_usd.astype(np.int64), ("NZD", "USD")),
    })  # fmt: skip


def item_table(declared: Database, book: Book, menu: Menu, shops: Shops) -> pa.Table:
    """One row per unit."""
    lines = book.lines
    sku = lines.sku
    spu = menu.spu_codes
    parts = choose(np.where(lines.rate == NYC_RATE, 1, 0), (None, _NYC_PARTS))
    modified = book.modified[lines.order]
    return table(declared.table("t_order_item").schema, {
        "id": lines.id,
        "tenant": choose(tenant_codes(book, shops)[lines.order], TENANTS),
        "order_id": texts(book.id[lines.order]),
        "spu_code": choose(lines.product, spu),
        "spu_name": choose(lines.product, menu.names),
        "one_category_name": choose(menu.category[lines.product], CATEGORIES),
        "two_category_name": choose(lines.product, menu.two_category),
        "three_category_name": choose(lines.product, menu.three_category),
        "sku_code": choose(sku, menu.sku_codes),
        "sku_name": choose(sku, _sku_names(menu)),
        "origin_price": decimals(lines.listed),
        "sale_price": decimals(lines.sale),
        "pay_money": decimals(lines.pay),
        "tax_rate": decimals(lines.rate, pa.decimal128(8, 6)),
        "tax": decimals(lines.tax),
        "tax_mode": (lines.rate > 0).astype(np.int64),
        "tax_info": parts,
        "create_time": datetimes(book.created[lines.order]),
        "modify_time": datetimes(modified),
    })  # fmt: skip


def _sku_names(menu: Menu) -> list[str]:
    """Drinks come in two sizes, food whole or halved."""
    is_food = menu.category == CATEGORIES.index("Food")
    kinds = [_SERVED if food else _SIZES for food in is_food]
    return [f"{name} {kind}" for name, two in zip(menu.names, kinds, strict=True) for kind in two]


def amount_table(declared: Database, book: Book, charges: Charges, shops: Shops) -> pa.Table:
    """One row per completed order that has its breakdown; cancelled orders have none."""
    kept = np.flatnonzero(book.is_completed & charges.has_amount[book.source])
    source, lines = book.source[kept], book.lines

    def per_order(cents: Ints) -> Ints:
        return np.bincount(lines.order, cents, book.n).astype(np.int64)[kept]

    nothing = decimals(np.zeros(len(kept), np.int64))
    return table(declared.table("t_order_amount").schema, {
        "id": book.id[kept] + 1,
        "tenant": choose(tenant_codes(book, shops)[kept], TENANTS),
        "order_id": book.id[kept],
        "item_amount": decimals(per_order(lines.pay)),
        "coupon_deduct": decimals(per_order(lines.sale - lines.pay)),
        "activity_deduct": decimals(per_order(lines.listed - lines.sale)),
        "order_discount": decimals(charges.order_discount[source]),
        "delivery_fee": decimals(charges.delivery_fee[source]),
        "packaging_fee": decimals(charges.packaging_fee[source]),
        "tax_amount": decimals(per_order(lines.tax)),
        "gst_amount": nothing,
        "vat_amount": nothing,
        "pay_amount": decimals(book.pay[kept]),
        "currency_code": choose(book.is_usd[kept].astype(np.int64), ("NZD", "USD")),
        "create_time": datetimes(book.created[kept]),
        "modify_time": datetimes(book.modified[kept]),
    })  # fmt: skip
