"""What to do with coupons: only what was drawn at random decides, for the rest the test that would tell."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, weigh
from lucky_analytics.formats import format_value
from lucky_analytics.models.coupon_withdrawals import name_coupon, name_depths
from lucky_analytics.questions.marketing.campaign_performance.drawn_depths import (
    Drawn,
    find_clear_depths,
    value_stop,
)
from lucky_analytics.questions.marketing.campaign_performance.left_out_tests import LONGEST, ROUND

__all__ = ["NOTHING_USED", "decide"]

WHO = "Marketing"
_SETTLE = "A tenth that was left out surely leaves less than the others of its audience, or surely no less."

NOTHING_USED = (
    "No coupon in the tables was used yet",
    "No coupon in the tables was used by this day, or none meets an order of it: nothing can be said of "
    "templates.",
    Decision(
        "ask again when coupons have been used for a week",
        WHO,
        Strength(WAIT, ("no coupon was used yet",)),
        "Nothing was redeemed.",
        "Coupons are used.",
    ),
)


def decide(drawn: Drawn | None, trials: pd.DataFrame, least: float, test_gain: float, level: float,
           as_of: dt.date) -> Decision:  # fmt: skip
    """``least``: dollars a week for 100 customers from which a depth's effect is worth a change;
    ``test_gain``: dollars a customer in five weeks that a test must show; ``trials``: ``plan_trials``."""
    withdrawn = drawn.withdrawn if drawn else []
    losing = find_clear_depths(drawn.effects, least)[1] if drawn else []
    stopped = [depth for depth in losing if depth not in withdrawn]
    start = as_of + dt.timedelta(days=7 - as_of.weekday())
    parts = []
    if withdrawn:
        parts.append(f"withdraw weekly coupons of {name_depths(withdrawn)}, as the page on prices says")
    if stopped:
        parts.append(f"stop weekly coupons of {name_depths(stopped)}, but for a random tenth")
    parts.append(_say_test(trials, start, drawn is not None))
    on = {name_coupon(depth): "withdraw" for depth in sorted({*withdrawn, *stopped})}
    because = _say_why(trials, test_gain)
    if drawn and stopped:
        worth = value_stop(drawn, stopped, level)
        because = f"With {name_depths(stopped)} customers surely left less than with nothing off. {because}"
        return Decision("; ".join(parts), WHO, weigh(worth), because, _SETTLE, worth, on)
    doubts = [
        "no depth of weekly coupons is clear of nothing off in all categories"
        if drawn
        else "too little was drawn at random"
    ]
    if drawn and any(find_clear_depths(drawn.effects, least)):
        doubts = ["what was drawn is the weekly program alone"]
    doubts.append("other campaigns were never left to chance")
    return Decision("; ".join(parts), WHO, weigh(None, doubts=doubts), because, _SETTLE, on=on)


def _say_test(trials: pd.DataFrame, start: dt.date, is_drawn: bool) -> str:
    short = trials[trials["weeks"] <= LONGEST]
    if short.empty:
        if is_drawn:
            return "go on drawing depths of weekly coupons at random"
        return "draw depths of weekly coupons at random, nothing off among them"
    weeks = _weeks(short)
    whom = f"each of {len(short)} other campaigns'" if len(short) > 1 else f"the {short['campaign'].iloc[0]}"
    noun = "audiences" if len(short) > 1 else "audience"
    return f"from {start:%-d %b}, leave a random tenth of {whom} {noun} without its coupons for {weeks} weeks"


def _say_why(trials: pd.DataFrame, gain: float) -> str:
    short = trials[trials["weeks"] <= LONGEST]
    if short.empty:
        return "No other campaign has an audience of which a tenth would tell within half a year."
    longer = _weeks(short) / short["weeks"]  # all are left out for as long as the slowest needs
    lost, saved = (
        format_value(float((short[name] * longer).sum()), "USD") for name in ("most_lost", "saved")
    )
    each = int(short["n_out"].min())
    often = "" if _weeks(short) == ROUND else ", drawn anew every five weeks,"
    out = "customers or more left out of each" if len(short) > 1 else "customers left out"
    who = f"{each:,} {out}{often}"
    return (
        f"{who} then show {format_value(gain, 'USD')} a customer in five weeks. It costs at most {lost} of "
        f"margin, were all their orders with a coupon lost, and brings {saved}, were all to come at the full "
        "price."
    )


def _weeks(trials: pd.DataFrame) -> int:
    return math.ceil(trials["weeks"].max())
