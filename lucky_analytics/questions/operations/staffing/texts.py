"""The findings of the page on staffing as sentences."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.operations.staffing.staffing_prepared import PreparedStaffing
from lucky_analytics.questions.operations.staffing.steps import Found

__all__ = [
    "LEAST_RELIEF",
    "NO_ROSTERS",
    "describe_answer",
    "is_seen",
    "name_finding",
    "name_hours",
    "name_lights",
    "name_profile",
    "name_trial",
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
LEAST_RELIEF = -0.02  # a share of making time: a smaller change is none that a customer notices
LEAST_GAIN = 1.0  # orders a week: for less nobody moves a shift


def stop_early(prepared: PreparedStaffing) -> tuple[str, str, Decision]:
    """What the page says where nothing is foretold, or nobody was rostered in the last seven days."""
    what = "no order is forecast for the next seven days"
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


def is_seen(relief: Estimate) -> bool:
    """Whether making was seen to become shorter with another person: else plans rest on a formula alone.

    >>> is_seen(Estimate(-0.1, -0.15, -0.05, level=0.9)), is_seen(Estimate(-0.01, -0.05, 0.03, level=0.9))
    (True, False)
    """
    return relief.high is not None and relief.high < LEAST_RELIEF


def name_finding(found: Found, relief: Estimate, where: str = "") -> str:
    """The title: what the same hours would do at other times of the day; ``where`` names a single store.

    No stronger than ``relief``, the change of making with another person: without one that is seen
    (``is_seen``) the gain is a formula's.
    """
    every, single = _say_finding(found, is_seen(relief), relief.value is not None)
    return f"{_fit_name(where)}: {single}" if where else every


def _say_finding(found: Found, has_proof: bool, is_measured: bool) -> tuple[str, str]:
    """The finding about all stores, and, in nine words at most, about one. ``is_measured``: making was
    compared with one person more and one fewer; without ``has_proof`` it was not seen to be quicker."""
    gain = found.trial.gain
    if found.n_thin == len(found.planned):
        what = "too few hours to staff the opening times"
        return f"Rosters have {what}", f"rosters have {what}"
    if gain.value is None:
        return (
            "Too few weeks to say what other shifts would bring",
            "too few weeks to judge other shifts",
        )
    if gain.low is not None and gain.low >= LEAST_GAIN and not has_proof:
        if is_measured:
            return (
                "We have no proof that other shifts would serve customers sooner",
                "no proof for other shifts",
            )
        return "No table shows whether other shifts would serve customers sooner", "no proof for other shifts"
    if gain.low is not None and gain.low >= LEAST_GAIN and found.missed:
        what = "other shifts would help, but nobody can work them yet"
        return f"O{what[1:]}", what
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


def describe_answer(found: Found, relief: Estimate) -> str:
    """The answer: how the rosters stand, and what is not known; ``relief`` as in ``name_finding``."""
    if not is_seen(relief):
        what = (
            "With one person more at the same hour, the time to make an order changed by {relief}: no sign "
            "that more people serve sooner"
            if relief.value is not None
            else "No table shows that orders are made sooner with more people than with fewer"
        )
        if found.is_out_of_reach:
            return f"{what}. The target is beyond reach: no roster meets it."
        return f"{what}. Keep last week's rosters; no plan is printed until orders are timed."
    first = (
        "Against the target, last week's rosters leave {red_today:value} of "
        "half-hours under-staffed, the plan {red_plan:value}"
    )
    same = found.trial.saving
    if not found.is_out_of_reach and same.low is not None and same.low > 0:
        return (
            f"{first}. Today's service would take {{same_service:value}} fewer hours. All "
            f"rests on how long an order keeps hands busy: nobody timed it."
        )
    if found.is_out_of_reach:
        return f"{first}. The target asks for many times the hours that are paid: no roster meets it."
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
    if len(both) == 1:
        return (
            f"By formula {both.iloc[0]:,.0f} half-hours in a week are under-staffed with last week's rosters"
        )
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
        f"Planned from the forecasts of then, {better} of {len(weeks)} weeks would have had fewer late orders"
    )


def name_hours(stores: pd.DataFrame) -> str:
    """Which stores are lean already."""
    if len(stores) == 1:
        paid, fewest = (float(stores[name].iloc[0]) for name in ("paid", "fewest"))
        return f"{paid:,.0f} paid hours a week; opening times need {fewest:,.0f} at least"
    lean = int((stores["verdict"] != "hours at the wrong times").sum())
    floor = int((stores["paid"] <= 1.1 * stores["fewest"]).sum())
    if lean == len(stores):
        return "No store has hours to save at the same service"
    return f"{floor} of {len(stores)} stores are within a tenth of the fewest hours that opening times allow"
