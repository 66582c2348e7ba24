"""Many noisy estimates of related quantities, each pulled towards what its row and column have in common.

Model: estimate_rc = row_r + column_c + own_rc + error_rc, on the scale of the estimates themselves. Rows and
columns are free: an odd one out (a category that does not respond at all among seven that do) keeps its own
level, and its interval covers it as often as any other's. Only ``own``, what a cell has beyond its row and
column, is taken to be normal with one unknown spread; the less a cell's own data say, the more it is like its
row and column. Estimates of either sign, and intervals that hold 0, are as welcome as others.

The spread is integrated over a grid, by its restricted likelihood and a half-normal prior: nothing is
searched, so nothing can stop early. The grid has converged when its last point carries no weight; otherwise
it is refused.

References: Efron and Morris (1975); Patterson and Thompson (1971); Gelman (2006) on priors for a spread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2, norm

from lucky_analytics.errors import LuckyError

__all__ = ["Shrunk", "draw_cells", "shrink_estimates"]

Array = NDArray[Any]

_N_GRID = 81
# The weight of the grid's last point, as a share of the largest, from which the spread is not bounded by it.
_CONVERGED = 1e-3


@dataclass(frozen=True)
class Shrunk:
    """``cells`` (row x column), ``rows`` and ``columns``: ``estimate``, ``low``, ``high``, ``se`` each.

    ``cells`` also has ``raw`` and ``raw_se``; ``rows`` and ``columns`` are means over the other factor, and
    ``mean`` (one row) over both. ``own_sd``: posterior mean of the spread of cells around row and column.
    ``cov``: covariance of the cells' errors, (cells, cells). ``p_rows``, ``p_columns``: p-value of "all rows
    (columns) are alike", Wald's test over their means.
    """

    cells: pd.DataFrame
    rows: pd.DataFrame
    columns: pd.DataFrame
    mean: pd.DataFrame
    own_sd: float
    cov: Array
    p_rows: float
    p_columns: float


def draw_cells(pooled: Shrunk, n_draws: int = 4000, seed: int = 7) -> Array:
    """Joint draws of ``cells``, (cells, draws): what they share, they share in every draw.

    Sums over cells need these: cells of one row or column err together, and errors that are drawn one by one
    would cancel.

    >>> draw_cells(pooled, 10).shape                                  # doctest: +SKIP
    (32, 10)
    """
    value = pooled.cells["estimate"].to_numpy(float)
    errors = np.random.default_rng(seed).multivariate_normal(np.zeros(len(value)), pooled.cov, n_draws)
    draws: Array = value[:, None] + errors.T
    return draws


def shrink_estimates(
    estimates: pd.DataFrame,
    row: str,
    column: str,
    *,
    weights: str | None = None,
    own_scale: float = 1.0,
    level: float = 0.9,
) -> Shrunk:
    """Pool ``estimates``: one row per (``row``, ``column``) with ``estimate`` and its ``se``.

    ``weights`` is a column to weigh the means over rows and columns by; without it each counts once.
    ``own_scale``, in the estimates' unit: scale of the prior of the spread. A combination that is missing, or
    whose estimate is null, is predicted from its row and column (weight 0); a row or column without any
    estimate is left out. Raises ``LuckyError`` with fewer than two rows or columns, a standard error that is
    not positive, cells that do not tie rows and columns together, or a spread beyond the grid.

    >>> table = pd.DataFrame({"category": list("aabb"), "segment": list("xyxy"),
    ...     "estimate": [-1.0, -2.0, 0.1, -0.9], "se": [0.1, 0.1, 0.1, 5.0]})
    >>> pooled = shrink_estimates(table, "category", "segment").cells
    >>> bool(pooled.loc[3, "raw_se"] > 3 * pooled.loc[3, "se"])
    True
    """
    table, grid = _grid(estimates, row, column, weights)
    n_rows, n_columns = (len(names) for names in grid.levels)
    known = table["estimate"].notna().to_numpy()
    r, c = np.divmod(np.arange(len(table)), n_columns)
    member = [
        (position[:, None] == np.arange(n)).astype(float) for position, n in ((r, n_rows), (c, n_columns))
    ]
    X = np.hstack([member[0], member[1][:, 1:]])
    if np.linalg.matrix_rank(X[known]) < X.shape[1]:
        raise LuckyError(
            "pooled estimates", expected=f"estimates that tie {row} and {column} together", got="parts apart"
        )
    theta, cov, own_sd = _integrate(table["estimate"].to_numpy(float), table["se"], X, known, own_scale)

    def pooled(frame: pd.DataFrame, average: Array) -> pd.DataFrame:
        mean, se = average @ theta, np.sqrt(np.diag(average @ cov @ average.T))
        half = norm.ppf(0.5 + level / 2) * se
        return frame.assign(estimate=mean, low=mean - half, high=mean + half, se=se)

    w = table["weight"].to_numpy(float)
    averages = [_average(m, w) for m in member]
    cells = table.drop(columns="weight").rename(columns={"estimate": "raw", "se": "raw_se"})
    rows, columns = (
        pooled(pd.DataFrame({name: names.tolist()}), average)
        for name, names, average in zip((row, column), grid.levels, averages, strict=True)
    )
    return Shrunk(
        pooled(cells, np.eye(len(table))),
        rows,
        columns,
        pooled(pd.DataFrame(index=[0]), w[None] / w.sum()),
        own_sd,
        cov,
        *(_test_alike(average @ theta, average @ cov @ average.T) for average in averages),
    )


def _integrate(
    y: Array, errors: pd.Series, X: Array, known: Array, own_scale: float
) -> tuple[Array, Array, float]:
    """Mean and covariance of all cells over the grid of spreads, and the mean spread."""
    se = errors.to_numpy(float)
    grid = np.linspace(0.0, 4 * own_scale, _N_GRID)
    at = [_at_spread(sd, y, se, X, known) for sd in grid]
    log = np.array([part[0] for part in at]) - 0.5 * (grid / own_scale) ** 2
    weight = np.exp(log - log.max())
    if weight[-1] > _CONVERGED:
        raise LuckyError(
            "pooled estimates",
            expected=f"a spread of cells below {grid[-1]:g}, the end of the grid",
            got=f"a spread beyond it with a relative weight of {weight[-1]:.2g}",
            remedy="Give a larger own_scale, in the unit of the estimates",
        )
    weight = weight / weight.sum()
    means = np.stack([part[1] for part in at])
    mean = weight @ means
    away = means - mean
    cov = np.einsum("g,gij->ij", weight, np.stack([part[2] for part in at])) + (away.T * weight) @ away
    return mean, cov, float(weight @ grid)


def _at_spread(sd: float, y: Array, se: Array, X: Array, known: Array) -> tuple[float, Array, Array]:
    """Restricted log likelihood, mean and covariance of the cells, given the spread."""
    variance = sd**2 + se[known] ** 2
    scaled = X[known] / variance[:, None]
    information = X[known].T @ scaled
    C = np.linalg.inv(information)
    level = X @ (C @ (scaled.T @ y[known]))
    residual = y[known] - level[known]
    value = -0.5 * (
        np.log(variance).sum() + np.linalg.slogdet(information)[1] + (residual**2 / variance).sum()
    )
    kept = np.zeros(len(y))
    kept[known] = sd**2 / variance
    mean = level.copy()
    mean[known] += kept[known] * residual
    rest = (1 - kept)[:, None] * X
    return float(value), mean, np.diag((1 - kept) * sd**2) + rest @ C @ rest.T


def _test_alike(mean: Array, cov: Array) -> float:
    contrast = np.eye(len(mean))[1:] - np.eye(len(mean))[:1]
    away = contrast @ mean
    statistic = away @ np.linalg.pinv(contrast @ cov @ contrast.T) @ away
    return float(chi2.sf(statistic, len(away)))


def _grid(
    estimates: pd.DataFrame, row: str, column: str, weights: str | None
) -> tuple[pd.DataFrame, pd.MultiIndex]:
    known = estimates.dropna(subset=["estimate"])
    grid = pd.MultiIndex.from_product(
        [sorted(known[row].unique()), sorted(known[column].unique())], names=[row, column]
    )
    n_rows, n_columns = (len(names) for names in grid.levels)
    if min(n_rows, n_columns) < 2:
        raise LuckyError(
            "pooled estimates",
            expected=f"at least 2 of {row} and of {column}",
            got=f"{n_rows} and {n_columns}",
        )
    if not (known["se"] > 0).all():
        raise LuckyError("pooled estimates", expected="positive standard errors", got=str(known["se"].min()))
    known = known.assign(weight=known[weights] if weights else 1.0)
    table = known.set_index([row, column])[["estimate", "se", "weight"]].reindex(grid)
    table["weight"] = table["weight"].fillna(0.0 if weights else 1.0)
    return table.reset_index(), grid


def _average(member: Array, weight: Array) -> Array:
    """Weights of the cells in each level's mean, rows summing to one; equal where all weights are zero."""
    w = member * weight[:, None]
    w = np.where(w.sum(axis=0) > 0, w, member)
    mean: Array = (w / w.sum(axis=0)).T
    return mean
