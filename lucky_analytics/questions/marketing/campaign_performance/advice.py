"""What to do with coupons: only what was drawn at random decides, for the rest the test that would tell."""

from __future__ import annotations

import datetime as dt
import math

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength, weigh
from lucky_analytics.formats import format_value, join_names
from lucky_analytics.models.coupon_withdrawals import name_coupon, name_depths
from lucky_analytics.proposed_trials import COUPON_TRIAL, Trial, plan_slot
from lucky_analytics.questions.marketing.campaign_performance.drawn_depths import (
    Drawn,
    find_clear_depths,
    value_stop,
)
from lucky_analytics.questions.marketing.campaign_performance.left_out_tests import LONGEST, ROUND

__all__ = ["NOTHING_USED", "decide"]

WHO = "Marketing"
_SETTLE = "Customers without a coupon bring in less margin in this test than the others, or clearly no less."

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
    start = plan_slot(COUPON_TRIAL, as_of)[0]
    parts = []
    if withdrawn:
        parts.append(f"withdraw weekly coupons of {name_depths(withdrawn)}, as the page on prices says")
    if stopped:
        parts.append(f"stop weekly coupons of {name_depths(stopped)}, but for a random tenth")
    parts.append(_say_test(trials, start, drawn is not None))
    on = {name_coupon(depth): "withdraw" for depth in sorted({*withdrawn, *stopped})}
    proposed = _propose(trials, start)
    because = _say_why(trials, test_gain)
    if drawn and stopped:
        worth = value_stop(drawn, stopped, level)
        because = (
            f"With {name_depths(stopped)} customers brought in less margin than with no discount. {because}"
        )
        return Decision("; ".join(parts), WHO, weigh(worth), because, _SETTLE, worth, on, trials=proposed)
    doubts = [
        "no size of weekly coupon is known to earn or lose money"
        if drawn
        else "too little was drawn at random"
    ]
    if drawn and any(find_clear_depths(drawn.effects, least)):
        doubts = ["what was drawn is the weekly program alone"]
    doubts.append("coupons of other campaigns were never drawn by chance")
    return Decision(
        "; ".join(parts), WHO, weigh(None, doubts=doubts), because, _SETTLE, on=on, trials=proposed
    )


def _propose(trials: pd.DataFrame, start: dt.date) -> list[Trial]:
    """The test that ``_say_test`` names, for the portal's calendar of trials."""
    short = trials[trials["weeks"] <= LONGEST]
    who = "a random tenth of the customers of each campaign"
    return [] if short.empty else [Trial(COUPON_TRIAL, "paid", who, start, _weeks(short))]


def _say_test(trials: pd.DataFrame, start: dt.date, is_drawn: bool) -> str:
    short = trials[trials["weeks"] <= LONGEST]
    if short.empty:
        if is_drawn:
            return "go on drawing the discounts of weekly coupons at random"
        return "draw the discounts of weekly coupons at random, with some customers getting none"
    weeks = _weeks(short)
    whom = join_names(short["campaign"].tolist())
    return (
        f"keep other coupons as they are until they are tested: from {start:%-d %b}, give a random "
        f"tenth of the customers of each campaign ({whom}) no coupon for {weeks} weeks"
    )


def _say_why(trials: pd.DataFrame, gain: float) -> str:
    short = trials[trials["weeks"] <= LONGEST]
    if short.empty:
        return "No other campaign has enough customers for a test of a tenth to tell within half a year."
    longer = _weeks(short) / short["weeks"]  # all are left out for as long as the slowest needs
    lost, saved = (
        format_value(float((short[name] * longer).sum()), "USD") for name in ("most_lost", "saved")
    )
    each = int(short["n_out"].min())
    often = "" if _weeks(short) == ROUND else ", drawn anew every five weeks,"
    out = "or more customers of each" if len(short) > 1 else "customers"
    return (
        f"At worst the test costs {lost} of margin, if no order with a coupon comes; at best it saves "
        f"{saved}, if all come at the full price. {each:,} {out} without a coupon{often} are enough to "
        f"show a difference of {format_value(gain, 'USD')} a customer in five weeks."
    )


def _weeks(trials: pd.DataFrame) -> int:
    return math.ceil(trials["weeks"].max())
