"""How much other work is open at a given moment: counted from the starts and ends of all of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["count_open"]

Ints = NDArray[np.int64]


def count_open(start: Ints, end: Ints, at: Ints, group: NDArray[Any], at_group: NDArray[Any]) -> Ints:
    """Pieces of work of the same group that began before each moment and have not ended by it.

    ``start`` and ``end``: whole seconds of each piece, the end not before the start; ``group``: whose it is.
    ``at`` with ``at_group``: the moments. What begins in the very second of a moment does not count, so that
    a piece never meets itself; what ends in it has ended.

    >>> start, end, ones = np.array([0, 60, 400]), np.array([200, 300, 500]), np.array([1, 1, 1])
    >>> count_open(start, end, start, ones, ones).tolist()
    [0, 1, 0]
    """
    if not len(at) or not len(start):
        return np.zeros(len(at), np.int64)
    number = np.unique(np.r_[group, at_group], return_inverse=True)[1]
    first = min(int(start.min()), int(at.min()))
    span = max(int(end.max()), int(at.max())) - first + 1  # groups do not meet in the sorted keys
    own, asked = number[: len(group)] * span, number[len(group) :] * span
    key = asked + at - first
    begun = np.searchsorted(np.sort(own + start - first), key)
    before = np.searchsorted(np.sort(own + end - first), key, side="right")
    # A piece without length (it ends as it begins) has ended at its own moment, and has not begun.
    instant = start == end
    if instant.any():
        same = np.sort((own + start - first)[instant])
        before = before - (np.searchsorted(same, key, side="right") - np.searchsorted(same, key))
    return begun - before
