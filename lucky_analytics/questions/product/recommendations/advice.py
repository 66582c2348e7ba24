"""What product is advised to show, no stronger than what the dates gone by allow."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.proposed_trials import Trial
from lucky_analytics.questions.product.recommendations.claims import Baskets
from lucky_analytics.questions.product.recommendations.gains import find_gain, list_gains
from lucky_analytics.questions.product.recommendations.texts import OWNER

__all__ = ["decide", "find_list_rule"]


def decide(gains: pd.DataFrame, claims: pd.DataFrame, baskets: Baskets, level: float) -> Decision:
    """What to show: own products first, or a recommender, only where it surely finds enough more; and then as
    a trial, because no money is known. ``claims`` as from ``assemble_claims``."""
    rows = list_gains(gains)
    own, recommender, first = (rows[name] for name in ("own", "recommender", "first"))
    shows = bool(recommender["is_worth"] or first["is_worth"])
    steps = []
    if own["is_worth"]:
        steps.append("showing first what the customer bought before")
    if recommender["is_worth"]:
        steps.append(f"the list {recommender['rule_label'].lower()!r}")
    elif first["is_worth"]:
        steps.append(f"{first['rule_label'].lower()!r} where new products are shown")
    stance = {"recommender in the app": "try" if shows else "do not show"}
    best = _find_best(gains, level)
    if not steps:
        doubts = ["what it finds more is too little to act on"] if best.value and not best.holds(0) else []
        return Decision(
            "keep one list for all, what sells most, and show no recommender",
            OWNER,
            weigh(None, gain=best, doubts=doubts),
            "No list made for each customer is known to find enough more of what is bought next.",
            "A list finds more on dates to come, chance aside, or a trial of one sells more.",
            None,
            stance,
        )
    refused = "" if shows else "; show no recommender"
    return Decision(
        f"try {' and '.join(steps)} against one list for all, {_say_size(claims)}{refused}",
        OWNER,
        weigh(None, gain=best),
        "It shortens ordering for customers, beyond chance. That is ease, and not yet money.",
        f"A trial shows whether orders grow: {_say_smallest(baskets)}.",
        None,
        stance,
        trials=[Trial("lists of products", "shown", _say_size(claims))],
    )


def find_list_rule(gains: pd.DataFrame) -> str:
    """The rule by which lists for customers are written: the best that is worth showing, else what sells
    most (of all stores: that of the next visit is not known)."""
    rows = list_gains(gains)
    if rows["recommender"]["is_worth"]:
        return str(rows["recommender"]["rule"])
    return str(rows["own"]["rule"]) if rows["own"]["is_worth"] else "popular"


def _find_best(gains: pd.DataFrame, level: float) -> Estimate:
    """The gain that the advice rests on: the best of what is worth having, else of all compared rules."""
    rules = [row for row in list_gains(gains).values() if row["family"] == "rules" and row["n"]]
    if not rules:
        return Estimate(None)
    best = max([row for row in rules if row["is_worth"]] or rules, key=lambda row: row["gain"])
    return find_gain(gains, best["name"], level)


def _say_size(claims: pd.DataFrame) -> str:
    row = claims[claims["claim"].str.startswith("+5 %")]["n"]
    if row.isna().all():
        return "drawn by chance"
    return f"{int(row.iloc[0]):,} customers in each group, drawn by chance"


def _say_smallest(baskets: Baskets) -> str:
    smallest = baskets.smallest
    if smallest is None:
        return "too few customers ordered in four weeks for one"
    return f"with all customers of four weeks it would see {format_value(smallest, 'USD an order')} or more"
