"""What would a discount of this depth do to volume, revenue and margin? One function for app and notebook.

All from the steps of price_elasticity: pooled elasticities from coupons of random depth, today's prices and
costs, and the share of added units that is missing later.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.methods.prices.price_response import (
    Terms,
    draw_elasticities,
    estimate_best_price,
    forecast_units,
)
from lucky_analytics.models import price_terms
from lucky_analytics.models.scenario_parts import require_parts
from lucky_analytics.questions.product.price_elasticity.price_prepared import EVERYBODY, PreparedPrices

__all__ = [
    "PriceQuestion",
    "answer_price",
    "format_price_query",
    "parse_price_query",
    "read_price_question",
    "start_price_question",
]

N_STEPS = 41


@dataclass(frozen=True)
class PriceQuestion:
    """A category, a segment (or all), and a discount off the list price, 0 to 1."""

    category: str
    segment: str
    depth: float


def start_price_question(prepared: PreparedPrices) -> PriceQuestion:
    """Today's price, of all customers, in the category that sells most."""
    return PriceQuestion(prepared.largest, EVERYBODY, prepared.todays_depth(prepared.largest))


def read_price_question(document: object, prepared: PreparedPrices) -> PriceQuestion:
    """A checked question from plain values; what is not said is as at the start, today's price included.

    Raises ``ParameterError`` or ``UnknownNameError``.
    """
    document = require_parts(document, ("category", "segment", "levers"), "part of a scenario")
    category = str(document.get("category", prepared.largest))
    segment = str(document.get("segment", EVERYBODY))
    levers = require_parts(document.get("levers", {}), ("depth",), "lever")
    if category not in prepared.categories:
        raise UnknownNameError("category", category[:40], prepared.categories)
    if segment not in prepared.segments:
        raise UnknownNameError("segment", segment[:40], prepared.segments)
    depth = levers.get("depth", prepared.todays_depth(category))
    try:
        number = float(depth)
    except (TypeError, ValueError) as error:
        raise ParameterError("depth", expected="a number", got=repr(depth)[:40]) from error
    if not math.isfinite(number) or not 0 <= number <= prepared.deepest + 1e-9:
        raise ParameterError(
            "depth", expected=f"0 to {prepared.deepest:g}, the deepest tried", got=f"{number:g}"
        )
    return PriceQuestion(category, segment, number)


def format_price_query(asked: PriceQuestion) -> str:
    """The part of a permalink after the question mark."""
    return urlencode({"category": asked.category, "segment": asked.segment, "depth": f"{asked.depth:g}"})


def parse_price_query(query: str, prepared: PreparedPrices) -> PriceQuestion:
    """The question of a permalink; words of others pass by. Raises as ``read_price_question`` does."""
    pairs = dict(parse_qsl(query.lstrip("?")[:1000]))
    document: dict[str, Any] = {name: pairs[name] for name in ("category", "segment") if name in pairs}
    levers = {"depth": pairs["depth"]} if "depth" in pairs else {}
    return read_price_question({**document, "levers": levers}, prepared)


def answer_price(prepared: PreparedPrices, asked: PriceQuestion) -> dict[str, Any]:
    """``volume`` (units a month), ``revenue`` and ``margin`` (USD a month) at the depth asked for.

    Each with ``value``, ``low``, ``high`` and ``change`` from today's price paid (with its own ends);
    ``curves``: those changes from no discount to the deepest that was tried; ``best``: the price with the
    most margin between the two, with its ends and ``discount``, null where units do not clearly answer to
    the price; ``beyond_share``: of today's units, those sold at less than any price that was tried, of which
    nothing is claimed. All in the long run: units that a lower price only pulls forward are taken off. A
    segment's units are its share of the category's among customers shown a coupon.
    """
    row = prepared.prices[prepared.prices["category"] == asked.category].iloc[0]
    found = prepared.responses
    response = found[(found["category"] == asked.category) & (found["segment"] == asked.segment)].iloc[0]
    share = (
        1.0 if asked.segment == EVERYBODY else float(prepared.shares.get((asked.category, asked.segment), 0))
    )
    draws = draw_elasticities(float(response["estimate"]), float(response["se"]))
    missing = prepared.pulled.draw_along(draws, asked.category)
    terms = Terms(*(float(row[name]) for name in price_terms.TERMS))
    listed, paid = terms.list_price, terms.paid_price
    now = float(row["units_a_month"]) * share
    depths = np.linspace(0.0, prepared.deepest, N_STEPS)
    prices = np.concatenate([[paid, listed * (1 - asked.depth)], listed * (1 - depths)])
    units = now * forecast_units(draws, terms, prices, missing)
    prices = prices[:, None]
    margin = units * terms.margin(prices)
    amounts = {"volume": units, "revenue": units * prices, "margin": margin}
    ends = [0.5, 0.5 - prepared.level / 2, 0.5 + prepared.level / 2]
    answer: dict[str, Any] = {
        "list_price": listed,
        "paid_price": paid,
        "unit_cost": terms.unit_cost,
        "share": share,
    }
    answer["price"], answer["units_now"] = listed * (1 - asked.depth), now
    answer["beyond_share"], answer["today"] = float(row["beyond_share"]), 1 - paid / listed
    answer["best"] = None
    if prepared.best.set_index("category")["responds"].get(asked.category, False):
        lowest = listed * (1 - prepared.deepest)
        best = estimate_best_price(draws, terms, lowest, pulled=missing, level=prepared.level)
        answer["best"] = {name: float(best[name]) for name in ("value", "low", "high")}
        answer["best"]["discount"] = 1 - answer["best"]["value"] / listed
    answer["elasticity"] = {name: float(response[name]) for name in ("estimate", "low", "high")}
    curves: dict[str, Any] = {"depth": depths}
    for name, drawn in amounts.items():
        value, low, high = np.quantile(drawn[1], ends)
        change = np.quantile(drawn[1] - drawn[0], ends)
        answer[name] = {
            "value": float(value),
            "low": float(low),
            "high": float(high),
            "change": float(change[0]),
            "change_low": float(change[1]),
            "change_high": float(change[2]),
        }
        middle, lower, upper = np.quantile(drawn[2:] - drawn[0], ends, axis=1)
        curves |= {name: middle, f"{name}_low": lower, f"{name}_high": upper}
    return answer | {"curves": curves}
