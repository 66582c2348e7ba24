"""The queries behind the headlines, over the conformed tables, as a reader can check them by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.types as ir
from ibis import _

from lucky_analytics.models.taxed_sales.booked import TAX_BILLS

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["write_queries"]


def write_queries(suite: Suite) -> dict[str, str]:
    """SQL by what it is of: ``lines``, ``fees``, ``revenue``, ``booked``, ``returns``; empty where the
    snapshot lacks the table."""
    item, order = suite.order_items, suite.orders
    fee = order.filter(_.delivery_fee_cents + _.packaging_fee_cents != 0)
    batches, returns = suite.optional("accounting_batches"), suite.optional("tax_returns")
    found: dict[str, ir.Table | None] = {
        "lines": item.group_by("category", "tax_rate").agg(
            n=item.count(), receipt_cents=item.paid_cents.sum(), charged_cents=item.tax_cents.sum()
        ),
        "fees": fee.agg(n=fee.count(), fee_cents=(fee.delivery_fee_cents + fee.packaging_fee_cents).sum()),
        "revenue": order.agg(
            revenue_cents=order.revenue_cents.sum(), tax_cents=order.tax_cents.sum(),
            refund_cents=order.refund_cents.sum(),
        ),
        "booked": None if batches is None else _booked(batches),
        "returns": None if returns is None else returns.agg(
            n=returns.count(), remitted_cents=returns.remitted_cents.sum()
        ),
    }  # fmt: skip
    return {name: "" if query is None else suite.sql(query) for name, query in found.items()}


def _booked(batches: ir.Table) -> ir.Table:
    bill = batches.filter(batches.kind.isin(TAX_BILLS))
    return bill.group_by("currency", "kind").agg(n=bill.count(), booked_cents=bill.booked_cents.sum())
