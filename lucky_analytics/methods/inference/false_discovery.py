"""How many of many small p-values to believe: Benjamini and Hochberg (1995)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["adjust_p_values"]


def adjust_p_values(p: NDArray[Any]) -> NDArray[Any]:
    """q-values: calling everything with q <= .05 a finding makes at most 5 % of findings false on average.

    Holds for independent and for positively dependent tests. Nulls stay null and are not counted as tests.

    >>> adjust_p_values(np.array([0.01, 0.04, 0.03, np.nan])).tolist()
    [0.03, 0.04, 0.04, nan]
    """
    q = np.full(len(p), np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    order = tested[np.argsort(p[tested], kind="stable")[::-1]]
    ranks = np.arange(len(order), 0, -1)
    q[order] = np.minimum.accumulate(np.minimum(p[order] * len(order) / ranks, 1.0))
    return q
