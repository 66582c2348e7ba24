"""What operations does about rosters: one decision for page and app alike."""

from __future__ import annotations

from collections.abc import Sequence

from lucky_analytics.decisions import Decision, idle, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate
from lucky_analytics.proposed_trials import Trial as Proposal
from lucky_analytics.questions.operations.staffing.notice import Notice
from lucky_analytics.questions.operations.staffing.past_weeks import Trial
from lucky_analytics.questions.operations.staffing.texts import LEAST_GAIN, OWNER, is_seen

__all__ = ["decide"]

_UNMEASURED = (
    "nobody timed how long an order keeps hands busy, and no table shows that more people shorten making"
)
_TIMED = "nobody timed how long an order keeps hands busy"


def decide(
    trial: Trial,
    relief: Estimate,
    notice: Notice,
    *,
    cost: float,
    where: str = "",
    missed: Sequence[str] = (),
) -> Decision:
    """A trial of the plan's shifts, or nothing. ``cost``: dollars a week more than today's rosters.

    Its worth is in orders that are begun in time: no table says what an order that waits costs. Where no
    other person was seen to shorten making, only a formula speaks for other shifts: orders are timed first.
    A gain that does not hold for rosters told 14 days ahead is a doubt. ``missed``: where nobody of the store
    can do what the plan needs (``Found.missed``): then its shifts cannot be worked as printed.
    """
    gain = trial.gain
    of = f"at {where}" if where else "in two stores"
    has_proof = is_seen(relief)
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
    unworkable = _say_missed(missed)
    action = f"try the plan's shifts for four weeks {of}, told 14 days ahead, and time 100 orders by hand"
    if not is_sure:
        action = f"time 100 orders by hand {of} before shifts move: a fortnight's notice may cost the gain"
    if not has_proof:
        action = f"time 100 orders by hand {of} before any shift moves: only a formula speaks for it"
    if unworkable:
        action = f"time 100 orders by hand {of}, and teach who opens and closes, before any shift moves"
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
    is_trial = is_sure and has_proof and not missed
    doubts = [_TIMED] if has_proof else []
    because = (
        f"By the formula past weeks would have had {shown} fewer late, for no more paid hours.{unworkable}"
    )
    if cost > 0:
        because = f"By the formula past weeks would have had {shown} fewer late.{unworkable}"
    return Decision(
        action,
        OWNER,
        weigh(
            gain,
            doubts=[*doubts, *unsure, *(["the plan cannot be worked as printed"] if missed else [])],
            problems=[] if has_proof else [_UNMEASURED],
        ),
        because,
        change,
        gain,
        {"times of shifts": "move to the peaks"} if is_trial else {},
        "orders a week",
        [Proposal("shifts at the peaks", "crew", where or "two stores", None, 4)] if is_trial else [],
    )


def _say_missed(missed: Sequence[str]) -> str:
    """Why the plan cannot be worked as printed; empty where it can.

    >>> _say_missed(["21st & 3rd: nobody can open", "54th & 8th: can open on Monday"])
    ' As printed it cannot be worked: 21st & 3rd: nobody can open; 54th & 8th: can open on Monday.'
    """
    if not missed:
        return ""
    more = f" and {len(missed) - 2} more" if len(missed) > 2 else ""
    return f" As printed it cannot be worked: {'; '.join(missed[:2])}{more}."
