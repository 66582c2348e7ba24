"""The findings of the reconciliation page as sentences, and what to do about them, made from its frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from lucky_analytics.decisions import Decision, wait_for_orders, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.methods.ledgers.classes import (
    DUPLICATE,
    EXCEPTIONS,
    MISSING,
    ORPHAN,
    UNEXPLAINED,
)
from lucky_analytics.models.matched_books.exception_words import name_kinds
from lucky_analytics.models.matched_books.legs import (
    FEES,
    PAYMENTS,
    PAYOUT_FEES,
    PAYOUTS,
    REFUNDS,
)

__all__ = [
    "NO_ORDERS",
    "decide",
    "describe_answer",
    "describe_naive",
    "name_finding",
    "name_money",
    "of_currency",
    "of_others",
    "unexplained",
]

HOME = "USD"
_LARGE = 0.05  # of the money at risk: from here on what no rule explains is a doubt
OWNER = "Finance"
NO_ORDERS = (
    "No order to reconcile yet",
    "No order was completed by this date: there is nothing against which payments or bills could be held.",
    wait_for_orders(OWNER),
)


def of_currency(sums: pd.DataFrame, currency: str) -> pd.DataFrame:
    """The exceptions of ``sum_exceptions`` in one currency, what is rounding or not due yet left out."""
    return sums[(sums["currency"] == currency) & sums["class"].isin(EXCEPTIONS) & (sums["at_risk_cents"] > 0)]


def _sum_of(sums: pd.DataFrame, *classes: str) -> float:
    return float(sums.loc[sums["class"].isin(classes), "at_risk_cents"].sum()) / 100


def unexplained(sums: pd.DataFrame) -> float:
    """Money at risk that no rule explains, of ``of_currency``, in whole units."""
    return _sum_of(sums, UNEXPLAINED)


def of_others(sums: pd.DataFrame) -> pd.DataFrame:
    """The exceptions of ``sum_exceptions`` in every currency but US dollars."""
    others = [currency for currency in sums["currency"].unique() if currency != HOME]
    return sums[sums["currency"].isin(others) & sums["class"].isin(EXCEPTIONS) & (sums["at_risk_cents"] > 0)]


def name_finding(sums: pd.DataFrame, others: pd.DataFrame) -> str:
    """The title, as a template for ``report.title``; arguments of ``of_currency`` and ``of_others``."""
    if sums.empty and not others.empty:
        return "In US dollars orders, payments and books agree to the cent, elsewhere not"
    if sums.empty:
        return "Orders, payments and books agree to the cent"
    if _sum_of(sums, UNEXPLAINED):
        return "{at_risk:value} of {ordered:value} does not agree, all but {unexplained:value} of known kinds"
    return "{at_risk:value} of {ordered:value} does not agree, all of known kinds"


def describe_answer(sums: pd.DataFrame, naive: Mapping[str, int]) -> str:
    """The answer, as a template for ``report.answer``; ``naive``: of ``judge_daily_totals``."""
    are_all = naive["n_differ"] == naive["n_days"]
    days = "on every day" if are_all else "on {days_differ:value}"
    if sums.empty:
        agree = "Of {ordered:value} ordered in US dollars nothing is open: payments and books agree"
        if not naive["n_differ"]:
            return f"{agree}, one by one; no day's totals differ."
        return f"{agree}, one by one. Daily totals differ {days}, because some is posted a day after."
    return (
        "Matched payment by payment, {exceptions:value} in US dollars put {at_risk:value} at risk. "
        f"Comparing daily totals instead of payments would raise a question {days}."
    )


def describe_naive(naive: Mapping[str, int]) -> str:
    """How daily totals mislead, as the title of their chart."""
    false, hidden = naive["n_false"], naive["n_hidden"]
    if not naive["n_differ"] and not hidden:
        return "Daily totals agree, and nothing is hidden in them"
    parts = [f"differ on {naive['n_differ']:,} of {naive['n_days']:,} days"]
    if false:
        parts.append(f"{false:,} of them only because of the day of posting")
    if hidden:
        parts.append(f"agree on {hidden:,} that hide exceptions")
    return "Daily totals " + ", ".join(parts)


def name_money(sums: pd.DataFrame) -> str:
    """Which exceptions hold most of the money, as the title of the main chart."""
    if sums.empty:
        return "No money is at risk"
    ranked = sums.sort_values("at_risk_cents", ascending=False)
    first, total = ranked.iloc[0], ranked["at_risk_cents"].sum()
    share = 100 * first["at_risk_cents"] / total
    words = str(name_kinds(ranked.head(1)).iloc[0])
    return f"{words[0].upper()}{words[1:]} hold {share:.0f} % of the money at risk"


def decide(sums: pd.DataFrame, others: pd.DataFrame, as_of: dt.date) -> Decision:
    """What finance does with the exceptions in US dollars, the largest sums first.

    Arguments of ``of_currency`` and ``of_others``. Worth is the money at risk: counted, no interval.
    Where nothing is at risk nothing is decided.
    """
    total = float(sums["at_risk_cents"].sum()) / 100
    worth = Estimate(total, n=int(sums["n"].sum()))
    if sums.empty and not others.empty:
        in_ = " and ".join(sorted(others["currency"].unique()))
        return Decision(
            f"look at the {int(others['n'].sum()):,} exceptions in {in_}, then close the books",
            OWNER,
            weigh(None, problems=["nothing is at risk in US dollars"]),
            "No exception in US dollars is open.",
            "An exception in US dollars appears.",
        )
    if sums.empty:
        return Decision(
            f"close the books of {as_of:%-d %b %Y} as they are",
            OWNER,
            weigh(None, problems=["nothing is at risk, so there is nothing to decide"]),
            "No exception is open.",
            "An exception appears.",
        )
    unknown = _sum_of(sums, UNEXPLAINED)
    doubts = [f"no rule explains {100 * unknown / total:.0f} % of it"] if unknown > _LARGE * total else []
    steps = sorted(_steps(sums), key=lambda step: -step[0])
    action = "; ".join(text for _, text in steps[:3])
    rest = total - sum(money for money, _ in steps[:3])
    if rest >= 0.005:
        action += f"; then the other {format_value(rest, HOME)}"
    because = "Each exception is listed with its rows. " + (
        f"What explains {format_value(unknown, HOME)} is not known: somebody has to look."
        if unknown
        else "None is without an explanation."
    )
    settle = "A late payment, refund or posting arrives that settles an exception."
    return Decision(
        action, OWNER, weigh(worth, doubts=doubts), because, settle, worth, worth_unit="USD at risk"
    )


def _steps(sums: pd.DataFrame) -> list[tuple[float, str]]:
    """What is to be done for each group of exceptions, with its money."""
    trades, back = sums[sums["leg"] == PAYMENTS], sums[sums["leg"] == REFUNDS]
    lacks_record = (sums["leg"] == FEES) & (sums["class"] == MISSING)
    paid_out = sums["leg"].isin((PAYOUTS, PAYOUT_FEES))
    books = sums[~sums["leg"].isin((PAYMENTS, REFUNDS)) & ~lacks_record & ~paid_out]
    groups = (
        (trades[trades["class"] == DUPLICATE], "pay back {n} double charges ({money})"),
        (trades[trades["class"] == ORPHAN], "find the orders of {n} payments without one ({money})"),
        (trades[trades["class"] == MISSING], "collect {n} unpaid orders ({money})"),
        (
            trades[~trades["class"].isin((DUPLICATE, ORPHAN, MISSING))],
            "settle {n} payments that differ from their orders ({money})",
        ),
        (back, "look into {n} refunds beyond what was paid ({money})"),
        (books, "correct {n} postings in the books ({money})"),
        (sums[lacks_record], "ask for the fee records of {n} batches ({money})"),
        (sums[paid_out], "ask the processor about {n} lines of its payouts ({money})"),
    )
    steps = []
    for rows, text in groups:
        money = float(rows["at_risk_cents"].sum()) / 100
        if money:
            shown = format_value(money, HOME)
            steps.append((money, text.format(n=f"{int(rows['n'].sum()):,}", money=shown)))
    return steps
