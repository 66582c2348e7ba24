"""How far demand strays from what was expected of it: learnt from past periods, by size and length.

A ratio is what was wanted over what was expected. Small expectations stray more, and often to nothing, so
ratios are pooled by how many uses were expected and by how many days the period had; what the pool did is
taken to be what the future may do, without any formula of its shape.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["LEVELS", "Spread", "learn_spread"]

Array = NDArray[Any]

LEVELS = np.arange(1, 200) / 200
"""The quantiles that stand for a distribution: 199 values, each as likely as the others."""
_FINE = np.arange(1, 1000) / 1000  # every fifth is one of LEVELS
_COARSE = slice(4, None, 5)
_SIZES = np.array([0.25, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256], float)
_LENGTHS = np.array([1, 2, 4, 7], float)
_FEWEST = 100  # ratios of a pool; below, the pool of all lengths, then of all


@dataclass(frozen=True)
class Spread:
    """``ratios`` [lengths, sizes, 999]: quantiles of wanted over expected, by thousandths. ``n`` periods it
    was learnt from."""

    ratios: Array
    n: int

    def quantities(self, expected: Array, uses: Array, days: Array | int, *, is_fine: bool = False) -> Array:
        """Quantiles of demand [levels, *expected.shape]; ``expected`` quantity, ``uses`` it stands for,
        ``days`` of the period; the three broadcast. The levels are ``LEVELS``, or by thousandths, for what
        hardly ever may happen.

        >>> spread = learn_spread(np.full(300, 10.0), np.tile([5.0, 10.0, 15.0], 100), np.full(300, 10.0), 1)
        >>> spread.quantities(np.array(20.0), 20.0, 1)[[0, 99, 198]].tolist()
        [10.0, 20.0, 30.0]
        """
        length, size = _place(_LENGTHS, days), _place(_SIZES, uses)
        length, size = np.broadcast_arrays(length, size)
        ratios = self.ratios if is_fine else self.ratios[:, :, _COARSE]
        return np.moveaxis(ratios[length, size], -1, 0) * np.asarray(expected, float)


def learn_spread(expected: Array, wanted: Array, uses: Array, days: Array) -> Spread:
    """The spread of periods that are over: what was ``expected`` (above 0, else left out) and ``wanted``.

    ``uses``: expected / quantity of one use; ``days``: length. Nulls are left out. All broadcast. A pool of
    fewer than a hundred periods takes all lengths, then all sizes. Raises ``ParameterError`` where no period
    is left.
    """
    parts = np.broadcast_arrays(*(np.asarray(part, float) for part in (expected, wanted, uses, days)))
    flat = [part.ravel() for part in parts]
    known = (flat[0] > 0) & ~np.isnan(flat[1]) & ~np.isnan(flat[2])
    if not known.any():
        raise ParameterError("periods of demand", expected="at least one with an expectation", got="none")
    base, came, counts, lengths = (part[known] for part in flat)
    ratio = came / base
    length, size = _place(_LENGTHS, lengths), _place(_SIZES, counts)
    whole = np.quantile(ratio, _FINE)
    table = np.empty((len(_LENGTHS) + 1, len(_SIZES) + 1, len(_FINE)))
    for place in range(table.shape[1]):
        of_size = size == place
        usual = np.quantile(ratio[of_size], _FINE) if of_size.sum() >= _FEWEST else whole
        for row in range(table.shape[0]):
            own = of_size & (length == row)
            table[row, place] = np.quantile(ratio[own], _FINE) if own.sum() >= _FEWEST else usual
    return Spread(table, int(known.sum()))


def _place(edges: Array, value: Any) -> Array:
    return np.searchsorted(edges, np.asarray(value, float), side="left")
