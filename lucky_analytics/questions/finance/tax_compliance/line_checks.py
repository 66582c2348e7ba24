"""What the tax page relies on, checked in the tables themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.catalog.conformed import cents, text
from lucky_analytics.models.taxed_sales.booked import Booked

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["check_lines"]


def check_lines(suite: Suite, lines: ir.Table, booked: Booked | None) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of each property; what the snapshot cannot show is left out."""
    n_orders = int(suite.orders.count().execute())
    n_bare = int(suite.orders.filter((_.n_items == 0) & (_.revenue_cents > 0)).count().execute())
    amount = suite.source("salesorder").t_order_amount
    noted = amount.select(
        noted_order=text(amount.order_id),
        noted_cents=cents(amount.tax_amount),
        other_cents=cents(amount.gst_amount + amount.vat_amount),
    )
    order = suite.orders.join(noted, suite.orders.order_id == noted.noted_order)
    n_noted = int(order.count().execute())
    n_off = int(order.filter(order.noted_cents != order.tax_cents).count().execute())
    n_other = int(order.filter(order.other_cents != 0).count().execute())
    n_twice = int(lines.count().execute()) - int(lines.line_id.nunique().execute())
    facts = [
        ("each paid order has lines", not n_bare, f"{n_bare:,} of {n_orders:,} have none"),
        ("tax noted on orders is that of their lines", not n_off, f"{n_off:,} of {n_noted:,} differ"),
        (
            "no other tax (GST, VAT) on orders in US dollars",
            not n_other,
            f"{n_other:,} of {n_noted:,} have one",
        ),
        ("each line is counted once", not n_twice, f"{n_twice:,} twice: rates or products overlap"),
    ]
    if booked is not None and booked.ledger_cents is not None:
        off = booked.cents - booked.ledger_cents
        about = f"they differ by {off / 100:,.2f} US dollars"
        facts.append(("tax bills are those of the ledger's accounts 2221 and 2222", off == 0, about))
    return pd.DataFrame(facts, columns=["name", "passed", "detail"])
