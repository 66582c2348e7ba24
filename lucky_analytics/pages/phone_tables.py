"""Wide tables on a phone: each row becomes a card that opens with what decides, the rest beneath it.

The page is the same for every screen. A wide table is told, in its own tag, which of its columns names the
row, which number and which words decide, and what each column is called; the style sheet does the rest.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape, unescape

__all__ = ["MOST_COLUMNS", "Roles", "choose_roles", "fit_tables"]

MOST_COLUMNS = 20  # of a card; the style sheet names as many
_SAMPLE = 40  # rows that are looked at
_PHONE = 350  # pixels that a table has at 390
_CHARACTER, _GAP, _NARROWEST, _NAME = 7.0, 13.0, 60.0, 120.0  # pixels: of a letter, between columns, of one
_WRAPS_AT = 16  # characters of a text that stand on one line of a narrow column
_SHORT, _LONG = 14, 34  # characters on average: stands beside a name, is no part of one

_TABLE = re.compile(r"<table\b([^>]*)>(.*?)</table>", re.DOTALL)
_HEAD = re.compile(r"<thead\b[^>]*>(.*?)</thead>", re.DOTALL)
_ROW = re.compile(r"<tr\b[^>]*>")
_CELL = re.compile(r"<t[hd]\b([^>]*)>")
_TAG = re.compile(r"<[^>]+>")
_CLASS = re.compile(r'\bclass="([^"]*)"')
_STYLE = re.compile(r'\bstyle="([^"]*)"')
_IS_FIT = re.compile(r'\bclass="[^"]*\b(?:cards|fits)\b')
_SPANS = re.compile(r'\b(?:col|row)span="(?!1")')
_NUMBER = re.compile(r"[−+-]?(?:NZ)?\$?[\d,.]*\d(?:\.\d+)?\s?(?:[%KMB])?|∞|–|", re.IGNORECASE)

# What decides, the strongest first; labels as tables/ writes them.
_VERDICTS = (
    r"what to do|next step|to consider|what next|advised|verdict",
    r"what is known|what it means|beyond chance|told from chance|surely better|how sure|^sure$|^earns$",
    r"^why\b|why one would|it may lie|that is|this week|^inside$|^state$|^now$|^outcome$",
    r"^match$|^so$|^called$|severity|what is so|what happens|what it does|owner|^is$",
)
_NUMBERS = (
    r"^order\b.*\bpacks|^to order|order instead",
    r"chance to pay back|^to pay|not known to be paid|due, not charged|at risk|at stake|likely left|overdue",
    r"\bsaves?\b|\bgain\b|\bnet\b|profit|\bworth\b|margin lost|\badds\b|margin for a dollar|moved",
    r"\bchance\b|against usual|against (the )?week|\bchange\b|difference|against",
    r"beyond (recipes|chance)|\bgap\b|less due|\bmay run out|ran out|not known",
    r"times (as|chance|expected|the usual)|\bshort|findings|failed",
)
_INTERVAL = re.compile(r"interval|range\b|least to most|ends", re.IGNORECASE)
_COUNT = re.compile(
    r"^(rank|possible rank|n|p-value.*|rows|customers|orders|tickets|age.*|day.*)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Roles:
    """Places of columns, from 1; 0 where there is none. ``name`` and ``second`` say what the row is of,
    ``key`` is the number that decides with its interval ``ends``, ``verdict`` the words that do."""

    name: int = 1
    second: int = 0
    key: int = 0
    ends: int = 0
    verdict: int = 0

    @property
    def shown(self) -> set[int]:
        return {self.name, self.second, self.key, self.ends, self.verdict} - {0}


def fit_tables(page: str) -> str:
    """The page with every table that is too wide for a phone marked as cards (``suite.css``).

    A table of one header row and at most ``MOST_COLUMNS`` columns, without spans; others scroll to the side,
    and one made for phones by hand (class "fits") stays. Takes time in proportion to the length. A second
    time changes nothing.

    >>> row = "<tr><td>A long name of a store</td>" + "<td>$1,234</td>" * 8 + "</tr>"
    >>> head = "<tr><th>Store</th>" + "".join(f"<th>Sold, part {n}</th>" for n in range(8)) + "</tr>"
    >>> fit_tables(f"<table><thead>{head}</thead><tbody>{row}</tbody></table>")[:38]
    '<table class="cards fold n1 k2" style='
    """
    return _TABLE.sub(_fit, page)


def choose_roles(labels: Sequence[str], is_number: Sequence[bool], lengths: Sequence[float]) -> Roles:
    """Which column plays which part; ``lengths`` are mean characters of a cell.

    >>> labels = ["Site", "Profit", "Interval", "Chance to pay back", "Most like"]
    >>> choose_roles(labels, [False, True, True, True, False], [9, 4, 9, 4, 20])
    Roles(name=1, second=0, key=4, ends=0, verdict=0)
    """
    places = range(1, len(labels) + 1)
    words = [place for place in places if not is_number[place - 1]]
    is_ranked = is_number[0] and labels[0].lower().startswith("rank") and bool(words)
    name = words[0] if is_ranked else 1
    numbers = [p for p in places if is_number[p - 1] and p != name and not _INTERVAL.search(labels[p - 1])]
    verdict = _first(_VERDICTS, labels, [place for place in words if place != name])
    key = _first(_NUMBERS, labels, numbers)
    if not key:
        with_ends = [p for p in numbers if p < len(labels) and _INTERVAL.search(labels[p])]
        telling = [p for p in numbers if not _COUNT.search(labels[p - 1])]
        key = next(iter([*with_ends, *telling, *numbers]), 0)
    if not key and not verdict:
        verdict = next((place for place in reversed(words) if place != name), 0)
    follows = key < len(labels) and key and _INTERVAL.search(labels[key])
    second = name + 1 if name + 1 in words and name + 1 != verdict and lengths[name] <= _LONG else 0
    if second and not key and lengths[second - 1] <= _SHORT:
        key, second = second, 0  # a word on the right, where there is no number
    return Roles(name, second, key, key + 1 if follows else 0, verdict)


def _first(patterns: Sequence[str], labels: Sequence[str], places: Sequence[int]) -> int:
    """The column that the first pattern with any names; the last of several, which is the sum of a row."""
    for pattern in patterns:
        found = [place for place in places if re.search(pattern, labels[place - 1], re.IGNORECASE)]
        if found:
            return found[-1]
    return 0


def _fit(match: re.Match[str]) -> str:
    attributes, inside = match[1], match[2]
    head = _HEAD.search(inside)
    if not head or _IS_FIT.search(attributes) or len(_ROW.findall(head[1])) != 1 or _SPANS.search(head[1]):
        return match[0]
    tags = _CELL.findall(head[1])
    labels = _read_cells(head[1])
    body = inside[head.end() :].partition("</tbody>")[0]
    rows = [_read_cells(row) for row in _ROW.split(body, maxsplit=_SAMPLE + 1)[1 : _SAMPLE + 1]]
    rows = [row for row in rows if len(row) == len(labels)]
    if not 2 < len(labels) <= MOST_COLUMNS or not rows:
        return match[0]
    columns = list(zip(*rows, strict=True))
    is_number = [
        any(word in tag for word in ("gt_right", "number")) or all(map(_NUMBER.fullmatch, cells))
        for tag, cells in zip(tags, columns, strict=True)
    ]
    if _measure(labels, columns, is_number) <= _PHONE:
        return match[0]
    lengths = [sum(map(len, cells)) / len(cells) for cells in columns]
    roles = choose_roles(labels, is_number, lengths)
    named = zip("nskiv", (roles.name, roles.second, roles.key, roles.ends, roles.verdict), strict=True)
    n_left = len(labels) - len(roles.shown)
    folds = ["fold"] if n_left > (0 if roles.second and roles.verdict else 1) else []
    classes = ["cards", *folds, *(f"{letter}{place}" for letter, place in named if place)]
    return f"<table{_mark(attributes, classes, labels)}>{inside}</table>"


def _mark(attributes: str, classes: Sequence[str], labels: Sequence[str]) -> str:
    """The table's own attributes with what the style sheet asks for."""
    own, looks = _CLASS.search(attributes), _STYLE.search(attributes)
    rest = _STYLE.sub("", _CLASS.sub("", attributes)).rstrip()
    names = "".join(f"--c{place}:{_quote(label)};" for place, label in enumerate(labels, start=1))
    looked = f"{looks[1].rstrip(';')};" if looks else ""
    every = " ".join([*([own[1]] if own else []), *classes])
    return f'{rest} class="{every}" style="{looked}{names}"'


def _quote(text: str) -> str:
    """A text as a string of CSS inside an attribute."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return escape(f'"{plain}"')


def _read_cells(row: str) -> list[str]:
    """The texts of a row's cells, whose ends pages leave out."""
    return [_read(cell) for cell in re.split(r"<t[hd]\b[^>]*>", row)[1:]]


def _read(cell: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", cell)).split())


def _measure(labels: Sequence[str], columns: Sequence[Sequence[str]], is_number: Sequence[bool]) -> float:
    """About how many pixels wide a table is at its narrowest."""
    wide = 0.0
    for place, (label, cells) in enumerate(zip(labels, columns, strict=True)):
        words = max((len(word) for text in (label, *cells) for word in text.split(" ")), default=0)
        longest = max(map(len, cells))
        letters = longest if is_number[place] else min(longest, _WRAPS_AT)
        least = _NAME if place == 0 else _NARROWEST
        wide += max(least, _CHARACTER * max(letters, words) + _GAP)
    return wide
