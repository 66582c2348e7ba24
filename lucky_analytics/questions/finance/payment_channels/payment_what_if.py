"""A question to the payment what-if: methods, take-up, discount, basket; checked, and as a permalink."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import numpy as np

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.models.scenario_parts import require_parts
from lucky_analytics.questions.finance.payment_channels.payment_prepared import PreparedPayments

__all__ = [
    "LEAST_BASKET",
    "MOST_BASKET",
    "MOST_INCENTIVE",
    "USUAL",
    "PaymentQuestion",
    "format_payment_query",
    "parse_payment_query",
    "read_payment_question",
    "start_payment_question",
]

MOST_INCENTIVE, LEAST_BASKET, MOST_BASKET = 50.0, 1.0, 50.0
USUAL = 0.01  # of all payments: a method used less is not where others are sent
_TAKE_UP, _INCENTIVE = 0.1, 5.0  # what the documents ask about


@dataclass(frozen=True)
class PaymentQuestion:
    """``take_up`` (0-1) of the payments by ``source`` go by ``target``; everybody who pays by ``target`` gets
    ``incentive`` cents off; an average payment is ``basket`` dollars, at the same sales."""

    source: str
    target: str
    take_up: float
    incentive: float
    basket: float


def start_payment_question(
    prepared: PreparedPayments, source: str = "", target: str = "", *,
    take_up: float = _TAKE_UP, incentive: float = _INCENTIVE, basket: float | None = None,
) -> PaymentQuestion:  # fmt: skip
    """A tenth of the method used most goes by the cheapest one in use, at 5 cents off and today's basket."""
    known = list(prepared.methods["channel_id"])
    source = source or known[0]
    if not target:
        is_usual = prepared.n.sum(axis=0) >= USUAL * prepared.n.sum()
        cost = np.where(is_usual, prepared.cost(100 * prepared.basket), np.inf)
        cost[[channel == source for channel in known]] = np.inf
        target = known[int(np.argmin(cost if np.isfinite(cost).any() else [c == source for c in known]))]
    asked = {"source": source, "target": target}
    levers = {"take_up": take_up, "incentive": incentive, "basket": basket or prepared.basket}
    return read_payment_question({**asked, "levers": levers}, prepared)


def read_payment_question(document: object, prepared: PreparedPayments) -> PaymentQuestion:
    """A checked question from plain values; what is not said is as at the start.

    Raises ``ParameterError`` or ``UnknownNameError``.
    """
    document = require_parts(document, ("source", "target", "levers"), "part of a scenario")
    start = document if {"source", "target"} <= document.keys() else vars(start_payment_question(prepared))
    known = list(prepared.methods["channel_id"])
    source, target = (str(document.get(name, start[name])) for name in ("source", "target"))
    for channel in (source, target):
        if channel not in known:
            raise UnknownNameError("payment method", channel[:40], known)
    if source == target:
        raise ParameterError("payment methods", expected="two different ones", got=f"{source} twice")
    ends = {
        "take_up": (_TAKE_UP, 0.0, 1.0),
        "incentive": (_INCENTIVE, 0.0, MOST_INCENTIVE),
        "basket": (prepared.basket, LEAST_BASKET, MOST_BASKET),
    }
    levers = require_parts(document.get("levers", {}), ends, "lever")
    return PaymentQuestion(source, target, *(_number(name, levers, *end) for name, end in ends.items()))


def _number(name: str, levers: Mapping[Any, Any], default: float, low: float, high: float) -> float:
    given = levers.get(name, default)
    try:
        number = float(given)
    except (TypeError, ValueError) as error:
        raise ParameterError(name, expected="a number", got=repr(given)[:40]) from error
    # Today's basket may lie anywhere: it is asked about whatever it is.
    if not math.isfinite(number) or not (low <= number <= high or number == default):
        raise ParameterError(name, expected=f"{low:g} to {high:g}", got=f"{number:g}")
    return number


def format_payment_query(asked: PaymentQuestion) -> str:
    """The part of a permalink after the question mark.

    >>> format_payment_query(PaymentQuestion("53", "3", 0.1, 5.0, 4.87))
    'from=53&to=3&take_up=0.1&incentive=5&basket=4.87'
    """
    levers = {name: f"{getattr(asked, name):g}" for name in ("take_up", "incentive", "basket")}
    return urlencode({"from": asked.source, "to": asked.target, **levers})


def parse_payment_query(query: str, prepared: PreparedPayments) -> PaymentQuestion:
    """The question of a permalink; words of others pass by. Raises as ``read_payment_question`` does."""
    pairs = dict(parse_qsl(query.lstrip("?")[:1000]))
    start = start_payment_question(prepared, pairs.get("from", ""), pairs.get("to", ""))
    levers = {name: pairs[name] for name in ("take_up", "incentive", "basket") if name in pairs}
    return read_payment_question({"source": start.source, "target": start.target, "levers": levers}, prepared)
