"""Texts that strangers wrote, made safe to show, and those that say the same found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import redact

__all__ = ["FEWEST_LETTERS", "clean_text", "find_copies", "list_small_words", "mask_people", "spell_out"]

Array = NDArray[Any]
FEWEST_LETTERS = 30  # in two texts that are alike by more than chance: "great coffee" is written by many
_SPACES = re.compile(r"\s+")
# Control characters, halves of pairs, marks of direction, and what has no width; a joiner of emoji stays.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200c\u200e\u200f\u202a-\u202e"
                     "\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]")  # fmt: skip
_ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+\.(?:com|net|org|co|io|me|ly|shop)\b\S*", re.IGNORECASE
)
_MAIL = re.compile(r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,64}(?:\.[\w-]+)+", re.IGNORECASE)
_HANDLE = re.compile(r"(?<!\w)[@＠]\s?[\w.]+")
_DIGITS = re.compile(
    r"\+?\(?\d(?:[\s().\-\u2010-\u2015/]{0,3}\d){5,}"
)  # six or more: telephones, cards, orders
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_GONE = "[…]"


def clean_text(text: str) -> str:
    """The text on one line, without what no reader sees: control characters, marks that turn the direction of
    writing, letters of no width.

    >>> clean_text("slow\\u202e  ser\\u200bvice\\x00\\n again")
    'slow service again'
    """
    return _SPACES.sub(" ", _UNSEEN.sub("", text)).strip()


def spell_out(text: str) -> str:
    """The letters of a text alone, in small ones, by which copies are found: addresses, handles, numbers,
    signs and spaces are left out, wide and accented forms written alike.

    >>> spell_out("So SLOW!! 20 minutes, see www.x.com @joe") == spell_out("so slow - 25 minutes, see")
    True
    """
    bare = _HANDLE.sub(" ", _ADDRESS.sub(" ", text))
    wide = unicodedata.normalize("NFKD", bare).casefold()
    return "".join(letter for letter in wide if letter.isalpha())


def find_copies(texts: Sequence[str]) -> Array:
    """For each text the place of the first that says the same (``spell_out``), its own where none does.

    Texts of fewer than ``FEWEST_LETTERS`` letters are nobody's copy. Texts with changed words are not found.

    >>> lines = ["The same line of thirty letters or a few more."] * 2
    >>> find_copies([*lines, "good", "good"]).tolist()
    [0, 0, 2, 3]
    """
    first: dict[str, int] = {}
    found = np.arange(len(texts))
    for place, text in enumerate(texts):
        letters = spell_out(text)
        if len(letters) >= FEWEST_LETTERS:
            found[place] = first.setdefault(letters, place)
    return found


def list_small_words(texts: Sequence[str]) -> set[str]:
    """All words that somebody wrote in small letters, for ``mask_people``.

    >>> sorted(list_small_words(["Maria was slow", "SLOW Fulton"]))
    ['slow', 'was']
    """
    return {word for text in texts for word in _WORD.findall(text) if word.islower()}


def mask_people(text: str, small: Collection[str]) -> str:
    """The text without what may name or reach somebody: mail and web addresses, handles, numbers of six or
    more digits, and each word with a capital that nobody writes in small letters (``list_small_words``).

    So names go, and with them some ordinary words that stand only at the beginning of sentences. A name
    that somebody wrote in small letters stays: no rule finds it.

    >>> small = {"at", "was", "rude", "call", "or"}
    >>> mask_people("Maria at Fulton was rude, call 646-555-0199 or @joe", small)
    '[…] at […] was rude, call […] or […]'
    """
    for private in (_MAIL, _ADDRESS, _HANDLE, _DIGITS):
        text = private.sub(_GONE, text)
    text = redact(text).replace("[removed]", _GONE)

    def keep(match: re.Match[str]) -> str:
        word = match.group()
        is_plain = word.lower() == word or word.lower() in small  # letters without a case are plain, too
        return word if is_plain or word in ("I", "A") or word[:2] in ("I'", "I’") else _GONE

    return _WORD.sub(keep, text)
