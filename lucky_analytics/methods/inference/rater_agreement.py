"""How well one who judges agrees with another, on the same things: accuracy, kappa, and order.

References: Cohen (1960), Educational and Psychological Measurement 20; Fleiss, Cohen and Everitt (1969),
Psychological Bulletin 72; Wilson (1927); DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, rankdata

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.forecasts.calibration import wilson_interval

__all__ = ["estimate_accuracy", "estimate_kappa", "estimate_order"]

Array = NDArray[Any]


def estimate_accuracy(told: ArrayLike, truth: ArrayLike, level: float = 0.9) -> Estimate:
    """Share of cases in which ``told`` is ``truth``, with Wilson's interval; null without a case.

    >>> estimate_accuracy([1, 0, 1, 1], [1, 0, 0, 1]).value
    0.75
    """
    same = np.asarray(told) == np.asarray(truth)
    if not len(same):
        return Estimate(None, n=0)
    low, high = wilson_interval(same.sum(), len(same), level)
    return Estimate(float(same.mean()), float(low), float(high), level=level, n=len(same))


def estimate_kappa(told: ArrayLike, truth: ArrayLike, level: float = 0.9) -> Estimate:
    """Cohen's kappa of two yes-or-no judgements: 0 is what chance agrees, 1 is all, below 0 less than chance.

    The interval is the wider of two at each end: the large-sample one (Fleiss, Cohen and Everitt), and the
    one that Wilson's interval of the agreement gives with the margins as they are, which does not shrink to
    nothing where a few cases all agree. Null where either says the same of all cases: chance agrees then.

    >>> found = estimate_kappa([1] * 20 + [0] * 5 + [1] * 10 + [0] * 15, [1] * 25 + [0] * 25)
    >>> round(found.value, 2), found.low < 0.4 < found.high
    (0.4, True)
    """
    a, b = np.asarray(told, bool), np.asarray(truth, bool)
    n = len(a)
    if not n or a.all() or not a.any() or b.all() or not b.any():
        return Estimate(None, n=n)
    cells = np.array([[np.mean((a == i) & (b == j)) for j in (False, True)] for i in (False, True)])
    rows, columns = cells.sum(axis=1), cells.sum(axis=0)
    chance, same = float(rows @ columns), float(np.trace(cells))
    kappa = (same - chance) / (1 - chance)
    on = sum(cells[i, i] * (1 - (rows[i] + columns[i]) * (1 - kappa)) ** 2 for i in (0, 1))
    off = (1 - kappa) ** 2 * sum(cells[i, 1 - i] * (columns[i] + rows[1 - i]) ** 2 for i in (0, 1))
    variance = (on + off - (kappa - chance * (1 - kappa)) ** 2) / (n * (1 - chance) ** 2)
    half = norm.ppf(0.5 + level / 2) * np.sqrt(max(variance, 0.0))
    ends = [(float(end) - chance) / (1 - chance) for end in wilson_interval(same * n, n, level)]
    return Estimate(kappa, min(kappa - half, ends[0]), min(max(kappa + half, ends[1]), 1.0), level=level, n=n)


def estimate_order(score: ArrayLike, truth: ArrayLike, level: float = 0.9) -> Estimate:
    """The chance that a case with ``truth`` scores above one without it, ties as half: the area under the
    curve of hits against false alarms; 0.5 is chance. DeLong's interval; where all pairs are in order, or
    none, it would have no width, and Clopper and Pearson's takes its place for as many pairs as have no case
    in common. Null without cases of both kinds; without ends where all score the same.

    >>> round(estimate_order([3.0, 2.0, 1.0, 0.0], [1, 0, 1, 0]).value, 2)
    0.75
    """
    s, yes = np.asarray(score, float), np.asarray(truth, bool)
    m, n = int(yes.sum()), int((~yes).sum())
    if not m or not n:
        return Estimate(None, n=len(s))
    ranks = rankdata(s)
    own, other = rankdata(s[yes]), rankdata(s[~yes])
    above = (ranks[yes] - own) / n  # share of the others below each case
    below = 1 - (ranks[~yes] - other) / m
    area = float(above.mean())
    error = np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n) if min(m, n) > 1 else 0.0
    if area in (0.0, 1.0):
        sure = ((1 - level) / 2) ** (1 / min(m, n))
        low, high = (sure, 1.0) if area else (0.0, 1 - sure)
        return Estimate(area, low, high, level=level, n=m + n)
    if not error > 0:
        return Estimate(area, n=m + n)
    half = float(norm.ppf(0.5 + level / 2) * error)
    return Estimate(area, max(area - half, 0.0), min(area + half, 1.0), level=level, n=m + n)
