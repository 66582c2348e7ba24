"""The findings of the tax page as sentences, what to do about them, and what an adviser must confirm."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision, wait_for_orders, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.methods.ledgers.tax_lines import (
    MISSING_TAX,
    NO_RATE,
    TAXED_EXEMPT,
    UNCLASSIFIED,
    WRONG_AMOUNT,
    WRONG_RATE,
    ZERO_TAX,
)
from lucky_analytics.models.taxed_sales.booked import Booked, Remitted
from lucky_analytics.questions.finance.tax_compliance.views import OPEN

__all__ = [
    "ADVISER",
    "NO_ORDERS",
    "decide",
    "describe_answer",
    "describe_booked",
    "describe_naive",
    "describe_remitted",
    "describe_returns",
    "name_finding",
    "name_gaps",
]

OWNER = "Finance"
NO_ORDERS = (
    "No sale to tax yet",
    "No order was completed by this date: nothing was sold on which tax could be due.",
    wait_for_orders(OWNER),
)
# Topic, what the page assumes, what an adviser must say.
ADVISER = pd.DataFrame(
    [
        ("Delivery and packaging fees", "Taxable as what is delivered; none was charged",
         "Whether they are, and who owes the tax where a delivery platform sells and delivers"),
        ("Packaged food", "Exempt when sold unheated and to go",
         "Whether a store with seats may treat it so, and what proves that it was to go"),
        ("Place of delivery", "The store's address decides the rate",
         "Orders delivered to another place are taxed there; the place is not in the tables"),
        ("Rounding", "Once a line, half a cent up",
         "Whether the order is the receipt on which the state rounds"),
        ("Coupons", "The price after the store's own discounts is the receipt",
         "A coupon that somebody else pays back does not lower it; order discounts were taken off after tax"),
        ("Refunds", "Not taken off what is due", "When and how the tax in them may be claimed as a credit"),
        ("Tax charged on exempt food", "Paid to the state unless it is given back",
         "Whether it is paid over or returned to customers"),
        ("Shops abroad", "No New York tax is due where the address names no place in it",
         "Why orders in US dollars stand in shops elsewhere, and what is due there"),
        ("Internal and pop-up shops", "Taxed as stores", "Whether meals of staff are sales"),
        ("Returns already filed", "Not known: the tax system is empty",
         "What was registered, filed and paid, when, and on which forms"),
        ("Interest and penalty", "A bound at published rates",
         "What the state would ask, and what it may waive"),
    ],
    columns=["topic", "assumed", "to confirm"],
)  # fmt: skip
_STEPS = {
    ZERO_TAX: "find why {lines} had no tax", WRONG_RATE: "set the rate of {lines} right",
    TAXED_EXEMPT: "stop taxing exempt food ({lines})", NO_RATE: "look at {lines} of shops without a rate",
    WRONG_AMOUNT: "look at {lines} of a wrong amount", MISSING_TAX: "find the tax of {lines}",
    UNCLASSIFIED: "classify the products of {lines}",
}  # fmt: skip


def name_finding(n_errors: int, under: float, over: float, fee_tax: float) -> str:
    """The title, a template for ``report.title``. ``under``: due and not charged; ``over``: the reverse."""
    if not n_errors:
        first = "Every line carries the tax due"
    elif under and over:
        first = "Tax was {not_charged:value} short and {over_charged:value} over"
    elif under:
        first = "Tax is right but for {not_charged:value}"
    elif over:
        first = "Tax was charged that is not due: {over_charged:value}"
    else:
        first = "No cent is wrong; look at {wrong_lines:value}"
    return first + ("; {fee_tax:value} on delivery fees is open" if fee_tax else "")


def describe_answer(n_errors: int, under: float, over: float, fee_tax: float, remitted: Remitted) -> str:
    """The answer, as a template for ``report.answer``."""
    if under:
        text = "Of {due:value} due on what was sold, {not_charged:value} was never charged"
    elif over:
        text = "Of {due:value} due on what was sold all was charged, and {over_charged:value} more than that"
    elif n_errors:
        text = (
            "Of {due:value} due on what was sold no cent is missing, though {wrong_lines:value} need a look"
        )
    else:
        text = "All of {due:value} due on what was sold was charged, no line is wrong"
    if fee_tax:
        text += "; delivery fees carried none, {fee_tax:value} if taxable as published"
    if remitted.cents is not None:
        return text + ". The returns in the tax system stand against it, period by period."
    if remitted.n_rows is None:
        return text + ". Whether it was remitted cannot be said: the tax system was not read."
    rows = "no row" if not remitted.n_rows else "no return"
    return text + f". Whether it was remitted is not known: the tax system holds {rows}."


def describe_remitted(remitted: Remitted) -> str:
    """Why what was remitted is known or not, for its headline."""
    if remitted.cents is not None:
        return (
            "Of the returns in the tax system, by their periods. Counted, not estimated: it has no interval"
        )
    if remitted.n_rows is None:
        return "Not known: the tax system's tables are not in the snapshot"
    return (
        "Not known, which is not zero: the tax system holds no return, and may be filled later or elsewhere"
    )


def describe_booked(booked: Booked | None) -> str:
    """What was booked beside what was charged, for its headline."""
    if booked is None:
        return "Not known: bills or payments are not in the snapshot"
    n = len(booked.rows)
    if not n:
        return "Agrees with what was charged, batch by batch. Counted: it has no interval"
    off = format_value(booked.off_cents / 100, "USD")
    return f"{n} batches or orders differ from what was charged, {off} in all. Counted: it has no interval"


def name_gaps(bars: pd.DataFrame) -> str:
    """Where the money lies, as the title of the main chart."""
    if bars.empty:
        return "Nothing was charged wrongly"
    first = bars.iloc[0]
    if not bars["amount"].sum():
        return "Nothing is open: no tax would be due on fees, which carried none"
    share = 100 * first["amount"] / bars["amount"].sum()
    if first["kind"] == OPEN:
        return f"{share:.0f} % of what is open is tax on fees, which carried none"
    return f"{share:.0f} % of what is open is of one kind: {first['label']}"


def describe_naive(naive: float, due: float, under: float) -> str:
    """Why rate times revenue is no liability, as the title of its chart."""
    share = f"{format_value(naive, 'USD')} is no liability: "
    return share + f"{format_value(due, 'USD')} was due, and all but {format_value(under, 'USD')} was charged"


def describe_returns(returns: pd.DataFrame) -> str:
    """How many returns have fallen due, as the title of their chart. ``returns``: in dollars."""
    over = returns[returns["is_due"]]
    unknown = int(over["remitted"].isna().sum())
    if over.empty:
        return "No return has fallen due yet"
    sums = format_value(float(over["to_pay"].sum()), "USD")
    due = "1 return has" if len(over) == 1 else f"{len(over)} returns have"
    text = f"{due} fallen due, {sums} in all"
    return text + (
        f"; of {unknown} nothing is known to be paid" if unknown else "; a return is known for each"
    )


def decide(classes: pd.DataFrame, under: float, over: float, fee_tax: float) -> Decision:
    """What finance does first. ``classes``: of ``views.sum_groups(lines, "class")``; money in dollars.

    Worth is what was charged wrongly either way: counted, no interval. A rule that no adviser has confirmed
    is a doubt. Without a wrong line nothing is decided.
    """
    errors = classes[classes["n_errors"] > 0]
    ask = "ask a tax adviser whether delivery fees are taxable"
    open_fees = f" ({format_value(fee_tax, 'USD')} so far)" if fee_tax else ""
    if errors.empty:
        return Decision(
            ask if fee_tax else "file what was charged",
            OWNER,
            weigh(None, problems=["no line is wrong, and whether fees are taxable is an adviser's to say"]
                  if fee_tax else ["no line is wrong, so there is nothing to correct"]),
            "Every line carries the tax that the published rules ask of it.",
            "A line is charged otherwise, or an adviser reads the rules otherwise.",
        )  # fmt: skip
    steps = [
        _STEPS[row["class"]].format(lines=format_value(int(row["n"]), "lines"))
        for row in errors.to_dict("records")[:3]
    ]
    rest = int(errors["n"].iloc[3:].sum())
    steps += [f"then the other {rest:,}"] if rest else []
    action = "; ".join([*([ask + open_fees] if fee_tax else []), *steps])
    worth = Estimate(round(under + over, 2), n=int(errors["n"].sum()))
    doubts = ["no tax adviser has confirmed what is taxable"]
    return Decision(
        action,
        OWNER,
        weigh(worth, doubts=doubts),
        "Each line is listed with its order, rate and amount.",
        "An adviser reads the rules otherwise, or the returns show that it was settled.",
        worth,
        worth_unit="USD charged wrongly",
    )
