"""How this page shows what the processor took: a column for each payment method, and the trend as a title."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.reference.payment_names import load_method_names

__all__ = ["name_rate_finding", "pivot_fee_days"]


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


def name_rate_finding(months: pd.DataFrame, currency: str) -> str:
    """How the rate of all methods together moved from the first month to the last, as a title.

    >>> two = pd.DataFrame({"currency": "USD", "period": [1, 2], "fees": [3.0, 2.0], "amount": 100.0})
    >>> name_rate_finding(two, "USD")
    'Fees went from 3.00 % of what was collected in the first month to 2.00 % in the last'
    """
    own = months[months["currency"] == currency].groupby("period")[["fees", "amount"]].sum()
    rates = (own["fees"] / own["amount"].where(own["amount"] != 0)).dropna()
    if len(rates) < 2:
        return "Too few months of fees to compare"
    first, last = 100 * rates.iloc[0], 100 * rates.iloc[-1]
    if f"{first:.2f}" == f"{last:.2f}":
        return f"Fees are {last:.2f} % of what was collected, in the first month and in the last"
    return (
        f"Fees went from {first:.2f} % of what was collected in the first month to {last:.2f} % in the last"
    )
