"""Under which kind a short text falls, by the words of texts whose kind is known; how often that is right.

Naive Bayes over which words stand in a text, how often being no matter: each word that the known texts have
votes for the kinds in which it stands more often than elsewhere. Source: McCallum and Nigam (1998), AAAI
workshop 98-05, the multinomial model, on words once each; one added to every count (Laplace).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["Votes", "learn_votes"]

Array = NDArray[Any]
_WORD = re.compile(r"[a-z_]{2,}")


@dataclass(frozen=True)
class Votes:
    """``kinds`` in order; ``words``: the place of each known word; ``counts``: kinds by words, in how many
    texts of the kind the word stands; ``seen``: texts by words, 1 where it stands; ``kind``: of each text its
    place in ``kinds``."""

    kinds: tuple[str, ...]
    words: dict[str, int]
    counts: Array
    seen: Array
    kind: Array

    def weigh(self, texts: Sequence[str]) -> Array:
        """Texts by kinds: how likely each kind is, every row adding up to 1. All kinds are taken as equally
        frequent; a text without a known word has the same for each.

        >>> votes = learn_votes(["disk full", "no disk", "slow query"], ["disk", "disk", "slow"])
        >>> votes.weigh(["disk again", "hello"]).round(2).tolist()
        [[0.7, 0.3], [0.5, 0.5]]
        """
        return _share(_mark(texts, self.words) @ _logs(self.counts).T)

    def weigh_left_out(self) -> Array:
        """The same for each text that was learnt from, by the others alone: its own words count only where
        they stand in another."""
        rows = []
        for own, kind in zip(self.seen, self.kind, strict=True):
            counts = self.counts.copy()
            counts[kind] -= own
            rows.append(_logs(counts) @ own)
        return _share(np.array(rows).reshape(len(self.seen), len(self.kinds)))


def learn_votes(texts: Sequence[str], kinds: Sequence[str]) -> Votes:
    """What each word of ``texts``, whose kind is known, says of a kind. Two letters or more make a word.

    Raises ``ParameterError`` without a text, or with other than a kind for each.

    >>> learn_votes(["disk full", "no disk"], ["disk", "other"]).words
    {'disk': 0, 'full': 1, 'no': 2}
    """
    if not len(texts) or len(texts) != len(kinds):
        raise ParameterError("texts of known kind", expected="one or more, a kind for each", got="others")
    names = tuple(sorted(set(kinds)))
    words = sorted({word for text in texts for word in _WORD.findall(text.lower())})
    places = {word: place for place, word in enumerate(words)}
    seen = _mark(texts, places)
    kind = np.array([names.index(each) for each in kinds])
    counts = np.array([seen[kind == place].sum(axis=0) for place in range(len(names))])
    return Votes(names, places, counts, seen, kind)


def _mark(texts: Sequence[str], places: dict[str, int]) -> Array:
    marked = np.zeros((len(texts), len(places)))
    for row, text in zip(marked, texts, strict=True):
        row[[places[word] for word in set(_WORD.findall(text.lower())) if word in places]] = 1.0
    return marked


def _logs(counts: Array) -> Array:
    """Logarithms of how often each kind has each word, one added; 0 for words that no text has."""
    is_known = counts.sum(axis=0) > 0
    total = counts.sum(axis=1, keepdims=True) + is_known.sum()
    return np.where(is_known, np.log((counts + 1) / np.maximum(total, 1)), 0.0)


def _share(logs: Array) -> Array:
    even = np.exp(logs - logs.max(axis=1, keepdims=True)) if len(logs) else logs
    return even / even.sum(axis=1, keepdims=True)
