"""Which rank each of several uncertain values may have."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["rank_ranges"]

Array = NDArray[Any]


def rank_ranges(low: Array, high: Array) -> tuple[Array, Array]:
    """The best and the last rank that each value may have; rank 1 is the largest.

    ``low``, ``high``: the ends of each value's interval; together they must hold at the level that is to be
    said of the ranks (of k intervals each at 1 - (1 - level) / k). An end that is null bounds nothing. One is
    surely ahead of another where its low end is above the other's high end. Source: Klein, Wright and
    Wieczorek (2020), A joint confidence region for an overall ranking of populations, JRSS C 69.

    >>> [ranks.tolist() for ranks in rank_ranges(np.array([5.0, 2.0, 1.0]), np.array([6.0, 4.0, 3.0]))]
    [[1, 2, 2], [1, 3, 3]]
    """
    low = np.where(np.isnan(low), -np.inf, low)
    high = np.where(np.isnan(high), np.inf, high)
    is_ahead = low[None, :] > high[:, None]  # [i, j]: j is surely ahead of i
    return 1 + is_ahead.sum(axis=1), len(low) - is_ahead.sum(axis=0)
