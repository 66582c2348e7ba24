"""Sentences of a text: which stand open, which are folded."""

from __future__ import annotations

import re

__all__ = ["keep_brief", "split_sentences"]


def split_sentences(text: str) -> list[str]:
    """The sentences of ``text``, without the space between them; an empty text is one empty sentence.

    >>> split_sentences("Sells 3.5 % less. $12 a week is lost. 8th & Broadway leads.")
    ['Sells 3.5 % less.', '$12 a week is lost.', '8th & Broadway leads.']
    """
    return re.split(r"(?<=[.!?])\s+(?=[A-Z0-9$])", text)


def keep_brief(text: str, most_words: int) -> tuple[str, str]:
    """``text`` cut between sentences: what ``most_words`` words hold, at least one sentence, and the rest.

    >>> keep_brief("Two stores fell. Both stand near a new one. The rest may be chance.", 9)
    ('Two stores fell. Both stand near a new one.', 'The rest may be chance.')
    >>> keep_brief("Two stores fell.", 1)
    ('Two stores fell.', '')
    """
    kept, *rest = split_sentences(text)
    while rest and len(f"{kept} {rest[0]}".split(" ")) <= most_words:
        kept = f"{kept} {rest.pop(0)}"
    return kept, " ".join(rest)
