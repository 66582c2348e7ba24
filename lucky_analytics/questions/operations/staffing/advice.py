"""What operations does about rosters: one decision for page and app alike."""

from __future__ import annotations

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate
from lucky_analytics.questions.operations.staffing.notice import Notice
from lucky_analytics.questions.operations.staffing.past_weeks import Trial
from lucky_analytics.questions.operations.staffing.texts import LEAST_GAIN, OWNER

__all__ = ["decide"]

_UNMEASURED = (
    "nobody timed how long an order keeps hands busy, and no table shows that more people shorten making"
)
_TIMED = "nobody timed how long an order keeps hands busy"
LEAST_RELIEF = -0.02  # a share of making time: a smaller change is none that a customer notices


def decide(trial: Trial, relief: Estimate, notice: Notice, *, cost: float, where: str = "") -> Decision:
    """A trial of the plan's shifts, or nothing. ``cost``: dollars a week more than today's rosters.

    Its worth is in orders that are begun in time: no table says what an order that waits costs. That another
    person has not been seen to shorten making is a doubt, because then nobody need wait less; so is a gain
    that does not hold for rosters told 14 days ahead.
    """
    gain = trial.gain
    of = f"at {where}" if where else "in two stores"
    doubt = _TIMED if relief.high is not None and relief.high < LEAST_RELIEF else _UNMEASURED
    is_sure = notice.gain.low is not None and notice.gain.low >= LEAST_GAIN
    unsure = [] if is_sure else ["told 14 days ahead, the same is not sure"]
    shown = "" if gain.value is None else format_estimate(gain.value, gain.low, gain.high, "orders a week")
    change = (
        "Orders that are timed by hand keep hands busy for another time, "
        "or the trial stores do not become quicker."
    )
    if gain.value is not None and gain.value < LEAST_GAIN:
        return Decision(
            "keep the rosters as they are",
            OWNER,
            idle("rosters follow demand"),
            "Plans of past weeks would have served no more orders in time.",
            change,
        )
    action = f"try the plan's shifts for four weeks {of}, told 14 days ahead, and time 100 orders by hand"
    if not is_sure:
        action = f"time 100 orders by hand {of} before shifts move: a fortnight's notice may cost the gain"
    if gain.value is None:
        action = "keep the rosters as they are until more weeks are on record"
        return Decision(
            action,
            OWNER,
            weigh(None, problems=["too few weeks are on record"]),
            "There are fewer than three weeks to try a plan on.",
            change,
        )
    if gain.low is None or gain.low < LEAST_GAIN:
        action = f"time 100 orders by hand {of} before any shift is moved"
        return Decision(
            action,
            OWNER,
            weigh(None, problems=["a plan may serve no more orders in time"]),
            f"Over past weeks: {shown}.",
            change,
        )
    because = f"For no more paid hours, past weeks would have had {shown} fewer late."
    if cost > 0:
        because = f"Past weeks would have had {shown} fewer late."
    return Decision(
        action,
        OWNER,
        weigh(gain, doubts=[doubt, *unsure]),
        because,
        change,
        gain,
        {"times of shifts": "move to the peaks"} if is_sure else {},
        "orders a week",
    )
