"""Worksheets for returns: months and quarters with their forms, what to pay, what being late costs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.methods.ledgers.classes import whole_sum
from lucky_analytics.methods.ledgers.tax_lines import sum_tax
from lucky_analytics.methods.ledgers.tax_periods import (
    Period,
    bound_late_charge,
    find_due_date,
    list_periods,
    name_forms,
    quarter_of,
)
from lucky_analytics.models.taxed_sales.booked import Booked, Remitted
from lucky_analytics.reference.sales_tax import PARTS, TaxRules

__all__ = ["bound_exposure", "compare_days", "fill_worksheet", "list_returns", "sum_ledger"]

_WHOLE = 1_000_000
_CENTS = ("receipt", "taxable", "exempt", "due", "charged", "under", "over", "rounded", "fee", "fee_tax")


def compare_days(lines: ir.Table, fees: ir.Table, booked: Booked | None) -> pd.DataFrame:
    """One row a business date with a line, in order: due, charged and booked of it, whole cents.

    ``date``, ``n``, ``n_errors``, ``receipt``, ``taxable``, ``exempt``, ``due``, ``charged``, ``under``,
    ``over``, ``rounded``, ``fee``, ``fee_tax``, and ``booked`` by posting date (null without accounting).
    due = charged + under - over + rounded in every row.
    """
    days = sum_tax(lines, "date").set_index("date").rename(columns=lambda name: name.removesuffix("_cents"))
    days["exempt"] = days["receipt"] - days["taxable"]
    sums = {"fee": whole_sum(fees.fee_cents), "fee_tax": whole_sum(fees.fee_tax_cents)}
    by_day = fees.group_by("date").agg(**sums).execute().set_index("date")
    days = days.join(by_day, how="outer")
    days["booked"] = pd.NA
    if booked is not None:
        days = days.reindex(sorted({*days.index, *booked.by_date.index}))
        days["booked"] = booked.by_date.reindex(days.index, fill_value=0).astype("Int64")
    whole = [str(name) for name in days if name != "booked"]
    days[whole] = days[whole].fillna(0).astype("int64")
    days.index = pd.to_datetime(days.index)
    return days.rename_axis("date").sort_index().reset_index()


def fill_worksheet(
    days: pd.DataFrame, parts: pd.DataFrame, remitted: Remitted, rules: TaxRules, as_of: dt.date, by: str
) -> pd.DataFrame:
    """One row a month or quarter (``by``) from the first sale to ``as_of``: what its return needs, in cents.

    ``days``: of ``compare_days``; ``parts``: of ``sum_ledger``. ``form`` (by ``rules.monthly_from_cents``),
    ``start``, ``end``, ``due_date``, ``is_over``; the sums of the days; ``state``, ``city``, ``district``:
    tax on the taxable receipts, each rounded once, as a return has it; ``tax`` their sum; ``to_pay``, the
    larger of it and of what was charged, because what was charged is the state's; ``remitted``: null where no
    return of that period is known.
    """
    if days.empty:
        return pd.DataFrame(
            columns=["period", "form", "start", "end", "due_date", "is_over", *_CENTS, "booked"]
        )
    first = days["date"].min().date()
    forms = _forms(days, rules, first, as_of)
    rows = []
    for period in list_periods(first, as_of, by=by):
        own = days[days["date"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]
        row: dict[str, Any] = {name: int(own[name].sum()) for name in (*_CENTS, "n", "n_errors")}
        row["booked"] = None if own["booked"].isna().all() else int(own["booked"].sum())
        of_period = parts[parts["date"].between(pd.Timestamp(period.start), pd.Timestamp(period.end))]
        row |= {part: _half_up(int(of_period[f"{part}_parts"].sum())) for part in PARTS}
        row["tax"] = sum(row[part] for part in PARTS)
        row["to_pay"] = max(row["tax"], row["charged"])
        rows.append({**_describe(period, forms, as_of, by), **row, "remitted": _remitted(remitted, period)})
    return pd.DataFrame(rows).astype({"booked": "Int64", "remitted": "Int64"})


def sum_ledger(lines: ir.Table, rules: TaxRules) -> pd.DataFrame:
    """The synthetic ledger: by day, store, jurisdiction and taxability what the tax system should hold.

    Cents: ``receipt``, ``taxable``, ``due``, ``charged``, ``gap``, ``under``, ``over``, and
    ``state_parts``, ``city_parts``, ``district_parts``: tax on the taxable receipts in millionths of a cent,
    so that sums are exact and a return rounds them once.
    """
    sums = sum_tax(lines, "date", "store_id", "store", "jurisdiction", "taxability", "rate")
    sums = sums.rename(columns=lambda name: name.removesuffix("_cents"))
    sums["date"] = pd.to_datetime(sums["date"])
    for part in PARTS:
        sums[f"{part}_parts"] = 0
    for rule in rules.rates.to_dict("records"):
        is_of = (sums["jurisdiction"] == rule["jurisdiction"]) & (sums["date"] >= pd.Timestamp(rule["start"]))
        if not pd.isna(rule["end"]):
            is_of &= sums["date"] < pd.Timestamp(rule["end"])
        for part in PARTS:
            sums.loc[is_of, f"{part}_parts"] = sums.loc[is_of, "taxable"] * int(rule[part])
    return sums.drop(columns="rate")


def list_returns(months: pd.DataFrame, quarters: pd.DataFrame) -> pd.DataFrame:
    """The returns that are filed, in order: quarters, and from the threshold on their months."""
    own = [quarters[quarters["form"] == "ST-100"], months[months["form"] != "ST-100"]]
    return pd.concat(own, ignore_index=True).sort_values("start", ignore_index=True)


def bound_exposure(returns: pd.DataFrame, rules: TaxRules, as_of: dt.date) -> pd.DataFrame:
    """By return the most that interest and penalty come to by ``as_of``, on three sums, in cents.

    ``owed``: what was due and not charged; ``fees``: the tax on fees, if they are taxable; ``all``: what was
    charged, if none of it was remitted. Each with ``_interest`` and ``_penalty``, counted from the day on
    which the period's return was due; 0 before. A bound: the state may waive a penalty, and nothing says that
    any of it is claimed.
    """
    terms = rules.late
    rates = {"first": terms.first, "further": terms.further, "most": terms.most, "interest": terms.interest}
    rows = []
    for row in returns.to_dict("records"):
        quarter = quarter_of(row["start"].date())
        label = f"{quarter.start:%b} to {quarter.end:%b %Y}"
        made = {"period": row["period"], "quarter": label, "due_date": row["due_date"]}
        paid = 0 if pd.isna(row["remitted"]) else int(row["remitted"])
        unpaid = max(row["charged"] - paid, 0)
        for name, cents in (("owed", row["under"]), ("fees", row["fee_tax"]), ("all", unpaid)):
            interest, penalty = bound_late_charge(int(cents), row["due_date"].date(), as_of, **rates)
            made |= {name: int(cents), f"{name}_interest": interest, f"{name}_penalty": penalty}
        rows.append(made)
    names = [f"{name}{end}" for name in ("owed", "fees", "all") for end in ("", "_interest", "_penalty")]
    return pd.DataFrame(rows, columns=["period", "quarter", "due_date", *names])


def _forms(days: pd.DataFrame, rules: TaxRules, first: dt.date, as_of: dt.date) -> dict[dt.date, bool]:
    quarters = list_periods(first, as_of, by="quarter")
    starts = pd.Series([quarter_of(day.date()).start for day in days["date"]], index=days.index)
    sums = days["taxable"].groupby(starts).sum()
    cents = sums.reindex([quarter.start for quarter in quarters], fill_value=0)
    return name_forms(cents, rules.monthly_from_cents)


def _describe(period: Period, forms: dict[dt.date, bool], as_of: dt.date, by: str) -> dict[str, Any]:
    quarter = quarter_of(period.start)
    closes, is_monthly = period.end == quarter.end, forms[quarter.start]
    form = ("ST-810" if closes else "ST-809") if is_monthly else "ST-100"
    due = period.due if is_monthly else find_due_date(quarter.end)
    label = f"{period.start:%b %Y}" if by == "month" else f"{period.start:%b} to {period.end:%b %Y}"
    return {
        "period": label, "form": form, "start": pd.Timestamp(period.start), "end": pd.Timestamp(period.end),
        "due_date": pd.Timestamp(due), "is_over": period.end <= as_of,
    }  # fmt: skip


def _remitted(remitted: Remitted, period: Period) -> int | None:
    """What the returns of just this period, or of periods within it, say was paid."""
    known = remitted.returns
    if known.empty:
        return None
    start, end = pd.to_datetime(known["start_date"]), pd.to_datetime(known["end_date"])
    own = known[(start >= pd.Timestamp(period.start)) & (end <= pd.Timestamp(period.end))]
    return int(own["remitted_cents"].sum()) if len(own) else None


def _half_up(parts: int) -> int:
    return (2 * parts + _WHOLE) // (2 * _WHOLE)
