"""The findings of the page on staffing as sentences."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_change, format_estimate, format_value
from lucky_analytics.questions.operations.staffing.notice_texts import say_availability, say_off
from lucky_analytics.questions.operations.staffing.staffing_prepared import PreparedStaffing
from lucky_analytics.questions.operations.staffing.steps import Found
from lucky_analytics.reference.fair_workweek import FairWorkweek

__all__ = [
    "NO_ROSTERS",
    "describe_answer",
    "list_claims",
    "list_limits",
    "name_finding",
    "name_hours",
    "name_lights",
    "name_profile",
    "name_trial",
    "note_hands",
    "say_binding",
    "say_breaches",
    "say_on_top",
    "say_what_if",
    "stop_early",
]

OWNER = "Operations"
NO_ROSTERS = (
    "No roster is in this snapshot",
    "The snapshot has no rosters, wages, skills, opening hours, "
    "tickets or order forecasts: no shift can be planned.",
    Decision(
        "take a snapshot with the efficiency database, the kitchens, the forecasts and the opening hours",
        OWNER,
        Strength(WAIT, ("there is no roster",)),
        "Without rosters there is nothing to compare a plan with.",
        "A snapshot has them.",
    ),
)
_NAME_WORDS = 5  # of a store in a title
LEAST_GAIN = 1.0  # orders a week: for less nobody moves a shift


def stop_early(prepared: PreparedStaffing) -> tuple[str, str, Decision]:
    """What the page says where nothing is foretold, or nobody was rostered in the last seven days."""
    what = "no order is foretold for the next seven days"
    if prepared.ahead.mean.sum() > 0:
        what = "nobody was rostered in the last seven days"
    made = Decision(
        "ask again when there are forecasts and a week of rosters",
        OWNER,
        Strength(WAIT, (what,)),
        f"{what[0].upper()}{what[1:]}.",
        "There are both.",
    )
    return (
        "No shift can be planned yet",
        f"{what[0].upper()}{what[1:]}: there is nothing to plan, or to compare.",
        made,
    )


def name_finding(found: Found, where: str = "") -> str:
    """The title: what the same hours would do at other times of the day; ``where`` names a single store."""
    every, single = _say_finding(found)
    return f"{_fit_name(where)}: {single}" if where else every


def _say_finding(found: Found) -> tuple[str, str]:
    """The finding about all stores, and, in nine words at most, about one."""
    gain = found.trial.gain
    if found.n_thin == len(found.planned):
        what = "too few hours to staff the opening times"
        return f"Rosters have {what}", f"rosters have {what}"
    if gain.value is None:
        return (
            "Too few weeks to say what other shifts would bring",
            "too few weeks to judge other shifts",
        )
    if gain.low is not None and gain.low >= LEAST_GAIN:
        if found.cost <= 0.01 * found.cost_today:
            what = "would serve more orders in time"
            return f"Shifts moved to the peaks {what}", f"other shifts {what}"
        return (
            "Other shifts would serve more in time, at more cost",
            "more orders in time, at more cost",
        )
    if gain.value < LEAST_GAIN:
        what = "moving shifts would bring nothing"
        return f"Rosters follow demand: {what}", f"rosters follow demand, {what}"
    return (
        "Moving shifts is not known to serve more orders in time",
        "moving shifts may serve no more in time",
    )


def _fit_name(name: str) -> str:
    """A store's name, cut where a title of nine words more would be too long.

    >>> _fit_name("15th & 3rd"), _fit_name("The corner of 34th Street & 8th Avenue")
    ('15th & 3rd', 'The corner of 34th…')
    """
    words = name.split()
    return name if len(words) <= _NAME_WORDS else " ".join(words[: _NAME_WORDS - 1]) + "…"


def describe_answer(found: Found) -> str:
    """The answer: how the rosters stand, and what is not known."""
    first = (
        "Against the target, last week's rosters leave {red_today:value} of "
        "half-hours under-staffed, the plan {red_plan:value}"
    )
    same = found.trial.saving
    if same.low is not None and same.low > 0:
        return (
            f"{first}. Today's service would take {{same_service:value}} fewer hours. All "
            f"rests on how long an order keeps hands busy: nobody timed it."
        )
    if found.target.holds(0):
        return f"{first}. Whether meeting it everywhere takes more hours or fewer is not known."
    return f"{first}. Meeting it everywhere would change paid hours by {{target_hours:value}}."


def name_profile(profile: pd.DataFrame) -> str:
    """Where heads are missing most on working days, as the title of the main picture."""
    lacking = profile.assign(
        lack=(profile["need"] - profile["today"]).clip(lower=0),
        spare=(profile["today"] - profile["need"]).clip(lower=0),
    )
    by_hour = lacking.groupby("hour")[["lack", "spare"]].sum()
    if by_hour["lack"].sum() < 0.05 * max(profile["need"].sum(), 1):
        return "On working days rosters follow what is needed"
    hours = by_hour.index.to_numpy(float)
    worst, best = (float(hours[by_hour[name].to_numpy().argmax()]) for name in ("lack", "spare"))
    spare = f", most to spare at {_clock(best)}" if by_hour["spare"].max() > 0 else ""
    return f"On working days most heads are missing at {_clock(worst)}{spare}"


def _clock(hour: float) -> str:
    return f"{int(hour)}:{round(60 * (hour % 1)):02d}"


def name_lights(lights: pd.DataFrame) -> str:
    """Which half-hour of which store is under-staffed on most days."""
    own = lights[lights["which"] == lights["which"].iloc[0]] if len(lights) else lights
    if own.empty or own["days"].max() == 0:
        return "No half-hour is under-staffed with last week's rosters"
    both = lights.groupby("which", sort=False)["days"].sum()
    return (
        f"Under-staffed half-hours in a week: {both.iloc[0]:,.0f} with last "
        f"week's rosters, {both.iloc[-1]:,.0f} with the plan"
    )


def name_trial(found: Found) -> str:
    """Whether plans made of past forecasts would have held."""
    weeks = found.trial.weeks
    if weeks.empty:
        return "No past week can be planned"
    better = int((weeks["late_plan"] < weeks["late_today"]).sum())
    return (
        f"Planned from what was foretold then, {better} of "
        f"{len(weeks)} weeks would have had fewer late orders"
    )


def name_hours(stores: pd.DataFrame) -> str:
    """Which stores are lean already."""
    lean = int((stores["verdict"] != "hours at the wrong times").sum())
    floor = int((stores["paid"] <= 1.1 * stores["fewest"]).sum())
    if lean == len(stores):
        return "No store has hours to save at the same service"
    return f"{floor} of {len(stores)} stores are within a tenth of the fewest hours that opening times allow"


def note_hands(prepared: PreparedStaffing, terms_hands: float) -> str:
    """How long an order keeps hands busy: what bounds it, and what the plan takes."""
    bounds = prepared.hands.bounds
    if bounds is None:
        return f"Taken as {terms_hands:.0f} seconds an order; too few half-hours bound it"
    return (
        f"Taken as {terms_hands:.0f} seconds an order; half-hours bound it to "
        f"{bounds[0]:.0f} to {bounds[1]:.0f}, and nobody timed it"
    )


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
