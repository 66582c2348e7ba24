"""``tax_returns``: the returns that the tax system says were filed; it has been empty since launch."""

from __future__ import annotations

import ibis.expr.types as ir

from lucky_analytics.catalog.conformed import Conformed, Field, Tables, cents, text

__all__ = ["TAX_RETURNS"]


def _build(suite: Tables) -> ir.Table:
    filed = suite.source("fitax").t_tax_return
    filed = filed.filter(filed.period_end <= suite.as_of)
    return filed.select(
        return_id=text(filed.id),
        jurisdiction=filed.jurisdiction,
        start_date=filed.period_start,
        end_date=filed.period_end,
        due_cents=cents(filed.tax_due),
        remitted_cents=cents(filed.tax_remitted),
        filed_at=filed.filed_time,
    )


TAX_RETURNS = Conformed(
    name="tax_returns",
    grain="one row per return of a period that ended by as_of; no row is no proof that none was filed",
    key=("return_id",),
    columns={
        "return_id": Field("string", "text"),
        "jurisdiction": Field("string", "who is owed"),
        "start_date": Field("date", "first day of the period"),
        "end_date": Field("date", "last day of the period"),
        "due_cents": Field("int64", "tax owed for the period", "cents"),
        "remitted_cents": Field("int64", "tax paid for the period", "cents"),
        "filed_at": Field("timestamp", "UTC; null when it was never filed", "UTC", nullable=True),
    },
    build=_build,
)
