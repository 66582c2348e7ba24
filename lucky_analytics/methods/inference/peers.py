"""What units like it would lead to expect of each unit, and how far ranks among them can be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.inference.rank_ranges import rank_ranges

__all__ = ["expect_from_peers", "rank_units"]

Array = NDArray[Any]


def expect_from_peers(units: pd.DataFrame, features: Sequence[str], level: float = 0.9) -> pd.DataFrame:
    """Each unit's ``y`` beside what the others, at its own ``features``, lead to expect of it.

    ``units``: one row a unit with ``y`` and the features, on a scale on which effects add; optionally ``se``,
    an error of ``y`` that the scatter of the others may not show (of a rare count), which widens the range.
    Least squares of ``y`` on the features over all other units; returned with ``expected``, ``low``, ``high``
    (``level`` prediction interval of one more unit), ``away`` (``y`` less expected), ``p_value`` (two-sided:
    the deleted residual over its error is Student's t) and ``own``, ``own_se``: what the unit has beyond its
    features in the fit of all, and how uncertain that is through the fit. Rows where anything is null are
    left out of the fit, and null. A feature in which no unit differs is left out. All of it is null where
    fewer than three units more than coefficients are known, or where effects of features cannot be told
    apart.

    >>> stores = pd.DataFrame({"age": [1.0, 2, 3, 4, 5, 6], "y": [1.1, 1.9, 3.1, 3.9, 5.1, 9.0]})
    >>> expect_from_peers(stores, ["age"])[["expected", "low", "high"]].round(1).iloc[-1].tolist()
    [6.0, 5.6, 6.5]
    """
    known = units[["y", *features]].notna().all(axis=1).to_numpy()
    names = ("expected", "low", "high", "away", "p_value", "own", "own_se")
    out = units.assign(**dict.fromkeys(names, np.nan))
    y = units["y"].to_numpy(float)[known]
    x = units[list(features)].to_numpy(float)[known]
    differs = np.ptp(x, axis=0) > 0 if len(y) else np.ones(x.shape[1], bool)
    X = np.column_stack([np.ones(len(y)), (x - x.mean(axis=0) if len(y) else x)[:, differs]])
    free = len(y) - 1 - X.shape[1]  # of the fit without one
    if free < 2 or np.linalg.matrix_rank(X) < X.shape[1]:
        return out
    hat = X @ np.linalg.pinv(X)
    h = np.diag(hat)
    residual = y - hat @ y
    rest = 1 - h
    single = rest < 1e-9  # alone decides a coefficient: nobody is like it
    away = np.where(single, np.nan, residual / np.where(single, 1.0, rest))
    variance = ((residual**2).sum() - residual * np.nan_to_num(away)) / free  # of the others about their fit
    error = np.sqrt(np.maximum(variance, 0.0) / np.where(single, np.nan, rest))
    if "se" in units:
        error = np.hypot(error, units["se"].to_numpy(float)[known])
    half = t.ppf((1 + level) / 2, free) * error
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * t.sf(np.abs(away) / error, free)
    sd = np.sqrt((residual**2).sum() / (len(y) - X.shape[1]))
    expected = y - away
    values = (expected, expected - half, expected + half, away, p_value, residual, sd * np.sqrt(h))
    for name, value in zip(names, values, strict=True):
        out.loc[known, name] = value
    return out


def rank_units(value: Array, error: Array, free: float, level: float = 0.9) -> pd.DataFrame:
    """``rank`` of each value (1 is the largest), ``best`` and ``last`` that it may have, and ``n_sure``: how
    many of the others it is surely ahead of or behind.

    ``error``: standard errors, ``free`` their degrees of freedom. The ranges hold for all units together at
    ``level`` (Bonferroni, ``rank_ranges``). A null value has no rank. Raises ``ParameterError`` where an
    error is negative.

    >>> rank_units(np.array([5.0, 1.0, 1.2]), np.array([0.1, 0.1, 0.1]), 30.0).to_numpy(int).tolist()
    [[1, 1, 1, 2], [3, 2, 3, 1], [2, 2, 3, 1]]
    """
    if (error < 0).any():
        raise ParameterError("standard errors", expected="0 or more", got=str(np.nanmin(error)))
    known = np.isfinite(value) & np.isfinite(error)
    out = pd.DataFrame(np.nan, index=range(len(value)), columns=["rank", "best", "last", "n_sure"])
    if not known.any():
        return out
    half = t.ppf(1 - (1 - level) / (2 * known.sum()), free) * error[known]
    low, high = value[known] - half, value[known] + half
    best, last = rank_ranges(low, high)
    out.loc[known, "rank"] = pd.Series(value[known]).rank(ascending=False, method="min").to_numpy()
    out.loc[known, "best"], out.loc[known, "last"] = best, last
    out.loc[known, "n_sure"] = known.sum() - 1 - (last - best)
    return out
