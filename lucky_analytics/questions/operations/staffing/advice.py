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
    "nobody timed how long an order keeps hands busy, and more people were not seen to make orders faster"
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
    can do what the plan needs (``Found.missed``). The plan's shifts are printed only where a trial is
    proposed: what cannot be worked, or rests on a formula alone, is withdrawn.
    """
    gain = trial.gain
    of = f"at {where}" if where else "in two stores"
    has_proof = is_seen(relief)
    is_sure = notice.gain.low is not None and notice.gain.low >= LEAST_GAIN
    unsure = [] if is_sure else ["told 14 days ahead, the same is not sure"]
    shown = "" if gain.value is None else format_estimate(gain.value, gain.low, gain.high, "orders a week")
    change = (
        "Orders timed by hand show how many one person can make in an hour, or the trial stores become no "
        "quicker."
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
        action = f"keep last week's rosters; time 100 orders by hand {of} before any shift moves"
    if unworkable:
        action = f"keep last week's rosters; time 100 orders by hand {of}, and teach people to open and close"
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
        action = f"keep last week's rosters; time 100 orders by hand {of} before any shift moves"
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
    if not has_proof:
        because = f"Only a formula speaks for other shifts, nothing that was measured.{unworkable}"
    return Decision(
        action,
        OWNER,
        weigh(
            gain if has_proof else None,
            doubts=[*doubts, *unsure, *(["nobody can work some of the plan's shifts"] if missed else [])],
            problems=[] if has_proof else [_UNMEASURED],
        ),
        because,
        change,
        gain if has_proof else None,
        {"times of shifts": "move to the peaks"} if is_trial else {},
        "orders a week",
        [Proposal("shifts at the peaks", "crew", where or "two stores", None, 4)] if is_trial else [],
    )


def _say_missed(missed: Sequence[str]) -> str:
    """Who is missing for the plan to be worked; empty where it can be.

    >>> _say_missed(["21st & 3rd: nobody can open", "54th & 8th: can open on Monday"])
    ' Missing for any other roster: 21st & 3rd: nobody can open; 54th & 8th: can open on Monday.'
    """
    if not missed:
        return ""
    more = f" and {len(missed) - 2} more" if len(missed) > 2 else ""
    return f" Missing for any other roster: {'; '.join(missed[:2])}{more}."
