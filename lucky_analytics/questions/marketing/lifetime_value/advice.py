"""What marketing is advised to pay for a new customer, no stronger than what a year may bring."""

from __future__ import annotations

from lucky_analytics.decisions import WAIT, Decision, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.marketing.lifetime_value.texts import money

__all__ = ["decide"]

_TOO_MUCH = "USD more than each new customer brings"
_LOW_END = "is the low end of what a new customer brings in on average in the first year, rounded down"
_NO_YEAR = "no customer has been here for a year"


def decide(new: Estimate, cap: float, gain: Estimate, cost: dict[str, float] | None, period: int) -> Decision:
    """What a new customer may cost: ``new`` is what one leaves in a year (dollars), ``cap`` from
    ``find_cap``, ``gain`` how much better than the naive rule customers were foretold, ``cost`` what
    marketing bills for a new one now. At or below the cap its worth is what is left of a new customer at
    today's cost (at the cap where that is not known), above it what a new customer costs beyond what one
    brings: from the low end of a year to its expectation, whether one does is not known."""
    now, unit = cost["value"] if cost else None, "USD left of each new customer"
    worth: Estimate | None
    if not cap > 0:
        action, worth = "pay for no new customers until more is known of what they bring in", None
        because = "At the low end a new customer brings in nothing in a year."
    elif now is None:
        action, worth = f"pay at most {money(cap)} for a new customer", new.plus(-cap)
        because, unit = f"That {_LOW_END}. What one costs now is not known.", "USD left of each at that cost"
    elif now <= cap:
        action, worth = (
            f"go on at today's {money(now)} for each new customer; the most that pays before wages and rent "
            f"is {money(cap)}",
            new.plus(-now),
        )
        because = f"{money(cap)} {_LOW_END}. {_say_spread(now)}"
    else:
        action, unit = f"bring down marketing's bills to {money(cap)} for each new customer", _TOO_MUCH
        worth = new.times(-1.0).plus(now)
        because = f"{money(cap)} {_LOW_END}. {_say_spread(now)}"
    strength = weigh(worth, gain=gain, doubts=(_NO_YEAR,))
    if now is not None and now > cap > 0 and strength.word == WAIT:
        action = f"spend no more than today's {money(now)} on each new customer until more is known"
    stance = "cap" if cap > 0 and strength.word != WAIT else "wait"
    return Decision(
        action,
        "Marketing",
        strength,
        because,
        f"A year of orders is there, not the {period} days that could be tested; or new customers come "
        "another way.",
        worth,
        {"cost of a new customer": stance},
        unit,
    )


def _say_spread(now: float) -> str:
    return f"Now they are {money(now)} for each who came, those who would have come anyway among them."
