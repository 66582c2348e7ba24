"""Learning which action each group should get, so that the policy is judged by people it was not learnt from.

Choices of a fold are made from the scores of the other folds; the last one, for use, from all. What is judged
is therefore the way of choosing, and the policy that comes of all data is at least as well informed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

__all__ = ["choose_best", "choose_clear", "limit_offers", "smooth_doses"]

Array = NDArray[Any]


def smooth_doses(values: Array, counts: Array, doses: Array) -> Array:
    """Values (groups, k) of ``doses`` (k,), each group's drawn to a parabola: six depths tell three numbers.

    ``counts`` (groups, k) weigh them; a group seen at fewer than three doses keeps its own values, null where
    it was never seen.

    >>> smooth_doses(np.array([[5.0, 6.0, 5.0, 2.0]]), np.ones((1, 4)), np.arange(4)).round(6).tolist()
    [[5.0, 6.0, 5.0, 2.0]]
    """
    smooth = np.where(counts > 0, values, np.nan)
    shape = np.vander(doses.astype(float), 3)
    for place, weights in enumerate(np.sqrt(counts)):
        seen = weights > 0
        if seen.sum() >= 3:
            fit = np.linalg.lstsq(shape[seen] * weights[seen, None], values[place, seen] * weights[seen])[0]
            smooth[place, seen] = shape[seen] @ fit
    return smooth


def choose_best(scores: Array, group: Array, folds: Array, doses: Array) -> tuple[Array, Array]:
    """The dose with the highest smoothed value of each group: (choices (n,), final (groups,)), as positions.

    ``scores`` (n, k): ``off_policy.score_actions``. Choices of a fold rest on the other folds. A group that
    the others do not have gets the first dose, which is to be the one that does nothing.

    >>> scores = np.tile([1.0, 2.0, 0.0], (4, 1))
    >>> choices, final = choose_best(scores, np.zeros(4, int), np.array([0, 1, 0, 1]), np.arange(3))
    >>> choices.tolist(), final.tolist()
    ([1, 1, 1, 1], [1])
    """
    parts, counts = _sum_by_fold(scores, group, folds)
    choices = np.zeros(len(group), int)
    for fold in range(len(parts)):
        kept = np.arange(len(parts)) != fold
        rows = folds == fold
        choices[rows] = _best(parts[kept].sum(axis=0), counts[kept].sum(axis=0), doses)[group[rows]]
    return choices, _best(parts.sum(axis=0), counts.sum(axis=0), doses)


def choose_clear(
    scores: Array, today: Array, group: Array, folds: Array, cluster: Array, level: float = 0.9
) -> tuple[Array, Array]:
    """As ``choose_best``, but today's choice (-1) stays unless another is clearly better in that group.

    ``today`` (n,): the scores of what is done today. Clearly: the gain's lower bound at ``level`` on one
    side, with room for the number of doses (Bonferroni), is above 0; of those the highest gain is taken.
    """
    gains = scores - today[:, None]
    n_folds, n_groups = int(folds.max()) + 1, int(group.max()) + 1
    choices = np.zeros(len(group), int)
    final = np.full(n_groups, -1)
    quantile = norm.ppf(1 - (1 - level) / scores.shape[1])
    for place in range(n_groups):
        rows = np.flatnonzero(group == place)
        if not len(rows):
            continue
        own, code = np.unique(cluster[rows], return_inverse=True)
        sums = np.column_stack([np.bincount(code, gain, minlength=len(own)) for gain in gains[rows].T])
        size = np.bincount(code, minlength=len(own))
        fold_of = np.zeros(len(own), int)
        fold_of[code] = folds[rows]
        for fold in range(n_folds):
            kept = fold_of != fold
            choices[rows[folds[rows] == fold]] = _clearest(sums[kept], size[kept], quantile)
        final[place] = _clearest(sums, size, quantile)
    return choices, final


def limit_offers(choices: Array, gains: Array, unit: Array, most: int) -> Array:
    """At most ``most`` offers for each ``unit`` (n,), a customer's week: the others become the first dose.

    ``choices`` (n,): positions of doses, 0 is no offer; ``gains`` (n,): what the offer is expected to add, by
    which those that stay are picked; of equal ones the first.

    >>> limit_offers(np.array([2, 1, 3]), np.array([0.1, 0.4, 0.2]), np.array([7, 7, 8]), 1).tolist()
    [0, 1, 3]
    """
    if np.bincount(unit).max(initial=0) <= most:
        return choices
    order = np.lexsort((-gains, choices == 0, unit))
    first = np.r_[True, unit[order][1:] != unit[order][:-1]]
    start = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    rank = np.empty(len(order), int)
    rank[order] = np.arange(len(order)) - start
    limited: Array = np.where(rank < most, choices, 0)
    return limited


def _sum_by_fold(scores: Array, group: Array, folds: Array) -> tuple[Array, Array]:
    """Sums (folds, groups, k) of scores, and how many there are of each."""
    n_folds, n_groups, k = int(folds.max()) + 1, int(group.max()) + 1, scores.shape[1]
    cell = folds * n_groups + group
    sums = np.stack([np.bincount(cell, column, minlength=n_folds * n_groups) for column in scores.T], axis=-1)
    counts = np.bincount(cell, minlength=n_folds * n_groups).astype(float)
    shape = (n_folds, n_groups, k)
    return sums.reshape(shape), np.repeat(counts, k).reshape(shape)


def _best(sums: Array, counts: Array, doses: Array) -> Array:
    smooth = smooth_doses(sums / np.maximum(counts, 1), counts, doses)
    best: Array = np.where(np.isnan(smooth).all(axis=1), 0, np.nan_to_num(smooth, nan=-np.inf).argmax(axis=1))
    return best


def _clearest(sums: Array, size: Array, quantile: float) -> int:
    """Position of the clear gain that is highest; -1 where none is. ``sums``: of gains by cluster, (c, k)."""
    if len(size) < 2:
        return -1
    mean = sums.sum(axis=0) / size.sum()
    error = np.sqrt(((sums - size[:, None] * mean) ** 2).sum(axis=0)) / size.sum()
    low = mean - quantile * error
    clear = (low > 0) & (error > 0)
    return int(np.where(clear, mean, -np.inf).argmax()) if clear.any() else -1
