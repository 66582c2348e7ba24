"""What the schedules rely on, checked in the fee records themselves."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

__all__ = ["check_records"]


def check_records(records: ir.Table, payments: ir.Table) -> pd.DataFrame:
    """``name``, ``passed``, ``detail`` of each property. ``records``: of ``load_fee_records``."""
    n = int(records.count().execute())
    apart = records.fee_hundredths != records.transaction_hundredths + records.service_hundredths
    paid = payments.select("payment_id", paid_by="channel_id", is_counted="is_counted")
    both = records.join(paid, records.row_id == paid.payment_id)
    counts = {
        "a fee is its two parts": apart,
        "nothing is billed for a payment of nothing": (records.amount_cents == 0)
        & (records.fee_hundredths != 0),
        "no fee is negative": records.fee_hundredths < 0,
    }
    found = records.agg(**{name: of.sum().fill_null(0) for name, of in counts.items()}).execute().iloc[0]
    other = {
        "no payment is negative": both.amount_cents < 0,
        "fee and payment name the same method": both.channel_id != both.paid_by,
        "fees are of payments that moved money": ~both.is_counted,
    }
    found = pd.concat(
        [found, both.agg(**{k: of.sum().fill_null(0) for k, of in other.items()}).execute().iloc[0]]
    )
    found["each payment has at most one fee record"] = n - int(records.row_id.nunique().execute())
    rows = [(name, not off, f"{int(off):,} of {n:,} are otherwise") for name, off in found.items()]
    return pd.DataFrame(rows, columns=["name", "passed", "detail"])
