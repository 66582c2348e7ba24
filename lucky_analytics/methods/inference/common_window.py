"""How likely chance alone brings members of a group together in time."""

from __future__ import annotations

from math import comb
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["chance_together", "largest_together"]

Array = NDArray[Any]


def largest_together(days: ArrayLike, window: int) -> int:
    """The most events within any ``window`` days in a row; 0 of none.

    >>> largest_together([3, 4, 9, 10, 30], 7), largest_together([], 7)
    (3, 0)
    """
    at = np.sort(np.asarray(days, dtype=np.int64))
    if not len(at):
        return 0
    return int((np.searchsorted(at, at + window) - np.arange(len(at))).max())


def chance_together(share: ArrayLike, size: int, together: int, window: int) -> float:
    """The chance, at most, that ``together`` or more of ``size`` members have an event in ``window`` days.

    ``share``: for each day the share of all comparable people whose event is on it; the rest, to 1, have
    none. Members are drawn from them independently. For each set of ``together`` members the chance that
    their first is on day t and all others within the window is W^k - (W - share_t)^k, W the share of the
    window from t on; these add up exactly. Over the sets it is Bonferroni's bound, so a p-value that is
    never too small (Naus 1965, The American Statistician 19, for the scan statistic). 1 for ``together``
    of 1 or less. Raises ``ParameterError`` for shares that are no shares, or more together than there are.

    >>> round(chance_together([0.25, 0.25, 0.25, 0.25], 2, 2, 1), 3)  # two people, the same day
    0.25
    >>> round(chance_together([0.1] * 4, 3, 3, 4), 4)  # all three in these four days: .4 cubed
    0.064
    """
    of_day = np.asarray(share, dtype=float)
    if of_day.min(initial=0.0) < 0 or of_day.sum() > 1 + 1e-9 or window < 1:
        raise ParameterError("shares by day", expected="0 to 1, at most 1 together, and a window of a day or "
                             "more", got=f"{of_day.sum():g} together, window {window}")  # fmt: skip
    if together > size:
        raise ParameterError("members together", expected=f"at most {size}", got=str(together))
    if together <= 1:
        return 1.0
    summed = np.r_[0.0, np.cumsum(of_day)]
    end = np.minimum(np.arange(len(of_day)) + window, len(of_day))
    within = summed[end] - summed[:-1]
    one_set = float((within**together - np.maximum(within - of_day, 0.0) ** together).sum())
    return min(1.0, comb(size, together) * one_set)
