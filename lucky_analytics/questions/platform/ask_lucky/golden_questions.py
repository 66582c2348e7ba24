"""Questions with known answers, each in three forms: as written, in other words, with a slip of the hand.

Half of them, by a hash of their id, were never looked at while the reader was built (``is_held_back``).
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

__all__ = ["FORMS", "Golden", "is_held_back", "load_golden", "misspell"]

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
    def is_held_back(self) -> bool:
        return is_held_back(self.id)


def is_held_back(id_: str) -> bool:
    """Whether a question was kept out of sight while the reader was built: by a hash, fixed before.

    >>> is_held_back("d01"), is_held_back("d02")
    (False, True)
    """
    return int(hashlib.sha256(id_.encode()).hexdigest(), 16) % 2 == 0


@cache
def load_golden() -> tuple[Golden, ...]:
    """All of them: those to answer, then those to refuse."""
    answered, refused = (_read(f"golden_{name}.yml") for name in ("answered", "refused"))
    found = [
        Golden(
            name, body["of"], _forms(name, body), sql=body["sql"],
            is_ranked=body.get("ranked", False), is_several=body.get("two", False),
        )
        for name, body in answered.items()
    ]  # fmt: skip
    found += [Golden(name, "anybody", _forms(name, body), why=body["why"]) for name, body in refused.items()]
    return tuple(found)


def _read(name: str) -> dict[str, dict[str, Any]]:
    return dict(yaml.safe_load((_HERE / name).read_text(encoding="utf-8")))


def _forms(name: str, body: dict[str, Any]) -> tuple[str, str, str]:
    return body["ask"], body["also"], misspell(body["ask"], name)


def misspell(text: str, seed: str) -> str:
    """``text`` with one slip in one of its longer words: two letters swapped, one left out, one doubled.

    The same for the same ``seed``; a text of short words alone stays as it is.

    >>> misspell("orders yesterday", "a")
    'ordersyesterday'
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
