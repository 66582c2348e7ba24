"""What the product team does about launches: goods for who is in a first month, or nothing."""

from __future__ import annotations

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.questions.product.launch_predictor.launch_months import Foretold, estimate_error
from lucky_analytics.questions.product.launch_predictor.launches import MONTH
from lucky_analytics.questions.product.launch_predictor.texts import OWNER

__all__ = ["decide"]

_TOO_LATE = 7  # days that are left, below which goods are ordered already
_CHANGE = "The next launches come outside their ranges more often than one in ten."


def decide(found: Foretold, gain: Estimate) -> Decision:
    """Goods by the forecast for launches with a week or more of their month left; ``gain`` of
    ``launch_months.estimate_gain`` keeps it from being advised where simple rules are as good."""
    open_ = found.ahead[found.ahead["age"] <= MONTH - _TOO_LATE]
    better = "No launch can be held against a rule yet."
    if not found.past.empty:
        own, *rules = (estimate_error(found.past, of).value for of in ("off", "off_naive", "off_kind"))
        own_off, rule_off = format_value(own, "share"), format_value(min(map(float, rules)), "share")  # type: ignore[arg-type]
        better = f"Past forecasts missed by {own_off}, the better of two simple rules by {rule_off}."
    if open_.empty:
        why = "no launch has a week of its first month left"
        is_better = gain.low is not None and gain.low > 0
        action = "forecast the next launch on its third day, and order its goods by that"
        action = action if is_better else "order goods for the next launch week by week, as it sells"
        return Decision(action, OWNER, idle(why), better, "The next product is launched.")
    strength = weigh(None, gain=gain)
    if gain.low is None or gain.low <= 0:
        action = "order goods for the new products week by week, not by a forecast of the month"
        return Decision(action, OWNER, strength, better, _CHANGE)
    top = open_.iloc[0]
    about = format_value(float(f"{top['value']:.2g}"), "units")
    what = f"about {about} of {top['product_name']}"
    action = f"order goods for {what} in its first month, not by continuing its first days"
    if len(open_) > 1:
        what = f"the {len(open_)} new products by the table of forecasts"
        action = f"order goods for {what}, not by continuing their first days"
    return Decision(action, OWNER, strength, better, _CHANGE)
