"""What finance does about returns that fell due, fees and wrong lines, and how strongly the page says so."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision, weigh
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
from lucky_analytics.models.taxed_sales.open_returns import PROOF_OF_TAX, OpenReturns
from lucky_analytics.questions.finance.tax_compliance.texts import OWNER

__all__ = ["decide"]

_STEPS = {
    ZERO_TAX: "find why {lines} had no tax", WRONG_RATE: "set the rate of {lines} right",
    TAXED_EXEMPT: "stop taxing exempt food ({lines})", NO_RATE: "look at {lines} of shops without a rate",
    WRONG_AMOUNT: "look at {lines} of a wrong amount", MISSING_TAX: "find the tax of {lines}",
    UNCLASSIFIED: "classify the products of {lines}",
}  # fmt: skip


def decide(
    classes: pd.DataFrame, under: float, over: float, fee_tax: float, open_: OpenReturns, late: float = 0.0
) -> Decision:
    """What finance does first. ``classes``: of ``views.sum_groups(lines, "class")``; money in dollars.

    Returns that fell due without a payment on record come first: their worth is what is to be shown or paid,
    counted; that they may be paid elsewhere is a doubt. ``late``: interest and penalty if none was paid,
    at most. Else the worth is what was charged wrongly either way, and a rule that no adviser has confirmed
    is a doubt. Without a wrong line nothing is decided.
    """
    errors = classes[classes["n_errors"] > 0]
    ask = "ask an adviser about delivery and packaging fees" if fee_tax else ""
    asked = f"{ask} ({format_value(fee_tax, 'USD')})" if fee_tax else ""
    if open_.dollars:
        return _show_receipts(errors, under + over, asked, open_, late)
    if errors.empty:
        return Decision(
            ask or "file what was charged",
            OWNER,
            weigh(None, problems=["no line is wrong, and whether fees are taxable is an adviser's to say"]
                  if fee_tax else ["no line is wrong, so there is nothing to correct"]),
            "Every line carries the tax that the published rules ask of it.",
            "A line is charged otherwise, or an adviser reads the rules otherwise.",
        )  # fmt: skip
    steps = [
        _STEPS[row["class"]].format(lines=format_value(int(row["n"]), "lines"))
        for row in errors.to_dict("records")[:2]
    ]
    rest = int(errors["n"].iloc[2:].sum())
    steps += [f"then look at the other {format_value(rest, 'lines')}"] if rest else []
    worth = Estimate(round(under + over, 2), n=int(errors["n"].sum()))
    return Decision(
        "; ".join([*([asked] if asked else []), *steps]),
        OWNER,
        weigh(worth, doubts=["no tax adviser has confirmed what is taxable"]),
        "Each line is listed with its order, rate and amount.",
        "An adviser reads the rules otherwise, or the returns show that it was settled.",
        worth,
        worth_unit="USD charged wrongly",
    )


def _show_receipts(
    errors: pd.DataFrame, wrong: float, asked: str, open_: OpenReturns, late: float
) -> Decision:
    steps = [open_.step, *([open_.following.step] if open_.following else []), *([asked] if asked else [])]
    because = ""
    if late:
        because = f"If none of it was paid, interest and penalty come to {format_value(late, 'USD')} at most."
    if len(errors):
        lines = format_value(int(errors["n"].sum()), "lines")
        because += f" Then correct {lines} with wrong tax ({format_value(wrong, 'USD')}), each listed below."
    worth = Estimate(round(open_.dollars or 0.0, 2), n=len(open_.rows))
    return Decision(
        "; ".join(steps),
        OWNER,
        weigh(worth, doubts=["it may have been paid without a row in these tables"]),
        because.strip() or "A return is owed by its day whatever else is right.",
        "A receipt shows a payment, or an adviser reads the rules otherwise.",
        worth,
        PROOF_OF_TAX,
        worth_unit="USD to show as paid, or to pay",
        due=open_.first_day,
        is_overdue=True,  # each of these rows has fallen due
    )
