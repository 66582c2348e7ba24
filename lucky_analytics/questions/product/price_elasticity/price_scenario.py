"""What a scenario of the price what-if says on the page that it is saved as."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.formats import format_number, format_value
from lucky_analytics.questions.product.price_elasticity.price_prepared import EVERYBODY
from lucky_analytics.questions.product.price_elasticity.price_what_if import PriceQuestion

__all__ = [
    "describe_scenario",
    "is_todays",
    "list_curve",
    "list_headlines",
    "mark_depths",
    "name_goods",
    "name_scenario",
]


def name_goods(asked: PriceQuestion) -> str:
    """
    >>> name_goods(PriceQuestion("Matcha", "all", 0.2)), name_goods(PriceQuestion("Matcha", "loyal", 0.2))
    ('Matcha', 'Matcha for loyal customers')
    """
    return asked.category + ("" if asked.segment == EVERYBODY else f" for {asked.segment} customers")


def is_todays(answer: Mapping[str, Any]) -> bool:
    """Whether the price that is asked about is what customers pay today, to half a cent."""
    return abs(answer["price"] - answer["paid_price"]) < 0.005


def list_headlines(asked: PriceQuestion, answer: Mapping[str, Any], level: float) -> list[dict[str, Any]]:
    """Arguments of ``report.headline``: by how much margin, revenue and units of a month change."""
    goods, made = name_goods(asked), []
    labels = {"margin": "Margin", "revenue": "Revenue", "volume": "Units"}
    for kind, label in labels.items():
        found, unit = answer[kind], "units a month" if kind == "volume" else "USD a month"
        change = Estimate(found["change"], found["change_low"], found["change_high"], level=level)
        note = f"Then {format_value(found['value'], unit)}"
        made.append(
            {
                "name": f"scenario_{kind}",
                "label": f"{label} of {goods}, against today's price",
                "value": change,
                "unit": unit,
                "note": note,
            }
        )
    return made


def name_scenario(asked: PriceQuestion, answer: Mapping[str, Any]) -> str:
    """Whether that price earns more than today's, as the title; no more than the interval allows.

    ``answer`` of ``answer_price``.

    >>> at = {"price": 4.0, "paid_price": 4.2, "margin": {"change_low": -20.0, "change_high": 90.0}}
    >>> name_scenario(PriceQuestion("Matcha", "all", 0.2), at)
    "Whether Matcha at $4.00 earns more than at today's price is not known"
    """
    goods, price = name_goods(asked), format_number(answer["price"], "USD")
    if is_todays(answer):
        return f"{goods} at today's price: nothing changes"
    low, high = answer["margin"]["change_low"], answer["margin"]["change_high"]
    if low <= 0 <= high:
        return f"Whether {goods} at {price} earns more than at today's price is not known"
    return f"{goods} at {price} would earn {'more' if low > 0 else 'less'} than at today's price"


def describe_scenario(asked: PriceQuestion, answer: Mapping[str, Any]) -> str:
    """The answer, as a template for ``report.answer``; needs the headlines ``scenario_volume`` and
    ``scenario_margin``."""
    at = f"{name_goods(asked)} at {100 * asked.depth:.3g} % off the list price"
    if is_todays(answer):
        return f"{at} is what customers pay today: nothing changes."
    moved = "units by {scenario_volume:value} and margin by {scenario_margin}"
    return f"{at} would change {moved} against today's price."


def list_curve(answer: Mapping[str, Any]) -> pd.DataFrame:
    """``depth`` (0-1) with the change of margin a month at it: ``margin``, ``low``, ``high`` (dollars)."""
    curves = answer["curves"]
    return pd.DataFrame(
        {
            "depth": curves["depth"],
            "margin": curves["margin"],
            "low": curves["margin_low"],
            "high": curves["margin_high"],
        }
    )


def mark_depths(asked: PriceQuestion, answer: Mapping[str, Any]) -> dict[str, float]:
    """Words at the depths that a reader looks for: today's, the one asked about, that of the most margin."""
    marks = {f"today {format_number(answer['paid_price'], 'USD')}": answer["today"]}
    if not is_todays(answer):
        marks[f"asked {format_number(answer['price'], 'USD')}"] = asked.depth
    if answer["best"]:
        marks[f"most margin of all tried {format_number(answer['best']['value'], 'USD')}"] = answer["best"][
            "discount"
        ]
    return marks
