"""Scores of one to five by fifths, where equal customers have equal scores: recency, frequency, money."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["score_fifths"]


def score_fifths(values: ArrayLike) -> NDArray[np.intp]:
    """1 (lowest) to 5: one more than the whole fifths of all ``values`` that are strictly smaller.

    Equal values share the score of the first of them, so neither the order of the rows nor a lot decides who
    of many equal customers scores higher. Where many are equal a score may be nobody's: if six of ten ordered
    once they have 1 and the next have 4. Whatever grows with ``values`` has the same scores. Raises
    ``ParameterError`` for a null. Source of the scores: Hughes (1994), Strategic Database Marketing.

    >>> score_fifths([1, 1, 1, 1, 1, 1, 2, 3, 4, 9]).tolist()
    [1, 1, 1, 1, 1, 1, 4, 4, 5, 5]
    """
    known = np.asarray(values, float)
    if np.isnan(known).any():
        raise ParameterError("scores by fifths", expected="a number for everybody", got="nulls")
    below = np.searchsorted(np.sort(known), known, side="left")
    return 5 * below // max(len(known), 1) + 1
