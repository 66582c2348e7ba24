"""Linear regression with one price that is set by somebody who watches demand, and instruments that are not.

Model: ``y = X beta + p gamma + e`` with ``p`` correlated with ``e``, instruments ``Z`` that move ``p`` and
touch ``y`` through it alone. Two-stage least squares, Sargan's test of more instruments than needed, the
first-stage F, and Anderson-Rubin intervals, which hold however weak the instruments are.

References: Anderson and Rubin (1949); Sargan (1958); Stock and Yogo (2005) for "F above 10";
Stock and Watson, Introduction to Econometrics, chapter 12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2, f

from lucky_analytics.errors import LuckyError

__all__ = ["TwoStageFit", "estimate_anderson_rubin", "fit_two_stage"]

Array = NDArray[Any]


@dataclass(frozen=True)
class TwoStageFit:
    """``coefficients``: ``name``, ``estimate``, ``se`` (not assuming equal variances).

    ``first_stage_f``: F of the instruments in the regression of the price (equal variances). ``sargan`` and
    ``sargan_p`` are null when there are no more instruments than prices.
    """

    coefficients: pd.DataFrame
    n: int
    first_stage_f: float | None
    sargan: float | None
    sargan_p: float | None

    def estimate(self, name: str) -> tuple[float, float]:
        """Estimate and standard error of one coefficient."""
        position = self.coefficients["name"].tolist().index(name)
        estimate, se = self.coefficients[["estimate", "se"]].to_numpy(float)[position]
        return float(estimate), float(se)


def fit_two_stage(
    frame: pd.DataFrame,
    y: str,
    price: str,
    instruments: Sequence[str] = (),
    exogenous: Sequence[str] = (),
    weights: str | None = None,
) -> TwoStageFit:
    """Two-stage least squares of column ``y`` on ``price`` and ``exogenous``; a constant is added.

    Without ``instruments``, ordinary least squares: the naive estimate, to be shown beside. ``weights`` is a
    column of non-negative row weights. Rows with a null are refused. Standard errors are robust (HC1).
    Raises ``LuckyError`` when the columns do not determine every coefficient.

    >>> rng = np.random.default_rng(1)
    >>> z, shock = rng.normal(size=50_000), rng.normal(size=50_000)
    >>> frame = pd.DataFrame({"z": z, "p": z + shock, "q": -2 * (z + shock) + 3 * shock})
    >>> round(fit_two_stage(frame, "q", "p", ["z"]).estimate("p")[0], 1)
    -2.0
    >>> round(fit_two_stage(frame, "q", "p").estimate("p")[0], 1)
    -0.5
    """
    target, P, W, Z = _columns(frame, y, price, instruments, exogenous, weights)
    X = np.column_stack([W, P])
    first = np.column_stack([W, Z]) if Z.shape[1] else X
    names = ["constant", *exogenous, price]
    n, k = X.shape
    if np.linalg.matrix_rank(first.T @ X) < k or n <= k:
        raise LuckyError(
            "two-stage least squares",
            expected="columns that determine every coefficient",
            got=f"rank {np.linalg.matrix_rank(first.T @ X)} for {k} coefficients in {n} rows",
        )
    fitted = first @ np.linalg.lstsq(first, X, rcond=None)[0]
    bread = np.linalg.inv(fitted.T @ X)
    beta = bread @ (fitted.T @ target)
    e = target - X @ beta
    meat = (fitted * (e**2)[:, None]).T @ fitted
    se = np.sqrt(np.diag(bread @ meat @ bread.T) * n / (n - k))
    coefficients = pd.DataFrame({"name": names, "estimate": beta, "se": se})
    if not Z.shape[1]:
        return TwoStageFit(coefficients, n, None, None, None)
    excess = Z.shape[1] - 1
    explained = first @ np.linalg.lstsq(first, e, rcond=None)[0]
    sargan = float(n * (explained @ explained) / (e @ e)) if excess else None
    p = float(chi2.sf(sargan, excess)) if sargan is not None else None
    return TwoStageFit(coefficients, n, _f_of(P, W, Z), sargan, p)


def estimate_anderson_rubin(
    frame: pd.DataFrame,
    y: str,
    price: str,
    instruments: Sequence[str],
    exogenous: Sequence[str] = (),
    weights: str | None = None,
    level: float = 0.95,
) -> tuple[float, float]:
    """Anderson-Rubin interval of the price coefficient, exact under normal errors whatever the first stage.

    The set of b for which the instruments do not explain ``y - b price``: the solution of a quadratic
    inequality. ``(-inf, inf)`` where the instruments say nothing or the set is two rays; ``(nan, nan)`` where
    no b fits, which speaks against the instruments. Arguments as in ``fit_two_stage``.
    """
    target, P, W, Z = _columns(frame, y, price, instruments, exogenous, weights)
    n, k, m = len(target), W.shape[1], Z.shape[1]
    Y, P_, Z_ = (v - W @ np.linalg.lstsq(W, v, rcond=None)[0] for v in (target, P, Z))
    share = m / (n - k - m) * float(f.ppf(level, m, n - k - m))
    pair = np.column_stack([Y, P_])
    inside = Z_ @ np.linalg.lstsq(Z_, pair, rcond=None)[0]
    G = pair.T @ inside - share * (pair.T @ pair - pair.T @ inside)
    # (1, -b) G (1, -b)' <= 0
    a, half, c = G[1, 1], G[0, 1], G[0, 0]
    root = half**2 - a * c
    if a <= 0:
        return -np.inf, np.inf
    if root < 0:
        return np.nan, np.nan
    return float((half - np.sqrt(root)) / a), float((half + np.sqrt(root)) / a)


def _columns(
    frame: pd.DataFrame,
    y: str,
    price: str,
    instruments: Sequence[str],
    exogenous: Sequence[str],
    weights: str | None,
) -> tuple[Array, Array, Array, Array]:
    used = [y, price, *instruments, *exogenous, *([weights] if weights else [])]
    if frame[used].isna().any(axis=None):
        raise LuckyError(
            "two-stage least squares", expected="no nulls", got=f"nulls in {', '.join(used)}"[:200]
        )
    root = np.sqrt(frame[weights].to_numpy(float)) if weights else np.ones(len(frame))
    W = np.column_stack([np.ones(len(frame)), *(frame[c].to_numpy(float) for c in exogenous)])
    Z = frame[list(instruments)].to_numpy(float).reshape(len(frame), -1)
    values = (frame[y].to_numpy(float) * root, frame[price].to_numpy(float) * root)
    return values[0], values[1], W * root[:, None], Z * root[:, None]


def _f_of(P: Array, W: Array, Z: Array) -> float:
    full = np.column_stack([W, Z])
    without, within = (P - A @ np.linalg.lstsq(A, P, rcond=None)[0] for A in (W, full))
    degrees = len(P) - full.shape[1]
    residual = float(within @ within)
    gained = float(without @ without) - residual
    return gained / Z.shape[1] / (residual / degrees) if residual > 0 else float("inf")
