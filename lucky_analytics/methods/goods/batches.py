"""Batches on a shelf of which the oldest is used first: what is left of each, what of it will expire, and
whether they were opened in that order.

Under first in, first out no batch need be followed: what is left of one is what came up to it less all that
went, cut at nought and at its size. For the days ahead it is the same. With batches in the order in which
they expire, C(k) what stands in the first k, D(k) what is wanted until the last day of batch k, and E(k) what
expired of the first k:

    E(k) = max(E(k - 1), C(k) - D(k))

so of batch k expires E(k) - E(k - 1): what stands before it and is not wanted in time goes first. What comes
later is used later and changes nothing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["expire_batches", "find_breaches", "list_batches"]

Array = NDArray[Any]
_NOTHING = 1e-6


def list_batches(came: Array, gone: Array, day: int) -> pd.DataFrame:
    """What is left on the evening of ``day`` (a place) of all that came up to then: ``series``, ``day`` of
    its delivery, ``left``; by series and day.

    ``came`` and ``gone`` (series, days), 0 or more, all that came to a shelf and left it, whatever for.
    Raises ``ParameterError`` for shapes that differ.

    >>> list_batches(np.array([[6.0, 0, 6]]), np.array([[2.0, 1, 4]]), 2).to_numpy().tolist()
    [[0.0, 2.0, 5.0]]
    """
    if came.shape != gone.shape or came.ndim != 2:
        raise ParameterError("batches", expected="what came and went by series and day", got="other shapes")
    upto = came[:, : day + 1]
    total = np.cumsum(upto, axis=1)
    out = gone[:, : day + 1].sum(axis=1, keepdims=True)
    left = np.clip(total - out, 0.0, upto)
    series, at = np.nonzero(left > _NOTHING)
    return pd.DataFrame({"series": series, "day": at, "left": left[series, at]})


def expire_batches(series: Array, left: Array, wanted: Array) -> Array:
    """What of each batch expires, (draws, batches).

    Batches of a series stand together, the first to expire first. ``wanted``: (draws, batches) demand of the
    batch's series from now to the end of its last day; it never falls from one batch to the next.

    >>> wanted = np.array([[1.0, 4.0], [9.0, 9.0]])
    >>> expire_batches(np.array([0, 0]), np.array([3.0, 5.0]), wanted).tolist()
    [[2.0, 2.0], [0.0, 0.0]]
    """
    found = np.zeros(wanted.shape)
    if not len(series):
        return found
    start = np.flatnonzero(np.r_[True, series[1:] != series[:-1]])
    nth = np.arange(len(series)) - np.repeat(start, np.diff(np.r_[start, len(series)]))
    stands, expired = (np.zeros((len(wanted), int(series.max()) + 1)) for _ in range(2))
    for turn in range(int(nth.max()) + 1):
        own = np.flatnonzero(nth == turn)
        at = series[own]
        stands[:, at] += left[own]
        found[:, own] = np.maximum(stands[:, at] - wanted[:, own] - expired[:, at], 0.0)
        expired[:, at] += found[:, own]
    return found


def find_breaches(series: Array, opened: Array, came: Array) -> Array:
    """Which containers were opened while an older batch of the same series was still to be opened: true for
    a container if one that was opened later came earlier.

    ``series``, ``opened`` (when) and ``came`` (when its batch did): any that can be ordered, one a container.
    Containers opened at one moment are in no order.

    >>> find_breaches(np.zeros(3), np.array([1, 2, 3]), np.array([1, 5, 3])).tolist()
    [False, True, False]
    """
    order = np.lexsort((came, opened, series))
    codes = [np.unique(part, return_inverse=True)[1] for part in (series, came)]
    keys, ages = (part[order] for part in codes)
    # From the back, each series stands lower than those before it by more than any age, so the running
    # minimum never crosses from one to the next.
    height = int(ages.max(initial=0)) + 1
    lowest = np.minimum.accumulate((ages + keys * height)[::-1])[::-1] - keys * height
    breach = np.zeros(len(order), bool)
    breach[order] = ages > lowest
    return breach
