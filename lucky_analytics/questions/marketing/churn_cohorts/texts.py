"""Sentences of the churn page, none stronger than the interval behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, add_up, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.proposed_trials import Trial

__all__ = [
    "WORTH",
    "decide",
    "describe_groups",
    "describe_later",
    "describe_no_fit",
    "describe_order_tests",
    "describe_registrations",
    "explain_ratio",
    "list_limits",
    "name_finding",
    "phrase_answer",
    "say_opening",
    "title_segments",
]


WORTH = "USD in five weeks"


def name_finding(again: float, horizon: int) -> str:
    """How many new customers are lost after one order, as the title; ``again``: null where nobody ordered
    first as long as ``horizon`` days ago.

    >>> name_finding(0.414, 60)
    '59 % of new customers do not order again within 60 days'
    """
    if pd.isna(again):
        return f"No customer has been here for {horizon} days yet"
    return f"{100 * (1 - again):.0f} % of new customers do not order again within {horizon} days"


def phrase_answer(whole: pd.Series) -> str:
    """The answer, as a template for ``report.answer``: ``whole`` is the row "all" of ``estimate_segments``.

    >>> phrase_answer(pd.Series({"low": -5.0, "high": 9.0})).split(". ")[1]
    'Whether a coupon to all lapsed customers pays is not known yet: {winback}.'
    """
    said = "Whether a coupon to all lapsed customers pays is not known yet: {winback}."
    if whole["low"] > 0:
        said = "A coupon to all lapsed customers would earn {winback}."
    if whole["high"] < 0:
        said = "A coupon to all lapsed customers would lose money: {winback}."
    if pd.isna(whole["low"]):
        said = "What a coupon to all lapsed customers would bring is not known: too few were tried."
    return (
        "Of new customers {second_order:value} order again; of those active today, {leaving:value} are "
        f"not expected back soon. {said}"
    )


def describe_no_fit(again: float, horizon: int) -> tuple[str, str, Decision]:
    """Title, answer and decision where customers who left cannot be told from those who pause, or too few
    days have passed to have tried it; ``again`` is null before anybody could come back.

    >>> describe_no_fit(0.414, 60)[1]
    '41 % of new customers order again within 60 days. Who has left cannot be told from who pauses.'
    """
    finding = "Who has left cannot be told from who pauses"
    came = (
        "" if pd.isna(again) else f"{100 * again:.0f} % of new customers order again within {horizon} days. "
    )
    return (
        finding,
        f"{came}{finding}.",
        Decision(
            "pay for no win-back yet",
            "Marketing",
            Strength(WAIT, ("nobody is known to have left",)),
            "Their orders so far fit customers who left as well as customers who pause.",
            "There are more orders to tell them by.",
        ),
    )


def explain_ratio(name: str, near_km: float, se: float = 0.0) -> str:
    """The note of the headline ``opening`` or ``acquired``; a null ``se``: the ratio is not known."""
    if pd.isna(se):
        return "The orders of these customers do not tell"
    if name == "opening":
        return f"Within {near_km:g} km of the store of the first order; 1 is no difference"
    return "All else equal; 1 is no difference"


def say_opening(ratio: Estimate, near_km: float) -> str:
    """What goes with a sister store nearby, as a point; empty where that is not known.

    >>> say_opening(Estimate(0.85, 0.8, 0.9, level=0.9), 1.0)
    'Customers are 15 % less likely to leave where a sister store has opened within 1 km.'
    """
    if ratio.value is None or ratio.low is None or ratio.high is None or ratio.low <= 1 <= ratio.high:
        return ""
    word = "less" if ratio.value < 1 else "more"
    percent = f"{100 * abs(ratio.value - 1):.0f} %"
    return (
        f"Customers are {percent} {word} likely to leave where a sister store has opened within "
        f"{near_km:g} km."
    )


def decide(parts: pd.DataFrame, depth: float, level: float) -> Decision:
    """What marketing should do with the lapsed: ``parts`` are the segments of ``estimate_segments``."""
    good, offer = parts[parts["pays"]], f"coupon of {100 * depth:g} % off"
    if parts["dollars"].isna().all():
        return Decision(
            "send lapsed customers no win-back coupon, but draw some depths by chance",
            "Marketing",
            Strength(WAIT, ("too few coupons of random depth were followed for five weeks",)),
            f"What a {offer} would bring is not known.",
            "Coupons of random depth show what one brings.",
            on={"coupon to lapsed customers": "wait"},
        )
    if good.empty:
        best = parts.dropna(subset="low").sort_values("low").iloc[-1]
        worth = Estimate.of(best.to_dict(), "dollars", level=level)
        # Of nine segments one looks good by chance: what is said to pay has passed the test for all together.
        return Decision(
            "send lapsed customers no new coupon, except in a random test; how to test the win-back coupons "
            "that run stands on the page on campaigns",
            "Marketing",
            weigh(
                worth,
                doubts=["no group pays once all are judged together", "the best of several may be chance"],
            ),
            f"A {offer} is not known to pay in any of {len(parts)} groups. The amount is for the best of "
            f"them, "
            f"{best['segment']}; that for all lapsed customers is in the answer.",
            "Coupons of random depth show what one brings.",
            worth,
            {"coupon to lapsed customers": "wait"},
            WORTH,
            [Trial("a coupon for some, none for others", "paid", "lapsed customers, drawn by chance")],
        )
    worth = add_up([Estimate.of(row, "dollars", level=level) for row in good.to_dict("records")])
    return Decision(
        f"send a {offer} to {good['n'].sum():,} lapsed customers ({'; '.join(good['segment'])}), "
        "and to no others yet",
        "Marketing",
        weigh(worth),
        "It pays there even at the low end.",
        "Coupons of random depth, which go on, show less.",
        worth,
        {"coupon to lapsed customers": "send to some"},
        WORTH,
    )


def title_segments(parts: pd.DataFrame) -> str:
    """The finding of the chart of segments."""
    n = int(parts["pays"].sum())
    if not n:
        return "No group of lapsed customers is known to be worth a coupon"
    return f"{n} of {len(parts)} groups of lapsed customers are worth a coupon even at the low end"


def describe_groups(groups: pd.DataFrame, differ: Any, whole: float, level: float = 0.05) -> str:
    """Which of several groups keeps its customers, if they differ at all.

    ``groups``: ``label``, ``again``; ``differ``: the log-rank test of equal groups (``p_value``).
    """
    if len(groups) < 2 or differ.p_value > level:
        return f"No store is clearly better than another: {100 * whole:.0f} % order again"
    ordered = groups.sort_values("again")
    least, most = ordered.iloc[0], ordered.iloc[-1]
    return (
        f"By store, from {100 * least['again']:.0f} % ({least['label']}) to {100 * most['again']:.0f} % "
        f"({most['label']}) order again"
    )


def describe_order_tests(scored: pd.DataFrame) -> str:
    """How forecasts of orders fared on dates gone by: ``scored`` as from ``score_intervals``."""
    over = scored[scored["came"].notna()]
    if over.empty:
        return "Forecasts of orders have not been tested yet: history is too short"
    off = (over["came"] / over["predicted"] - 1).abs()
    held = over["is_held"].dropna()
    text = (
        f"Earlier forecasts of orders were off by {100 * off.mean():.0f} %, at most {100 * off.max():.0f} %"
    )
    return text + (f"; {int(held.sum())} of {len(held)} intervals held" if len(held) else "")


def describe_registrations(table: pd.DataFrame, as_of: dt.date) -> str:
    """How many come now against the month before last, and how many never order, in a sentence."""
    never = table["n_never"].sum() / max(table["n_registered"].sum(), 1)
    text = f"{100 * never:.0f} % of all who registered have never ordered"
    if len(table) < 3:
        return text + "."
    now, before = table["a_day"].iloc[-1], table["a_day"].iloc[-3]
    return (
        f"{now:,.0f} people a day registered in {as_of:%B}, after {before:,.0f} in "
        f"{table['month'].iloc[-3]:%B}; {text}."
    )


def describe_later(later: Mapping[str, float]) -> str:
    """Whether those whom a coupon brought stayed: ``later`` as from ``win_back.compare_later``.

    >>> describe_later({"value": -0.004, "low": -0.008, "high": -0.001})
    'Coupons moved orders forward: fewer were placed in the four weeks after'
    """
    if pd.isna(later["low"]):
        return "Too few coupons of random depth were followed"
    if later["high"] < 0:
        return "Coupons moved orders forward: fewer were placed in the four weeks after"
    if later["low"] > 0:
        return "Those whom a coupon brought went on to order more"
    return "Those whom a coupon brought are not known to have ordered on"


def list_limits(recency: pd.DataFrame, rate: float) -> list[str]:
    """What a reader must know of the answer; ``recency`` as from ``aggregate_recency``, ``rate`` the margin
    of the claim."""
    gone_long = recency.iloc[-1]
    once = gone_long["n_once"] / max(gone_long["n_customers"], 1)
    return [
        "What a coupon brings is measured against a notice without a discount, for one week of the "
        "program and "
        "two categories; what the notice itself does, a push or a mail would do, is not known.",
        "A coupon is judged by the five weeks that begin with its own. What it may bring after them is not "
        "counted, since an order bought with a coupon need not tell of orders to come as others do. The page "
        "on the next action counts the coupon's category alone, and customers silent for 31 days or more; "
        "here it is all they buy, from 60 days on.",
        f"The claim that is taken apart below takes such an order for any other, at a margin of "
        f"{100 * rate:.0f} % of what is paid for items, before rent and wages: it is an upper bound.",
        f"{100 * gone_long['share']:.1f} % of all customers have been silent for 91 days or more, "
        f"{100 * once:.0f} % of them after a single order. That share is the age of the customer base: it "
        f"rises "
        "as fewer new customers arrive, even when nobody behaves differently.",
        "Ratios compare customers; they are not effects. Stores open where and when demand grows, and "
        "whoever "
        "comes by a coupon may differ from others in more than the coupon.",
        "The models know no season, no store opening and no change of prices; a customer who pauses for a "
        "holiday looks lost. What that did to forecasts of up to 90 days is in their intervals; a year could "
        "not be tested.",
    ]
