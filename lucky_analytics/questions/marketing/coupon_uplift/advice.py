"""Whether to choose depths by what is predicted of each customer, how strongly, and what would settle it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.formats import format_value
from lucky_analytics.methods.policies.trial_size import find_more
from lucky_analytics.models.coupon_withdrawals import name_coupon, name_depths
from lucky_analytics.models.drawn_coupons.coded_coupons import PER
from lucky_analytics.models.drawn_coupons.figures import RULE
from lucky_analytics.models.drawn_coupons.waiting import wait_for_draw, wait_for_weeks
from lucky_analytics.questions.marketing.coupon_uplift.targeting import NOTHING, TARGETED, TODAY, Targeting

__all__ = ["MONEY", "NOTHING_DRAWN", "NOTHING_FOLLOWED", "ORDERS", "count_needed", "decide", "is_proposed"]

WHO = "Marketing"
# Of a week in which each of so many customers has two coupons.
MONEY, ORDERS = "USD per hundred customers", "orders per hundred customers"
_UNCLEAR = "discounts by customer are not known to beat one for all, today's rule and no discount"
_MOST_WEEKS = 520  # beyond which a number of weeks is no plan
_SETTLE = (
    "Coupons of random depth, over more weeks or customers, show that discounts by customer beat all three."
)

NOTHING_DRAWN = (
    "Whose behaviour a coupon changes cannot be said",
    "Whose behaviour a coupon changes cannot be said: depths, nothing off among them, were never left to "
    "chance. Who uses a coupon is no answer: most may have come without it.",
    wait_for_draw("Those who use a coupon are those who buy often, with it or not."),
)
NOTHING_FOLLOWED = (
    "It is too early to say whose behaviour a coupon changes",
    "It is too early to say whose behaviour a coupon changes: no coupon of random depth has been followed "
    "for the four weeks in which what it pulled forward is missing, or too few who have one bought.",
    wait_for_weeks(),
)


def is_proposed(targeting: Targeting, least: float) -> bool:
    """Whether depths by customer surely earn more than nothing off, than today's rule and than every single
    depth for all, and ``least`` more than the best of them (dollars a week for 100 customers)."""
    own, table = targeting.row(TARGETED), targeting.table
    beaten = table[~table["policy"].str.startswith(TARGETED)]
    others = beaten[~beaten["policy"].isin([NOTHING, TODAY])]
    is_clear = own["over_low"] > 0 and own["gain_low"] > 0 and (others["lead_low"] > 0).all()
    return bool(is_clear and (beaten["lead"] >= least).all())


def count_needed(targeting: Targeting, least: float) -> float:
    """Customer-weeks of random depths more until a lead of ``least`` over the best simple way shows, with a
    chance of 80 %; 0 where they are there."""
    if not targeting.se > 0:
        return math.nan
    more = find_more(targeting.se, least, targeting.quantile)
    return (more - 1) * targeting.n_units


def decide(
    targeting: Targeting,
    weekly: Mapping[str, float],
    least: float,
    level: float,
    as_of: dt.date,
    withdrawn: Sequence[float] = (),
) -> Decision:
    """``weekly``: ``exposures.count_weekly``; ``withdrawn``: depths that the page on prices withdraws, which
    stands whatever is said here."""
    if not is_proposed(targeting, least):
        return _wait(targeting, weekly, least, withdrawn)
    worth = targeting.estimate(TARGETED, "gain", level).times(weekly["a_month"] / PER)
    start = as_of + dt.timedelta(days=7 - as_of.weekday())
    depths = [
        float(name.split(" ")[0]) / 100
        for name in targeting.given.columns
        if name.endswith("% off") and (targeting.given[name] > 0).any()
    ]
    return Decision(
        f"from {start:%-d %b}, have the program give each customer the discount predicted to earn most, none "
        "where none pays; keep a tenth at random",
        WHO,
        weigh(worth),
        "It earns more than one discount for all, today's rule and no discount, four weeks after "
        "included, by customers from whom it was not learnt.",
        "The tenth that stays at random shows no lead any more.",
        worth,
        {name_coupon(depth): "give" for depth in depths} | {RULE: "change"},
    )


def _wait(
    targeting: Targeting, weekly: Mapping[str, float], least: float, withdrawn: Sequence[float]
) -> Decision:
    action = (
        "keep today's coupon rule, and choose no discount by customer before the test on the page on the "
        "next action"
    )
    if len(withdrawn):
        action = f"withdraw {name_depths(withdrawn)}, as the page on prices says; beside it {action}"
    need, shown = count_needed(targeting, least), format_value(least, MONEY)
    if math.isnan(need) or not weekly["ordered"]:
        because = "Nothing tells yet what choosing would add."
    elif need > 0:
        weeks = max(1, math.ceil(need / weekly["ordered"]))
        long = f"{weeks} week{'s' if weeks > 1 else ''}" if weeks <= _MOST_WEEKS else "more than ten years"
        because = (
            f"To show a lead of {shown} over the best single discount, that test must last {long}: it "
            "compares two new ways, while that page compares a new way with today's rule."
        )
    else:
        because = f"A lead of {shown} over the best single discount would have shown."
    on = {name_coupon(depth): "withdraw" for depth in withdrawn} | {RULE: "keep"}
    return Decision(action, WHO, weigh(None, doubts=[_UNCLEAR]), because, _SETTLE, on=on)
