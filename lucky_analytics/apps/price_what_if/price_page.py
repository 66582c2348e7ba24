"""The price what-if as the page sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lucky_analytics import settings
from lucky_analytics.apps.app_frame import Action
from lucky_analytics.apps.kept import keep
from lucky_analytics.questions.product.price_elasticity import price_what_if as what_if
from lucky_analytics.questions.product.price_elasticity.price_what_if import PreparedPrices, PriceQuestion

__all__ = ["make_actions", "open_prices_model", "page_context"]


def open_prices_model(snapshot: str = "newest") -> tuple[PreparedPrices, str]:
    """The prepared model of a snapshot, from disk when it was prepared before, and the snapshot's id."""
    import lucky_analytics
    from lucky_analytics.snapshot import find

    here = settings.load()
    manifest = find(snapshot, here)
    prepared = keep(
        "price_what_if",
        what_if.__name__,
        manifest.id,
        here,
        lambda: what_if.prepare_prices(lucky_analytics.open(manifest.id)),
    )
    return prepared, manifest.id


def make_actions(prepared: PreparedPrices) -> dict[str, Action]:
    """``evaluate`` a question or a permalink."""
    start = PriceQuestion(prepared.categories[0], what_if.EVERYBODY, 0.2)

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
        "default": 0.0,
        "low": 0.0,
        "high": prepared.deepest,
        "step": 0.01,
        "note": f"0 to {100 * prepared.deepest:.0f} %: the depths that were tried",
        "choices": (),
    }
    return {
        "categories": prepared.categories,
        "segments": prepared.segments,
        "levers": [depth],
        "level": prepared.level,
        "n_shown": prepared.n_shown,
        "pulled": {name: getattr(prepared.pulled, name) for name in ("value", "low", "high")},
        "snapshot": snapshot,
        "as_of": prepared.as_of,
        "is_generated": "-demo-" in snapshot,
    }
