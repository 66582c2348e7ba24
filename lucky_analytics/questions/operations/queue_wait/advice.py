"""What operations does about waits, and how strongly the page says so."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.proposed_trials import Trial
from lucky_analytics.questions.operations.queue_wait.texts import OWNER
from lucky_analytics.questions.operations.queue_wait.wait_tickets import name_slot

__all__ = ["best_worth", "decide"]

_DISAGREE = "models of waiting disagree, and worked shifts do not settle it"


def best_worth(cells: pd.DataFrame, level: float, n: int) -> Estimate:
    """The most that one more barista is worth in any half-hour (``views.weigh_cells``).

    The value of the best, with an upper end that holds those of all: one picked of many looks better than it
    is. Null where that of any is not known.
    """
    known = cells.dropna(subset=["worth"])
    if known.empty or len(known) < len(cells):
        return Estimate(None)
    first = known.iloc[0]
    return Estimate(first["worth"], first["worth_low"], float(known["worth_high"].max()), level=level, n=n)


def decide(
    cells: pd.DataFrame, worth: Estimate, break_even: float | None, rule: pd.Series, lost: Estimate
) -> Decision:
    """Add one, add nobody, or find out; the limit on open tickets is answered beside.

    ``cells`` of ``views.weigh_cells``, ``worth`` of ``best_worth``, ``rule``: a row of
    ``throttle.try_rules``.
    """
    limit = _say_limit(rule, lost)
    changes = "A trial shows that waiting loses orders."
    if break_even is not None and break_even > 100:  # no trial can show that more are lost than waited
        changes = (
            "Half-hours become busier: today a minute of wait would have to lose more orders than wait it."
        )
    elif break_even is not None:
        changes = f"A trial shows that a minute of wait loses {break_even:.0f} orders of 100 or more."
    if worth.value is None:
        why = "What one more barista brings cannot be reckoned from this snapshot."
        strength = weigh(None, problems=["a part of what it brings is not known"])
        return Decision("leave crews as they are, and measure on", OWNER, strength, why + limit, changes)
    if worth.high is not None and worth.high < 0:
        why = "In every half-hour of every store its wage is more than the minutes it saves could bring back."
        action = "add nobody to shorten waits, and refuse no orders"
        return Decision(action, OWNER, idle("one more barista pays nowhere"), why + limit, changes)
    best = cells.iloc[0]
    where = f"at {best['store']} from {name_slot(int(best['slot']))} on weekdays"
    if worth.low is not None and worth.low > 0:
        why = "By models and shifts alike the orders that shorter waits bring are worth more than the wage."
        return Decision(
            f"put one more barista {where}", OWNER, weigh(worth, doubts=[_DISAGREE]), why + limit,
            "Waits there do not become shorter.", worth,
        )  # fmt: skip
    why = "Neither the minutes that it saves nor the orders that a minute loses are known well enough."
    action = f"try one more barista {where}, on days drawn by chance, before adding any"
    return Decision(action, OWNER, weigh(worth, problems=[_DISAGREE]), why + limit, changes, worth,
                    trials=[Trial("one more barista", "crew", f"days drawn by chance {where}")])  # fmt: skip


def _say_limit(rule: pd.Series, lost: Estimate) -> str:
    if rule["refused"] == 0:
        return ""
    refused = format_value(round(rule["refused"]), "orders a week")
    said = f" A limit of {int(rule['most_open'])} open tickets would refuse {refused}"
    if lost.value is None or lost.holds(0):
        return f"{said} to shorten the others' wait, which is not known to win any."
    return f"{said}."
