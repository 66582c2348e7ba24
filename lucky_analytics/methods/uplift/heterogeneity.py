"""Whether an action does different things to different people, and to whom it does most.

Predicted gains always differ; the question is whether true ones do. The score of the gain is regressed on the
predicted gain, both of customers who had no part in the prediction: a slope above 0 says that those of higher
prediction gain more, a slope of 1 that they gain as much more as was said. Then all are put in as many equal
groups by their prediction, and each group's gain is measured.

References: Chernozhukov, Demirer, Duflo and Fernandez-Val (2025), Econometrica 93 (best linear predictor and
sorted group effects); Wager (2024), Sequential validation of treatment heterogeneity, on folds in a row;
Luedtke and van der Laan (2016), Annals of Statistics 44.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm
from scipy.stats import t as student

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.policies.off_policy import PolicyValues
from lucky_analytics.methods.uplift.qini import rank_shares

__all__ = ["Calibration", "calibrate_gains", "group_gains", "rank_within", "sort_into_groups"]

Array = NDArray[Any]
_FAR = 30.0  # errors, beyond which a chance is no number


class Calibration(NamedTuple):
    """``slope``: how much of a predicted difference is there; ``p``: how surprising such a slope would be
    were there no differences, one-sided."""

    slope: Estimate
    p: float


def calibrate_gains(
    predicted: Array, gains: Array, cluster: Array, folds: Array, level: float = 0.9
) -> Calibration:
    """How ``gains`` (n,), scores of what an action adds, follow the ``predicted`` ones (n,).

    ``cluster`` (n,), codes from 0: rows of one person hang together, and are in one of the ``folds`` (n,).
    Each fold has a slope and an error of its own; the slopes are averaged by one over their errors, so that
    their average over its error is that of the folds' own. This is right where the folds were predicted
    forward (``learners.learn_gains``). Where each was predicted from all others, the noise of one fold makes
    the prediction of another and the other way round, every pair counts twice, and differences are seen
    where none are. A fold whose prediction is the same for all has no slope; where none has one, the slope
    is null and p is 1. Raises ``LuckyError`` below two clusters.

    >>> predicted = np.tile([0.0, 2.0], 50)
    >>> noise = np.random.default_rng(1).normal(size=100)
    >>> found = calibrate_gains(predicted, predicted + noise, np.arange(100), np.arange(100) // 50)
    >>> found.slope.holds(1.0), found.p < 0.001
    (True, True)
    """
    n_clusters = len(np.unique(cluster))
    if n_clusters < 2:
        raise LuckyError("differences in gains", expected="two customers at least", got=str(n_clusters))
    looks = []
    for fold in np.unique(folds):
        rows = folds == fold
        away, rest = (part[rows] - part[rows].mean() for part in (predicted, gains))
        spread = float(away @ away)
        if not spread > 1e-18 * len(away):
            continue
        slope = float(away @ rest) / spread
        code = np.unique(cluster[rows], return_inverse=True)[1]
        own = np.bincount(code, away * (rest - slope * away))
        error = float(np.sqrt(own @ own * len(own) / max(len(own) - 1, 1))) / spread
        if error > 0 and len(own) > 1:
            # An error from few persons is itself unsure: as surprising by t is as surprising by the normal.
            z = float(norm.isf(student.sf(slope / error, len(own) - 1)))
            looks.append((slope, error, float(np.clip(z, -_FAR, _FAR))))
    if not looks:
        return Calibration(Estimate(None, n=n_clusters), 1.0)
    slopes, errors, zs = np.array(looks).T
    slope = float((slopes / errors).sum() / (1 / errors).sum())
    half = float(norm.ppf(0.5 + level / 2) * np.sqrt(len(errors)) / (1 / errors).sum())
    estimate = Estimate(slope, slope - half, slope + half, level=level, n=n_clusters)
    return Calibration(estimate, float(norm.sf(zs.sum() / np.sqrt(len(zs)))))


def rank_within(predicted: Array, folds: Array, lot: int | None = None) -> Array:
    """Where each stands among its own fold by its prediction, 0 (lowest) to 1.

    Folds were predicted by other rows each, so their levels differ by chance, and not by chance alone: a fold
    that gained little is predicted from the others, that gained more. Ties stand alike, or, with a ``lot``
    (a seed), one after the other as it falls: for groups of equal size.

    >>> rank_within(np.array([1.0, 2.0, 30.0, 40.0]), np.array([0, 0, 1, 1])).tolist()
    [0.25, 0.75, 0.25, 0.75]
    >>> sorted(rank_within(np.zeros(2), np.zeros(2, int), lot=1).tolist())
    [0.25, 0.75]
    """
    place = np.zeros(len(predicted))
    drawn = None if lot is None else np.random.default_rng(lot).random(len(predicted))
    for fold in np.unique(folds):
        rows = np.flatnonzero(folds == fold)
        if drawn is None:
            place[rows] = 1 - rank_shares(predicted[rows])
        else:
            order = np.lexsort((drawn[rows], predicted[rows]))
            place[rows[order]] = (np.arange(len(rows)) + 0.5) / max(len(rows), 1)
    return place


def sort_into_groups(place: Array, n_groups: int = 5) -> Array:
    """Which of ``n_groups`` equal groups each belongs to by its ``place`` (``rank_within``), 0 the lowest.

    >>> sort_into_groups(np.array([0.25, 0.75, 1.0]), 2).tolist()
    [0, 1, 1]
    """
    group: Array = np.minimum((place * n_groups).astype(int), n_groups - 1)
    return group


def group_gains(group: Array, gains: Array, cluster: Array, n_groups: int, per: float = 1.0) -> PolicyValues:
    """Mean gain of each group, per ``per`` rows, with their covariance; the last value is 0, for ``gain``.

    A person's rows may be in several groups, so errors are those of persons' sums over all of them. A group
    without a row has the value 0 and no error.

    >>> found = group_gains(np.array([0, 0, 1, 1]), np.array([1.0, 3.0, 5.0, 5.0]), np.arange(4), 2)
    >>> found.values.tolist()
    [2.0, 5.0, 0.0]
    """
    n_clusters = int(cluster.max()) + 1
    counts = np.maximum(np.bincount(group, minlength=n_groups), 1) / per
    values = np.bincount(group, gains, minlength=n_groups) / counts
    rest = (gains - values[group] / per) / counts[group]
    own = np.bincount(cluster * n_groups + group, rest, minlength=n_clusters * n_groups)
    own = own.reshape(n_clusters, n_groups)
    covariance = own.T @ own * n_clusters / max(n_clusters - 1, 1)
    return PolicyValues(np.r_[values, 0.0], np.pad(covariance, (0, 1)), n_clusters)
