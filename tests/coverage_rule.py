"""When the coverage of intervals over simulated worlds is what they claim: one rule for all methods."""

from __future__ import annotations

import os

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom, t


def count_worlds(usual: int) -> int:
    """How many worlds a coverage test draws: ``usual``, or as many as LUCKY_REPLICATIONS says."""
    return int(os.environ.get("LUCKY_REPLICATIONS", usual))


def holds(coverage: ArrayLike, level: float, false_alarm: float = 0.01) -> bool:
    """Whether ``coverage``, one value a world, is one that intervals of ``level`` would have.

    One yes or no a world: their number lies in the exact binomial band of ``level``. Shares of several
    parameters: ``level`` lies in the t interval of their mean, worlds as clusters. Sound intervals fail
    with a chance of ``false_alarm`` (at most, of the binomial band).
    """
    share = np.asarray(coverage, float)
    n = len(share)
    print(f"covered {share.mean():.3f} of {level} in {n} worlds")  # pytest -s shows it of tests that pass
    if set(np.unique(share)) <= {0.0, 1.0}:
        low, high = binom.ppf([false_alarm / 2, 1 - false_alarm / 2], n, level)
        return bool(low <= share.sum() <= high)
    half = t.ppf(1 - false_alarm / 2, n - 1) * share.std(ddof=1) / np.sqrt(n)
    return bool(abs(share.mean() - level) <= half)


def holds_at_least(coverage: ArrayLike, level: float, false_alarm: float = 0.01) -> bool:
    """Whether intervals that may be wider than they say hold ``level``: no less than sound ones would."""
    return holds(coverage, level, false_alarm) or bool(np.mean(coverage) >= level)
