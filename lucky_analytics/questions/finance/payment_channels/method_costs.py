"""What each payment method costs: counted, ranked with its uncertainty, and for the same order."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics.methods.inference.rank_ranges import rank_ranges
from lucky_analytics.methods.inference.ratio import estimate_ratios
from lucky_analytics.questions.finance.payment_channels.payment_prepared import HOME, PreparedPayments
from lucky_analytics.questions.finance.payment_channels.schedules import Recovered
from lucky_analytics.reference.payment_names import load_method_names

__all__ = ["count_left_out", "hold_order", "rank_methods", "route_orders"]


def rank_methods(
    weeks: pd.DataFrame, recovered: Recovered, currency: str, basket: float | None = None, level: float = 0.9
) -> pd.DataFrame:
    """One row a method, the dearest for the same order first.

    ``weeks``: of ``sum_weeks``; ``basket``: that order, in units of the currency; else the average one of
    all weeks. ``n``, ``amount``, ``fees`` (units) of payments with an amount; ``rate`` is fees over amount
    with an interval over weeks, wide enough that all of them hold together at ``level``; ``rank`` to
    ``rank_last`` by it, 1 is dearest. ``same``: what the schedule takes for that order, in cents, with ends;
    ``same_rank`` to ``same_rank_last``. Methods of which nothing is known of the schedule have null there and
    may have any rank.
    """
    own = weeks[weeks["currency"] == currency]
    sums = own.groupby("channel_id", as_index=False)[["n", "cents", "fee_cents"]].sum()
    average = float(sums["cents"].sum() / sums["n"].sum()) if len(sums) else float("nan")
    order = 100 * basket if basket is not None else average
    together = 1 - (1 - level) / max(len(sums), 1)
    rates = estimate_ratios(own, ["channel_id"], "week", "fee_cents", "cents", together)
    found = sums.merge(rates.rename(columns={"value": "rate"}), on="channel_id")
    current = recovered.current.drop(columns="n").rename(
        columns={name: f"schedule_{name}" for name in ("rate", "rate_low", "rate_high")}
    )
    found = found.merge(current[current["currency"] == currency], on="channel_id", how="left")
    found = found.assign(amount=found["cents"] / 100, fees=found["fee_cents"] / 100)
    for end in ("", "_low", "_high"):
        found[f"same{end}"] = found[f"fixed{end}"] + found[f"schedule_rate{end}"] * order
    for name, low, high in (("rank", "low", "high"), ("same_rank", "same_low", "same_high")):
        found[name], found[f"{name}_last"] = rank_ranges(found[low].to_numpy(), found[high].to_numpy())
    found["label"] = found["channel_id"].map(load_method_names().label)
    return found.sort_values(["same", "fees"], ascending=[False, False], ignore_index=True)


def route_orders(prepared: PreparedPayments, baskets: list[float]) -> pd.DataFrame:
    """For orders of ``baskets`` dollars the cheapest method, the next and the dearest, with their cents."""
    rows = []
    for basket in baskets:
        cost = prepared.cost(100 * basket)
        order = np.argsort(cost, kind="stable")
        row: dict[str, object] = {"basket": basket}
        for name, place in (("cheapest", order[0]), ("following", order[1]), ("dearest", order[-1])):
            row |= {name: prepared.methods["label"].iloc[place], f"{name}_cents": float(cost[place])}
        rows.append(row)
    return pd.DataFrame(rows)


def hold_order(months: pd.DataFrame, recovered: Recovered, prepared: PreparedPayments) -> pd.DataFrame:
    """The fee rate by month as it was, and as it would have been for today's payments at that month's
    schedules: what is left of its path is the processor's doing, the rest is baskets and methods.

    ``months``: of ``aggregate_fees``. ``period``, ``percent``, ``same_percent``. Before the first month of
    its schedule a method counts as in that month.
    """
    own = months[months["currency"] == HOME].groupby("period")[["fees", "amount"]].sum()
    own = own[own["amount"] > 0]
    whole = recovered.whole[recovered.whole["currency"] == HOME]
    schedules = [whole[whole["channel_id"] == channel] for channel in prepared.methods["channel_id"]]
    n, cents = prepared.n.sum(axis=0), prepared.cents.sum(axis=0)
    same = []
    for period in own.index:
        held = [max(int((each["start"] <= period).sum()) - 1, 0) for each in schedules]
        fixed, rate = (
            np.array([each[name].to_numpy()[at] for each, at in zip(schedules, held, strict=True)])
            for name in ("fixed", "rate")
        )
        same.append(100 * float(n @ fixed + cents @ rate) / cents.sum())
    percent = 100 * own["fees"].to_numpy() / own["amount"].to_numpy()
    return pd.DataFrame({"period": own.index, "percent": percent, "same_percent": same})


def count_left_out(
    payments: ir.Table, refunds: ir.Table, records: ir.Table, recovered: Recovered
) -> pd.DataFrame:
    """What no schedule and no saving is made from, by currency: ``what``, ``n``, ``amount``, ``fees`` (what
    the schedule would bill; null where that is not known), ``why``.

    ``payments`` and ``refunds``: the conformed tables; ``records``: of ``load_fee_records``.
    """
    billed = records.select("row_id", has_record=ibis.literal(True))
    paid = payments.left_join(billed, payments.payment_id == billed.row_id)
    has_record = paid.has_record.fill_null(False)
    kind = ibis.cases(
        (has_record & (paid.amount_cents > 0), "billed"),
        (paid.amount_cents < 0, "negative"),
        (has_record, "empty"),
        (~paid.is_counted, "failed"),
        (paid.amount_cents > 0, "missing"),
        else_="empty_missing",
    )
    cells = paid.group_by("currency", "channel_id", kind=kind).agg(
        n=paid.count(), cents=paid.amount_cents.sum().cast("float64")
    )
    found = cells.execute()
    back = refunds.group_by("currency", "channel_id").agg(
        n=refunds.count(), cents=refunds.refund_cents.sum().cast("float64")
    )
    found = pd.concat([found, back.execute().assign(kind="refund")], ignore_index=True)
    current = recovered.current.set_index(["currency", "channel_id"])
    keys = pd.MultiIndex.from_frame(found[["currency", "channel_id"]])
    fixed, rate = (current[name].reindex(keys).to_numpy(float) for name in ("fixed", "rate"))
    found["fee"] = np.where(found["kind"] == "missing", found["n"] * fixed + found["cents"] * rate, np.nan)
    rows = []
    for name, (what, why) in _WHY.items():
        own = found[found["kind"] == name].groupby("currency")
        for currency, each in sorted(own, key=lambda pair: str(pair[0]), reverse=True):
            fee = each["fee"].sum(min_count=1) / 100
            rows.append((name, what, currency, int(each["n"].sum()), each["cents"].sum() / 100, fee, why))
    return pd.DataFrame(rows, columns=["name", "what", "currency", "n", "amount", "fees", "why"])


_WHY = {
    "negative": ("payments of a negative amount", "A payment takes money: what is given back is a refund"),
    "missing": ("payments with an amount, without a fee record", "The processor has not reported a fee"),
    "empty_missing": ("payments of nothing, without a fee record", "Authorisations and retries"),
    "empty": ("fee records of payments of nothing", "Nothing is billed for them, whatever the schedule"),
    "failed": ("payments that failed or were reversed", "They moved no money and have no fee record"),
    "refund": ("refunds", "They have no fee record: whether a fee is given back is not known"),
}  # fmt: skip
