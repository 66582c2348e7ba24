"""``taxes``: the tax system's own ledger; it has been empty since launch."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, cents, text

__all__ = ["TAXES"]


def _build(suite: Tables) -> ir.Table:
    invoice = suite.source("fitax").t_tax_invoice
    return invoice.select(
        invoice_id=text(invoice.id),
        invoice_no=invoice.invoice_no,
        order_id=invoice.order_id,
        jurisdiction=invoice.jurisdiction,
        taxable_cents=cents(invoice.taxable_amount),
        tax_cents=cents(invoice.tax_amount),
        created_at=invoice.create_time,
    )


TAXES = Conformed(
    name="taxes",
    grain="one row per tax invoice of the tax system, which is not what was collected: see orders",
    key=("invoice_id",),
    columns={
        "invoice_id": Field("string", "text"),
        "invoice_no": Field("string", "number on the invoice"),
        "order_id": Field("string", "text; joins orders"),
        "jurisdiction": Field("string", "who is owed"),
        "taxable_cents": Field("int64", "amount that is taxed", "cents"),
        "tax_cents": Field("int64", "tax on it", "cents"),
        "created_at": Field("timestamp", "UTC", "UTC"),
    },
    build=_build,
)
