"""What the processor took, as every question of finance counts it: by payment method, day and month."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.methods.ledgers.classes import whole_sum
from lucky_analytics.reference.payment_names import load_method_names

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["aggregate_fees", "load_fee_records", "overall_rate", "show_rates", "write_query"]

_COLUMNS = ["currency", "channel_id", "period", "n", "amount", "fees", "rate"]


def load_fee_records(suite: Suite) -> ir.Table | None:
    """Each payment with a fee record: ``currency``, ``channel_id``, ``row_id`` (of the payment), ``date``,
    ``amount_cents``, and what was taken in whole hundredths of a cent, so that sums are exact:
    ``fee_hundredths``, of it ``transaction_hundredths`` (fixed part plus rate) and ``service_hundredths``.

    A payment without a record is not in it. Null where the snapshot lacks the fee table.
    """
    fee = suite.optional("fees")
    if fee is None:
        return None
    names = {"fee": "fee_cents", "transaction": "transaction_fee_cents", "service": "service_fee_cents"}
    parts = {f"{name}_hundredths": (fee[cents] * 100).round().cast("int64") for name, cents in names.items()}
    return fee.select(
        "currency", "channel_id", "amount_cents", row_id="payment_id", date="payment_date", **parts
    ).cache()


def write_query(suite: Suite) -> str:
    """The query of payments with an amount and a fee record, for a reader to check by hand; empty without."""
    fee = suite.optional("fees")
    return "" if fee is None else suite.sql(fee.filter(fee.amount_cents > 0))


def aggregate_fees(records: ir.Table | None, by: str) -> pd.DataFrame:
    """Fees by ``currency``, ``channel_id`` and ``period`` (``by``: "day", or "month", its first day).

    ``records``: of ``load_fee_records``. ``n`` (payments with a fee record), ``amount`` and ``fees`` in whole
    units of the currency (fees to a hundredth of a cent), ``rate`` (fees over amount; null where the amount
    is 0). Counted, not estimated: a payment without a record is in neither sum. Empty without fee records.
    """
    if records is None:
        return pd.DataFrame(columns=_COLUMNS)
    period = records.date if by == "day" else records.date.truncate("M")
    sums = _sum(records, period)
    amount, taken = sums["amount_cents"].astype("int64") / 100, sums["hundredths"].astype("int64") / 1e4
    made = sums.assign(amount=amount, fees=taken, rate=taken / amount.where(amount != 0))
    made["period"] = pd.to_datetime(made["period"])
    return made.sort_values(["currency", "period", "channel_id"], ascending=[False, True, True])[
        _COLUMNS
    ].reset_index(drop=True)


def _sum(fee: ir.Table, period: ir.Value) -> pd.DataFrame:
    sums = {"amount_cents": whole_sum(fee.amount_cents), "hundredths": whole_sum(fee.fee_hundredths)}
    return fee.group_by("currency", "channel_id", period=period).agg(n=fee.count(), **sums).execute()


def overall_rate(rates: pd.DataFrame, currency: str) -> tuple[float | None, int]:
    """Fees over what they were billed for, all methods and periods of ``rates`` together, and how many."""
    own = rates[rates["currency"] == currency]
    amount = float(own["amount"].sum())
    return (float(own["fees"].sum()) / amount if amount else None), int(own["n"].sum())


def show_rates(rates: pd.DataFrame) -> pd.DataFrame:
    """Fee rates as pages show them: with ``percent``; with ``label`` where there is a ``channel_id``, and
    ``month`` in words where there is a ``period``."""
    shown = rates.assign(percent=100 * rates["rate"].astype(float))
    if "channel_id" in shown:
        shown = shown.assign(label=shown["channel_id"].map(load_method_names().label))
    if "period" in shown:
        shown = shown.assign(month=[f"{month:%b %Y}" for month in shown["period"]])
    return shown
