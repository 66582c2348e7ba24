"""Prediction intervals from leaving one out: jackknife-minmax (Barber, Candes, Ramdas, Tibshirani 2021)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["jackknife_minmax", "largest_level"]

Array = NDArray[Any]


def largest_level(n: int) -> float:
    """The largest level with a finite interval: n / (n + 1), from the largest of n residuals.

    >>> largest_level(9)
    0.9
    """
    return n / (n + 1)


def jackknife_minmax(left_out: ArrayLike, residuals: ArrayLike, level: float = 0.9) -> tuple[Array, Array]:
    """Intervals (m,), (m,) of new points from ``left_out`` (n, m): what each of n fits foretells of them.

    Fit i has not seen point i, and misses it by ``residuals[i]``, of either sign. Whatever was decided by
    looking at the points, a choice of model too, is done anew in each fit. Then a new point that could be any
    of them is held with a chance of ``level`` or more, whatever the model: unlike jackknife+, which
    guarantees 2 level - 1 and with nine points and a choice of model keeps less than it says. Ends are
    infinite when ``level`` is above ``largest_level(n)``. Raises ``ParameterError`` with fewer than 2 points,
    or for shapes that do not fit.

    >>> low, high = jackknife_minmax(np.full((9, 1), 4.0), np.arange(9.0) - 4)
    >>> float(low[0]), float(high[0])
    (0.0, 8.0)
    """
    at_new, size = np.asarray(left_out, float), np.sort(np.abs(np.asarray(residuals, float)))
    n = len(size)
    if n < 2 or at_new.ndim != 2 or len(at_new) != n:
        raise ParameterError(
            "jackknife", expected="at least 2 points, each left out once", got=f"{n} and {at_new.shape}"
        )
    rank = int(np.ceil(level * (n + 1) - 1e-9))
    reach = np.inf if rank > n else size[rank - 1]
    return at_new.min(axis=0) - reach, at_new.max(axis=0) + reach
