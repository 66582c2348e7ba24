"""Ask Lucky as the page sees it: a question or a request in, an answer out; the address holds the request."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote

from lucky_analytics import settings
from lucky_analytics.apps.app_frame import Action
from lucky_analytics.apps.readers import find_reader
from lucky_analytics.ask.ask_answer import Answer, write_csv
from lucky_analytics.ask.ask_measures import list_measures
from lucky_analytics.ask.asking import Asker
from lucky_analytics.ask.model_settings import find_model
from lucky_analytics.ask.request_checks import OPEN, may_ask
from lucky_analytics.ask.request_document import from_document
from lucky_analytics.ask.request_words import say_label
from lucky_analytics.audit_log import append_entry
from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.formats import format_value
from lucky_analytics.metrics import REGISTRY

if TYPE_CHECKING:
    from lucky_analytics.ask.request_checks import Scope
    from lucky_analytics.catalog import Suite
    from lucky_analytics.settings import Settings

__all__ = ["EXAMPLES", "make_actions", "open_asker", "page_context", "parse_query"]

EXAMPLES = (
    "How many orders did 8th & Broadway do yesterday?",
    "What was our best-selling product at the Grand Street store last week?",
    "Compare revenue between weekdays and weekends this month",
    "How many customers ordered more than 3 times in January?",
    "Stock-out rate by store last month",
    "Coupon redemption rate by campaign",
)
_LONGEST = 4_000  # characters of an address


def open_asker(snapshot: str = "newest", reader: Callable[[], str | None] = find_reader) -> Asker:
    """What is asked: the newest snapshot, as the audience in ``LUCKY_AUDIENCE`` may (everybody without)."""
    import lucky_analytics

    here = settings.load()
    suite = lucky_analytics.open(snapshot)
    return Asker(suite, _scope(here, suite), here, reader() or "", model=find_model())


def _scope(here: Settings, suite: Suite) -> Scope:
    from lucky_analytics.publish.ask_scope import scope_of

    audience = settings.environment_value("LUCKY_AUDIENCE")
    return scope_of(audience, here, suite) if audience else OPEN


def make_actions(asker: Asker, reader: Callable[[], str | None] = find_reader) -> dict[str, Action]:
    """``evaluate`` a question, a request or an address; ``export`` the table of a request."""

    def evaluate(body: Any) -> dict[str, Any]:
        asker.reader = reader() or ""  # a session of the pool has a reader only when somebody took it
        said = _said(body)
        if said.get("request"):
            return _show(said.get("question", ""), asker.ask_request(said["request"]))
        question = said.get("question", "")
        if not isinstance(question, str) or not question.strip():
            return _show("", None)
        context = from_document(said["context"]) if said.get("context") else None
        return _show(question, asker.ask(question, context))

    def export(body: Any) -> dict[str, Any]:
        answer = asker.ask_request(_said({"scenario": body}).get("request"))
        if answer.outcome != "answered":
            raise LuckyError("export", expected="an answer", got=answer.sentence)
        if asker.settings is not None:
            name = f"table in a browser: {answer.read_as}"
            append_entry(asker.settings, "ask, export", snapshot=asker.suite.snapshot.id, exports=[name])
        return {"text": write_csv(answer)}

    return {"evaluate": evaluate, "export": export}


def _said(body: Any) -> Mapping[str, Any]:
    if isinstance(body, Mapping) and isinstance(body.get("query"), str):
        return parse_query(body["query"])
    scenario = body.get("scenario") if isinstance(body, Mapping) else None
    return scenario if isinstance(scenario, Mapping) else {}


def parse_query(query: str) -> dict[str, Any]:
    """What an address asks: ``request=`` as JSON, or ``q=`` in words. Other words pass by.

    >>> parse_query("q=orders%20last%20week")
    {'question': 'orders last week'}
    """
    if len(query) > _LONGEST:
        raise ParameterError("address", expected=f"at most {_LONGEST} characters", got=f"{len(query):,}")
    found = parse_qs(query)
    if "request" in found:
        try:
            return {"request": json.loads(found["request"][0])}
        except ValueError as error:
            raise ParameterError("request in the address", expected="JSON", got="something else") from error
    return {"question": found["q"][0]} if "q" in found else {}


def _show(question: str, answer: Answer | None) -> dict[str, Any]:
    """The answer with every number as a reader sees it; the address holds only what was read, never what was
    typed."""
    request = answer.request if answer is not None and answer.outcome == "answered" else {}
    shown = None
    if answer is not None:
        k = len(answer.heads) - len(answer.units)
        keys = [*(["day"] if "against" in answer.request else []), *answer.request.get("by", ())]
        rows = [
            {
                "labels": list(map(say_label, keys, row[:k])),
                "values": list(row[k:]),
                "shown": [format_value(v, unit) for v, unit in zip(row[k:], answer.units, strict=True)],
            }
            for row in answer.rows
        ]
        shown = {**dataclasses.asdict(answer), "rows": rows}
    query = f"request={quote(json.dumps(request, separators=(',', ':')))}" if request else ""
    return {
        "scenario": {"question": question, "request": request, "context": None, "levers": {}},
        "query": query,
        "answer": shown,
    }


def page_context(asker: Asker) -> dict[str, Any]:
    """What the page is told once: what can be asked by this reader, and from what data."""
    measures = [each for each in list_measures().values() if not may_ask(each, asker.scope)]
    return {
        "snapshot": asker.suite.snapshot.id,
        "as_of": str(asker.suite.as_of),
        "is_generated": "-demo-" in asker.suite.snapshot.id,
        "audience": asker.scope.name,
        "site": (asker.settings.site_url if asker.settings else None) or "",
        "examples": list(EXAMPLES),
        "metrics": sorted(each.label for each in measures if each.name in REGISTRY),
        "tables": sorted({each.table.replace("_", " ") for each in measures}),
    }
