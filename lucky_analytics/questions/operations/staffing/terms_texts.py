"""What the page on staffing says of its own terms: claims held against it, limits, the law, checks."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_change, format_estimate, format_value
from lucky_analytics.questions.operations.staffing.notice_texts import say_availability, say_off
from lucky_analytics.questions.operations.staffing.staffing_prepared import PreparedStaffing
from lucky_analytics.questions.operations.staffing.steps import Found
from lucky_analytics.reference.fair_workweek import FairWorkweek

__all__ = [
    "list_claims",
    "list_limits",
    "note_hands",
    "say_binding",
    "say_breaches",
    "say_on_top",
    "say_target",
    "say_what_if",
]


def say_target(found: Found) -> str:
    """How many hours the target asks for, as a multiple of those that rosters have."""
    if found.target.value is None:
        return "not known"
    return f"{1 + found.target.value:,.1f} times the hours of last week's rosters"


def list_claims(found: Found, prepared: PreparedStaffing, rules: FairWorkweek, bias: float) -> pd.DataFrame:
    """What is said of staffing, and what the tables show: ``claim``, ``found``."""
    same, target = found.trial.saving, found.target
    saved = (
        "not known"
        if same.value is None
        else format_estimate(
            -same.value,
            None if same.high is None else -same.high,
            None if same.low is None else -same.low,
            "share",
        )
    )
    met = format_estimate(target.value, target.low, target.high, "share")
    paid = float(prepared.ahead.paid.sum())
    week = found.cost_today / max(len(prepared.stores), 1)
    people = paid / max(len(prepared.stores), 1) / prepared.rules.straight_hours
    relief = prepared.relief
    eased = (
        "not known"
        if relief.value is None
        else format_estimate(relief.value, relief.low, relief.high, "share")
    )
    rows = [
        (
            "scheduling by data saves 10 to 15 % of labour",
            f"at the same service paid hours change by {saved}; to meet the target everywhere by {met}",
        ),
        (
            "the order forecasts can be used as they are",
            f"they are {format_change(bias)} off what came; the plan corrects each store's",
        ),
        (
            "premiums are due for changes within 72 hours",
            f"that is the rule of shops; fast food has {rules.notice_days} "
            f"days, from {rules.establishments} stores on",
        ),
        (
            "324 employees in 11 stores",
            f"{len(prepared.people)} are employed in the stores shown; others left or are head office",
        ),
        (
            "labour is about $6.1K a store-week, 29 people",
            f"rosters cost {format_value(week, 'USD')} a store-week: {people:.1f} people of "
            f"{prepared.rules.straight_hours:.0f} hours, spread over "
            f"{len(prepared.people) / max(len(prepared.stores), 1):.0f}",
        ),
        (
            "more people at the bar shorten making",
            f"one more, for as many orders, goes with {eased} of making time",
        ),
    ]
    return pd.DataFrame(rows, columns=["claim", "found"])


def list_limits(found: Found, prepared: PreparedStaffing) -> list[str]:
    """What the page cannot know."""
    said = [
        "How long an order keeps a pair of hands busy was never timed. The plan takes a "
        "time half-way between two bounds; every range here runs over both.",
        "Late orders are those that Erlang's formula expects to wait for "
        "hands. Nobody recorded who waited for whom.",
        say_availability(prepared.people),
        "Order forecasts reach seven days. Shifts told a fortnight ahead rest on the same "
        f"weekdays of the last two weeks; by half-hour these were off by "
        f"{say_off(prepared.scores_told)} of orders.",
        "People are numbers within their store. No name and no employee number is on this page.",
        "One person alone is allowed where the least is one: safety, breaks and cleaning may ask for more.",
        "Younger stores have extra crew in their first weeks, which may be training: hours "
        "that the plan does not use there are no waste by themselves.",
    ]
    if found.missed:
        said.append(
            f"Skills are missing in {len(found.missed)} places of the plan: {'; '.join(found.missed[:3])}."
        )
    if found.n_open:
        said.append(f"{found.n_open} shifts of the plan are open: nobody can work them within the rules.")
    if prepared.on_top.value is None:
        said.append("Without the ledger costs are wages alone.")
    return said


def say_binding(prepared: PreparedStaffing, rules: FairWorkweek, week: Estimate, change: pd.DataFrame) -> str:
    """Whether Fair Workweek binds, and what it would cost."""
    n, late = prepared.n_stores, format_value(float(change["cents"].sum()) / 100, "USD")
    if rules.binds(n):
        return (
            f"Fair Workweek binds from {rules.establishments} stores, and {n} trade: told "
            f"tomorrow, this plan costs {late}; told {rules.notice_days} days ahead, nothing."
        )
    cost = (
        ""
        if week.value is None
        else f" Had it, past changes would have cost {format_value(week.value, 'USD a week', week.high)};"
    )
    return (
        f"Fair Workweek does not bind yet: {n} stores trade, it asks for "
        f"{rules.establishments}.{cost or ' Had it,'} this plan, told tomorrow, would cost {late}."
    )


def say_on_top(on_top: Estimate) -> str:
    """What the ledger has for each dollar of wages.

    >>> say_on_top(Estimate(1.12, 1.1, 1.14, level=0.9))
    '$1.12 for each dollar of wages ($1.10 to $1.14)'
    """
    if on_top.value is None:
        return "the snapshot has no ledger or no wages"
    return format_estimate(on_top.value, on_top.low, on_top.high, "USD for each dollar of wages")


def say_breaches(breaches: dict[str, int]) -> str:
    """How often the plan breaks which rule.

    >>> say_breaches({"rest": 0, "days": 2})
    'too short a rest: 0, too many days: 2'
    """
    words = {
        "rest": "too short a rest",
        "two_a_day": "two shifts a day",
        "days": "too many days",
        "hours": "too many hours",
    }
    return ", ".join(f"{words[name]}: {n}" for name, n in breaches.items())


def say_what_if(said: str) -> str:
    """That the page is about a what-if; empty at rest.

    >>> say_what_if("20 % more orders")
    'A what-if: 20 % more orders. Past weeks are planned as they came.'
    """
    return f"A what-if: {said}. Past weeks are planned as they came." if said else ""


def note_hands(prepared: PreparedStaffing, terms_hands: float) -> str:
    """How long an order keeps hands busy: what bounds it, and what the plan takes."""
    bounds = prepared.hands.bounds
    if bounds is None:
        return f"Taken as {terms_hands:.0f} seconds an order; too few half-hours bound it"
    return (
        f"Taken as {terms_hands:.0f} seconds an order; half-hours bound it to "
        f"{bounds[0]:.0f} to {bounds[1]:.0f}, and nobody timed it"
    )
