"""Many effects at once, each net of the others, from hundreds of thousands of rows: sparse least squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from lucky_analytics.errors import LuckyError

__all__ = ["AdjustedEffects", "fit_effects"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class AdjustedEffects:
    """``table``: a row for each number (``factor`` is its name, ``level`` empty) and each level of each
    factor: ``effect``, ``se``, ``n``. The levels of a factor are measured from its mean over the rows.
    ``covariance`` in the order of ``table``; ``mean`` of y where every factor and number is at its mean;
    ``centres``: the means of the numbers; ``left_sd`` of what is not explained; ``n_clusters``.
    """

    table: pd.DataFrame
    covariance: Array
    mean: float
    centres: dict[str, float]
    left_sd: float
    n_clusters: int

    def of(self, factor: str) -> pd.DataFrame:
        """The rows of one factor or number; empty for one that was not fitted."""
        return self.table[self.table["factor"] == factor]

    def predict(self, rows: pd.DataFrame, skip: Sequence[str] = ()) -> Array:
        """y of ``rows``, whatever was not seen at its mean, and so the factors to ``skip``."""
        y = np.full(len(rows), self.mean)
        for factor, own in self.table.groupby("factor", sort=False):
            if factor in skip:
                continue
            if factor in self.centres:
                y += own["effect"].iloc[0] * (rows[factor].to_numpy(float) - self.centres[str(factor)])
            else:
                effects = dict(zip(own["level"], own["effect"], strict=True))
                codes, levels = pd.factorize(rows[factor])
                known = np.array([effects.get(level, 0.0) for level in levels] + [0.0])
                y += known[codes]  # a null level has the code -1, the last
        return y


def fit_effects(
    rows: pd.DataFrame, y: Array, factors: Sequence[str], numbers: Sequence[str], cluster: str
) -> AdjustedEffects:
    """Least squares of ``y`` on ``factors`` (columns of labels) and ``numbers`` (columns of floats).

    Errors may hang together within ``cluster`` (a store's day, say): the covariance is the sandwich of Liang
    and Zeger (1986), with the usual factor for few clusters. A factor with one level, and a number that does
    not vary, is left out. Raises ``LuckyError`` for fewer than two clusters.

    >>> rows = pd.DataFrame({"who": list("aabb"), "x": [0.0, 1.0, 0.0, 1.0], "day": [1, 2, 3, 4]})
    >>> fit = fit_effects(rows, np.array([1.0, 2.0, 3.0, 4.0]), ["who"], ["x"], "day")
    >>> fit.table["effect"].round(6).tolist(), round(fit.mean, 6)
    ([1.0, -1.0, 1.0], 2.5)
    """
    clusters, names = pd.factorize(rows[cluster])
    if (n_clusters := len(names)) < 2:
        raise LuckyError("effects", expected=f"at least 2 of {cluster}", got=str(n_clusters))
    kept = [name for name in numbers if rows[name].std() > 1e-12]
    parts: list[sparse.spmatrix] = [sparse.csr_matrix(np.ones((len(rows), 1)))]
    centres = {name: float(rows[name].mean()) for name in kept}
    parts += [sparse.csr_matrix((rows[name].to_numpy(float) - centres[name])[:, None]) for name in kept]
    labels: list[tuple[str, object, int]] = [(name, "", len(rows)) for name in kept]
    # Each column of `to_levels` has one level's effect from the coefficients: the first level is left out
    # of the fit, and the mean over the rows is taken off.
    blocks = [np.eye(len(kept))] if kept else []
    for factor in factors:
        codes, levels = pd.factorize(rows[factor], sort=True)
        if len(levels) < 2:
            continue
        one = sparse.csr_matrix((np.ones(len(rows)), (np.arange(len(rows)), codes)))
        counts = np.bincount(codes, minlength=len(levels))
        parts.append(one[:, 1:])
        spread = np.vstack([np.zeros(len(levels) - 1), np.eye(len(levels) - 1)])
        blocks.append(spread - (counts / counts.sum()) @ spread)
        labels += [(factor, level, int(n)) for level, n in zip(levels, counts, strict=True)]
    x = sparse.hstack(parts, format="csr")
    # Two factors may say the same of a level; the least of all solutions is then taken.
    inverse = np.linalg.pinv((x.T @ x).toarray(), rcond=1e-12, hermitian=True)
    beta = inverse @ (x.T @ y)
    left = y - x @ beta
    member = sparse.csr_matrix((left, (clusters, np.arange(len(rows)))))
    scores = np.asarray((member @ x).todense())
    n, p = x.shape
    few = n_clusters / (n_clusters - 1) * (n - 1) / max(n - p, 1)
    bread = inverse @ (scores.T @ scores) @ inverse * few
    to_levels = np.zeros((len(labels), p))
    row, column = 0, 1
    for block in blocks:
        to_levels[row : row + block.shape[0], column : column + block.shape[1]] = block
        row, column = row + block.shape[0], column + block.shape[1]
    effect, covariance = to_levels @ beta, to_levels @ bread @ to_levels.T
    table = pd.DataFrame(labels, columns=["factor", "level", "n"])
    table["effect"], table["se"] = effect, np.sqrt(np.maximum(np.diag(covariance), 0.0))
    return AdjustedEffects(table, covariance, float(y.mean()), centres, float(left.std()), n_clusters)
