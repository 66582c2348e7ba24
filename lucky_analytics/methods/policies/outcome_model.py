"""What each action is predicted to bring, from the choices of others: for doubly robust scores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.policies.off_policy import ChoiceLog

__all__ = ["assign_folds", "predict_rewards", "predict_several"]

Array = NDArray[Any]


def assign_folds(cluster: Array, n_folds: int = 5, seed: int = 3) -> Array:
    """A fold from 0 for each choice, the same for all choices of a cluster; sizes differ by one cluster.

    >>> assign_folds(np.array([0, 0, 1, 2]), 2).tolist()
    [0, 0, 1, 0]
    """
    n = int(cluster.max()) + 1
    if n < n_folds:
        raise LuckyError("folds of customers", expected=f"at least {n_folds} customers", got=str(n))
    fold = np.random.default_rng(seed).permutation(np.arange(n) % n_folds)
    return fold[cluster]


def predict_rewards(log: ChoiceLog, features: Array, group: Array, folds: Array) -> Array:
    """Predicted reward of each action at each choice, (n, k), each fold from the other folds' choices.

    Least squares on ``features`` (n, m), known before the draw, and on what each action brought more or less
    in each ``group`` (n,), codes from 0. A prediction that is wrong costs precision, never truth: the chances
    of a draw are known.

    >>> log = ChoiceLog(np.array([0, 1] * 4), np.full((8, 2), 0.5), np.array([1.0, 3.0] * 4), np.arange(8))
    >>> nothing = np.ones((8, 1))
    >>> predict_rewards(log, nothing, np.zeros(8, int), np.arange(8) // 2 % 2)[0].round(6).tolist()
    [1.0, 3.0]
    """
    return predict_several([log], features, group, folds)[0]


def predict_several(logs: Sequence[ChoiceLog], features: Array, group: Array, folds: Array) -> list[Array]:
    """``predict_rewards`` of the same choices with several rewards, for which the features are read once."""
    n_folds, n_actions = int(folds.max()) + 1, logs[0].chances.shape[1]
    n_groups = int(group.max()) + 1
    rewards = np.column_stack([log.reward for log in logs])
    own = [np.flatnonzero(folds == fold) for fold in range(n_folds)]
    squares, products = [], []
    for rows in own:
        known = features[rows]
        squares.append(known.T @ known)
        products.append(known.T @ rewards[rows])
    cell = group * n_actions + logs[0].action
    predicted = [np.empty((len(rewards), n_actions)) for _ in logs]
    for fold, rows in enumerate(own):
        others = [each for each in range(n_folds) if each != fold]
        bread = np.linalg.pinv(sum(squares[each] for each in others), rcond=1e-10, hermitian=True)
        base = features @ (bread @ sum(products[each] for each in others))
        kept = np.concatenate([own[each] for each in others])
        places = cell[kept]
        counts = np.bincount(places, minlength=n_groups * n_actions)
        for at, column in enumerate(predicted):
            missed = rewards[kept, at] - base[kept, at]
            sums = np.bincount(places, missed, minlength=n_groups * n_actions)
            effect = (sums / np.maximum(counts, 1)).reshape(n_groups, n_actions)
            column[rows] = base[rows, at, None] + effect[group[rows]]
    return predicted
