"""A question in plain words, read as requests over the catalog: no model, no network.

Each piece of the question gets one of its senses, and each way to do so is put together
(``request_parts``); what uses every piece and passes the checks is a reading. One reading is the answer's;
several that are equally near are shown to the reader, who chooses; none is a refusal that says why.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz import process

from lucky_analytics.ask.ask_request import Request
from lucky_analytics.ask.question_parts import Misfit, Part
from lucky_analytics.ask.question_words import Word, correct_spelling, split_words
from lucky_analytics.ask.request_checks import OPEN, RefusedError, Scope, check_request
from lucky_analytics.ask.request_parts import put_together
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.ask.vocabulary import Sense, Vocabulary
from lucky_analytics.ask.word_spans import Span, split_spans
from lucky_analytics.errors import LuckyError

__all__ = ["Reading", "read_question"]

_MOST_WAYS = 400
_FOLLOWS = re.compile(r"\s*(and\b|what about|how about|same\b|now\b|but\b|only\b)", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What was read: one request, or several among which the reader must choose.

    ``spelt``: words that were taken for others, as (typed, taken for).
    """

    requests: tuple[Request, ...]
    spelt: tuple[tuple[str, str], ...] = ()


def read_question(
    text: str,
    vocabulary: Vocabulary,
    as_of: dt.date,
    *,
    scope: Scope = OPEN,
    context: Request | None = None,
) -> Reading:
    """The request that ``text`` makes, or the ones that it may make; ``context`` is the one before it.

    Raises ``RefusedError`` where a word is not known, where it asks for people, the future, a reason or
    for what no table has, and ``ParameterError`` for no question at all.
    """
    words = correct_spelling(split_words(text), vocabulary.words, vocabulary.firm)
    typed = [word.raw for word in split_words(text)]
    spelt = tuple((was, word.meant) for was, word in zip(typed, words, strict=True) if word.meant)
    follows = context if context is not None and _FOLLOWS.match(text) else None
    found: dict[Request, int] = {}
    wrong: list[tuple[int, LuckyError]] = []
    for spans in _splits(words, vocabulary, as_of + dt.timedelta(days=1)):
        try:
            _refuse_kinds(spans)
            _refuse_unknown(spans, vocabulary)
        except RefusedError as error:
            wrong.append((0, error))
            continue
        spans = [span for span in spans if not _is_silent(span)]
        for parts in _ways(spans):
            made: list[tuple[int, Request]] = []
            try:
                made.extend(put_together(parts, follows, context))
            except Misfit as misfit:
                wrong.append((misfit.order, RefusedError("not understood", misfit.text)))
            for cost, request in made:
                try:
                    check_request(request, scope, as_of)
                except LuckyError as error:
                    wrong.append((0 if cost < 3 else 2, error))
                else:
                    cost += sum(part.kind == "silent" for part in parts)
                    found[request] = min(cost, found.get(request, cost))
    if found:
        least = min(found.values())
        best = tuple(request for request, cost in found.items() if cost == least)
        return Reading(best, spelt)
    if wrong:
        raise _as_typed(min(wrong, key=lambda each: each[0])[1], text, words, typed)
    raise RefusedError("not understood", "it names no number that the catalog has, like orders or revenue")


def _as_typed(error: LuckyError, text: str, words: Sequence[Word], typed: Sequence[str]) -> LuckyError:
    """``error`` with every word that it quotes as the reader typed it."""
    if not isinstance(error, RefusedError):
        return error
    meant = {word.raw: was for word, was in zip(words, typed, strict=True)}
    plain = text.casefold()

    def quote(found: re.Match[str]) -> str:
        said = " ".join(meant.get(word, word) for word in found[1].split())
        if said not in plain:
            short = [s for s, full in SPOKEN["shorthand"].items() if said in full.strip() and s in plain]
            said = short[0] if short else said
        return f'"{said}"'

    return RefusedError(error.why, re.sub(r'"([^"]+)"', quote, error.text), error.report)


def _splits(words: Sequence[Word], vocabulary: Vocabulary, today: dt.date) -> list[list[Span]]:
    """The question in pieces: "failed payments" once as a share and once as a count, unless it says which."""
    spans = split_spans(words, vocabulary, today)
    if not any(sense.is_bare for span in spans for sense in span.senses):
        return [spans]
    if any(span.has("share") for span in spans):
        return [spans]
    counted = split_spans(words, vocabulary, today, with_bare=False)
    return [counted] if any(span.has("count") for span in spans) else [spans, counted]


def _is_silent(span: Span) -> bool:
    return span.has("silent") and all(sense.kind == "silent" for sense in span.senses)


def _ways(spans: Sequence[Span]) -> Iterator[list[Part]]:
    """Every way to give each piece one of its senses; those that are told apart later go as one."""
    choices = []
    for span in spans:
        kinds: dict[object, list[Sense]] = {}
        for sense in span.senses:
            group = (sense.kind, sense.what) if sense.kind in ("measure", "period") else sense.kind
            kinds.setdefault(group, []).append(sense)
        choices.append(
            [Part(span, senses[0].kind, tuple(s.what for s in senses)) for senses in kinds.values()]
        )
    ways = itertools.product(*choices)
    for parts in itertools.islice(ways, _MOST_WAYS):
        yield list(parts)


def _refuse_kinds(spans: Sequence[Span]) -> None:
    """What is refused for what it asks, whatever else it says."""
    has_people = any(span.has("people") for span in spans)
    is_customer = any(span.has("dimension") and "customer" in [s.what for s in span.senses] for span in spans)
    for before, span in zip([None, *spans], spans, strict=False):
        if span.has("personal") or (span.has("called") and (is_customer or has_people)):
            raise RefusedError("personal", "names, contacts, cards and pay of people are not in the snapshot",
                          "marketing/customer_360")  # fmt: skip
        if span.has("who") and not (before and before.has("dimension", "measure")):
            raise RefusedError("personal", "single people are not named here", "marketing/customer_360")
        is_one = before is not None and before.text in ("customer", "user", "client", "guest")
        if is_one and span.has("number", "period") and span.text.isdigit():
            raise RefusedError(
                "personal", "single customers are looked up behind a login", "marketing/customer_360"
            )
        is_each = before is not None and before.has("by", "which")
        if span.has("people") and (is_each or any(each.has("most", "least") for each in spans)):
            raise RefusedError("personal", "single employees are not compared here", "operations/staffing")
        if span.has("future"):
            raise RefusedError("future", "what is to come is no row of a table", SPOKEN["reports"]["ahead"])
    if cause := next((span for span in spans if span.has("causes")), None):
        raise RefusedError(
            "not understood", f'"{cause.text}" asks for more than a number', SPOKEN["reports"]["causes"]
        )


def _refuse_unknown(spans: Sequence[Span], vocabulary: Vocabulary) -> None:
    unknown = [span.text for span in spans if not span.senses]
    if unknown:
        kinds = ("measure", "dimension", "flag")
        known = {" ".join(p) for p, senses in vocabulary.phrases.items() if senses[0].kind in kinds}
        near = [each for each, *_ in process.extract(unknown[0], sorted(known), limit=3, score_cutoff=75)]
        hint = f"; do you mean {' or '.join(near)}?" if near else ""
        shown = ", ".join(f'"{_printable(word):.20}"' for word in unknown[:3])
        raise RefusedError("not understood", f"{shown} means nothing here{hint}")


def _printable(text: str) -> str:
    """``text`` without signs that steer a terminal or turn what is read round."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)
