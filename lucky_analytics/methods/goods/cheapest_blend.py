"""The cheapest amounts of several ingredients within limits: a linear programme.

Minimise cost'x with low <= x <= high and row_low <= rows x <= row_high (totals that hold: volume, sugar).
Solved by HiGHS (Huangfu and Hall 2018, Mathematical Programming Computation 10) through ``scipy``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linprog

from lucky_analytics.errors import ParameterError

__all__ = ["Blend", "find_blend"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Blend:
    """``amounts`` (n,) that cost least, their ``cost``, and ``binds`` (rows,): whether a total is at its
    limit there."""

    amounts: Array
    cost: float
    binds: Array


def find_blend(
    cost: ArrayLike, low: ArrayLike, high: ArrayLike, rows: ArrayLike, row_low: ArrayLike, row_high: ArrayLike
) -> Blend | None:
    """Amounts (n,) of least ``cost`` (n,) between ``low`` and ``high`` (n,), with every total ``rows`` (m, n)
    between ``row_low`` and ``row_high`` (m,; infinite where there is none). Null where no amounts fit.

    Raises ``ParameterError`` for values that are not finite (limits of totals aside) or shapes that differ.

    >>> mixed = find_blend([3.0, 1.0], [10, 10], [20, 20], [[1, 1]], [30], [30])
    >>> mixed.amounts.tolist(), mixed.cost
    ([10.0, 20.0], 50.0)
    """
    c, least, most = (np.asarray(values, float) for values in (cost, low, high))
    a = np.asarray(rows, float).reshape(-1, len(c)) if np.size(rows) else np.empty((0, len(c)))
    above, below = np.asarray(row_low, float), np.asarray(row_high, float)
    shapes = len(c) == len(least) == len(most) and len(a) == len(above) == len(below)
    if not shapes or not all(np.isfinite(values).all() for values in (c, least, most, a)):
        raise ParameterError("cheapest blend", expected="finite numbers of one shape", got="others")
    upper, lower = np.isfinite(below), np.isfinite(above)
    found = linprog(
        c,
        A_ub=np.vstack([a[upper], -a[lower]]),
        b_ub=np.r_[below[upper], -above[lower]],
        bounds=np.column_stack([least, most]),
        method="highs",
    )
    if found.status != 0:
        return None
    totals = a @ found.x
    tolerance = 1e-7 * (1 + np.abs(totals))
    binds = (totals - above <= tolerance) | (below - totals <= tolerance)
    return Blend(found.x, float(c @ found.x), binds)
