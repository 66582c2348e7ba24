"""What goes with what net of many groups at once: least squares with thousands of levels taken out.

Each row belongs to a level of each of several groupings (its customer, its hour of its shop, its day of its
shop). Every level has a mean of its own, which is taken off the outcome and off every column; what is left is
compared. Unlike ``adjusted_effects`` the levels' own effects are not estimated, so there may be any number
of them. Errors may hang together within a cluster in any way. Levels that are no part of a cluster use up
rows: what hangs together in every way (the orders of a half-hour) is best given as one row with its weight.

References: Frisch and Waugh (1933), Econometrica 1; Guimaraes and Portugal (2010), Stata Journal 10, on many
groups; Liang and Zeger (1986), Biometrika 73, on errors that hang together. The means are found by LSMR (Fong
and Saunders 2011) in place of taking off one grouping after the other, which needs ten times the steps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import lsmr
from scipy.stats import t as student

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate

__all__ = ["AbsorbedFit", "fit_absorbed"]

Array = NDArray[Any]
_MOST_STEPS, _CLOSE = 500, 1e-9


@dataclass(frozen=True)
class AbsorbedFit:
    """``effects`` (p,) of the columns ``names`` with their ``covariance``; ``n`` rows, ``n_clusters``."""

    names: tuple[str, ...]
    effects: Array
    covariance: Array
    n: int
    n_clusters: int

    def estimate(self, name: str, level: float = 0.9) -> Estimate:
        """One effect with its interval (Student's t, clusters less one); null for a column left out."""
        if name not in self.names:
            return Estimate(None, n=self.n)
        place = self.names.index(name)
        value, se = float(self.effects[place]), float(np.sqrt(self.covariance[place, place]))
        half = float(student.ppf(0.5 + level / 2, self.n_clusters - 1)) * se
        return Estimate(value, value - half, value + half, level=level, n=self.n)


def fit_absorbed(
    y: Array,
    columns: Mapping[str, Array],
    groups: Sequence[Array],
    cluster: Array,
    weight: Array | None = None,
) -> AbsorbedFit:
    """Least squares of ``y`` (n,) on ``columns`` (n,) net of every level of each of ``groups`` (labels, n).

    ``weight`` (n,): how much each row counts, above 0; all alike unless given. The covariance has the usual
    factors for few clusters, and for rows used up by levels that are no part of one cluster.

    A column that does not vary within the groups is left out; of columns that say the same the least of all
    solutions is taken. Raises ``LuckyError`` without groups, for fewer than two clusters, and where nothing
    varies within the groups.

    >>> who, day = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> x = np.array([0.0, 1.0, 0.0, 3.0])
    >>> fit = fit_absorbed(2 * x + 5 * who + 7 * day, {"x": x}, [who, day], who)
    >>> fit.names, fit.effects.round(6).tolist()
    (('x',), [2.0])
    """
    code = np.unique(cluster, return_inverse=True)[1]
    n_clusters = int(code.max(initial=-1)) + 1
    if not groups or n_clusters < 2:
        raise LuckyError(
            "comparison within groups", expected="groups, and 2 clusters or more",
            got=f"{len(groups)} and {n_clusters}",
        )  # fmt: skip
    root = np.ones(len(code)) if weight is None else np.sqrt(weight)
    levels = _indicate(groups, root)
    left = {name: _take_off(np.asarray(column, float), levels, root) for name, column in columns.items()}
    kept = {name: column for name, column in left.items() if np.abs(column).max() > 1e-7}
    if not kept:
        raise LuckyError("comparison within groups", expected="something that varies in them", got="nothing")
    x, target = np.column_stack(list(kept.values())), _take_off(np.asarray(y, float), levels, root)
    inverse = np.linalg.pinv(x.T @ x, rcond=1e-10, hermitian=True)
    effects = inverse @ (x.T @ target)
    off = target - x @ effects
    scores = np.column_stack([np.bincount(code, column * off, n_clusters) for column in x.T])
    n_used = len(kept) + sum(_count_free(labels, code) for labels in groups)
    few = n_clusters / (n_clusters - 1) * (len(target) - 1) / max(len(target) - n_used, 1)
    covariance = inverse @ (scores.T @ scores) @ inverse * few
    return AbsorbedFit(tuple(kept), effects, covariance, len(target), n_clusters)


def _count_free(labels: Array, cluster: Array) -> int:
    """Levels of a grouping; none where each lies in one cluster, whose errors then know of it."""
    code = np.unique(labels, return_inverse=True)[1]
    first = np.zeros(int(code.max()) + 1, np.int64)
    first[code] = cluster
    return 0 if (first[code] == cluster).all() else len(first)


def _indicate(groups: Sequence[Array], root: Array) -> sparse.csr_matrix:
    """Which level each row is of, columns of length 1 so that levels of all sizes are found alike."""
    parts = []
    for labels in groups:
        code = np.unique(labels, return_inverse=True)[1]
        size = np.sqrt(np.bincount(code, root**2)[code])
        parts.append(sparse.csr_matrix((root / size, (np.arange(len(code)), code))))
    return sparse.hstack(parts, format="csr")


def _take_off(values: Array, levels: sparse.csr_matrix, root: Array) -> Array:
    centred = (values - np.average(values, weights=root**2)) * root
    if not np.abs(centred).max() > 0:
        return centred
    found = lsmr(levels, centred, atol=_CLOSE, btol=_CLOSE, conlim=0, maxiter=_MOST_STEPS)
    return centred - levels @ found[0]
