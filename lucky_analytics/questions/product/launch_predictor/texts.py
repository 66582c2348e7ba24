"""The findings of the page on launches as sentences."""

from __future__ import annotations

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_estimate, format_number, format_value
from lucky_analytics.methods.forecasts.launch_forecast import FEWEST
from lucky_analytics.questions.product.launch_predictor.launch_months import Foretold
from lucky_analytics.questions.product.launch_predictor.launches import MONTH

__all__ = [
    "OWNER",
    "describe_answer",
    "list_limits",
    "name_days",
    "name_finding",
    "name_past",
    "name_sisters",
    "name_weeks",
    "say_novelty",
    "say_taken",
    "stop_early",
]

OWNER = "Product"
_NAME_WORDS = 5


def stop_early(n_launches: int, n_whole: int) -> tuple[str, str, Decision]:
    """What the page says where too few launches are known to learn from."""
    seen = f"{n_launches} product{'s' if n_launches != 1 else ''} launched, {n_whole} with a whole month"
    made = Decision(
        "count the first days of the next launches, and ask again",
        OWNER,
        Strength(WAIT, (f"a forecast needs {FEWEST} launches",)),
        f"The orders know {seen}.",
        f"{FEWEST} launches have a whole month.",
    )
    return (
        "Too few launches to forecast the next one",
        f"The orders know {seen}: too few to learn from.",
        made,
    )


def name_finding(found: Foretold, gain: Estimate, n_first: int) -> str:
    """The title: what the newest launch heads for, or what its first days are worth."""
    ahead = found.ahead
    if gain.low is None or gain.low <= 0:
        return "A launch's first days forecast its month no better than simple rules"
    if ahead.empty:
        first = "first day forecasts" if n_first == 1 else f"first {n_first} days forecast"
        return f"A launch's {first} its month better than simple rules"
    top = ahead.iloc[0]
    if len(ahead) == 1:
        shown = format_value(_round(top["value"]), "units")
        return f"{_fit(top['product_name'])} should sell about {shown} in its first month"
    most = ahead.sort_values("value")["product_name"].iloc[-1]
    return f"{_fit(most)} leads {len(ahead)} products in their first month"


def _fit(name: str) -> str:
    words = str(name).split()
    return str(name) if len(words) <= _NAME_WORDS else " ".join(words[: _NAME_WORDS - 1]) + "…"


def _round(value: float) -> float:
    """Two digits that count: a title is as coarse as its interval.

    >>> _round(2187.3), _round(87.0)
    (2200.0, 87.0)
    """
    return float(f"{value:.2g}")


def describe_answer(found: Foretold, gain: Estimate) -> str:
    """The answer: what is under way, and what first days are worth against what a dashboard would do."""
    worth = (
        "Forecasts from a launch's first days missed its month by {error:value}; simply continuing those "
        "days missed by {error_naive:value}"
    )
    if gain.low is None or gain.low <= 0:
        return f"{worth}. That the forecast beats the better of two simple rules is not shown."
    if found.ahead.empty:
        return f"{worth}, because interest fades. No product is in its first month now."
    which = "It" if len(found.ahead) == 1 else "The newest of several"
    return f"{which} should sell {{month:value}}, {_rank(found)}. {worth}."


def _rank(found: Foretold) -> str:
    """Where the newest launch stands among those whose month is known: a number alone says nothing."""
    beaten = (found.past["month"] < found.ahead["value"].iloc[0]).mean()
    if beaten > 2 / 3:
        return "more than most earlier launches"
    return "less than most earlier launches" if beaten < 1 / 3 else "about what a launch usually does"


def name_past(past: pd.DataFrame) -> str:
    """How the past launches were foretold, as the title of the main picture."""
    n = len(past)
    held = int(((past["low"] <= past["month"]) & (past["month"] <= past["high"])).sum())
    over = int((past["naive"] > past["month"]).sum())
    return f"Forecasts held for {held} of {n} launches; simply continuing the first days overshot {over}"


def name_weeks(weeks: pd.DataFrame, novelty: Estimate) -> str:
    """How launches lose, as a title no stronger than its interval."""
    if novelty.value is None or weeks.empty:
        return "Too few launches have eight weeks behind them"
    if novelty.low is None or novelty.holds(0):
        return "That launches fade as they stop being new is not shown"
    word = "less" if novelty.value > 0 else "more"
    return f"After a month launches sell {100 * abs(novelty.value):.0f} % {word} than at first"


def name_sisters(taken: Estimate) -> str:
    """Whether launches took from their sisters, as a title no stronger than its interval."""
    if taken.value is None:
        return "No launch has enough older products to compare with"
    if taken.low is None or taken.holds(0):
        return "That launches take sales from their own category is not shown"
    word = "lost" if taken.value > 0 else "gained"
    return f"For each unit launched, the rest of its category {word} {abs(taken.value):.2f} units"


def name_days(days: pd.DataFrame) -> str:
    """How the error falls with the days that are known."""
    if len(days) < 2:
        return "Too few launches to say how the error falls"
    first, last = days.iloc[0], days.iloc[-1]
    begun = f"{first['days']:.0f} day{'s' if first['days'] > 1 else ''}"
    early, late = (f"{100 * each['value']:.0f} %" for each in (first, last))
    return f"Forecasts miss by {early} after {begun}, by {late} after {last['days']:.0f}"


def say_novelty(novelty: Estimate) -> str:
    """What is lost after the first week, in a sentence."""
    if novelty.value is None:
        return "How fast launches fade cannot be said: none has eight weeks behind it."
    shown = format_estimate(novelty.value, novelty.low, novelty.high, "share")
    if novelty.low is None or novelty.holds(0):
        return f"Against older products, weeks five to eight were {shown} below the first: no loss is shown."
    return f"Interest fades: beside older products, weeks five to eight sell {shown} less than the first."


def say_taken(taken: Estimate) -> str:
    """What launches took from their sisters, in a sentence."""
    if taken.value is None:
        return "What launches took from their own category cannot be said: too few older products are in it."
    if taken.low is None or taken.high is None:
        return "Too few launches have older products beside them to say what they took."
    ends = f"{format_number(taken.low)} to {format_number(taken.high)}"
    if taken.holds(0):
        return (
            f"For each unit launched, the rest of its category lost {ends} units more than other categories "
            "did: that launches take from it is not shown."
        )
    return (
        f"For each unit launched, the rest of its category lost {ends} units more than other categories did."
    )


def list_limits(found: Foretold, launches: pd.DataFrame) -> list[str]:
    """What the page cannot know."""
    lead = launches["lead"].dropna()
    said = [
        f"A first month is {MONTH} days from the first day of a week with sales on three days: no table "
        "names launches, and no plan of them is among the sources.",
        "What a launch should spend is not known: no table has what was spent on one, so no spending can be "
        "held against what it brought.",
        "A launch's own price, its coupons and its place in the app are part of its first days. What another "
        "price or place would have brought is not in them.",
        "What a launch takes from its own category is counted beyond what it takes from the menu: other "
        "categories may lose too, and orders may grow by a unit.",
        f"{found.n_fit} launches are few. Likeness is the category alone: a finer one would "
        "have two of each kind.",
        "Launches of one day are left out together when one of them is forecast.",
    ]
    if len(lead):
        said.append(
            f"Products were listed {lead.median():.0f} days (the middle one; up to {lead.max():.0f}) before "
            "they sold: the day of listing is no launch."
        )
    if launches["has_left"].any():
        said.append(f"{int(launches['has_left'].sum())} of the launched products have left the menu since.")
    return said
