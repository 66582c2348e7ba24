"""The words of a question in pieces, each with all that it may mean; the longest known piece counts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lucky_analytics.ask.calendar_names import MONTHS, WEEKDAYS
from lucky_analytics.ask.date_spans import find_span
from lucky_analytics.ask.hour_spans import find_hours
from lucky_analytics.ask.question_words import Word
from lucky_analytics.ask.vocabulary import SMALL, Sense, Vocabulary

__all__ = ["Span", "split_spans"]

_ORDINAL = re.compile(r"\d+(st|nd|rd|th)")
_ANY = ("a", "an", "any", "every", "each", "either")
_AFTER_WEEKDAY = "or "
_BEFORE_NUMBER = {"above", "below", "at least", "at most", "exactly", "only"}


@dataclass(frozen=True)
class Span:
    """A piece of a question. ``senses``: what it may mean; none for a piece that nobody knows.

    Kinds beside those of ``vocabulary.Sense``: name (values by dimension), period, hours, number.
    """

    text: str
    senses: tuple[Sense, ...]
    is_plural: bool = False

    def has(self, *kinds: str) -> bool:
        return any(sense.kind in kinds for sense in self.senses)

    def what(self, kind: str) -> Any:
        return next(sense.what for sense in self.senses if sense.kind == kind)


def split_spans(
    words: Sequence[Word], vocabulary: Vocabulary, today: dt.date, with_bare: bool = True
) -> list[Span]:
    """The pieces of a question, from left to right, silent ones included; ``with_bare``: "failed payments"
    may be a share."""
    spans: list[Span] = []
    at = 0
    while at < len(words):
        span, n = _longest(words[at:], vocabulary, today, spans[-1] if spans else None, with_bare)
        if span.text == "or" and spans and spans[-1].has("name") and spans[-1].text.rstrip("s") in WEEKDAYS:
            span = replace(span, text=_AFTER_WEEKDAY)
        spans.append(span)
        at += n
    return spans


def _longest(
    words: Sequence[Word], vocabulary: Vocabulary, today: dt.date, before: Span | None,
    with_bare: bool,
) -> tuple[Span, int]:  # fmt: skip
    stems, raws = [word.stem for word in words], [word.raw for word in words]
    after_limit = before is not None and before.has(*_BEFORE_NUMBER) and stems[0][:1].isdigit()
    is_dated = stems[0] in WEEKDAYS and find_span(stems, today)  # "Monday, February 2"
    if not is_dated and (day := _weekdays(words[0], before)):
        return day, 1
    if (
        stems[0] == "between"
        and stems[1:2]
        and stems[1].replace(".", "", 1).isdigit()
        and not find_hours(stems)
    ):
        return Span("between", (Sense("between"),)), 1  # two limits
    found = (0, ()) if after_limit else _days_or_hours(words, stems, vocabulary, today)
    for n in range(min(vocabulary.longest, len(words)), max(found[0] - 1, 0), -1):
        names = vocabulary.names.get(tuple(raws[:n])) or vocabulary.stems.get(tuple(stems[:n]))
        if n == 1 and _ORDINAL.fullmatch(raws[0]) and before and before.text in ("on", "the"):
            names = None  # "on the 15th" is a day of some month
        senses = [s for s in vocabulary.phrases.get(tuple(stems[:n]), ()) if with_bare or not s.is_bare]
        if names:
            senses.append(Sense("name", tuple(names)))
        if n == found[0]:
            found = (n, (*found[1], *(sense for sense in senses if sense.kind == "now")))
        elif senses:
            found = (n, tuple(senses))
            break
    found = _loosely(stems, vocabulary, with_bare, found)
    if not found[0] and stems[0].replace(".", "", 1).isdigit():
        found = (1, (Sense("number", float(stems[0]) if "." in stems[0] else int(stems[0])),))
    n = max(found[0], 1)
    is_plural = words[n - 1].raw != words[n - 1].stem
    return Span(" ".join(raws[:n]), found[1], is_plural), n


def _loosely(
    stems: list[str], vocabulary: Vocabulary, with_bare: bool, found: tuple[int, tuple[Sense, ...]]
) -> tuple[int, tuple[Sense, ...]]:
    """A longer phrase with small words between its own: "packs that were rejected" are packs rejected."""
    if not stems or stems[0] in SMALL:
        return found
    own = [i for i, stem in enumerate(stems[: vocabulary.longest + 6]) if stem not in SMALL]
    for k in range(min(vocabulary.longest, len(own)), 1, -1):
        n = own[k - 1] + 1
        if n <= found[0]:
            break
        senses = vocabulary.loose.get(tuple(stems[i] for i in own[:k]), ())
        senses = [sense for sense in senses if with_bare or not sense.is_bare]
        if senses and n - k <= 4:
            return n, tuple(senses)
    return found


def _days_or_hours(
    words: Sequence[Word], stems: list[str], vocabulary: Vocabulary, today: dt.date
) -> tuple[int, tuple[Sense, ...]]:
    """The period or the hours with which ``words`` begin, and of how many words they are."""
    found: tuple[int, tuple[Sense, ...]] = (0, ())
    span = find_span(stems, today)
    if span and span[1] == 2 and stems[0] in MONTHS and _is_store(words[1:], vocabulary):
        span = find_span(stems[:1], today)  # "January 15th & 3rd" is a month and a store
    if span and not any(_weekdays(word) and word.raw != word.stem for word in words[: span[1]]):
        found = (span[1], tuple(Sense("period", each) for each in (span[0], *span[0].also)))
    if (hours := find_hours(stems)) and hours[1] > found[0]:
        found = (hours[1], (Sense("hours", hours[0]),))
    return found


def _is_store(words: Sequence[Word], vocabulary: Vocabulary) -> bool:
    raws = tuple(word.raw for word in words)
    return any(raws[:n] in vocabulary.names for n in range(2, min(vocabulary.longest, len(raws)) + 1))


def _weekdays(word: Word, before: Span | None = None) -> Span | None:
    """ "Mondays", which are all of them, and so is "a Monday"; "weekends" and "weekdays"."""
    is_any = before is not None and (before.text in _ANY or before.text.endswith(" a") or _is_weekday(before))
    is_bare = before is None or before.text not in ("on", "last", "this", "past", "next", "since", "until")
    if word.stem in WEEKDAYS and (word.raw != word.stem or is_any or is_bare):
        return Span(word.raw, (Sense("name", (("weekday", word.stem.capitalize()),)),))
    is_one = before is not None and before.text in ("a", "an", "any")
    if word.stem == "weekend" or (word.stem == "weekday" and (word.raw != word.stem or is_one)):
        return Span(word.raw, (Sense("name", (("part of week", word.stem),)),))
    return None


def _is_weekday(span: Span) -> bool:
    """Whether "or" follows a weekday: "a Saturday or Sunday" are all of them."""
    return span.text == _AFTER_WEEKDAY
