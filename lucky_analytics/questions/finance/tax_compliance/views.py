"""The frames that the page shows: amounts in US dollars, labels in words."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir
import pandas as pd

from lucky_analytics.methods.ledgers.tax_lines import ERRORS, TAX_CLASSES, sum_tax
from lucky_analytics.reference.sales_tax import TaxRules

__all__ = [
    "bridge_naive",
    "list_errors",
    "show_classes",
    "show_gaps",
    "show_matched",
    "show_money",
    "show_rules",
    "show_stores",
    "sum_groups",
]

_STILL = "–"
OWED, NOT_OWED = "due, not charged", "charged, not due"
_LABELS = ("period", "quarter", "form", "start", "end", "due_date", "is_over", "date", "n", "n_errors")
_MONEY = ("receipt", "taxable", "due", "charged", "gap", "under", "over", "rounded")


def show_money(frame: pd.DataFrame, *also_as_is: str) -> pd.DataFrame:
    """A frame of whole cents in dollars; labels, dates, counts and ``also_as_is`` stay as they are."""
    shown = frame.copy()
    for name in shown.columns:
        if name not in (*_LABELS, *also_as_is):
            shown[name] = shown[name].astype("Float64").astype(float) / 100
    return shown


def sum_groups(lines: ir.Table, *by: str) -> pd.DataFrame:
    """Lines by any of their columns in dollars, those with most errors first: due = charged + gap."""
    sums = sum_tax(lines, *by).rename(columns=lambda name: name.removesuffix("_cents"))
    order = ["n_errors", "due", *by]
    sums = sums.sort_values(order, ascending=[False, False, *[True] * len(by)], ignore_index=True)
    sums["errors_share"] = sums["n_errors"] / sums["n"]
    return show_money(sums, *by, "errors_share")


def show_stores(lines: ir.Table) -> pd.DataFrame:
    """``sum_groups`` by store; those that sold nothing taxable here, as in other markets, come last."""
    sums = sum_groups(lines, "store")
    return sums.sort_values("taxable", key=lambda dollars: dollars == 0, kind="stable", ignore_index=True)


def show_classes(lines: ir.Table) -> pd.DataFrame:
    """One row a class that occurs, in the order of the method, in dollars, and the total of all."""
    sums = sum_groups(lines, "class")
    place = {name: number for number, name in enumerate(TAX_CLASSES)}
    sums = sums.sort_values("class", key=lambda names: names.map(place), ignore_index=True)
    total = {"class": "total", **sums[["n", "n_errors", *_MONEY]].sum().to_dict()}
    shown = pd.concat([sums, pd.DataFrame([total])], ignore_index=True) if len(sums) else sums
    return shown[["class", "n", *_MONEY]].astype({"n": "int64"})


def show_gaps(lines: ir.Table) -> pd.DataFrame:
    """What was charged wrongly: ``label``, ``kind``, ``amount`` in dollars, ``n`` lines; largest first."""
    sums = sum_groups(lines, "class")
    sums = sums[sums["class"].isin(ERRORS)]
    rows = [
        (row["class"], kind, row[name], int(row["n"]))
        for row in sums.to_dict("records")
        for name, kind in (("under", OWED), ("over", NOT_OWED))
        if row[name] > 0
    ]
    bars = pd.DataFrame(rows, columns=["label", "kind", "amount", "n"])
    return bars.sort_values(["amount", "label"], ascending=[False, True], ignore_index=True)


def list_errors(lines: ir.Table) -> pd.DataFrame:
    """Every line that somebody has to look at, the largest gap first, in dollars; rates in percent."""
    own = lines.filter(lines["class"].isin((*ERRORS, "off by rounding")))
    row = own.select(
        "date", "class", "store", "jurisdiction", "product", "category", "taxability", "order_id", "line_id",
        receipt=own.receipt_cents, rate=own.rate, charged_rate=own.charged_rate,
        due=own.due_cents, charged=own.charged_cents, gap=own.gap_cents,
    )  # fmt: skip
    row = row.order_by(ibis.desc(row.gap.abs()), "date", "line_id")
    shown = row.execute()
    for name in ("rate", "charged_rate"):
        shown[name] = shown[name].astype("Float64").astype(float) / 10_000
    for name in ("receipt", "due", "charged", "gap"):
        shown[name] = shown[name].astype("Float64").astype(float) / 100
    return shown


def bridge_naive(
    lines: ir.Table, revenue_cents: int, charged_cents: int, rules: TaxRules
) -> tuple[float, pd.DataFrame]:
    """From rate times revenue to what was not charged: (that product in dollars, its steps).

    ``step``, ``amount``: the steps between the first and ``due, line by line`` add up to their difference.
    The rate is the newest on file.
    """
    by = sum_tax(lines, "taxability", "rate") if lines.count().execute() else None
    rate = int(rules.rates["rate"].iloc[-1]) / 1_000_000
    naive = rate * revenue_cents / 100
    if by is None:
        return naive, pd.DataFrame(columns=["step", "amount"])
    receipts, due = int(by["receipt_cents"].sum()), int(by["due_cents"].sum())
    abroad = int(by.loc[by["rate"].isna(), "receipt_cents"].sum())
    exempt = int((by["receipt_cents"] - by["taxable_cents"]).sum()) - abroad
    other = revenue_cents - charged_cents - receipts
    parts = [
        (f"{100 * rate:.4g} % of revenue", naive),
        ("less: of the tax inside revenue", -rate * charged_cents / 100),
        ("less: of fees, which are no lines, net of order discounts", -rate * other / 100),
        ("less: of exempt food", -rate * exempt / 100),
        ("less: of sales where no rate is on file", -rate * abroad / 100),
    ]
    left = due / 100 - sum(amount for _, amount in parts)
    under = int(by["under_cents"].sum()) / 100
    parts += [
        ("rounding line by line, and other rates", left), ("due, line by line", due / 100),
        ("charged to customers", charged_cents / 100), (OWED, under),
    ]  # fmt: skip
    return naive, pd.DataFrame(parts, columns=["step", "amount"])


def show_rules(rules: TaxRules) -> pd.DataFrame:
    """Every rule that the page uses, with its source: ``what``, ``rule``, ``since``, ``source``."""
    rows = [
        (f"{row['jurisdiction']}: {row['part']}", f"{row['percent']:g} %", f"{row['start']:%-d %b %Y}",
         row["source"])
        for row in rules.sources.to_dict("records")
    ]  # fmt: skip
    for row in rules.classes.to_dict("records"):
        made = "made to order" if row["is_fresh_made"] else "as packed"
        label = "taxable" if row["is_taxable"] else "exempt"
        rows.append((f"{row['category']}, {made}", label, _STILL, row["source"]))
    late, fees = rules.late, "taxable" if rules.are_fees_taxable else "exempt"
    monthly = f"from ${rules.monthly_from_cents / 100:,.0f} a quarter on"
    penalty = f"{late.first:g} %, {late.further:g} % a further month, {late.most:g} % at most"
    rows += [
        ("delivery and packaging fees", fees, _STILL, rules.fee_source),
        ("rounding", rules.rounding, _STILL, rules.rounding_source),
        ("monthly returns", monthly, _STILL, rules.filing_source),
        ("penalty", penalty, _STILL, late.source),
        ("interest", f"{late.interest:g} % a year, compounded by the day", _STILL, late.source),
    ]
    return pd.DataFrame(rows, columns=["what", "rule", "since", "source"])


def show_matched(classes: pd.DataFrame) -> pd.DataFrame:
    """``sum_classes`` of charged and booked in dollars, with the total of all as its last row."""
    numbers = ["n_left", "left_cents", "n_right", "right_cents", "off_cents"]
    total = {"class": "total", **classes[numbers].sum().to_dict()}
    both = pd.concat([classes[["class", *numbers]], pd.DataFrame([total])], ignore_index=True)
    for name in ("left", "right", "off"):
        both[name] = both.pop(f"{name}_cents").astype("int64") / 100
    return both.astype({"n_left": "int64", "n_right": "int64"})
