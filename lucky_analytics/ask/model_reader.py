"""A language model that proposes a request, where the grammar understands none: checked alike, and confirmed.

Optional. What a model writes is never executed and never shown as it stands: it is read as a request
(``from_document``), checked (``check_request``), and put before the reader in our words, who says whether it
is what was meant. A model is told names of the catalog, and the question without what looks personal; no row
of data ever leaves.
"""

from __future__ import annotations

import datetime as dt
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from lucky_analytics.ask.ask_dimensions import TIMES, dimensions_of
from lucky_analytics.ask.ask_measures import list_measures
from lucky_analytics.ask.ask_request import ABOVE, Request
from lucky_analytics.ask.request_checks import Scope, check_request, may_ask
from lucky_analytics.ask.request_document import from_document
from lucky_analytics.errors import LuckyError, SourceError, redact

__all__ = ["SCHEMA", "ModelReader"]

_SECONDS, _MOST_BYTES = 15.0, 200_000
_TEXT: dict[str, Any] = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_CONDITIONS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"key": _TEXT, "values": {"type": "array"}, "is_not": {"type": "boolean"}},
        "required": ["key", "values"],
    },
}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["measures"],
    "properties": {
        "measures": _TEXTS, "by": _TEXTS, "where": _CONDITIONS, "share": _CONDITIONS,
        "start": _TEXT, "end": _TEXT, "against": _TEXTS, "per": {"enum": ["", "day", "week"]},
        "rank": {
            "type": "object",
            "properties": {
                "direction": {"enum": ["most", "least"]}, "n": {"type": "integer"}, "within": _TEXTS,
            },
        },
        "having": {
            "type": "object",
            "properties": {"measure": _TEXT, "above": {"enum": list(ABOVE)}, "number": {"type": "number"}},
        },
    },
}  # fmt: skip


@dataclass(frozen=True)
class ModelReader:
    """An endpoint that speaks as OpenAI's does (``url`` ends before ``/chat/completions``), or Dify's
    (``model`` is ``"dify"``, ``url`` ends before ``/chat-messages``)."""

    url: str
    model: str
    token: str = ""
    seconds: float = _SECONDS

    def propose(self, question: str, scope: Scope, as_of: dt.date) -> Request:
        """The request that the model reads in ``question``, checked. Raises ``SourceError`` where it does not
        answer, ``LuckyError`` where it answers no request that passes."""
        said = self._ask(_prompt(redact(question), scope, as_of))
        start, end = said.find("{"), said.rfind("}")
        try:
            document = json.loads(said[start : end + 1])
        except ValueError as error:
            raise LuckyError("language model", expected="a request as JSON", got="something else") from error
        request = from_document(document)
        check_request(request, scope, as_of)
        return request

    def _ask(self, prompt: str) -> str:
        is_dify = self.model == "dify"
        body = (
            {"inputs": {}, "query": prompt, "response_mode": "blocking", "user": "lucky"}
            if is_dify
            else {"model": self.model, "temperature": 0, "messages": [{"role": "user", "content": prompt}]}
        )
        address = self.url.rstrip("/") + ("/chat-messages" if is_dify else "/chat/completions")
        if not address.startswith(("http://", "https://")):
            raise SourceError("language model", expected="an address with http:// or https://", got="another")
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        asked = urllib.request.Request(address, json.dumps(body).encode(), headers)
        try:
            with urllib.request.build_opener(_NoRedirect).open(asked, timeout=self.seconds) as answer:
                found = json.loads(answer.read(_MOST_BYTES))
            text = found["answer"] if is_dify else found["choices"][0]["message"]["content"]
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            got = type(error).__name__
            raise SourceError("language model", expected="an answer", got=got) from error
        return str(text)[:_MOST_BYTES]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The token goes to the address that was named, and to no other."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def _prompt(question: str, scope: Scope, as_of: dt.date) -> str:
    """What a model is told: the form of a request, the names that this reader may use, the question."""
    measures = [each for each in list_measures().values() if not may_ask(each, scope)]
    lines = [f"{each.name} ({each.table}): {each.label}" for each in measures]
    tables = sorted({each.table for each in measures})
    keys = [f"{table}: {', '.join(dimensions_of(table))}" for table in tables]
    return "\n".join(
        [
            "Answer with one JSON object of this schema and nothing else:", json.dumps(SCHEMA),
            f"Today is {as_of + dt.timedelta(days=1)}; start counts, end does not. Measures (of a table):",
            *lines,
            f"Keys of each table, beside {', '.join(TIMES)}:", *keys, f"Question: {question}",
        ]
    )  # fmt: skip
