"""The price what-if as the page sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lucky_analytics.apps.app_frame import Action
from lucky_analytics.apps.kept import open_prepared
from lucky_analytics.questions.product.price_elasticity import choices, price_prepared
from lucky_analytics.questions.product.price_elasticity import price_what_if as what_if
from lucky_analytics.questions.product.price_elasticity.price_prepared import PreparedPrices, prepare_prices

__all__ = ["judge_price", "list_categories", "make_actions", "open_prices_model", "page_context"]


def open_prices_model(snapshot: str = "newest") -> tuple[PreparedPrices, str]:
    """The prepared model of a snapshot, from disk when it was prepared before, and the snapshot's id."""
    return open_prepared("price_what_if", price_prepared.__name__, prepare_prices, snapshot)


def make_actions(prepared: PreparedPrices) -> dict[str, Action]:
    """``evaluate`` a question or a permalink."""
    start = what_if.start_price_question(prepared)

    def evaluate(body: Any) -> dict[str, Any]:
        asked = start
        if isinstance(body, Mapping) and isinstance(body.get("query"), str):
            asked = what_if.parse_price_query(body["query"], prepared)
        elif isinstance(body, Mapping) and body.get("scenario") is not None:
            asked = what_if.read_price_question(body["scenario"], prepared)
        document = {"category": asked.category, "segment": asked.segment, "levers": {"depth": asked.depth}}
        answer = what_if.answer_price(prepared, asked)
        return {"scenario": document, "query": what_if.format_price_query(asked), **answer}

    return {"evaluate": evaluate}


def page_context(prepared: PreparedPrices, snapshot: str) -> dict[str, Any]:
    """Names, the one lever and provenance: sent once."""
    depth = {
        "name": "depth",
        "label": "Discount",
        "unit": "share of the list price",
        "default": prepared.todays_depth(prepared.largest),
        "low": 0.0,
        "high": prepared.deepest,
        "step": 0.01,
        "note": f"0 to {100 * prepared.deepest:.0f} %: the depths that were tried",
        "choices": (),
    }
    return {
        "categories": list_categories(prepared),
        "segments": prepared.segments,
        "levers": [depth],
        "decision": prepared.decision.record,
        "level": prepared.level,
        "deepest": prepared.deepest,
        "n_shown": prepared.n_shown,
        "pulled": {name: getattr(prepared.pulled, name) for name in ("value", "low", "high")},
        "snapshot": snapshot,
        "as_of": prepared.as_of,
        "is_generated": "-demo-" in snapshot,
    }


def list_categories(prepared: PreparedPrices) -> list[dict[Any, Any]]:
    """All categories as the report price_elasticity judges them, in its order; sent once.

    Its frame of best prices and steps (``choices.assemble_prices``), with ``today`` (discount off the list
    price), ``next_depth`` at which the lever stands after the step, and ``verdict``.
    """
    rows = choices.assemble_prices(prepared.best, prepared.steps)
    rows = rows[rows["category"].isin(prepared.categories)]
    return [
        row
        | {
            "today": prepared.todays_depth(row["category"]),
            "next_depth": _next_depth(prepared, row),
            "verdict": judge_price(prepared, row["category"]),
        }
        for row in rows.astype(object).where(rows.notna(), None).to_dict("records")
    ]


def _next_depth(prepared: PreparedPrices, row: Mapping[Any, Any]) -> float:
    """The discount of the next step; today's where none can be told."""
    if row["next_discount"] is None:
        return prepared.todays_depth(row["category"])
    return float(min(max(round(row["next_discount"], 4), 0.0), prepared.deepest))


def judge_price(prepared: PreparedPrices, category: str) -> str:
    """What the report decides for the price of a category, in the words of the page."""
    words = {"raise": "try less discount", "cut": "try more discount", "wait": "not known yet"}
    return words[prepared.decision.on[f"price of {category}"]]
