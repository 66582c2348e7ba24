"""When an outlay comes back: payback and break-even of uncertain weekly earnings, and the cost they can bear.

Earnings are draws of what may happen, (n_draws, n_weeks); whatever is uncertain is in them. ``earned`` is
what a draw has brought by the end of each week: a running sum, which a caller often has already. Nothing is
discounted. What does not happen within the weeks given is infinity ("never within the horizon"), and the
summaries keep it: a median or an end of an interval can be infinite.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["Spread", "find_break_even_week", "find_highest_cost", "find_payback_week", "summarise_draws"]

Array = NDArray[Any]


@dataclass(frozen=True)
class Spread:
    """``value`` (the median), ``low``, ``high``; infinite where that part of the draws never gets there.

    ``p_within``: share of the draws that are finite.
    """

    value: float
    low: float
    high: float
    p_within: float


def find_payback_week(earned: ArrayLike, outlay: float, cost: ArrayLike = 0.0) -> Array:
    """First week, counted from 1, at whose end what was earned covers what was spent; infinite if none does.

    ``earned``: (n_draws, n_weeks), up to the end of each week; falling while a week costs more than it
    brings. ``outlay`` is spent before week 1, ``cost`` in every week (one number, or one per draw), in the
    same unit. 0 when ``outlay`` is 0 or less. Raises ``ParameterError`` for earnings of another shape or
    with a missing value.

    >>> find_payback_week([[-1.0, 2.0, 5.0], [1.0, 2.0, 3.0]], 4.0).tolist()
    [3.0, inf]
    """
    drawn = _checked(earned)
    weeks = np.arange(1, drawn.shape[1] + 1)
    covered = drawn >= outlay + np.asarray(cost, float)[..., None] * weeks
    week = np.where(covered.any(axis=1), covered.argmax(axis=1) + 1.0, np.inf)
    return np.where(outlay <= 0, 0.0, week)


def find_break_even_week(earnings: ArrayLike) -> Array:
    """First week, counted from 1, from which on no week loses money; infinite when the last one does.

    >>> find_break_even_week([[-1.0, 2.0, -1.0, 1.0], [1.0, 1.0, 1.0, -1.0]]).tolist()
    [4.0, inf]
    """
    loses = _checked(earnings) < 0
    n_weeks = loses.shape[1]
    last_loss = np.where(loses.any(axis=1), n_weeks - loses[:, ::-1].argmax(axis=1), 0)
    return np.where(last_loss == n_weeks, np.inf, last_loss + 1.0)


def find_highest_cost(earned: ArrayLike, outlay: float) -> Array:
    """The highest constant cost a week at which ``outlay`` still comes back within the weeks given.

    One per draw. ``earned`` up to the end of each week, before that cost. Negative: not even without the
    cost. With c the result, ``find_payback_week(earned, outlay, c)`` is finite, and infinite for anything
    above c.

    >>> find_highest_cost([[2.0, 6.0, 12.0]], 3.0).tolist()
    [3.0]
    """
    drawn = _checked(earned)
    weeks = np.arange(1, drawn.shape[1] + 1)
    highest: Array = ((drawn - outlay) / weeks).max(axis=1)
    return highest


def summarise_draws(draws: ArrayLike, level: float = 0.9) -> Spread:
    """Median and the middle ``level`` of draws, each a value that was drawn, so that infinity stays infinity.

    >>> summarise_draws([10.0, 20.0, 30.0, np.inf], level=0.5)
    Spread(value=20.0, low=10.0, high=30.0, p_within=0.75)
    >>> summarise_draws([10.0, np.inf, np.inf], level=0.5).value
    inf
    """
    drawn = np.asarray(draws, float)
    if drawn.ndim != 1 or not len(drawn) or np.isnan(drawn).any():
        raise ParameterError("draws", expected="one row of them, none missing", got=f"shape {drawn.shape}")
    ends = [0.5, 0.5 - level / 2, 0.5 + level / 2]
    value, low, high = np.quantile(drawn, ends, method="inverted_cdf").tolist()
    return Spread(value, low, high, float(np.isfinite(drawn).mean()))


def _checked(earnings: ArrayLike) -> Array:
    drawn = np.asarray(earnings, float)
    if drawn.ndim != 2 or not drawn.size or np.isnan(drawn).any():
        raise ParameterError(
            "earnings", expected="draws by weeks, none missing", got=f"shape {drawn.shape}, or a null"
        )
    return drawn
