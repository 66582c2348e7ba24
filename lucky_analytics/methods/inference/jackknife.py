"""Prediction intervals from leaving one out: jackknife+ (Barber, Candes, Ramdas and Tibshirani 2021)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["jackknife_plus", "largest_level"]

Array = NDArray[Any]


def largest_level(n: int) -> float:
    """The largest level with a finite interval: n / (n + 1), from the largest of n residuals.

    >>> largest_level(9)
    0.9
    """
    return n / (n + 1)


def jackknife_plus(
    fit_predict: Callable[[Array, Array, Array], Array],
    X: ArrayLike,
    y: ArrayLike,
    X_new: ArrayLike,
    level: float = 0.9,
) -> tuple[Array, Array, Array]:
    """Interval (m,), (m,) for new points and the leave-one-out residuals (n,).

    ``fit_predict(X, y, X_at)`` fits and returns predictions at ``X_at``. Assumes exchangeable points; the
    guarantee is 2 level - 1 (80 % at 90 %), whatever the model, and typically about ``level``. Ends are
    infinite when ``level`` is above ``largest_level(n)``. Raises ``ParameterError`` with fewer than 2 points.

    >>> mean = lambda X, y, X_at: np.full(len(X_at), y.mean())
    >>> low, high, _ = jackknife_plus(mean, np.zeros((9, 0)), np.arange(9.0), np.zeros((1, 0)))
    >>> float(low[0]), float(high[0])
    (-1.0, 9.0)
    """
    X, y, X_new = (np.asarray(v, float) for v in (X, y, X_new))
    n = len(y)
    if n < 2:
        raise ParameterError("jackknife+", expected="at least 2 points", got=str(n))
    keep = ~np.eye(n, dtype=bool)
    at_new = np.array([fit_predict(X[rows], y[rows], X_new) for rows in keep])
    at_own = np.array([fit_predict(X[rows], y[rows], X[[i]])[0] for i, rows in enumerate(keep)])
    residual = np.abs(y - at_own)
    rank = int(np.ceil(level * (n + 1) - 1e-9))
    if rank > n:
        infinite = np.full(len(X_new), np.inf)
        return -infinite, infinite, y - at_own
    low = np.sort(at_new - residual[:, None], axis=0)[n - rank]
    high = np.sort(at_new + residual[:, None], axis=0)[rank - 1]
    return low, high, y - at_own
