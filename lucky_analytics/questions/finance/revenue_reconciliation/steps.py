"""Exceptions by what finance does about them: the bars of the main chart, and the steps of the decision."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.formats import format_value
from lucky_analytics.methods.ledgers.classes import DUPLICATE, MISSING, ORPHAN
from lucky_analytics.models.matched_books.legs import FEES, PAYMENTS, PAYOUT_FEES, PAYOUTS, REFUNDS

__all__ = ["CHARGED_TWICE", "POSTINGS", "group_steps", "name_groups"]

CHARGED_TWICE = "orders charged twice"
POSTINGS = "postings in the books"


def group_steps(sums: pd.DataFrame) -> pd.DataFrame:
    """``label`` (what they are), ``step`` (what is done), ``n``, ``at_risk`` (dollars), largest sum first.

    ``sums``: of ``texts.of_currency`` in US dollars. Each exception is in one group; groups without money at
    risk are left out.

    >>> one = {"leg": ["orders and payments"], "class": ["duplicate"], "n": [3], "at_risk_cents": [900]}
    >>> group_steps(pd.DataFrame(one)).to_dict("records")[0]["step"]
    'pay back 3 orders charged twice ($9.00)'
    """
    trades, back = sums[sums["leg"] == PAYMENTS], sums[sums["leg"] == REFUNDS]
    lacks_record = (sums["leg"] == FEES) & (sums["class"] == MISSING)
    paid_out = sums["leg"].isin((PAYOUTS, PAYOUT_FEES))
    books = sums[~sums["leg"].isin((PAYMENTS, REFUNDS)) & ~lacks_record & ~paid_out]
    groups = (
        (CHARGED_TWICE, trades[trades["class"] == DUPLICATE], "pay back {n} orders charged twice"),
        (
            "payments without an order",
            trades[trades["class"] == ORPHAN],
            "find the orders of {n} payments without one",
        ),
        ("orders not paid", trades[trades["class"] == MISSING], "collect {n} unpaid orders"),
        (
            "payments that differ",
            trades[~trades["class"].isin((DUPLICATE, ORPHAN, MISSING))],
            "settle {n} payments that differ from their orders",
        ),
        ("refunds beyond payments", back, "look into {n} refunds beyond what was paid"),
        (POSTINGS, books, "correct {n} postings in the books"),
        ("fees without a record", sums[lacks_record], "ask for the fee records of {n} batches"),
        ("lines of payouts", sums[paid_out], "ask the processor about {n} lines of its payouts"),
    )
    rows = []
    for label, own, step in groups:
        money, n = float(own["at_risk_cents"].sum()) / 100, int(own["n"].sum())
        if money:
            rows.append((label, f"{step.format(n=f'{n:,}')} ({format_value(money, 'USD')})", n, money))
    made = pd.DataFrame(rows, columns=["label", "step", "n", "at_risk"])
    return made.sort_values("at_risk", ascending=False, kind="stable", ignore_index=True)


def name_groups(groups: pd.DataFrame) -> str:
    """Which group holds most of the money, and what customers are owed, as the title of the main chart.

    >>> name_groups(pd.DataFrame({"label": ["orders not paid", CHARGED_TWICE], "at_risk": [3.0, 1.0]}))
    'Orders not paid hold 75 % of the money at risk, orders charged twice 25 %'
    """
    if groups.empty:
        return "No money is at risk"
    share = dict(zip(groups["label"], 100 * groups["at_risk"] / groups["at_risk"].sum(), strict=True))
    first = str(groups["label"].iloc[0])
    text = f"{first[0].upper()}{first[1:]} hold {share[first]:.0f} % of the money at risk"
    if first != CHARGED_TWICE and CHARGED_TWICE in share:
        text += f", {CHARGED_TWICE} {share[CHARGED_TWICE]:.0f} %"
    return text
