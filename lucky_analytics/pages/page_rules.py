"""What a page must be for a reader in a hurry: each rule that it breaks is one line for its author.

Thirty seconds: a finding as the title, a short answer, a decision with its strength, a few numbers, one
picture. Three minutes: three more figures and three tables. All else is Details, where the words of methods
live.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from lucky_analytics.decisions import IDLE, STRENGTHS

if TYPE_CHECKING:
    from lucky_analytics.pages.content import Content

__all__ = ["JARGON", "N_FIGURES", "N_TABLES", "check_page", "count_numbers"]

N_FIGURES, N_TABLES = 4, 3  # that stand open; the first figure is the main one
_TITLE_WORDS, _ANSWER_WORDS, _ANSWER_NUMBERS, _ACTION_WORDS = 14, 40, 3, 40
_FEWEST_TILES, _MOST_TILES = 3, 6
_MOST_POINTS, _POINT_WORDS = 7, 40

# Words of methods, and of people who make reports: a reader who decides need not know them.
JARGON = (
    "AUC", "MAPE", "MASE", "RMSE", "RMSSE", "WAPE", "IV-Poisson", "Kaplan-Meier", "log likelihood", "REML",
    "p-value", "p-values", "jackknife", "bootstrap", "hazard", "instrument", "log-rank", "squared error",
    "elasticity", "elasticities", "placebo", "first stage", "censored", "prior", "posterior", "leave-one-out",
    "outside option", "settled stores", "repeat-buying model", "heteroscedastic",
)  # fmt: skip
_JARGON = re.compile(rf"\b({'|'.join(map(re.escape, JARGON))})\b|\bp\s?[=<]?\s?0\.\d", re.IGNORECASE)

# What compares: with a period before, a target, a usual or naive value, another thing.
_COMPARES = re.compile(
    r"\b(than|against|before|after|instead of|not|no|none|nothing|usual|target|of all|out of|cannot|most|"
    r"least|needs?)\b",
    re.IGNORECASE,
)

# A number as readers count them: an interval in brackets belongs to its number, a date or a street is none.
_INTERVAL = re.compile(r"\s\([^()]*\d[^()]*\)")
_DATE = re.compile(r"\b\d{1,2}\s(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*(?:\s\d{4})?\b")
_PLACE = re.compile(r"\b\d+(?:st|nd|rd|th)\b|\b\d+ (?=[A-Z][a-z])")
_NUMBER = re.compile(r"[−+-]?[$€]?\d[\d,.]*\s?(?:%|[KMB]\b)?")


def check_page(content: Content) -> list[str]:
    """The rules that a page breaks, one line each, naming the part; empty for a page that keeps all.

    A page whose data has a problem shows no numbers, and so breaks none; one that ends because the data
    cannot answer (``report.stop``) has neither tiles nor a picture.
    """
    if content.problems:
        return []
    found = [*_check_words(content), *([] if content.is_stopped else _check_parts(content))]
    return [*found, *(f"{where} says {word!r}, a word of methods" for where, word in _find_jargon(content))]


def count_numbers(text: str) -> int:
    """How many numbers a reader has to take in: an interval counts with its value, dates and streets do not.

    >>> count_numbers("221 Grand sold $17.7K (15 to 20) in the week to 13 Feb 2026, 33 % more than usual.")
    2
    """
    for pattern in (_INTERVAL, _DATE, _PLACE):
        text = pattern.sub("", text.replace("\u00a0", " "))
    return len(_NUMBER.findall(text))


def _check_words(content: Content) -> list[str]:
    found = []
    if not content.title:
        found.append("title: expected a finding (report.title), got the question alone")
    elif (n := _count_words(content.title)) > _TITLE_WORDS:
        found.append(f"title: expected at most {_TITLE_WORDS} words, got {n}")
    answer = " ".join(content.answers)
    if (n := _count_words(answer)) > _ANSWER_WORDS:
        found.append(f"answer: expected at most {_ANSWER_WORDS} words, got {n}")
    if (n := count_numbers(answer)) > _ANSWER_NUMBERS:
        found.append(f"answer: expected at most {_ANSWER_NUMBERS} numbers, got {n}")
    if not _COMPARES.search(answer):
        found.append(
            "answer: expected a comparison (with a period before, a target, what is usual), got none"
        )
    if (n := len(content.points)) > _MOST_POINTS:
        found.append(f"points: expected at most {_MOST_POINTS}, got {n}")
    found += [
        f"point {place}: expected at most {_POINT_WORDS} words, got {_count_words(text)}"
        for place, text in enumerate(content.points, start=1)
        if _count_words(text) > _POINT_WORDS
    ]
    for said in content.decisions:
        if said["strength"] not in (*STRENGTHS, IDLE):
            found.append("decision: expected a strength, got none")
        if (n := _count_words(said["action"])) > _ACTION_WORDS:
            found.append(f"decision: expected at most {_ACTION_WORDS} words, got {n}")
    if len(content.decisions) != 1:
        found.append(f"decision: expected one, got {len(content.decisions)}")
    return found


def _check_parts(content: Content) -> list[str]:
    found = []
    if not _FEWEST_TILES <= (n := len(content.headlines)) <= _MOST_TILES:
        found.append(f"tiles: expected {_FEWEST_TILES} to {_MOST_TILES}, got {n}")
    if not content.figures:
        found.append("figures: expected a main one, got none")
    found += [
        f"figure {figure.name}: expected a source, got none"
        for figure in content.figures
        if not figure.source
    ]
    return found


def _find_jargon(content: Content) -> list[tuple[str, str]]:
    """Words of methods where they stand open: the part, and the word."""
    texts = [("title", content.title), *(("answer", text) for text in content.answers)]
    texts += [("point", text) for text in content.points]
    for said in content.decisions:
        texts += [("decision", said.get(key, "")) for key in ("action", "because", "would_change_if")]
    texts += [(f"tile {tile.name}", tile.label) for tile in content.headlines]
    for figure in content.figures[:N_FIGURES]:
        texts += [(f"figure {figure.name}", f"{figure.finding} {figure.subtitle}")]
    for table in content.tables[:N_TABLES]:
        heads = " ".join(re.findall(r"<th\b[^>]*>(.*?)</th>", table.markup, re.DOTALL))
        texts += [(f"table {table.name}", f"{table.title} {html.unescape(re.sub('<[^>]+>', ' ', heads))}")]
    found = [(where, match.group()) for where, text in texts for match in _JARGON.finditer(text)]
    return list(dict.fromkeys(found))


def _count_words(text: str) -> int:
    """Words, a number with its unit counting as one: a page glues them with a space that does not break."""
    return len(text.split(" "))
