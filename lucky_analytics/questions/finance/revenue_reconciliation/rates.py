"""How this page shows what the processor took by day: a column for each payment method."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.reference.payment_names import load_method_names

__all__ = ["pivot_fee_days"]


def pivot_fee_days(days: pd.DataFrame, currency: str, n_days: int) -> pd.DataFrame:
    """The last ``n_days`` dates with a fee, the newest first: ``date``, one column of fees for each payment
    method by its label, ``all`` together and their ``rate``."""
    own = days[days["currency"] == currency]
    if own.empty:
        return pd.DataFrame(columns=["date", "all", "rate"])
    fees = own.pivot_table(index="period", columns="channel_id", values="fees", aggfunc="sum", fill_value=0.0)
    order = own.groupby("channel_id")["fees"].sum().sort_values(ascending=False).index
    wide = fees[order].rename(columns=load_method_names().label)
    sums = own.groupby("period")[["fees", "amount"]].sum()
    wide["all"] = sums["fees"]
    wide["rate"] = sums["fees"] / sums["amount"].where(sums["amount"] != 0)
    wide = wide.sort_index(ascending=False).head(n_days)
    wide.index.name, wide.columns.name = "date", None
    return wide.reset_index()
