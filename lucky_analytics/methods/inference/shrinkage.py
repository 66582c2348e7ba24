"""Many noisy estimates of related quantities, each pulled towards what its row and column have in common.

Model: estimate_rc = mean + row_r + column_c + own_rc + error_rc, with row, column and own effects normal of
unknown spread and error of the known standard error. The more an estimate's own data say, the less it moves.
Spreads by REML (``reml``); intervals carry their uncertainty.

On the ``multiplicative`` scale the same holds for logs: quantities of one sign, such as elasticities, where
one group's are all so many percent larger than another's. Noisy estimates have no usable logs (some even have
the other sign), so the model is linearised around its own fit, as in a generalised linear mixed model.

References: Efron and Morris (1975); Robinson (1991); Breslow and Clayton (1993).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.reml import MixedModel, RemlFit, fit_reml, predict

__all__ = ["Shrunk", "draw_cells", "shrink_estimates"]

Array = NDArray[Any]

# A spread below this is none at all: kept away from zero, where its log would run off.
_SMALLEST_SD = 0.02
_N_LINEARISED = 4


@dataclass(frozen=True)
class Shrunk:
    """``cells`` (row x column), ``rows`` and ``columns``: ``estimate``, ``low``, ``high``, ``se`` each.

    ``cells`` also has ``raw`` and ``raw_se``; ``rows`` and ``columns`` are means over the other factor, and
    ``mean`` (one row) over both. ``spread``: standard deviation of row, column and own effects. On
    the multiplicative scale it is of logs, means are geometric, ``se`` is the log's times the estimate.
    ``cov``: covariance of the cells' errors, (cells, cells); of logs on the multiplicative scale.
    """

    cells: pd.DataFrame
    rows: pd.DataFrame
    columns: pd.DataFrame
    mean: pd.DataFrame
    spread: dict[str, float]
    cov: Array


def draw_cells(pooled: Shrunk, n_draws: int = 4000, seed: int = 7) -> Array:
    """Joint draws of multiplicative ``cells``, (cells, draws): what they share, they share in every draw.

    Sums over cells need these: cells of one row or column err together, and errors that are drawn one by one
    would cancel.

    >>> draw_cells(pooled, 10).shape                                  # doctest: +SKIP
    (32, 10)
    """
    value = pooled.cells["estimate"].to_numpy(float)
    errors = np.random.default_rng(seed).multivariate_normal(np.zeros(len(value)), pooled.cov, n_draws)
    draws: Array = value[:, None] * np.exp(errors.T)
    return draws


def shrink_estimates(
    estimates: pd.DataFrame,
    row: str,
    column: str,
    *,
    scale: Literal["additive", "multiplicative"] = "additive",
    weights: str | None = None,
    level: float = 0.9,
) -> Shrunk:
    """Pool ``estimates``: one row per (``row``, ``column``) with ``estimate`` and its ``se``.

    ``weights`` is a column to weigh the means over rows and columns by; without it each counts once. A
    combination that is missing, or whose estimate is null, is predicted from its row and column (weight 0).
    Raises ``LuckyError`` with fewer than two rows or columns, or a standard error that is not positive.

    >>> table = pd.DataFrame({"category": list("aabb"), "segment": list("xyxy"),
    ...     "estimate": [-1.0, -2.0, -1.2, -2.2], "se": [0.1, 0.1, 0.1, 5.0]})
    >>> pooled = shrink_estimates(table, "category", "segment").cells
    >>> bool(pooled.loc[3, "raw_se"] > 5 * pooled.loc[3, "se"])
    True
    """
    table, grid = _grid(estimates, row, column, weights)
    n_rows, n_columns = (len(names) for names in grid.levels)
    known = table["estimate"].notna().to_numpy()
    r, c = np.divmod(np.arange(len(table)), n_columns)
    member = [
        (position[:, None] == np.arange(n)).astype(float) for position, n in ((r, n_rows), (c, n_columns))
    ]
    # Sum-to-zero within each factor: the mean is that of these rows and columns, not of a population.
    R, C = (m - 1 / m.shape[1] for m in member)
    own = np.eye(len(table))

    def design(theta: Array) -> Array:
        row_sd, column_sd, own_sd = np.exp(theta)
        return np.hstack([row_sd * R, column_sd * C, own_sd * own])

    raw, raw_se = (table.loc[known, name].to_numpy(float) for name in ("estimate", "se"))
    sign = float(np.sign((raw / raw_se**2).sum()))
    center = np.full(len(raw), (raw / raw_se**2).sum() / (1 / raw_se**2).sum())
    for _ in range(1 if scale == "additive" else _N_LINEARISED):
        # d log(estimate) = d estimate / estimate, around the last fit
        y, se = (
            (raw, raw_se)
            if scale == "additive"
            else (np.log(sign * center) + (raw - center) / center, raw_se / np.abs(center))
        )

        def build(theta: Array, y: Array = y, se: Array = se) -> MixedModel:
            return MixedModel(y, np.ones((len(y), 1)), design(theta)[known], se**2)

        fit = fit_reml(build, np.log([0.3, 0.3, 0.1]), penalty=_keep_positive, name="pooled estimates")
        center = sign * np.exp(_predict(fit, design, own)[0])[known]

    def pooled(frame: pd.DataFrame, average: Array) -> pd.DataFrame:
        mean, cov = _predict(fit, design, average)
        se = np.sqrt(np.diag(cov))
        half = norm.ppf(0.5 + level / 2) * se
        if scale == "additive":
            return frame.assign(estimate=mean, low=mean - half, high=mean + half, se=se)
        value, ends = (
            sign * np.exp(mean),
            np.sort(sign * np.exp(np.stack([mean - half, mean + half])), axis=0),
        )
        return frame.assign(estimate=value, low=ends[0], high=ends[1], se=np.abs(value) * se)

    w = table["weight"].to_numpy(float)
    cells = pooled(table.drop(columns="weight").rename(columns={"estimate": "raw", "se": "raw_se"}), own)
    rows, columns = (
        pooled(pd.DataFrame({name: names.tolist()}), _average(m, w))
        for name, names, m in zip((row, column), grid.levels, member, strict=True)
    )
    spread = dict(zip(("row", "column", "own"), np.exp(fit.theta).tolist(), strict=True))
    mean = pooled(pd.DataFrame(index=[0]), w[None] / w.sum())
    return Shrunk(cells, rows, columns, mean, spread, _predict(fit, design, own)[1])


def _grid(
    estimates: pd.DataFrame, row: str, column: str, weights: str | None
) -> tuple[pd.DataFrame, pd.MultiIndex]:
    grid = pd.MultiIndex.from_product(
        [sorted(estimates[row].unique()), sorted(estimates[column].unique())], names=[row, column]
    )
    n_rows, n_columns = (len(names) for names in grid.levels)
    if min(n_rows, n_columns) < 2:
        raise LuckyError(
            "pooled estimates",
            expected=f"at least 2 of {row} and of {column}",
            got=f"{n_rows} and {n_columns}",
        )
    known = estimates.dropna(subset=["estimate"])
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


def _keep_positive(theta: Array) -> float:
    # Also a weak ceiling: with two or three levels the likelihood hardly bounds a spread from above.
    return -float(((_SMALLEST_SD * np.exp(-theta)) ** 2).sum() + 0.5 * (np.exp(theta) ** 2).sum())


def _predict(fit: RemlFit, design: Callable[[Array], Array], average: Array) -> tuple[Array, Array]:
    """Mean and covariance of ``average`` (m, cells) of the cells."""

    def at(theta: Array) -> tuple[Array, Array]:
        L = average @ np.hstack([np.ones((average.shape[1], 1)), design(theta)])
        return np.zeros(len(average)), L

    return predict(fit, at)
