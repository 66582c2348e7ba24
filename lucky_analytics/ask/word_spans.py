"""The words of a question in pieces, each with all that it may mean; the longest known piece counts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lucky_analytics.ask.calendar_names import MONTHS, WEEKDAYS
from lucky_analytics.ask.date_spans import find_span
from lucky_analytics.ask.question_words import Word
from lucky_analytics.ask.vocabulary import Sense, Vocabulary

__all__ = ["Span", "find_hours", "split_spans"]

_ORDINAL = re.compile(r"\d+(st|nd|rd|th)")
_BEFORE_NUMBER = {"above", "below", "at least", "at most"}


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
        spans.append(span)
        at += n
    return spans


def _longest(
    words: Sequence[Word], vocabulary: Vocabulary, today: dt.date, before: Span | None,
    with_bare: bool,
) -> tuple[Span, int]:  # fmt: skip
    stems, raws = [word.stem for word in words], [word.raw for word in words]
    after_limit = before is not None and before.has(*_BEFORE_NUMBER)
    if day := _weekdays(words[0]):
        return day, 1
    found = (0, ()) if after_limit else _days_or_hours(words, stems, vocabulary, today)
    for n in range(min(vocabulary.longest, len(words)), found[0], -1):
        names = vocabulary.names.get(tuple(raws[:n])) or vocabulary.stems.get(tuple(stems[:n]))
        if n == 1 and _ORDINAL.fullmatch(raws[0]) and before and before.text in ("on", "the"):
            names = None  # "on the 15th" is a day of some month
        senses = [s for s in vocabulary.phrases.get(tuple(stems[:n]), ()) if with_bare or not s.is_bare]
        if names:
            senses.append(Sense("name", tuple(names)))
        if senses:
            found = (n, tuple(senses))
            break
    if not found[0] and stems[0].replace(".", "", 1).isdigit():
        found = (1, (Sense("number", float(stems[0]) if "." in stems[0] else int(stems[0])),))
    n = max(found[0], 1)
    is_plural = words[n - 1].raw != words[n - 1].stem
    return Span(" ".join(raws[:n]), found[1], is_plural), n


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


def _weekdays(word: Word) -> Span | None:
    """ "Mondays", which are all of them; "weekends" and "weekdays"."""
    if word.stem in WEEKDAYS and word.raw != word.stem:
        return Span(word.raw, (Sense("name", (("weekday", word.stem.capitalize()),)),))
    if word.stem == "weekend" or (word.stem == "weekday" and word.raw != word.stem):
        return Span(word.raw, (Sense("name", (("part of week", word.stem),)),))
    return None


def find_hours(words: Sequence[str]) -> tuple[tuple[int, ...], int] | None:
    """Hours of the day with which ``words`` begin, and of how many words they are.

    >>> find_hours("between 8 and 10 am last".split()), find_hours("after 5 pm".split())[0][:2]
    (((8, 9), 5), (17, 18))
    """
    first = words[0] if words else ""
    if first in ("between", "from") and len(words) > 4 and words[2] in ("and", "to", "am", "pm"):
        skip = words[2] in ("am", "pm")
        end = _hour(words[4:] if skip else words[3:])
        begin = _hour(words[1:]) if skip else _hour([words[1], *words[4:5]]) if end else None
        if end and begin and words[3 if skip else 2] in ("and", "to") and begin[0] < end[0]:
            return tuple(range(begin[0], end[0])), (6 if skip else 5)
        return None
    if first in ("before", "after", "at") and (hour := _hour(words[1:])):
        hours = {"before": range(hour[0]), "after": range(hour[0], 24), "at": range(hour[0], hour[0] + 1)}
        return tuple(hours[first]), 1 + hour[1]
    return None


def _hour(words: Sequence[str]) -> tuple[int, int] | None:
    if len(words) > 1 and words[0].isdigit() and 1 <= int(words[0]) <= 12 and words[1] in ("am", "pm"):
        return int(words[0]) % 12 + (12 if words[1] == "pm" else 0), 2
    return None
