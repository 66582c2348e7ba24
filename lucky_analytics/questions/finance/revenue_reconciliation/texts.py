"""The findings of the reconciliation page as sentences, and what to do about them, made from its frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from lucky_analytics.decisions import Decision, wait_for_orders, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.methods.ledgers.classes import (
    EXCEPTIONS,
    UNEXPLAINED,
)
from lucky_analytics.models.matched_books.legs import BILLS
from lucky_analytics.questions.finance.revenue_reconciliation.steps import (
    CHARGED_TWICE,
    POSTINGS,
    group_steps,
)

__all__ = [
    "NO_ORDERS",
    "decide",
    "describe_answer",
    "describe_naive",
    "name_finding",
    "of_currency",
    "of_others",
    "point_to_compliance",
    "unexplained",
]

HOME = "USD"
_SHOWN = 0.0005  # a share of which a percentage with one decimal shows something
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


def name_finding(sums: pd.DataFrame, others: pd.DataFrame, ordered: float) -> str:
    """The title, as a template for ``report.title``; arguments of ``of_currency`` and ``of_others``, and
    dollars of completed orders, of which what is open is a share."""
    if sums.empty and not others.empty:
        return "In US dollars orders, payments and books agree to the cent, elsewhere not"
    if sums.empty:
        return "Orders, payments and books agree to the cent"
    share = float(sums["at_risk_cents"].sum()) / 100 / ordered if ordered else 0.0
    agree = f"Books agree but for {format_value(share, 'share')}" if share >= _SHOWN else "Books nearly agree"
    left = "{unexplained:value} unexplained" if _sum_of(sums, UNEXPLAINED) else "all of it explained"
    return f"{agree}: {{at_risk:value}} of {{ordered:value}} open, {left}"


def describe_answer(sums: pd.DataFrame, naive: Mapping[str, int]) -> str:
    """The answer, as a template for ``report.answer``: where most of the money is, and what customers are
    owed. ``naive``: of ``judge_daily_totals``."""
    if sums.empty:
        agree = "Of {ordered:value} ordered in US dollars nothing is open: payments and books agree"
        if not naive["n_differ"]:
            return f"{agree}, one by one; no day's totals differ."
        days = "on every day" if naive["n_differ"] == naive["n_days"] else "on {days_differ:value}"
        return f"{agree}, one by one. Daily totals differ {days}, because some is posted a day after."
    groups = group_steps(sums)
    top = groups.sort_values("at_risk", ascending=False).iloc[0]
    said = (
        f"Of {{at_risk:value}} open, most is in {_lower(top['label'])}: {format_value(top['at_risk'], HOME)}."
    )
    owed = groups[groups["label"] == CHARGED_TWICE]
    if len(owed) and top["label"] != CHARGED_TWICE:
        n = format_value(int(owed["n"].iloc[0]), "orders")
        verb = "was" if n.startswith("1 ") else "were"
        said += f" {n[:1].upper()}{n[1:]} {verb} charged twice and not paid back."
    return said


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]


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


def point_to_compliance(sums: pd.DataFrame) -> str:
    """How postings stand on the compliance page: those of payments and refunds are one control, those of fees
    another. Empty where only one of the two has any. ``sums``: of ``sum_exceptions``."""
    open_ = sums[sums["class"].isin(EXCEPTIONS) & (sums["at_risk_cents"] > 0) & (sums["currency"] == HOME)]
    groups = group_steps(of_currency(sums, HOME)).set_index("label")
    bills = open_[open_["leg"] == BILLS]
    if POSTINGS not in groups.index or bills.empty:
        return ""
    n, n_here = int(bills["n"].sum()), int(groups["n"].loc[POSTINGS].item())
    if n == n_here:
        return ""
    money = format_value(float(bills["at_risk_cents"].sum()) / 100, HOME)
    return (
        f"Of the {n_here:,} postings here compliance counts {n:,} as batches not booked as paid ({money}), "
        "the others as fee bills."
    )


def decide(sums: pd.DataFrame, others: pd.DataFrame, as_of: dt.date) -> Decision:
    """What finance does with the exceptions in US dollars: what customers are owed, then the largest sums.

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
    groups = group_steps(sums)
    is_owed = groups["label"] == CHARGED_TWICE
    first = pd.concat([groups[is_owed], groups[~is_owed]]).head(3)
    action = "; ".join(first["step"])
    rest = total - float(first["at_risk"].sum())
    if rest >= 0.005:
        action += f"; then the other {format_value(rest, HOME)}"
    n_unknown = format_value(int(sums.loc[sums["class"] == UNEXPLAINED, "n"].sum()), "exceptions")
    because = "Customers who paid twice come first, then the largest sums. " if is_owed.any() else ""
    because += (
        f"What explains {format_value(unknown, HOME)} in {n_unknown} is not known: {OWNER} looks at each."
        if unknown
        else "None is without an explanation."
    )
    settle = "A late payment, refund or posting arrives that settles an exception."
    return Decision(
        action, OWNER, weigh(worth, doubts=doubts), because, settle, worth, worth_unit="USD at risk"
    )
