"""Controls of sales tax: cases and exceptions, on the lines and bills of the tax page."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd
from ibis import _

from lucky_analytics.methods.ledgers.classes import whole_sum
from lucky_analytics.methods.ledgers.tax_lines import (
    MISSING_TAX,
    NO_RATE,
    TAXED_EXEMPT,
    UNCLASSIFIED,
    WRONG_AMOUNT,
    WRONG_RATE,
    ZERO_TAX,
)
from lucky_analytics.methods.ledgers.tax_periods import list_periods
from lucky_analytics.models.taxed_sales.booked import TAX_BILLS
from lucky_analytics.questions.platform.compliance.material import (
    Found,
    Material,
    count_by_date,
    count_cases,
    list_rows,
)

__all__ = [
    "find_days_without_tax",
    "find_exempt_taxed",
    "find_rate_unknown",
    "find_returns_late",
    "find_tax_not_booked",
    "find_tax_system_gaps",
    "find_tax_wrong",
]

NOT_BOOKED = "the snapshot has no accounting, or no payments"
NO_TAX_SYSTEM = "the snapshot has no tables of the tax system"
NO_RETURN = "the tax system holds no return: whether any was filed, and where, is not known"


def find_tax_wrong(material: Material) -> Found:
    """Taxable lines, and those whose tax is not what the rate on file gives."""
    lines = material.lines
    taxable = lines.filter(lines.rate.notnull() & lines.is_taxable.fill_null(True))
    return _found(taxable, (ZERO_TAX, MISSING_TAX, WRONG_RATE, WRONG_AMOUNT))


def find_exempt_taxed(material: Material) -> Found:
    """Exempt lines, and those that carry tax."""
    lines = material.lines
    return _found(lines.filter(lines.rate.notnull() & ~lines.is_taxable.fill_null(True)), (TAXED_EXEMPT,))


def find_rate_unknown(material: Material) -> Found:
    """All lines, and those of which no rate or no class is on file."""
    return _found(material.lines, (NO_RATE, UNCLASSIFIED))


def _found(cases: ir.Table, classes: tuple[str, ...]) -> Found:
    wrong = cases.filter(cases["class"].isin(classes))
    wrong = wrong.select(
        "date", "store_id", case="line_id", detail=wrong["class"], cents=wrong.gap_cents.abs()
    )
    return Found(count_by_date(cases), list_rows(wrong.execute()))


def find_days_without_tax(material: Material) -> Found:
    """Days of stores with taxable sales, and those on which no line of them was taxed."""
    lines = material.lines
    taxable = lines.filter((_.due_cents > 0) & _.rate.notnull())
    days = taxable.group_by("store_id", "date").agg(
        due=whole_sum(taxable.due_cents), charged=whole_sum(taxable.charged_cents.fill_null(0))
    )
    days = days.execute()
    bare = days[days["charged"] == 0]
    bare = bare.assign(
        case=bare["store_id"].astype(str) + " " + bare["date"].astype(str), detail="no tax", cents=bare["due"]
    )
    return Found(count_cases(days), list_rows(bare))


def find_tax_not_booked(material: Material) -> Found | str:
    """Batches with tax bills or taxed orders, and those in which charged and booked tax differ.

    What differs is at stake at the books of the batch already, so no money stands here.
    """
    suite, booked = material.suite, material.booked
    batches = suite.optional("accounting_batches")
    if booked is None or batches is None:
        return NOT_BOOKED
    bill = batches.filter(batches.kind.isin(TAX_BILLS) & (batches.currency == "USD"))
    cases = bill.group_by(key="batch_id").agg(date=bill.posting_date.min()).execute()
    rows = booked.rows
    lacking = rows.loc[~rows["key"].isin(cases["key"]), ["key", "date"]]
    cases = pd.concat([cases, lacking.drop_duplicates("key")])
    detail = [f"{row['class']}, charged less booked {row['off']:.2f}" for row in rows.to_dict("records")]
    listed = list_rows(rows.assign(case=rows["key"], detail=detail))
    return Found(count_cases(cases), listed)


def find_tax_system_gaps(material: Material) -> Found | str:
    """Days with taxed orders, and those on which some of them have no invoice in the tax system."""
    suite = material.suite
    taxes = suite.optional("taxes")
    if taxes is None:
        return NO_TAX_SYSTEM
    order = suite.orders.filter(_.tax_cents > 0).select("order_id", "order_date")
    invoiced = taxes.select(invoiced="order_id").distinct()
    order = order.left_join(invoiced, order.order_id == invoiced.invoiced)
    days = order.group_by(date="order_date").agg(n=order.count(), held=order.invoiced.count())
    days = days.order_by("date").execute()
    gaps = days[days["held"] < days["n"]]
    detail = [f"{row.held} of {row.n} orders with tax have an invoice" for row in gaps.itertuples()]
    return Found(count_cases(days), list_rows(gaps.assign(case=gaps["date"].astype(str), detail=detail)))


def find_returns_late(material: Material) -> Found | str:
    """Sales tax quarters that have fallen due, and those without a return to their end, filed by then."""
    suite, remitted = material.suite, material.remitted
    if remitted.n_rows is None:
        return NO_TAX_SYSTEM
    if remitted.returns.empty:
        return NO_RETURN
    first = suite.orders.agg(first=suite.orders.order_date.min()).execute()["first"].iloc[0]
    if pd.isna(first):
        return NO_RETURN
    quarters = list_periods(pd.Timestamp(first).date(), suite.as_of, by="quarter")
    due = [quarter for quarter in quarters if quarter.due < suite.as_of]
    filed = remitted.returns.assign(end=pd.to_datetime(remitted.returns["end_date"]).dt.date)
    by_end = filed.groupby("end")["filed_at"].min()
    late = []
    for quarter in due:
        at = by_end.get(quarter.end)
        if at is None or pd.isna(at):
            late.append((quarter.end.isoformat(), quarter.due, "no return is known"))
        elif pd.Timestamp(at).date() > quarter.due:
            late.append((quarter.end.isoformat(), quarter.due, f"filed on {pd.Timestamp(at).date()}"))
    cases = count_cases(pd.DataFrame({"date": [quarter.due for quarter in due]}))
    return Found(cases, list_rows(pd.DataFrame(late, columns=["case", "date", "detail"])))
