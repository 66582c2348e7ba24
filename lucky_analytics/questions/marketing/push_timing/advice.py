"""What to do about hours and frequency, and how strongly; and what ends the page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from lucky_analytics.decisions import WAIT, Decision, Strength, weigh
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.proposed_trials import Trial as Proposal
from lucky_analytics.questions.marketing.push_timing.push_test import GAIN_WEEKS, GROUPS, PER, TestPlan
from lucky_analytics.questions.marketing.push_timing.push_trial import Trial
from lucky_analytics.questions.marketing.push_timing.reach import LAST_DAYS

__all__ = ["NOTHING_OPENED", "NOTHING_SENT", "UNIT", "decide"]

WHO = "Marketing"
UNIT = f"USD a month for {PER} customers"
_NO_CHANCE = "no send was ever left to chance"
_TOO_COARSE = "pushes bring in less, by the orders after them, than the test can show"
_TEST = "The test shows a gain."

NOTHING_SENT = (
    "When to notify whom cannot be said: nothing was sent",
    "When to notify whom cannot be said: no notification was delivered to anybody who is registered, by "
    "the end of the data.",
    Decision(
        "ask again when notifications were sent for four weeks",
        WHO,
        Strength(WAIT, ("nothing was sent",)),
        "Nothing was sent.",
        "Notifications are in the data.",
    ),
)
NOTHING_OPENED = (
    "When to notify whom cannot be said: hardly any, or nearly all, were opened",
    "When to notify whom cannot be said: too few notifications to customers who got several were opened, or "
    "too few were not, to compare any.",
    Decision(
        "have openings recorded, and ask again after four weeks of sends",
        WHO,
        Strength(WAIT, ("hardly any, or nearly all, were opened",)),
        "Where all are alike hours cannot be compared.",
        "Openings of some and not of others are in the data.",
    ),
)


def decide(plan: TestPlan, trial: Trial | None, gain: float, n_reachable: int, as_of: dt.date) -> Decision:
    """To send as a test showed, or to run the test that nothing in the log can take the place of. ``gain``:
    dollars a customer in ``GAIN_WEEKS`` from which another way is worth it."""
    if trial is not None and (best := trial.find_best(gain)):
        return _follow(trial, best, n_reachable, as_of)
    if plan.a_month is None:
        return Decision(
            "change no hour; find out who can be notified and what orders leave before any test",
            WHO,
            weigh(None, doubts=(_NO_CHANCE,)),
            "How small a gain a test shows cannot be said.",
            "Who can be notified, and what their orders leave, are in the data.",
        )
    if not plan.n_lately:
        return Decision(
            "begin no test; say first whether and what is to be sent again",
            WHO,
            weigh(None, doubts=("nothing was sent lately",)),
            f"Nobody who can be notified got one in the last {LAST_DAYS} days: today's ways send nothing.",
            "Notifications were sent again for four weeks.",
        )
    doubt = _NO_CHANCE if trial is None else _say_doubt(trial)
    strength = weigh(None, doubts=(doubt, _TOO_COARSE) if plan.is_too_coarse else (doubt,))
    if not plan.is_enough:
        need = plan.sizes["needed"].iloc[-1]
        return Decision(
            "change no hour, and begin no test with so few customers",
            WHO,
            strength,
            f"Even {plan.weeks} weeks would show only a gain from {format_value(plan.a_month, UNIT)} on.",
            f"{need:,.0f} customers for each of {len(GROUPS)} groups can be notified.",
        )
    if plan.is_too_coarse:
        return Decision(
            "change no hour, and begin no test of pushes: it could not show as little as they bring",
            WHO,
            strength,
            f"It shows gains from {format_value(plan.a_month, UNIT)} on; by the orders after them pushes "
            f"bring {format_value(plan.most_a_month, UNIT)} at most. The log shows no gain, because {doubt}.",
            "Pushes are followed by more orders, or more customers can be notified.",
        )
    ways = ", ".join(list(GROUPS)[1:])
    who = f"{len(GROUPS)} groups of {plan.n_group:,} customers"
    return Decision(
        f"change no hour yet; to know better, for {plan.weeks} weeks draw at random who gets what: as "
        f"today, {ways}, {plan.n_group:,} customers each",
        WHO,
        strength,
        f"A gain of {format_value(plan.a_month, UNIT)} would then show; the log shows none, because {doubt}.",
        _TEST,
        trials=[Proposal("how many pushes, and when", "told", who, None, plan.weeks)],
    )


def _say_doubt(trial: Trial) -> str:
    if not trial.is_even:
        return "the test's branches are out of their planned ratio"
    return "the test shows no branch that brings more"


def _follow(trial: Trial, row: dict[str, Any], n_reachable: int, as_of: dt.date) -> Decision:
    """All who can be notified are, as the branch of ``row``."""
    gain = Estimate.of(row, "gain", level=trial.level, n=int(row["n"]))
    worth = gain.times(n_reachable * WEEKS_A_MONTH / GAIN_WEEKS)
    start = as_of + dt.timedelta(days=7 - as_of.weekday())
    reference = trial.table["branch"].iloc[0]
    return Decision(
        f"from {start:%-d %b}, notify all {n_reachable:,} reachable customers as the branch "
        f"{row['branch']!r}; keep a tenth as {reference!r}",
        WHO,
        weigh(worth),
        f"Customers drawn into it brought in more in {GAIN_WEEKS} weeks than those of {reference!r}.",
        "The tenth that stays shows no gain any more.",
        worth,
    )
