"""Many noisy estimates of related quantities, each pulled towards what its row and column have in common.

Model: estimate_rc = mean + row_r + column_c + own_rc + error_rc, with row, column and own effects normal of
unknown spread and error of the known standard error. The more an estimate's own data say, the less it moves.
Spreads by REML (``reml``); intervals carry their uncertainty.

References: Efron and Morris (1975); Robinson (1991).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.reml import MixedModel, RemlFit, fit_reml, predict

__all__ = ["Shrunk", "shrink_estimates"]

Array = NDArray[Any]

# A spread below this is none at all: kept away from zero, where its log would run off.
_SMALLEST_SD = 0.02


@dataclass(frozen=True)
class Shrunk:
    """``cells`` (row x column), ``rows`` and ``columns``: ``estimate``, ``low``, ``high``, ``se`` each.

    ``cells`` also has ``raw`` and ``raw_se``; ``rows`` and ``columns`` are averages over the other factor's
    levels, each counted once. ``spread``: standard deviation of row, column and own effects.
    """

    cells: pd.DataFrame
    rows: pd.DataFrame
    columns: pd.DataFrame
    mean: tuple[float, float]
    spread: dict[str, float]


def shrink_estimates(estimates: pd.DataFrame, row: str, column: str, level: float = 0.9) -> Shrunk:
    """Pool ``estimates``: one row per (``row``, ``column``) with ``estimate`` and its ``se``.

    A combination that is missing, or whose estimate is null, is predicted from its row and column. Raises
    ``LuckyError`` with fewer than two rows or columns, or a standard error that is not positive.

    >>> table = pd.DataFrame({"category": list("aabb"), "segment": list("xyxy"),
    ...     "estimate": [-1.0, -2.0, -1.2, -2.2], "se": [0.1, 0.1, 0.1, 5.0]})
    >>> pooled = shrink_estimates(table, "category", "segment").cells
    >>> bool(pooled.loc[3, "raw_se"] > 5 * pooled.loc[3, "se"])
    True
    """
    grid = pd.MultiIndex.from_product(
        [sorted(estimates[row].unique()), sorted(estimates[column].unique())], names=[row, column]
    )
    n_rows, n_columns = (len(level_) for level_ in grid.levels)
    if min(n_rows, n_columns) < 2:
        raise LuckyError(
            "pooled estimates",
            expected=f"at least 2 of {row} and of {column}",
            got=f"{n_rows} and {n_columns}",
        )
    table = estimates.set_index([row, column])[["estimate", "se"]].reindex(grid).reset_index()
    known = table["estimate"].notna().to_numpy()
    y, se = (table.loc[known, name].to_numpy(float) for name in ("estimate", "se"))
    if not (se > 0).all():
        raise LuckyError("pooled estimates", expected="positive standard errors", got=str(se.min()))
    r, c = np.divmod(np.arange(len(table)), n_columns)
    # Sum-to-zero within each factor: the mean is that of these rows and columns, not of a population.
    R = (r[:, None] == np.arange(n_rows)).astype(float) - 1 / n_rows
    C = (c[:, None] == np.arange(n_columns)).astype(float) - 1 / n_columns
    own = np.eye(len(table))

    def design(theta: Array) -> Array:
        row_sd, column_sd, own_sd = np.exp(theta)
        return np.hstack([row_sd * R, column_sd * C, own_sd * own])

    def build(theta: Array) -> MixedModel:
        return MixedModel(y, np.ones((len(y), 1)), design(theta)[known], se**2)

    fit = fit_reml(build, np.log([0.3, 0.3, 0.1]), penalty=_keep_positive, name="pooled estimates")
    cells = table.rename(columns={"estimate": "raw", "se": "raw_se"})
    identity = np.eye(len(table))
    cells = _with_prediction(cells, fit, design, identity, level)
    rows = _with_prediction(_levels(grid, 0, row), fit, design, (R + 1 / n_rows).T / n_columns, level)
    columns = _with_prediction(_levels(grid, 1, column), fit, design, (C + 1 / n_columns).T / n_rows, level)
    overall = _with_prediction(pd.DataFrame(index=[0]), fit, design, identity.mean(axis=0)[None], level)
    spread = dict(zip(("row", "column", "own"), np.exp(fit.theta).tolist(), strict=True))
    return Shrunk(cells, rows, columns, (overall["estimate"].item(), overall["se"].item()), spread)


def _keep_positive(theta: Array) -> float:
    # Also a weak ceiling: with two or three levels the likelihood hardly bounds a spread from above.
    return -float(((_SMALLEST_SD * np.exp(-theta)) ** 2).sum() + 0.5 * (np.exp(theta) ** 2).sum())


def _levels(grid: pd.MultiIndex, position: int, name: str) -> pd.DataFrame:
    return pd.DataFrame({name: grid.levels[position].tolist()})


def _with_prediction(
    frame: pd.DataFrame, fit: RemlFit, design: Any, average: Array, level: float
) -> pd.DataFrame:
    def at(theta: Array) -> tuple[Array, Array]:
        L = average @ np.hstack([np.ones((average.shape[1], 1)), design(theta)])
        return np.zeros(len(average)), L

    mean, cov = predict(fit, at)
    se = np.sqrt(np.diag(cov))
    z = norm.ppf(0.5 + level / 2)
    return frame.assign(estimate=mean, low=mean - z * se, high=mean + z * se, se=se)
