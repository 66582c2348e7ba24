"""What is wrong within one book alone: vouchers that do not balance, orders in a foreign currency."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.types as ir
from ibis import _

from lucky_analytics.methods.ledgers.classes import whole_sum

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["find_foreign", "sum_vouchers"]


def sum_vouchers(entries: ir.Table) -> ir.Table:
    """``voucher_entries`` by ``voucher_id`` and ``currency``: ``date`` (of posting), ``off`` (debits less
    credits in cents; 0 where the voucher balances)."""
    return entries.group_by("voucher_id", "currency").agg(
        date=entries.posting_date.max(), off=whole_sum(entries.debit_cents)
    )


def find_foreign(suite: Suite) -> ir.Table:
    """Completed orders of known shops whose currency is not that of their shop, as in ``all_orders``."""
    shop = suite.stores.select(shop_id="store_id", shop_currency="currency")
    order = suite.all_orders.filter(_.status == "completed")
    order = order.join(shop, order.store_id == shop.shop_id)
    return order.filter(order.currency != order.shop_currency).drop("shop_id", "shop_currency")
