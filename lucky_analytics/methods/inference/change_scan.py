"""Whether a level changed once over time, where, and by how much: a scan over all places, judged by shuffles.

One sequence of values (an order's share of late shipments, its mean price), each with a weight (how many
shipments). Every place with enough values on both sides is tried; the one that parts the values most is the
change. The same search on shuffled sequences says how often chance finds so much, so that having looked at
every place costs nothing. Valid where the values are exchangeable while nothing changes; a slow drift is
found as a change too.

References: James, James and Siegmund (1987), Biometrika 74, on scans for one change; Barry and Hartigan
(1993), JASA 88, on the chances of each place; Phipson and Smyth (2010) on p-values of shuffles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from lucky_analytics.errors import ParameterError

__all__ = ["Change", "scan_change"]

Array = NDArray[Any]
_MOST_NUMBERS = 2_000_000


@dataclass(frozen=True)
class Change:
    """The likeliest change of a sequence of ``n`` values.

    ``place``: how many values come before it; ``first``, ``last``: the places that hold it at the level that
    was asked for, if there is one. ``before`` and ``after``: weighted means; ``step`` = after - before with
    ``low`` and ``high``; ``p_value``: how often shuffled values are parted as much.
    """

    place: int
    first: int
    last: int
    before: float
    after: float
    step: float
    low: float
    high: float
    p_value: float
    n: int


def scan_change(
    values: ArrayLike, weights: ArrayLike | None = None, *, fewest: int = 5, level: float = 0.9,
    n_shuffles: int = 9_999, seed: int = 7,
) -> Change | None:  # fmt: skip
    """The place that parts ``values`` (n,), in the order of time, most; null where there are fewer than twice
    ``fewest`` or all are alike.

    ``weights`` (n,), above 0: what each value counts; all alike unless given. The ends of ``step`` are those
    of two weighted means whose values vary alike (Welch), and of the place those of its chances under two
    levels with normal errors. Raises ``ParameterError`` for a value that is not finite or a weight of 0.

    >>> found = scan_change([1, 2, 1, 2, 1, 2, 7, 8, 7, 8, 7, 8], fewest=3)
    >>> found.place, found.step, found.p_value < 0.01
    (6, 6.0, True)
    """
    y = np.asarray(values, float)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, float)
    if len(w) != len(y) or not (np.isfinite(y).all() and np.isfinite(w).all() and (w > 0).all()):
        raise ParameterError("scan for a change", expected="finite values with weights above 0", got="others")
    if len(y) < 2 * fewest or np.ptp(y) < 1e-12 * max(1.0, float(np.abs(y).max())):
        return None
    shift = float(w @ y) / float(w.sum())
    y = y - shift  # numbers near 0 keep their digits
    parted = _parted(y[None], w[None], fewest)[0]
    at = int(parted.argmax())
    p_value = (1 + _count_as_large(y, w, fewest, float(parted[at]), n_shuffles, seed)) / (1 + n_shuffles)
    place = at + fewest
    first, last = _hold_place(parted, float(w @ y**2), len(y), level)
    before, after = _side(y[:place], w[:place]), _side(y[place:], w[place:])
    step = after[0] - before[0]
    low, high = _welch(step, before, after, level)
    return Change(
        place, first + fewest, last + fewest, before[0] + shift, after[0] + shift, step, low, high, p_value,
        len(y),
    )  # fmt: skip


def _count_as_large(y: Array, w: Array, fewest: int, largest: float, n_shuffles: int, seed: int) -> int:
    """Shuffles whose values are parted as much, a few million numbers at a time."""
    rng, found = np.random.default_rng(seed), 0
    at_once = max(_MOST_NUMBERS // len(y), 1)
    for begin in range(0, n_shuffles, at_once):
        shape = (min(at_once, n_shuffles - begin), len(y))
        order = rng.permuted(np.broadcast_to(np.arange(len(y)), shape), axis=1)
        found += int((_parted(y[order], w[order], fewest).max(axis=1) >= largest * (1 - 1e-12)).sum())
    return found


def _parted(y: Array, w: Array, fewest: int) -> Array:
    """Sum of squares between the two sides at each place, [sequences, places]; each ``y`` has mean 0."""
    n = y.shape[1]
    left = np.cumsum(w * y, axis=1)[:, fewest - 1 : n - fewest]
    size = np.cumsum(w, axis=1)
    one = size[:, fewest - 1 : n - fewest]
    total = size[:, -1:]
    parted: Array = left**2 * total / (one * (total - one))
    return parted


def _hold_place(parted: Array, total: float, n: int, level: float) -> tuple[int, int]:
    """First and last of the places that together hold the change with the chance ``level``."""
    inside = np.maximum(total - parted, 1e-12 * total)
    log = -0.5 * (n - 2) * np.log(inside)
    chance = np.exp(log - log.max())
    below = np.cumsum(chance) / chance.sum()
    first = int(np.searchsorted(below, (1 - level) / 2))
    last = int(np.searchsorted(below, (1 + level) / 2))
    return min(first, int(parted.argmax())), max(min(last, len(parted) - 1), int(parted.argmax()))


def _side(y: Array, w: Array) -> tuple[float, float, int]:
    """Weighted mean, the square of its standard error, values."""
    mean, n = float(w @ y) / float(w.sum()), len(y)
    return mean, float((w**2) @ (y - mean) ** 2) / float(w.sum()) ** 2 * n / (n - 1), n


def _welch(
    step: float, a: tuple[float, float, int], b: tuple[float, float, int], level: float
) -> tuple[float, float]:
    square = a[1] + b[1]
    if square <= 0:
        return step, step
    free = square**2 / (a[1] ** 2 / (a[2] - 1) + b[1] ** 2 / (b[2] - 1))
    half = float(student.ppf(0.5 + level / 2, free) * np.sqrt(square))
    return step - half, step + half
