"""Whose rate is far above what all share, where a few who do something else must not set the yardstick."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import betabinom

from lucky_analytics.methods.inference.shrunken_rates import RateSpread, fit_rates

__all__ = ["find_odd_rates"]

Array = NDArray[Any]
_SET_ASIDE = 1e-4  # chance below which a unit does not count towards the yardstick
_ROUNDS = 8
_ALIKE = 1e6  # cases that a common rate counts for where units do not differ


def find_odd_rates(n: ArrayLike, events: ArrayLike) -> tuple[pd.DataFrame, RateSpread]:
    """For each unit of ``n`` cases and ``events`` among them the chance of so many, and the yardstick.

    Own rates of ordinary units are Beta, their events binomial (``shrunken_rates.fit_rates``). Left out of
    the fit is whose chance is below 1 in 10,000: at first under one common rate, then under the Beta that was
    fitted without them, which takes back whom it explains, until the same are left out. So a few neither
    raise the mean nor widen the spread, and chance alone sets hardly anybody aside. Gives ``p``
    and ``expected`` events, in the order of the units, and the spread. Units without a case have p 1.

    >>> found, spread = find_odd_rates([20] * 500 + [20], [1, 0, 0, 0] * 125 + [9])
    >>> bool(found["p"].iloc[-1] < 1e-6), round(spread.mean, 4)
    (True, 0.0125)
    """
    cases, hits = np.asarray(n, dtype=np.int64), np.asarray(events, dtype=np.int64)
    usual = _tail(cases, hits, RateSpread(float(hits.sum() / max(cases.sum(), 1)), _ALIKE)) >= _SET_ASIDE
    for _ in range(_ROUNDS):
        spread = fit_rates(cases[usual], hits[usual])
        p = _tail(cases, hits, spread)
        again = p >= _SET_ASIDE
        if (again == usual).all():
            break
        usual = again
    return pd.DataFrame({"p": p, "expected": cases * spread.mean}), spread


def _tail(cases: Array, hits: Array, spread: RateSpread) -> Array:
    """P(so many or more); each kind of unit once, because most are alike."""
    if spread.mean in (0.0, 1.0):
        return np.where((hits > 0) & (spread.mean == 0.0), 0.0, 1.0)
    kinds, of = np.unique(np.stack([cases, hits]), axis=1, return_inverse=True)
    a, b = spread.mean * spread.size, (1 - spread.mean) * spread.size
    # Added up from the top: 1 less the rest would lose what is below the precision of 1.
    p = [
        betabinom.pmf(np.arange(k, n + 1), n, a, b).sum() if k > 0 else 1.0
        for n, k in zip(*kinds.tolist(), strict=True)
    ]
    return np.minimum(p, 1.0)[of.ravel()]
