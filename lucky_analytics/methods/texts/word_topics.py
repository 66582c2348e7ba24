"""Which topics a text names, by plain lists of words that anybody can read and change."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

__all__ = ["match_words"]


def match_words(texts: Sequence[str], words: Mapping[str, Sequence[str]]) -> pd.DataFrame:
    """One row a text, one column a topic of ``words``: whether one of its words stands in the text.

    A word stands alone, whatever its case, in the order of a phrase; one that ends in ``*`` may go on
    (``wait*`` finds waited), a space is any space, and an apostrophe is either kind. A word that is denied
    ("no wait at all") counts: a list does not understand. A topic without words finds nothing.

    >>> match_words(["Waited 20 min", "no line", "online"], {"wait": ["wait*", "line"]})["wait"].tolist()
    [True, True, False]
    """
    found = {}
    for topic, own in words.items():
        parts = [_as_pattern(word) for word in own if word.strip("* ")]
        if not parts:
            found[topic] = np.zeros(len(texts), bool)
            continue
        pattern = re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)", re.IGNORECASE)
        found[topic] = np.array([bool(pattern.search(text)) for text in texts], bool)
    return pd.DataFrame(found, index=range(len(texts)))


def _as_pattern(word: str) -> str:
    stem = word.strip()
    pattern = r"\s+".join(re.escape(part) for part in stem.rstrip("*").split()).replace("'", "['’]")
    return pattern + (r"\w*" if stem.endswith("*") else "")
