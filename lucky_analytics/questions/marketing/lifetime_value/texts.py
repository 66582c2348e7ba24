"""Sentences of the page on lifetime value, none stronger than the interval behind it."""

from __future__ import annotations

import functools
import math

import pandas as pd

from lucky_analytics.decisions import WAIT, Decision, Strength
from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_value
from lucky_analytics.methods.forecasts.rolling_origin import Miss

__all__ = [
    "describe_accounts",
    "describe_growth",
    "describe_order_margins",
    "describe_tests",
    "describe_unknown",
    "list_limits",
    "money",
    "name_finding",
    "note_top",
    "note_year",
    "phrase_answer",
]

money = functools.partial(format_value, unit="USD")
_UNKNOWN = {
    "nobody": ("No customer has ordered yet", "There is no order of a customer yet."),
    "costs": (
        "What an order brings is not known",
        "No recipe or cost of an order is known, so no margin is.",
    ),
    "alike": (
        "Customers cannot be told apart yet",
        "Their orders do not tell who has left from who pauses, nor who orders more from who had luck.",
    ),
    "young": (
        "What customers are worth cannot be tested yet",
        "Too few days have passed to hold forecasts made on earlier dates against what came.",
    ),
    "quiet": (
        "No customer came back in the last four weeks",
        "No customer came back in the last four weeks, so what an order brings today is not known.",
    ),
    "losing": (
        "Customers' orders cost more than they bring",
        "Those of the last four weeks cost more than they brought, on average.",
    ),
    "wild": (
        "Forecasts of earlier dates were too far off to value customers",
        "They were so far off that a year may bring twenty times as much as expected, or as little.",
    ),
}
_SETTLES = {
    "costs": "Recipes and costs are in the snapshot.",
    "losing": "An order brings more than it costs.",
}


def describe_unknown(why: str, n: int) -> tuple[str, str, Decision]:
    """Title, answer and decision where customers cannot be valued; ``n`` of them. ``why``: nobody, costs,
    quiet, losing, alike, young, wild.

    >>> describe_unknown("young", 900)[0]
    'What customers are worth cannot be tested yet'
    """
    finding, reason = _UNKNOWN[why]
    known = f" {n:,} people have ordered so far." if n else ""
    return (
        finding,
        f"What customers will bring in a year is not known. {reason}{known}",
        Decision(
            "set no cap on the cost of a new customer from this page, and no classes of customers",
            "Marketing",
            Strength(WAIT, (finding[0].lower() + finding[1:],)),
            reason,
            _SETTLES.get(why, "There are more orders to tell by."),
        ),
    )


def name_finding(cap: float, word: str, now: float | None = None) -> str:
    """The title, as a template, no stronger than ``word``, the strength of the decision; ``cap``: the most
    that a new customer may cost, ``now``: what marketing bills for one (null: not known), dollars.

    >>> name_finding(7.9, "lean")
    'Pay at most {cap:value} for a new customer: {new_customer:value} is expected in a year'
    """
    if not cap > 0:
        return "A new customer may bring in nothing: {new_customer} in a year"
    if word == WAIT:
        return "A new customer may bring in {new_customer:interval} in a year: no cap yet"
    if now is not None and now <= cap:
        said = "A new customer costs {marketing_cost:value} and brings {new_customer:value} in a year"
        return f"{said}, before wages"
    if now is not None:
        return "A new customer costs {marketing_cost:value}; beyond {cap:value} it may not pay back"
    return "Pay at most {cap:value} for a new customer: {new_customer:value} is expected in a year"


def phrase_answer(n_vip: int) -> str:
    """The answer, as a template: ``n_vip`` customers are VIPs.

    >>> phrase_answer(0).split(". ")[-1]
    'No customer stands out as a VIP.'
    """
    who = (
        "{vip:n} VIPs are expected to bring in {vip:value} of next year's margin"
        if n_vip
        else "No customer stands out as a VIP"
    )
    return (
        "A new customer brings in {new_customer} on average in a year, before wages and rent; the range is "
        f"wide: nobody has been here that long. {who}."
    )


def describe_tests(scored: pd.DataFrame, period: int) -> str:
    """How forecasts of margins fared on dates gone by: ``scored`` as from ``score_dates``."""
    off = (scored["came"] / scored["predicted"] - 1).abs()
    held = scored["is_held"].dropna()
    text = (
        f"Over {period} days, forecasts of margin were {100 * off.mean():.0f} % off on average, "
        f"{100 * off.max():.0f} % at most"
    )
    return text + (f"; {int(held.sum())} of {len(held)} intervals held" if len(held) else "")


def describe_growth(growth: pd.DataFrame) -> str:
    """Whether longer forecasts were further off: ``growth`` as from ``measure_growth``.

    >>> describe_growth(pd.DataFrame({"period": [30, 90], "off": [0.1, 0.11], "n": [6, 6]}))
    'Forecasts of 90 days were off by 11 %, those of 30 days by 10 %'
    """
    if len(growth) < 2:
        return f"Forecasts of {growth['period'].iloc[0]} days were off by {100 * growth['off'].iloc[0]:.0f} %"
    first, last = growth.iloc[0], growth.iloc[-1]
    return (
        f"Forecasts of {last['period']:.0f} days were off by {100 * last['off']:.0f} %, those of "
        f"{first['period']:.0f} days by {100 * first['off']:.0f} %"
    )


def describe_order_margins(rules: pd.DataFrame) -> str:
    """Which rule foretold what a customer's order leaves: ``rules`` as from ``compare_order_margins``."""
    if rules.empty:
        return "What a customer's order brings could not be tested"
    best = rules.sort_values("error", kind="stable").iloc[0]["rule"]
    return f"What an order brings, customer by customer: nearest was {best}"


def describe_accounts(largest: pd.DataFrame) -> str:
    """Whose the accounts are that paid most: ``largest`` as from ``list_largest``."""
    top, platform = largest.iloc[0], largest.iloc[2]
    if not top["n"]:
        return "Nobody has paid yet"
    told = f"The {top['n']} accounts that paid most paid {money(top['dollars'])}"
    if platform["n"] == top["n"]:
        return f"{told}: all are delivery platforms', no customers"
    if platform["n"]:
        return f"{told}: {platform['n']} are delivery platforms', no customers"
    return f"{told}: they are people, and none is a delivery platform's"


def note_year(miss: Miss, level: float) -> str:
    """How wide the year is, and why; ``miss``: of forecasts of a year."""
    wide = math.exp(miss.half(level))
    return f"No year was ever seen: it may be {wide:.1f} times as much, or as little, as expected"


def note_top(naive: Estimate) -> str:
    """What the naive ranking would have found; ``naive`` as from ``compare_naive``."""
    if naive.value is None:
        return "Ranked by what was foretold for each"
    return f"Ranked by orders so far a day they would have brought {format_value(naive.value, 'share')}"


def list_limits(period: int, history: int, miss: Miss, level: float, uplift: float) -> list[str]:
    """What a reader must know; ``miss``: of forecasts of a year, ``history``: days of orders."""
    wide = math.exp(miss.half(level))
    return [
        f"Twelve months were never seen: there are {history} days of orders. Forecasts of {period} days were "
        f"held against what came; a year is taken to be further off as a random walk drifts further, so that "
        f"{100 * level:.0f} % intervals reach from {100 / wide:.0f} % of what is expected to {wide:.1f} "
        "times it; shares of classes are taken to be further off likewise. What never "
        "happened in these days, a new rival or a recession, is in no interval.",
        "Margin is what is paid for items and packaging before tax, less ingredients, packaging, the payment "
        "fee and what was given back; rent and wages are not taken off. Delivery fees go to who delivers.",
        "A class is a rule about what is expected, not a trait of a person: near its borders the class of a "
        "customer is not certain, and the table counts for how many.",
        "What keeping or winning back a customer is worth is a cap, not advice: whether a contact brings "
        "anybody back was not tried here. What a contact may cost takes for granted that "
        f"{100 * uplift:g} of a hundred order who would not have; what a coupon really brought stands on the "
        "page on churn. An experiment would settle it: draw by chance whom to contact in each class, and "
        "count the margin of both halves.",
        "Marketing's bills are spread over all who came first, also those who would have come anyway, and "
        "they pay for more than new customers: what one more new customer costs may be less or far more "
        "than shown, and only a trial would tell.",
        "Prices, discounts and costs of the last four weeks are taken to last; a customer who came by a "
        "discount is taken to go on like others.",
    ]
