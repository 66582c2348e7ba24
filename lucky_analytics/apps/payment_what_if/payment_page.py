"""The payment what-if as the page sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lucky_analytics.apps.app_frame import Action
from lucky_analytics.apps.kept import open_prepared
from lucky_analytics.estimate import Estimate
from lucky_analytics.questions.finance.payment_channels import advice, payment_prepared
from lucky_analytics.questions.finance.payment_channels import payment_what_if as what_if
from lucky_analytics.questions.finance.payment_channels.payment_answer import answer_payment
from lucky_analytics.questions.finance.payment_channels.payment_prepared import (
    PreparedPayments,
    prepare_payments,
)

__all__ = ["list_methods", "make_actions", "open_payments_model", "page_context"]


def open_payments_model(snapshot: str = "newest") -> tuple[PreparedPayments, str]:
    """The prepared model of a snapshot, from disk when it was prepared before, and the snapshot's id."""
    return open_prepared("payment_what_if", payment_prepared.__name__, prepare_payments, snapshot)


def make_actions(prepared: PreparedPayments) -> dict[str, Action]:
    """``evaluate`` a question or a permalink."""
    start = what_if.start_payment_question(prepared)

    def evaluate(body: Any) -> dict[str, Any]:
        asked = start
        if isinstance(body, Mapping) and isinstance(body.get("query"), str):
            asked = what_if.parse_payment_query(body["query"], prepared)
        elif isinstance(body, Mapping) and body.get("scenario") is not None:
            asked = what_if.read_payment_question(body["scenario"], prepared)
        levers = {name: getattr(asked, name) for name in ("take_up", "incentive", "basket")}
        scenario = {"source": asked.source, "target": asked.target, "levers": levers}
        answer = answer_payment(prepared, asked)
        shown: dict[str, Any] = {
            name: _ends(value) for name, value in vars(answer).items() if isinstance(value, Estimate)
        }
        shown |= {"needed": answer.needed, "reach": answer.reach}
        shown["curve"] = {name: answer.curve[name].to_numpy() for name in answer.curve}
        shown["costs"] = prepared.cost(100 * asked.basket)
        shown["decision"] = advice.decide(prepared, asked, answer).record
        return {"scenario": scenario, "query": what_if.format_payment_query(asked), **shown}

    return {"evaluate": evaluate}


def _ends(of: Estimate) -> dict[str, float | None]:
    return {"value": of.value, "low": of.low, "high": of.high}


def page_context(prepared: PreparedPayments, snapshot: str) -> dict[str, Any]:
    """Methods, levers and provenance: sent once."""
    start = what_if.start_payment_question(prepared)
    basket = prepared.basket
    levers = [
        _lever("take_up", "Who switches", "share", start.take_up, 0.0, 1.0, 0.01,
               "share of the payments by the first method; intervals span half to twice of it"),
        _lever("incentive", "Discount", "cents", start.incentive, 0.0, 20.0, 0.5,
               "for everybody who pays by the second method, those who always did too"),
        _lever("basket", "Average order", "dollars", basket, min(round(basket / 2, 2), basket),
               max(round(3 * basket, 2), basket + 1), 0.01,
               f"today ${basket:.2f}; larger: the same sales in fewer orders"),
    ]  # fmt: skip
    return {
        "methods": list_methods(prepared),
        "levers": levers,
        "level": prepared.level,
        "basket": basket,
        "n_weeks": len(prepared.n),
        "snapshot": snapshot,
        "as_of": prepared.as_of,
        "is_generated": "-demo-" in snapshot,
    }


def _lever(
    name: str, label: str, unit: str, default: float, low: float, high: float, step: float, note: str
) -> dict[str, Any]:
    bounds = {"default": default, "low": low, "high": high, "step": step}
    return {"name": name, "label": label, "unit": unit, **bounds, "note": note, "choices": ()}


def list_methods(prepared: PreparedPayments) -> list[dict[Any, Any]]:
    """Every method with its schedule and its share of the payments, the one used most first; sent once."""
    n = prepared.n.sum(axis=0)
    columns = ["channel_id", "name", "label", "is_guess", "fixed", "rate"]
    rows = prepared.methods[columns].assign(share=n / np.maximum(n.sum(), 1)).to_dict("records")
    return [dict(row) for row in rows]
