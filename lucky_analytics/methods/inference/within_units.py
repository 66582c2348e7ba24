"""What goes with what for the same customer: least squares within units, over millions of rows.

Each unit (a customer) is compared with itself alone: its mean is taken off the outcome and off every column,
so that whatever a customer is like at all times drops out. Errors may hang together within a unit in any way.

References: Mundlak (1978), Econometrica 46, on the within estimator; Liang and Zeger (1986), Biometrika 73,
on errors that hang together.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError

__all__ = ["WithinFit", "fit_within"]

Array = NDArray[Any]
_BLOCK = 200_000  # rows whose products are made at once


@dataclass(frozen=True)
class WithinFit:
    """``effects`` (p,) of the columns ``names``; ``influence`` (units, p): how far each unit moves them,
    whose
    sums of squares and products are their variances; ``n`` rows."""

    names: tuple[str, ...]
    effects: Array
    influence: Array
    n: int

    def combine(self, weights: Mapping[str, float]) -> tuple[float, Array]:
        """Weighted sum of effects, and how far each unit moves it, (units,). A column that was not fitted
        counts for nothing."""
        row = np.array([weights.get(name, 0.0) for name in self.names])
        return float(row @ self.effects), self.influence @ row


def fit_within(y: Array, columns: Mapping[str, Array], unit: Array) -> WithinFit:
    """Least squares of ``y`` (n,) on ``columns`` (n,) within each ``unit`` (codes from 0, n).

    A column that does not vary within any unit is left out; of columns that say the same the least of all
    solutions is taken. Raises ``LuckyError`` for fewer than two units that vary in what is left.

    >>> unit, x = np.array([0, 0, 1, 1]), np.array([0.0, 1.0, 0.0, 1.0])
    >>> fit = fit_within(np.array([1.0, 3.0, 7.0, 9.0]), {"x": x}, unit)
    >>> fit.names, fit.effects.round(6).tolist()
    (('x',), [2.0])
    """
    size = np.bincount(unit)
    seen = np.maximum(size, 1)
    left = np.empty((len(y), len(columns)), np.float32)
    names: list[str] = []
    for name, column in columns.items():
        away = column - (np.bincount(unit, column) / seen)[unit]
        if np.abs(away).max(initial=0.0) > 1e-9:
            left[:, len(names)] = away
            names.append(name)
    left = left[:, : len(names)]
    if not names or (size > 1).sum() < 2:
        raise LuckyError(
            "comparison within customers", expected="two of them at least who were treated in two ways",
            got="none" if not names else f"{(size > 1).sum()}",
        )  # fmt: skip
    target = y - (np.bincount(unit, y) / seen)[unit]
    squares, products = np.zeros((len(names), len(names))), np.zeros(len(names))
    for start in range(0, len(y), _BLOCK):
        block = left[start : start + _BLOCK].astype(float)
        squares += block.T @ block
        products += block.T @ target[start : start + _BLOCK]
    inverse = np.linalg.pinv(squares, rcond=1e-9, hermitian=True)
    effects = inverse @ products
    off = target - left @ effects
    scores = np.column_stack([np.bincount(unit, column * off, minlength=len(size)) for column in left.T])
    moving = int((size > 1).sum())
    return WithinFit(tuple(names), effects, scores @ inverse * np.sqrt(moving / (moving - 1)), len(y))
