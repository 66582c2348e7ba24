"""``tax_invoice_lines``: the lines of the tax system's invoices; it has been empty since launch."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, cents, text

__all__ = ["TAX_INVOICE_LINES"]


def _build(suite: Tables) -> ir.Table:
    line = suite.source("fitax").t_tax_invoice_item
    return line.select(
        line_id=text(line.id),
        invoice_id=text(line.invoice_id),
        product_id=line.spu_code,
        tax_rate=line.tax_rate.cast("float64"),
        tax_cents=cents(line.tax_amount),
        created_at=line.create_time,
    )


TAX_INVOICE_LINES = Conformed(
    name="tax_invoice_lines",
    grain="one row per line of a tax invoice of the tax system",
    key=("line_id",),
    columns={
        "line_id": Field("string", "text"),
        "invoice_id": Field("string", "text; joins taxes"),
        "product_id": Field("string", "text; joins products"),
        "tax_rate": Field("float64", "0 to 1", "0 to 1"),
        "tax_cents": Field("int64", "tax of the line", "cents"),
        "created_at": Field("timestamp", "UTC", "UTC"),
    },
    build=_build,
)
