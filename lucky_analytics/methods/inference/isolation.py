"""How easily a row is told from all others by random cuts, and which of its numbers do it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import IsolationForest

__all__ = ["Isolation", "fit_isolation"]

Array = NDArray[Any]


class Isolation:
    """A fitted forest: ``score`` of rows, 0 to 1, from .5 on easier to tell apart than most."""

    def __init__(self, forest: IsolationForest, middle: Array):
        self._forest, self._middle = forest, middle

    def score(self, rows: Array) -> Array:
        """2^(-mean depth / c), as Liu, Ting and Zhou (2008) have it; higher is odder."""
        return -np.asarray(self._forest.score_samples(np.asarray(rows, dtype=np.float32)))

    def explain(self, rows: Array) -> Array:
        """By how much each row's score falls when one of its numbers is that of the middle row: [n, columns].

        A number that makes a row odd has a large part; parts need not add up, because numbers act together.
        """
        rows = np.asarray(rows, dtype=float)
        whole, parts = self.score(rows), np.zeros(rows.shape)
        for column in range(rows.shape[1]):
            usual = rows.copy()
            usual[:, column] = self._middle[column]
            parts[:, column] = whole - self.score(usual)
        return parts


def fit_isolation(rows: Array, n_trees: int = 100, seed: int = 7) -> Isolation:
    """An isolation forest on ``rows`` [n, columns] of finite numbers, 256 rows a tree (Liu, Ting and Zhou
    2008, "Isolation Forest", ICDM).

    >>> rows = np.random.default_rng(1).normal(size=(500, 2))
    >>> forest = fit_isolation(np.r_[rows, [[0.0, 9.0]]])
    >>> int(forest.score(np.r_[rows, [[0.0, 9.0]]]).argmax()), int(forest.explain([[0.0, 9.0]])[0].argmax())
    (500, 1)
    """
    known = np.asarray(rows, dtype=np.float32)
    forest = IsolationForest(n_estimators=n_trees, random_state=seed, n_jobs=1).fit(known)
    return Isolation(forest, np.median(known, axis=0).astype(float))
