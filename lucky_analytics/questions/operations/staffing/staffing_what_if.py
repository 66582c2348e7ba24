"""A question to the staffing what-if: a store, more or fewer orders and heads, a wait; checked, and as a
permalink; and its answer, for app and report alike."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pandas as pd

from lucky_analytics.errors import ParameterError, UnknownNameError
from lucky_analytics.models.scenario_parts import require_parts
from lucky_analytics.questions.operations.staffing.staffing_answer import Planned, answer_store
from lucky_analytics.questions.operations.staffing.staffing_plan import (
    Terms,
    aim_heads,
    find_need,
    plan_store,
)
from lucky_analytics.questions.operations.staffing.staffing_prepared import PreparedStaffing, narrow

__all__ = [
    "LEVERS",
    "StaffingAnswer",
    "StaffingQuestion",
    "answer_staffing",
    "apply_question",
    "ask_terms",
    "format_staffing_query",
    "parse_staffing_query",
    "read_staffing_question",
    "say_question",
    "start_staffing_question",
]

# Each lever with its rest, its ends and its step; hands rest where the report takes them.
LEVERS = {
    "orders": (0.0, -0.5, 1.0, 0.05),
    "heads": (0.0, -1.0, 2.0, 1.0),
    "wait": (60.0, 15.0, 300.0, 15.0),
    "hands": (0.0, 10.0, 240.0, 1.0),
}


@dataclass(frozen=True)
class StaffingQuestion:
    """``orders``: more than foretold, as a share. ``heads``: more at all times than the target asks for (-1:
    one barista less). ``wait`` and ``hands``: seconds (``Terms``)."""

    store_id: str
    orders: float
    heads: int
    wait: float
    hands: float


@dataclass(frozen=True)
class StaffingAnswer:
    """``planned``: the store's week for no more hours than its roster. ``hours_target``: paid hours that the
    target asks for in every half-hour, ``hours_rest`` the same at rest."""

    planned: Planned
    hours_target: float
    hours_rest: float


def start_staffing_question(rest: Terms, prepared: PreparedStaffing, store_id: str = "") -> StaffingQuestion:
    """The first store, as the report plans it."""
    known = list(prepared.stores["store_id"])
    return StaffingQuestion(store_id or known[0], 0.0, 0, rest.wait, rest.hands)


def read_staffing_question(document: object, rest: Terms, prepared: PreparedStaffing) -> StaffingQuestion:
    """A checked question from plain values; what is not said is as at the start.

    Raises ``ParameterError`` or ``UnknownNameError``.
    """
    document = require_parts(document, ("store", "levers"), "part of a scenario")
    known = list(prepared.stores["store_id"])
    store = str(document.get("store", known[0]))
    if store not in known:
        raise UnknownNameError("store", store[:40], known)
    start = start_staffing_question(rest, prepared, store)
    levers = require_parts(document.get("levers", {}), LEVERS, "lever")
    found = {name: _number(name, levers, float(getattr(start, name))) for name in LEVERS}
    return StaffingQuestion(store, found["orders"], int(found["heads"]), found["wait"], found["hands"])


def _number(name: str, levers: Mapping[Any, Any], rest: float) -> float:
    given = levers.get(name, rest)
    _, low, high, step = LEVERS[name]
    try:
        number = float(given)
    except (TypeError, ValueError) as error:
        raise ParameterError(name, expected="a number", got=repr(given)[:40]) from error
    # Where the report rests may lie anywhere: it is asked about whatever it is.
    if not math.isfinite(number) or not (low <= number <= high or number == rest):
        raise ParameterError(name, expected=f"{low:g} to {high:g}", got=f"{number:g}")
    if name == "heads" and number != round(number):
        raise ParameterError(name, expected=f"steps of {step:g}", got=f"{number:g}")
    return number


def ask_terms(rest: Terms, asked: StaffingQuestion) -> Terms:
    """The report's terms, with what is asked."""
    orders = rest.orders * (1 + asked.orders)
    return replace(rest, orders=orders, more_heads=asked.heads, wait=asked.wait, hands=asked.hands)


def apply_question(
    prepared: PreparedStaffing, rest: Terms, asked: StaffingQuestion | None
) -> tuple[PreparedStaffing, Terms]:
    """What a report is made of: the store and the terms that are asked about, or all of them at rest."""
    if asked is None:
        return prepared, rest
    return narrow(prepared, asked.store_id), ask_terms(rest, asked)


def answer_staffing(
    prepared: PreparedStaffing, rest: Terms, asked: StaffingQuestion, people: pd.DataFrame | None = None
) -> StaffingAnswer:
    """The plan of the store, and how many hours the target asks for, with the levers and without."""
    terms, place = ask_terms(rest, asked), prepared.place(asked.store_id)

    def hours(own: Terms) -> float:
        week = prepared.ahead
        need = aim_heads(find_need(week, own, prepared.quantile).planned[place], own)
        return plan_store(need, own.orders * week.mean[place], week.staffed[place], own).hours

    return StaffingAnswer(answer_store(prepared, asked.store_id, terms, people), hours(terms), hours(rest))


def say_question(asked: StaffingQuestion, rest: Terms) -> str:
    """What is asked beside the report, as a clause; empty at rest.

    >>> say_question(StaffingQuestion("1", 0.2, -1, 60.0, 58.0), Terms(58.0))
    '20 % more orders, 1 head less than the target asks for'
    """
    parts = []
    if asked.orders:
        parts.append(f"{100 * abs(asked.orders):.3g} % {'more' if asked.orders > 0 else 'fewer'} orders")
    if asked.heads:
        heads = f"{abs(asked.heads)} head{'s' if abs(asked.heads) > 1 else ''}"
        parts.append(f"{heads} {'more' if asked.heads > 0 else 'less'} than the target asks for")
    if asked.wait != rest.wait:
        parts.append(f"a wait of {asked.wait:g} seconds")
    if asked.hands != rest.hands:
        parts.append(f"{asked.hands:g} seconds at hands")
    return ", ".join(parts)


def format_staffing_query(asked: StaffingQuestion, rest: Terms, prepared: PreparedStaffing) -> str:
    """The part of a permalink after the question mark: the store's name, and levers that are not at rest."""
    start = start_staffing_question(rest, prepared, asked.store_id)
    name = str(prepared.stores["store_name"].iloc[prepared.place(asked.store_id)])
    moved = [each for each in LEVERS if getattr(asked, each) != getattr(start, each)]
    return urlencode({"store": name, **{each: f"{getattr(asked, each):g}" for each in moved}})


def parse_staffing_query(query: str, rest: Terms, prepared: PreparedStaffing) -> StaffingQuestion:
    """The question of a permalink; words of others pass by. Raises as ``read_staffing_question`` does."""
    pairs = dict(parse_qsl(query.lstrip("?")[:1000]))
    document: dict[str, Any] = {"levers": {name: pairs[name] for name in LEVERS if name in pairs}}
    if "store" in pairs:
        ids = prepared.stores.set_index("store_name")["store_id"]
        if pairs["store"] not in ids.index:
            raise UnknownNameError("store", pairs["store"][:40], list(ids.index))
        document["store"] = str(ids[pairs["store"]])
    return read_staffing_question(document, rest, prepared)
