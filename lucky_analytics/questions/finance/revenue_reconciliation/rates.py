"""What the processor took: fees by payment method and day, and as a rate by month."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.methods.ledgers.classes import whole_sum
from lucky_analytics.models.matched_books.books import Books

__all__ = ["aggregate_fees", "name_rate_finding", "overall_rate", "pivot_fee_days"]

_COLUMNS = ["currency", "channel_id", "period", "n", "amount", "fees", "rate"]


def aggregate_fees(books: Books, by: str) -> pd.DataFrame:
    """Fees by ``currency``, ``channel_id`` and ``period`` (``by``: "day", or "month", its first day).

    ``n`` (payments with a fee record), ``amount`` and ``fees`` in whole units of the currency (fees to a
    hundredth of a cent), ``rate`` (fees over amount; null where the amount is 0). Counted, not estimated: a
    payment without a record is in neither sum. Empty without fee records.
    """
    if books.fee_records is None:
        return pd.DataFrame(columns=_COLUMNS)
    fee = books.fee_records
    period = fee.date if by == "day" else fee.date.truncate("M")
    sums = _sum(fee, period)
    amount, taken = sums["amount_cents"].astype("int64") / 100, sums["hundredths"].astype("int64") / 1e4
    made = sums.assign(amount=amount, fees=taken, rate=taken / amount.where(amount != 0))
    made["period"] = pd.to_datetime(made["period"])
    return made.sort_values(["currency", "period", "channel_id"], ascending=[False, True, True])[
        _COLUMNS
    ].reset_index(drop=True)


def _sum(fee: ir.Table, period: ir.Value) -> pd.DataFrame:
    sums = {"amount_cents": whole_sum(fee.amount_cents), "hundredths": whole_sum(fee.fee_hundredths)}
    return fee.group_by("currency", "channel_id", period=period).agg(n=fee.count(), **sums).execute()


def pivot_fee_days(days: pd.DataFrame, currency: str, n_days: int) -> pd.DataFrame:
    """The last ``n_days`` dates with a fee, the newest first: ``date``, one column of fees for each payment
    method (``method 53``), ``all`` together and their ``rate``."""
    own = days[days["currency"] == currency]
    if own.empty:
        return pd.DataFrame(columns=["date", "all", "rate"])
    fees = own.pivot_table(index="period", columns="channel_id", values="fees", aggfunc="sum", fill_value=0.0)
    order = own.groupby("channel_id")["fees"].sum().sort_values(ascending=False).index
    wide = fees[order].add_prefix("method ")
    sums = own.groupby("period")[["fees", "amount"]].sum()
    wide["all"] = sums["fees"]
    wide["rate"] = sums["fees"] / sums["amount"].where(sums["amount"] != 0)
    wide = wide.sort_index(ascending=False).head(n_days)
    wide.index.name, wide.columns.name = "date", None
    return wide.reset_index()


def overall_rate(rates: pd.DataFrame, currency: str) -> tuple[float | None, int]:
    """Fees over what they were billed for, all methods and periods of ``rates`` together, and how many."""
    own = rates[rates["currency"] == currency]
    amount = float(own["amount"].sum())
    return (float(own["fees"].sum()) / amount if amount else None), int(own["n"].sum())


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
