"""A question as words: what may stand in one, numbers and names in one form, spelling corrected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from lucky_analytics.ask.spoken import SPOKEN
from lucky_analytics.ask.written_times import write_times
from lucky_analytics.errors import ParameterError

__all__ = ["LONGEST", "Word", "correct_spelling", "plural_of", "split_words", "stem"]

LONGEST = 300  # characters: a longer text is no question to a table
_NUMBERS: Mapping[str, int] = SPOKEN["numbers"]
_PIECE = re.compile(r"\d{4}-\d{2}-\d{2}|\d+(?:st|nd|rd|th)\b|\d[\d,]*(?:\.\d+)?|[^\W\d_]+|\S")
# A sign beside a number says what is counted: it is the word after the number, not punctuation.
_SIGNED = re.compile(r"\$\s*(\d[\d,]*(?:\.\d+)?)|(\d[\d,]*(?:\.\d+)?)\s*%")
_LARGE = re.compile(r"(\d[\d,]*(?:\.\d+)?)\s*(k|thousand|million)\b")
_SILENT = set(",.?!:\"'()-/\u2013\u2014")
_ALONE = {"%": "percent", "$": "usd"}  # a sign without a number says what is asked for
_COMMON = frozenset(
    word
    for line in Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
    for word in line.split()
)
_WORDS = {short: full for short, full in SPOKEN["shorthand"].items() if short[0].isalpha()}
_SIGNS = {short: full for short, full in SPOKEN["shorthand"].items() if not short[0].isalpha()}
_SHORT = re.compile(
    rf"(?<![\w&])(?:{'|'.join(map(re.escape, sorted(_WORDS, key=len, reverse=True)))})(?![\w=])"
)
_SIGN = re.compile(
    rf"(?:{'|'.join(re.escape(sign) for sign in sorted(_SIGNS, key=len, reverse=True) if sign != '#')})"
    r"(?=\s*\$?[0-9])|#(?=\s*\$?[a-z])"
)
_PER = re.compile(r"(?<=[a-z])\s*/\s*(?=(?:day|week|wk|month|store|shop|order|customer|cust|hour|hr)s?\b)")
_LAST_DAYS = re.compile(r"\b((?:last|past) \d+) ?d\b")
_QUARTER = re.compile(r"\b(q[1-4]) ?'?(2\d)\b(?!\d)")
_OR_MORE = re.compile(r"(\d)\+(?!\w)")
_FEWEST = 4  # letters: a shorter word with another letter is mostly another word


@dataclass(frozen=True)
class Word:
    """One word as it was typed, in lower case (``raw``), without the mark of its plural (``stem``), and what
    it was taken for where it was misspelt (``meant``)."""

    raw: str
    stem: str
    meant: str = ""


def split_words(text: str) -> list[Word]:
    """The words of a question or of a name, both in one form. Raises ``ParameterError`` for no question.

    ``&`` is "and", ``$5`` is "5 usd", ``5 %`` "5 percent" and ``5k`` "5000"; a number has no commas;
    punctuation is left out, while any other sign stays a word, which nobody knows.

    >>> [word.stem for word in split_words("Orders at 8th & Broadway's stores: 3,000?")]
    ['order', 'at', '8th', 'and', 'broadway', 'store', '3000']
    """
    if not isinstance(text, str) or not text.strip():
        raise ParameterError("question", expected="words, like: orders by store last week", got="nothing")
    if len(text) > LONGEST:
        raise ParameterError(
            "question", expected=f"at most {LONGEST} characters", got=f"{len(text):,}", remedy="Ask one thing"
        )
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    plain = _QUARTER.sub(r"\1 20\2", _LAST_DAYS.sub(r"\1 days", _PER.sub(" per ", plain)))
    plain = re.sub(r"#\s*\W?$", " number", plain)
    plain = _SHORT.sub(lambda found: _WORDS[found[0]], plain)
    plain = re.sub(r"'s\b|s'(?=\s|$)", lambda found: "s" * found[0].startswith("s"), plain).replace(
        "&", " and "
    )
    plain = _SIGN.sub(lambda found: _SIGNS[found[0]], plain)
    plain = write_times(_OR_MORE.sub(r"\1 or more ", plain))
    plain = _LARGE.sub(lambda found: _in_full(found[1], found[2]), plain)
    plain = _SIGNED.sub(lambda found: f"{found[1]} usd" if found[1] else f"{found[2]} percent", plain)
    found = []
    for piece in _PIECE.findall(plain):
        if piece in _SILENT:
            continue
        raw = piece.replace(",", "") if piece[0].isdigit() else _ALONE.get(piece, piece)
        raw = str(_NUMBERS.get(raw, raw))
        found.append(Word(raw, stem(raw)))
    return found


def _in_full(number: str, word: str) -> str:
    value = float(number.replace(",", "")) * (1_000_000 if word == "million" else 1_000)
    return f"{value:.0f}" if value == int(value) else f"{value}"


def stem(word: str) -> str:
    """The singular of a regular plural; any other word as it is.

    >>> stem("orders"), stem("categories"), stem("pushes"), stem("ios"), stem("address")
    ('order', 'category', 'push', 'ios', 'address')
    """
    if len(word) < 4 or not word.isalpha() or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("shes", "ches", "sses", "xes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") else word


def plural_of(word: str) -> str:
    """The regular plural of a noun.

    >>> plural_of("latte"), plural_of("sandwich"), plural_of("category")
    ('lattes', 'sandwiches', 'categories')
    """
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def correct_spelling(words: list[Word], known: Collection[str], firm: Collection[str] = ()) -> list[Word]:
    """Words that nobody knows as the one known word that is nearest, where there is only one.

    One letter may be wrong, missing, added or swapped with its neighbour, in words of eight letters and more
    two; the first letter counts as right. A word with two neighbours equally near stays as it is, and so does
    a common English word: "better" is not "butter". ``firm`` words turn a question round ("exceeding"): for
    them one letter at most.

    >>> [word.stem for word in correct_spelling(split_words("revnue yesterday"), {"revenue", "yesterday"})]
    ['revenue', 'yesterday']
    """
    corrected = []
    for word in words:
        is_known = word.raw in known or word.stem in known or {word.raw, word.stem} & _COMMON
        if is_known or len(word.raw) < _FEWEST or not word.raw.isalpha():
            corrected.append(word)
            continue
        most = 2 if len(word.raw) >= 8 else 1
        alike = [
            each
            for each in known
            if each[:1] == word.raw[:1] and abs(len(each) - len(word.raw)) <= most and len(each) > _FEWEST
        ]
        near = process.extract(word.raw, alike, scorer=OSA.distance, score_cutoff=most, limit=3)
        near = [each for each in near if each[1] < 2 or each[0] not in firm]
        best = [each for each, distance, _ in near if distance == near[0][1]]
        if len({stem(each) for each in best}) > 1:  # in a hurry a letter is left out, rather than added
            best = [each for each in best if len(each) == len(word.raw) + 1] or best
        stems = {stem(each) for each in best}
        corrected.append(Word(best[0], stem(best[0]), best[0]) if len(stems) == 1 else word)
    return corrected
