"""Whether an English text feels good or bad, by a list of words with their weights: VADER, which needs no
connection.

Source: Hutto and Gilbert (2014), "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social
Media Text", ICWSM; the list and the rules are those of the package vaderSentiment (MIT).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

__all__ = ["BAD_BELOW", "MOST_READ", "is_readable", "score_texts"]

Array = NDArray[Any]
BAD_BELOW = -0.05  # of the score, as the authors say; from 0.05 on it feels good
MOST_READ = 1_000  # characters of a text: the reader's time grows with their square
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f]")


@functools.cache
def _reader() -> SentimentIntensityAnalyzer:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer  # reads its lists of words

    return SentimentIntensityAnalyzer()


def score_texts(texts: Sequence[str]) -> Array:
    """How each text feels, from -1 (bad) to 1 (good): the authors' compound score of its first ``MOST_READ``
    characters. Null for a text that cannot be read (``is_readable``); 0 where no word is on the list.

    >>> score_texts(["Rude staff, awful wait!", "I love this latte :)", "It is on Fulton.", ""]).round(1)
    array([-0.7,  0.8,  0. ,  nan])
    """
    read = _reader().polarity_scores
    known = {text: read(text[:MOST_READ])["compound"] for text in set(texts) if is_readable(text)}
    return np.array([known.get(text, np.nan) for text in texts], float)


def is_readable(text: str) -> bool:
    """Whether a list of English words can be held against it: it has a letter or sign, and at least half of
    its letters are Latin. Which of the languages in Latin letters it is in cannot be told so.

    >>> [is_readable(text) for text in ("so slow", "太慢了", "🙄", "", "  ")]
    [True, False, True, False, False]
    """
    letters = _LETTER.findall(text[:MOST_READ])
    if not letters:
        return bool(text.strip())
    return 2 * sum(bool(_LATIN.match(letter)) for letter in letters) >= len(letters)
