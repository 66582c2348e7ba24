"""Levels that wander: how far a unit's level moves in a week for good, and draws of where it may go.

A level is its own best forecast: on average it stays where it is (in dollars, not only in logs), and the
longer one looks ahead the further it may have gone. No trend is carried on: with months of data nobody can
tell one from a walk.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["draw_walks", "estimate_step"]

Array = NDArray[Any]


def estimate_step(logs: ArrayLike, noise_sd: float, width: int = 4) -> float:
    """Standard deviation of a week's lasting step of log levels (n,), from means of ``width`` weeks.

    ``noise_sd``: of single weeks, which lasts no longer than they do. Means of neighbouring spans differ by
    steps ((2 w^2 + 1) / (3 w) times their variance) and by noise (2 / w times its). A lasting fall counts as
    steps, too. 0 where the means differ by no more than noise would, or there are fewer than two spans.

    >>> estimate_step([7.0] * 12, 0.1), round(estimate_step(np.repeat([7.0, 6.8, 6.6], 4), 0.0), 3)
    (0.0, 0.121)
    """
    values = np.asarray(logs, float)
    n_spans = len(values) // width
    if n_spans < 2:
        return 0.0
    means = values[len(values) - n_spans * width :].reshape(n_spans, width).mean(axis=1)
    moved = float((np.diff(means) ** 2).mean())
    steps = moved - 2 * noise_sd**2 / width
    return float(np.sqrt(max(steps, 0.0) * 3 * width / (2 * width**2 + 1)))


def draw_walks(chance: np.random.Generator, step_sd: ArrayLike, n_draws: int, n_weeks: int) -> Array:
    """Log levels less today's, (n_draws, n_units, n_weeks), of units whose weekly steps have ``step_sd``
    (n_units,). The mean of their exponentials is 1 in every week.

    Raises ``ParameterError`` for a negative step.

    >>> draw_walks(np.random.default_rng(1), [0.0, 0.1], 2, 3).shape
    (2, 2, 3)
    """
    sd = np.atleast_1d(np.asarray(step_sd, float))
    if (sd < 0).any():
        raise ParameterError("weekly step of a level", expected="0 or more", got=f"{sd.min()}")
    steps = chance.normal(size=(n_draws, len(sd), n_weeks)) * sd[:, None]
    walked: Array = steps.cumsum(axis=2) - sd[:, None] ** 2 / 2 * np.arange(1, n_weeks + 1)
    return walked
