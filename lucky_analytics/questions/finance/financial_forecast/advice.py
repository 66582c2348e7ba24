"""What finance does with the forecast, and how strongly the page says so."""

from __future__ import annotations

from lucky_analytics.decisions import Decision, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value, join_names
from lucky_analytics.questions.finance.financial_forecast.cash import Stated
from lucky_analytics.questions.finance.financial_forecast.scenarios import Scenario
from lucky_analytics.questions.finance.financial_forecast.steps import Drivers
from lucky_analytics.questions.finance.financial_forecast.texts import OWNER, say_sign

__all__ = ["decide"]

_BECAUSE = {
    -1: "An opening costs before it earns, and takes from stores around it; what it earns later is on the "
    "page of sites.",
    1: "New stores leave more than their opening and what they take from ours, within these months.",
    0: "What openings add and what they cost within these months cannot be told apart.",
}


def decide(
    drivers: Drivers, stated: Stated, result: Estimate, opening: Estimate, need: Estimate, plan: Scenario
) -> Decision:
    """``result``: left a month with no opening; ``opening``: what openings add to it a month (null: none was
    asked for); ``need``: the deepest that cash falls if they go on; ``plan``: how they go on.

    The worth is what the advice brings a month within the months ahead: where openings cost, what it saves
    not to rush them.
    """
    low = result.low or 0.0
    what = "a loss of" if low < 0 else "no more than"
    lacking = join_names(stated.lacking)
    steps = [f"budget today's stores for {what} {format_value(abs(low), 'USD')} a month, the low end"]
    doubts = [f"{lacking} are in no table"] if lacking else []
    beyond = (
        f"{drivers.ahead.n_whole} months ahead are longer than what was seen" if drivers.is_beyond else ""
    )
    worth, because, until = (
        None,
        "Of the futures drawn from what was seen, few end below it.",
        "A year has passed.",
    )
    if opening.value is not None:
        sign = say_sign(opening)
        pace = {
            -1: f"open no faster than cash allows: this pace needs up to {format_value(need.high, 'USD')}",
            1: "plan the openings, lease by lease",
            0: "commit to no pace of openings",
        }
        steps.append(pace[sign])
        doubts.append("the build-out is assumed")
        if drivers.crowds(plan):
            doubts.append("so many openings crowd our stores more than was ever seen")
        worth = opening.times(-1) if sign < 0 else opening
        because, until = (
            _BECAUSE[sign],
            "Cash and head office are given, or new stores stand further from ours.",
        )
    steps += [f"get {lacking}"] if lacking else []
    strength = weigh(worth, gain=drivers.tested.gain, is_outside=beyond or False, doubts=doubts)
    unit = "USD avoided a month" if worth is not None and opening.value != worth.value else "USD a month"
    return Decision("; ".join(steps), OWNER, strength, because, until, worth, worth_unit=unit)
