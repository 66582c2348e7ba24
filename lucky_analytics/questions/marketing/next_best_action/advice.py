"""Which policy to propose, if any, and how strongly; and what would settle what is not known."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.formats import format_estimate, format_value, join_names
from lucky_analytics.methods.policies.trial_size import find_more
from lucky_analytics.models.coupon_withdrawals import name_coupon, name_depths
from lucky_analytics.models.drawn_coupons.coded_coupons import PER
from lucky_analytics.models.drawn_coupons.figures import RULE, UNIT
from lucky_analytics.models.drawn_coupons.waiting import wait_for_draw, wait_for_weeks
from lucky_analytics.proposed_trials import Trial
from lucky_analytics.questions.marketing.next_best_action.policies import Judged
from lucky_analytics.questions.marketing.next_best_action.policy_choices import BY_CATEGORY, BY_ONE, DRAW

__all__ = [
    "NOTHING_DRAWN",
    "NOTHING_FOLLOWED",
    "UNIT",
    "count_weeks",
    "decide",
    "find_proposed",
    "list_depths",
]

WHO = "Marketing"
LONGEST = 26  # weeks of drawing at random that anybody would wait for
_UNCLEAR = "no other way is known to beat today's rule and no discount"
_SETTLE = "Coupons of random depth, over more weeks or customers, show a way that beats both."

NOTHING_DRAWN = (
    "Which action suits whom cannot be said",
    "Which action suits whom cannot be said: depths, nothing off among them, were never left to chance. What "
    "a rule gave says who got it, not what it did.",
    wait_for_draw("What a rule gives compares customers, not actions."),
)
NOTHING_FOLLOWED = (
    "It is too early to say which action suits whom",
    "It is too early to say which action suits whom: no coupon of random depth has been followed for the "
    "four weeks in which what it pulled forward is missing, or too few customers have one who "
    "bought.",
    wait_for_weeks(),
)


def find_proposed(judged: Judged, least: float) -> str | None:
    """The policy to propose, None where there is none: the highest gain of those that surely earn more than
    today's rule and than nothing off, and ``least`` more than today's (dollars a week for 100 customers)."""
    table = judged.table
    is_clear = table["is_offer"] & (table["gain_low"] > 0) & (table["over_low"] > 0)
    sure = table[is_clear & (table["gain"] >= least)]
    return None if sure.empty else str(sure["policy"].iloc[int(sure["gain"].to_numpy().argmax())])


def list_depths(judged: Judged, policy: str) -> pd.DataFrame:
    """``segment``, ``category`` (empty: all), ``depth`` (null: as today) of a policy, for use."""
    learnt = judged.groups[judged.groups["policy"] == (BY_CATEGORY if policy == BY_ONE else policy)]
    if len(learnt):
        return learnt[["segment", "category", "depth"]].reset_index(drop=True)
    depth = judged.row(policy)["depth"]
    return pd.DataFrame({"segment": ["all"], "category": [""], "depth": [depth]})


def count_weeks(judged: Judged, weekly: Mapping[str, float], least: float) -> dict[str, float]:
    """What it takes to see a gain of ``least`` with a chance of 80 %: ``customer_weeks`` more, ``weeks`` of
    them at today's number of random coupons, ``weeks_all`` if every customer who ever ordered had them."""
    if judged.best not in set(judged.table.loc[judged.table["is_offer"], "policy"]):
        return {"customer_weeks": math.nan, "weeks": math.nan, "weeks_all": math.nan}
    more = find_more(judged.row(judged.best)["se"], least, judged.quantile)
    need = (more - 1) * judged.n_units
    return {
        "customer_weeks": need,
        "weeks": need / weekly["drawn"] if weekly["drawn"] else math.nan,
        "weeks_all": need / weekly["ordered"] if weekly["ordered"] else math.nan,
    }


def decide(
    judged: Judged,
    proposed: str | None,
    weekly: Mapping[str, float],
    least: float,
    level: float,
    as_of: dt.date,
    withdrawn: Sequence[float] = (),
) -> Decision:
    """``proposed``: ``find_proposed``; ``weekly``: ``exposures.count_weekly``; ``withdrawn``: depths that the
    page on prices withdraws, which stands whatever is said here."""
    if proposed is None:
        return _wait(judged, weekly, least, level, withdrawn)
    made = list_depths(judged, proposed)
    gain = judged.estimate(proposed, "gain", level)
    worth = gain.times(weekly["a_month"] / PER)
    row = judged.row(proposed)
    doubts = ["over all categories it takes margin"] if row["basket_gain_high"] < 0 else []
    start = as_of + dt.timedelta(days=7 - as_of.weekday())
    return Decision(
        f"from {start:%-d %b}, {_say_depths(proposed, made)}; keep a tenth of customers at random depths",
        WHO,
        weigh(worth, doubts=doubts),
        "It earns more than today's rule and than no discount, the four weeks after included, by "
        "customers from whom it was not learnt.",
        "The tenth that stays at random shows no gain any more.",
        worth,
        {name_coupon(depth): "give" for depth in sorted(set(made["depth"].dropna())) if depth > 0}
        | {RULE: "change"},
    )


def _wait(
    judged: Judged, weekly: Mapping[str, float], least: float, level: float, withdrawn: Sequence[float]
) -> Decision:
    weeks = count_weeks(judged, weekly, least)["weeks_all"]
    shown = format_value(least, UNIT)
    change = "keep today's coupon rule for now"
    if len(withdrawn):
        change = f"withdraw {name_depths(withdrawn)}, as the page on prices says; beside it {change}"
    trials: list[Trial] = []
    if math.isnan(weeks):
        action = f"{change}; go on drawing discounts at random"
    elif weeks <= LONGEST:
        many = max(1, math.ceil(weeks))
        of = f"{many} week{'s' if many > 1 else ''}"
        action = f"{change}; to find a better one, draw discounts at random for every customer for {of}"
        trials = [
            Trial("discounts drawn at random", "paid", "every customer with weekly coupons", None, many)
        ]
    else:
        action = f"{change}; test an action that was never tried before tuning discounts further"
    month = format_value(least * weekly["a_month"] / PER, "USD a month")
    because = f"A way that earns {shown} more, {month} in all, would then show"
    because += f"{_say_cost(judged, weekly, weeks, level)}."
    if weeks > LONGEST:
        because = f"With every customer drawn, a way that earns {shown} more takes {weeks:.0f} weeks to show."
    doubts = [_UNCLEAR, "the best is picked from several"]
    on = {name_coupon(depth): "withdraw" for depth in withdrawn} | {RULE: "keep"}
    return Decision(action, WHO, weigh(None, doubts=doubts), because, _SETTLE, on=on, trials=trials)


def _say_cost(judged: Judged, weekly: Mapping[str, float], weeks: float, level: float) -> str:
    """What so many weeks of drawing for every customer cost against today's rule; empty where not known."""
    draw = judged.estimate(DRAW, "gain", level)
    if math.isnan(weeks) or draw.value is None:
        return ""
    cost = draw.times(-weekly["ordered"] / PER * max(1, math.ceil(weeks)))
    said = format_estimate(cost.value, cost.low, cost.high, "USD")
    return f"; until then the draw costs {said} against today's rule"


def _say_depths(policy: str, made: pd.DataFrame) -> str:
    if made["category"].any():
        return "give the depths of the table by group and category" + (
            ", one offer a week" if policy == BY_ONE else ""
        )
    by_depth: dict[str, list[str]] = {}
    for row in made.to_dict("records"):
        by_depth.setdefault(_say_depth(row["depth"]), []).append(str(row["segment"]))
    return "give " + join_names(f"{depth} to {join_names(who)} customers" for depth, who in by_depth.items())


def _say_depth(depth: Any) -> str:
    if pd.isna(depth):
        return "what today's rule gives"
    return f"{100 * depth:.0f} % off" if depth > 0 else "no discount"
