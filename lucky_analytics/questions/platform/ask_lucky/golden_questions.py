"""Questions with known answers, each in three forms: as written, in other words, with a slip of the hand.

Of the first 160, half by a hash of their id were kept out of sight until the reader had been measured
(``is_held_back``); what they showed was repaired. Fifty more were written then, and asked once (``PARTS``).
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lucky_analytics import declarations

__all__ = ["FORMS", "PARTS", "Golden", "choose_golden", "is_held_back", "join_sql", "load_golden", "misspell"]

PARTS = ("seen while building", "held back, then repaired", "written later, asked once")
FORMS = ("as written", "other words", "one slip")
_HERE = Path(__file__).parent
_FEWEST = 6  # letters of a word in which a slip still leaves it readable


@dataclass(frozen=True)
class Golden:
    """One question. ``sql`` is empty where it must not be answered, ``why`` says the reason.

    ``of``: the department that asks. ``is_ranked``: the order of the values counts and no label, because
    customers have none. ``is_several``: several numbers in one row, of which each is a row of ``sql``.
    """

    id: str
    of: str
    texts: tuple[str, str, str]
    sql: str = ""
    why: str = ""
    is_ranked: bool = False
    is_several: bool = False

    @property
    def part(self) -> str:
        """Which of ``PARTS`` it belongs to."""
        if self.id[0] in "xy":
            return PARTS[2]
        return PARTS[1] if is_held_back(self.id) else PARTS[0]


def is_held_back(id_: str) -> bool:
    """Whether a question was kept out of sight while the reader was built: by a hash, fixed before.

    >>> is_held_back("d01"), is_held_back("d02")
    (False, True)
    """
    return int(hashlib.sha256(id_.encode()).hexdigest(), 16) % 2 == 0


@cache
def load_golden() -> tuple[Golden, ...]:
    """All of them, in the order of their files."""
    return tuple(
        Golden(
            name, body.get("of", "anybody"), _forms(name, body), sql=body.get("sql", ""),
            why=body.get("why", ""), is_ranked=body.get("ranked", False), is_several=body.get("two", False),
        )
        for file in ("answered", "refused", "later")
        for name, body in _read(f"golden_{file}.yml").items()
    )  # fmt: skip


def choose_golden(with_seen: bool) -> tuple[Golden, ...]:
    """The questions that a page asks: without those that were seen while the reader was built, or all."""
    return tuple(each for each in load_golden() if with_seen or each.part != PARTS[0])


def join_sql(golden: Iterable[Golden]) -> str:
    """The hand-written queries of these questions, each under its question."""
    return "\n".join(f"-- {each.texts[0]}\n{each.sql};" for each in golden if each.sql)


def _read(name: str) -> dict[str, dict[str, Any]]:
    return dict(declarations.read(_HERE / name))


def _forms(name: str, body: dict[str, Any]) -> tuple[str, str, str]:
    return body["ask"], body["also"], misspell(body["ask"], name)


def misspell(text: str, seed: str) -> str:
    """``text`` with one slip in one of its longer words: two letters swapped, one left out, one doubled.

    The same for the same ``seed``; a text of short words alone stays as it is.

    >>> misspell("orders yesterday", "a")
    'orders yesterrday'
    """
    draw = random.Random(seed)
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) >= _FEWEST and word.isalpha()]
    if not long:
        return text
    at = draw.choice(long)
    word, i = words[at], draw.randrange(1, len(words[at]) - 2)
    slips = {
        "swapped": word[:i] + word[i + 1] + word[i] + word[i + 2 :],
        "left out": word[:i] + word[i + 1 :],
        "doubled": word[:i] + word[i] + word[i:],
    }
    words[at] = slips[draw.choice(sorted(slips))]
    return " ".join(words)
