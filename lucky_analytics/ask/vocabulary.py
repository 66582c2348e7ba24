"""Which words mean what: phrases of measures, dimensions and values, made from the catalog and a snapshot."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lucky_analytics.ask.ask_dimensions import CUSTOMER, TIMES, columns_asked
from lucky_analytics.ask.ask_measures import list_measures, spoken_column
from lucky_analytics.ask.date_spans import span_words
from lucky_analytics.ask.question_words import plural_of, split_words, stem
from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.catalog import TABLES
from lucky_analytics.metrics import REGISTRY

__all__ = ["OPERATORS", "Sense", "Vocabulary", "make_vocabulary"]

Phrase = tuple[str, ...]
# What relates the others; each phrase is in stems.
OPERATORS: dict[str, list[str]] = {
    "by": [
        "by",
        "per",
        "each",
        "every",
        "for each",
        "in each",
        "of each",
        "for every",
        "by each",
        "split by",
    ],
    "versus": ["vs", "versus", "compare", "compared to", "compared with", "against"],
    "which": ["which", "what"],
    "who": ["who"],
    "called": ["name"],
    "most": [
        "most",
        "most often",
        "most of",
        "best",
        "top",
        "highest",
        "largest",
        "biggest",
        "greatest",
        "maximum",
        "longest",
        "max",
    ],
    "least": ["least", "worst", "bottom", "lowest", "smallest", "fewest", "minimum", "shortest", "min"],
    "above": ["more than", "over", "above", "greater than", "exceeding"],
    "below": ["fewer than", "less than", "under", "below"],
    "at least": ["at least"],
    "at most": ["at most", "no more than"],
    "or more": ["or more"],
    "or fewer": ["or fewer", "or less"],
    "time": ["time"],
    "mean": ["average", "mean", "on average", "averaged", "an average"],
    "sum": ["total", "sum", "in total", "overall", "altogether"],
    "share": ["share", "percentage", "percent", "proportion", "fraction", "what share of", "how often"],
    "count": ["how many", "number", "count"],
    "money": ["how much", "dollar", "usd", "in dollar", "in usd"],
    "is_not": ["not"],
    "sold": ["sold", "sell", "selling", "bought"],
    "more": ["more"],
    "or": ["or"],
    "and": ["and"],
    "than": ["than"],
}
_BY_TIME = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}
_STREET = {"ln": ["lane"], "lane": ["ln"], "st": ["street"], "ave": ["avenue"]}


@dataclass(frozen=True)
class Sense:
    """What a phrase may mean: ``kind`` is measure, column, dimension, value, rows, by time, superlative,
    silent, personal, people, future, cause, or one of ``OPERATORS``."""

    kind: str
    what: Any = None


@dataclass
class Vocabulary:
    """``phrases``: stems to what they may mean. ``names``: words as they are to (key, value),
    ``stems``: the same of words in the singular. ``words``: all; ``firm``: those that relate others."""

    phrases: dict[Phrase, list[Sense]] = field(default_factory=lambda: defaultdict(list))
    names: dict[Phrase, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    stems: dict[Phrase, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    words: set[str] = field(default_factory=set)
    firm: set[str] = field(default_factory=set)
    longest: int = 1

    def add(self, text: str, sense: Sense) -> None:
        """``text`` means ``sense``, too."""
        words = split_words(text)
        phrase = tuple(word.stem for word in words)
        if sense not in self.phrases[phrase]:
            self.phrases[phrase].append(sense)
        self._learn(word for each in words for word in (each.raw, each.stem))
        if phrase and phrase[-1].isalpha():
            self.words.add(plural_of(phrase[-1]))
        self.longest = max(self.longest, len(phrase))

    def add_name(self, text: str, key: str, value: str) -> None:
        """``text`` is the name of ``value`` in the dimension ``key``, too."""
        words = split_words(text)
        phrase, stems = tuple(word.raw for word in words), tuple(word.stem for word in words)
        for known, form in ((self.names, phrase), (self.stems, stems)):
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
    for kind, phrases in OPERATORS.items():
        for text in phrases:
            made.add(text, Sense(kind))
    made.firm = set(made.words)
    for group in ("personal", "people", "future", "causes", "silent"):
        for text in SPOKEN[group]:
            made.add(text, Sense(group))
    _add_measures(made)
    _add_dimensions(made)
    for direction, found in SPOKEN["best_at"].items():
        for text, measure in found.items():
            made.add(text, Sense(direction, measure))
    for text, what in SPOKEN["rows"].items():
        made.add(text, Sense("rows", what))
    for key, texts in values.items():
        for text in texts:
            _add_value(made, key, text)
    _add_plurals(made, values)
    for text, found in SPOKEN["values"].items():
        for key, value in found.items():
            made.add_name(text, key, value)
    made.words |= span_words()
    return made


def _add_measures(made: Vocabulary) -> None:
    for name, measure in list_measures().items():
        kind, _, rest = name.partition(":")
        spoken = SPOKEN["measures"].get(name, [])
        if name in REGISTRY:
            for text in (name.replace("_", " "), measure.label, *spoken):
                made.add(text, Sense("measure", name))
            continue
        for text in spoken:
            made.add(text, Sense("measure", name))
        if kind == "count" and rest not in SPOKEN["rows_are_metrics"]:
            noun = rest.replace("_", " ")
            stands_for = SPOKEN["stands_for"].get(rest, name)
            made.add(noun, Sense("measure", stands_for))
        elif kind in ("sum", "mean"):
            table, _, column = rest.partition(".")
            phrase = tuple(word.stem for word in split_words(spoken_column(column)))
            if not any(sense.kind == "measure" for sense in made.phrases.get(phrase, ())):
                made.add(spoken_column(column), Sense("column", (table, column)))


def _add_dimensions(made: Vocabulary) -> None:
    for part in TIMES:
        made.add(part, Sense("dimension", part))
    for text, part in _BY_TIME.items():
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
    for key, texts in SPOKEN["flags"].items():
        for text in texts:
            made.add(text, Sense("flag", key))
    made.add(CUSTOMER, Sense("dimension", CUSTOMER))


def _add_value(made: Vocabulary, key: str, text: str) -> None:
    made.add_name(text, key, text)
    if "_" in text:
        made.add_name(text.replace("_", " "), key, text)
    if key == "stores.store_name":
        for alias in _store_names(text):
            made.add_name(alias, key, text)


def _store_names(name: str) -> set[str]:
    """What else a store is called: a part of its name, with or without "street".

    >>> sorted(_store_names("221 Grand"))
    ['221', '221 grand', '221 grand st', '221 grand street', 'grand', 'grand st', 'grand street']
    """
    sides = [side.split() for side in name.lower().split(" & ")]
    whole = [word for side in sides for word in side]
    parts = {tuple(side) for side in sides} | {tuple(whole)}
    if len(sides) == 2:
        parts |= {(*sides[1], "and", *sides[0])}
    parts |= {
        tuple(whole[i:j]) for i in range(len(whole)) for j in range(i + 1, len(whole) + 1) if len(sides) == 1
    }
    parts = {part for part in parts if not set(part) <= {"ln", "lane", "st", "ave"}}
    found = {" ".join(part) for part in parts}
    for part in parts:
        for other in _STREET.get(part[-1], []):
            found.add(" ".join((*part[:-1], other)))
        if part[-1].isalpha() and part[-1] not in _STREET and len(sides) == 1:
            found |= {f"{' '.join(part)} st", f"{' '.join(part)} street"}
        if re.fullmatch(r"\d+(st|nd|rd|th)", part[-1]) and len(part) == 1:
            found |= {f"{part[0]} street", f"{part[0]} st", f"{part[0]} ave", f"{part[0]} avenue"}
    return found


def _add_plurals(made: Vocabulary, values: Mapping[str, list[str]]) -> None:
    """The plural of a name is all names that end so: "lattes" is more than the product Latte."""
    exact = set(made.names)
    for key, texts in values.items():
        if not key.endswith(("product_name", "goods_name")):
            continue
        split = {text: tuple(word.raw for word in split_words(text)) for text in texts}
        ends = {words[i:] for words in split.values() for i in range(len(words)) if words[-1].isalpha()}
        for words in ends:
            plural = " ".join((*words[:-1], plural_of(words[-1])))
            raws = tuple(word.raw for word in split_words(plural))
            if raws in exact or tuple(map(stem, raws)) in made.phrases:
                continue  # it is a name itself, or a word for something else
            for text, own in split.items():
                if own[-len(words) :] == words:
                    made.add_name(plural, key, text)
