"""Sentences of the churn page, none stronger than the interval behind it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from lucky_analytics.decisions import Decision, add_up, weigh
from lucky_analytics.estimate import Estimate

__all__ = [
    "decide",
    "describe_groups",
    "describe_order_tests",
    "describe_registrations",
    "describe_win_back",
    "title_segments",
]


def describe_win_back(whole: pd.Series, depth: float) -> str:
    """What a coupon to all lapsed customers would do, for the answer: ``whole`` is the row "all" of
    ``estimate_segments``.

    >>> describe_win_back(pd.Series({"low": -5.0, "high": 9.0}), 0.5)
    'Whether a coupon of 50 % off to all lapsed customers pays is not known yet: {winback}.'
    """
    what = f"a coupon of {100 * depth:g} % off to all lapsed customers"
    if whole["low"] > 0:
        return f"A{what[1:]} would earn {{winback}}."
    if whole["high"] < 0:
        return f"A{what[1:]} would lose money: {{winback}}."
    return f"Whether {what} pays is not known yet: {{winback}}."


def decide(parts: pd.DataFrame, depth: float, level: float) -> Decision:
    """What marketing should do with the lapsed: ``parts`` are the segments of ``estimate_segments``."""
    good, offer = parts[parts["pays"]], f"coupon of {100 * depth:g} % off"
    if good.empty:
        best = parts.sort_values("low").iloc[-1]
        worth = Estimate.of(best.to_dict(), "dollars", level=level)
        # Of nine segments one looks good by chance: what is said to pay has passed the test for all together.
        return Decision(
            "send lapsed customers no win-back coupon; go on drawing some depths by chance",
            "Marketing",
            weigh(worth, doubts=["no segment pays once all are judged together", "chance picks one of many"]),
            f"A {offer} is not known yet to pay in any segment.",
            "Coupons of random depth show what one brings.",
            worth,
            {"coupon to lapsed customers": "wait"},
            "USD a year",
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
        "USD a year",
    )


def title_segments(parts: pd.DataFrame) -> str:
    """The finding of the chart of segments."""
    n = int(parts["pays"].sum())
    if not n:
        return "No segment is known to pay for a contact"
    return f"{n} of {len(parts)} segments pay for a contact even at the low end"


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
