"""Which words mean what: phrases of measures, dimensions and values, made from the catalog and a snapshot."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lucky_analytics.ask.ask_dimensions import CUSTOMER, TIMES, columns_asked
from lucky_analytics.ask.ask_measures import list_measures
from lucky_analytics.ask.date_spans import span_words
from lucky_analytics.ask.question_words import plural_of, split_words
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.ask.table_measures import spoken_column
from lucky_analytics.ask.value_names import list_names, list_plurals
from lucky_analytics.catalog import TABLES
from lucky_analytics.metrics import REGISTRY

__all__ = ["SMALL", "Sense", "Vocabulary", "make_vocabulary"]

Phrase = tuple[str, ...]
_GROUPS = (
    "personal", "people", "future", "causes", "silent", "together", "trend", "change", "part_of_day",
    "firsts",
)  # fmt: skip
# what may stand between the words of a phrase without changing what it means
SMALL = frozenset(SPOKEN["within_phrases"])
_NOUNS = ("measure", "column", "dimension", "rows")
_RATE = re.compile(r"\b(rate|share)\b")


@dataclass(frozen=True)
class Sense:
    """What a phrase may mean: ``kind`` is measure, column, dimension, value, rows, by time, superlative,
    flag, not_flag, silent, verb, together, trend, change, part_of_day, firsts, personal, people, future,
    cause, or one of the ``operators`` of the spoken words.

    ``is_bare``: it names a share without the word ("failed payments"), so that a count may be meant, too.
    """

    kind: str
    what: Any = None
    is_bare: bool = False


@dataclass
class Vocabulary:
    """``phrases``: stems to what they may mean. ``names``: words as they are to (key, value),
    ``stems``: the same of words in the singular. ``loose``: phrases of numbers without small words.
    ``words``: all; ``firm``: those that relate others."""

    phrases: dict[Phrase, list[Sense]] = field(default_factory=lambda: defaultdict(list))
    names: dict[Phrase, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    stems: dict[Phrase, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    loose: dict[Phrase, list[Sense]] = field(default_factory=lambda: defaultdict(list))
    words: set[str] = field(default_factory=set)
    firm: set[str] = field(default_factory=set)
    longest: int = 1

    def add(self, text: str, sense: Sense) -> None:
        """``text`` means ``sense``, too."""
        words = split_words(text)
        phrase = tuple(word.stem for word in words)
        if sense not in self.phrases[phrase]:
            self.phrases[phrase].append(sense)
        own = tuple(word for word in phrase if word not in SMALL)
        if sense.kind in ("measure", "rows") and len(own) > 1 and sense not in self.loose[own]:
            self.loose[own].append(sense)
        self._learn(word for each in words for word in (each.raw, each.stem))
        if phrase and phrase[-1].isalpha() and sense.kind in _NOUNS:
            self.words.add(plural_of(phrase[-1]))
        self.longest = max(self.longest, len(phrase))

    def add_name(self, text: str, key: str, value: str) -> None:
        """``text`` is the name of ``value`` in the dimension ``key``, too."""
        words = split_words(text)
        phrase, stems = tuple(word.raw for word in words), tuple(word.stem for word in words)
        forms = [(self.names, phrase), (self.stems, stems)]
        for known, form in forms[: 1 if phrase[:1] == ("in",) else 2]:  # "in orders" is no form "in order"
            if (key, value) not in known[form]:
                known[form].append((key, value))
        self._learn((*phrase, *stems))
        self.longest = max(self.longest, len(phrase))

    def _learn(self, words: Iterable[str]) -> None:
        self.words.update(words)


def make_vocabulary(values: Mapping[str, list[str]]) -> Vocabulary:
    """Everything that may be said about a snapshot whose tables hold ``values`` (``known_values``).

    >>> made = make_vocabulary({"orders.channel": ["ios"]})
    >>> made.phrases[("revenue",)][0].what, made.names[("ios",)]
    ('revenue', [('orders.channel', 'ios')])
    """
    made = Vocabulary()
    for kind, phrases in SPOKEN["operators"].items():
        for text in phrases:
            made.add(text, Sense(kind))
    made.firm = set(made.words)
    for group in _GROUPS:
        for text in SPOKEN[group]:
            made.add(text, Sense(group))
    _add_measures(made)
    _add_dimensions(made)
    for direction, found in SPOKEN["best_at"].items():
        for text, measure in found.items():
            made.add(text, Sense(direction, measure))
    for text, what in SPOKEN["rows"].items():
        made.add(text, Sense("rows", what))
    for text, tables in SPOKEN["verbs"].items():
        made.add(text, Sense("verb", tuple(tables)))
    for key, texts in values.items():
        for text in texts:
            for name in list_names(key, text):
                made.add_name(name, key, text)
    for plural, key, text in list_plurals(values, made.names, made.phrases):
        made.add_name(plural, key, text)
    for text, found in SPOKEN["values"].items():
        for key, value in found.items():
            made.add_name(text, key, value)
    made.words |= span_words()
    return made


def _add_measures(made: Vocabulary) -> None:
    for name, measure in list_measures().items():
        kind, _, rest = name.partition(":")
        spoken = SPOKEN["measures"].get(name, [])
        if kind == "told":
            for text in (measure.label, *SPOKEN["declared"][rest]["words"]):
                made.add(text, Sense("measure", name))
            continue
        if name in REGISTRY:
            for text in (name.replace("_", " "), measure.label, *spoken):
                is_bare = measure.unit in ("share", "rate") and not _RATE.search(text)
                made.add(text, Sense("measure", name, is_bare))
            continue
        for text in spoken:
            made.add(text, Sense("measure", name))
        if kind == "count" and rest not in SPOKEN["rows_are_metrics"]:
            noun = rest.replace("_", " ")
            stands_for = SPOKEN["stands_for"].get(rest, name)
            made.add(noun, Sense("measure", stands_for))
        elif kind in ("sum", "mean"):
            table, _, column = rest.partition(".")
            if column in SPOKEN["not_said"]:
                continue
            phrase = tuple(word.stem for word in split_words(spoken_column(column)))
            if not any(sense.kind != "column" for sense in made.phrases.get(phrase, ())):
                made.add(spoken_column(column), Sense("column", (table, column)))


def _add_dimensions(made: Vocabulary) -> None:
    for part in TIMES:
        made.add(part, Sense("dimension", part))
    for text, part in SPOKEN["by_time"].items():
        made.add(text, Sense("by time", part))
    for table in TABLES:
        if table in SPOKEN["not_asked"]:
            continue
        for column, kind in columns_asked(table).items():
            key = f"{table}.{column}"
            if kind == "boolean":
                made.add(spoken_column(column), Sense("flag", key))
            else:
                made.add(spoken_column(column), Sense("dimension", key))
    for key, texts in SPOKEN["dimensions"].items():
        for text in texts:
            made.add(text, Sense("dimension", key))
    for kind, name in (("flag", "flags"), ("not_flag", "not_flags")):
        for key, texts in SPOKEN[name].items():
            for text in texts:
                made.add(text, Sense(kind, key))
    made.add(CUSTOMER, Sense("dimension", CUSTOMER))
