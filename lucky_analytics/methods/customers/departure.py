"""What makes customers leave for good: the MBG/NBD model with hazard ratios on leaving."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import betaln
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.repeat_buying import RepeatFit

__all__ = ["estimate_departure"]

Floats = NDArray[np.float64]


def estimate_departure(
    histories: pd.DataFrame, fixed: Sequence[str], switched: str | None, start: RepeatFit, level: float = 0.9
) -> pd.DataFrame:
    """Hazard ratios of leaving after an order: ``name``, ``log_ratio``, ``se``, ``ratio``, ``low``, ``high``.

    After each order a customer leaves with a probability from Beta(a, b), the same for all orders of one
    customer; with covariates z the chance to stay is (1 - p) ** exp(z'g). ``histories``: ``frequency``,
    ``recency``, ``age``, ``n`` as for ``fit_repeat_buying``; ``fixed`` names covariates of the customer (0 or
    1). ``switched`` names one that begins during the history: ``<switched>_before`` counts the orders it held
    at, the last order left out, and ``<switched>_last`` (0 or 1) says whether it held at the last one.

    The six and more parameters are estimated together from ``start``, the fit without covariates (variant
    "mbg"). Raises ``LuckyError`` when a covariate does not vary or the likelihood is flat in it.

    >>> estimate_departure(histories, ["is_deep"], "near", fit)["ratio"]        # doctest: +SKIP
    0    1.30
    1    0.85
    """
    names = [*fixed, *([switched] if switched else [])]
    Z = histories[list(fixed)].to_numpy(float).reshape(len(histories), len(fixed))
    on_before, on_last = (
        histories[f"{switched}_{part}"].to_numpy(float) if switched else np.zeros(len(histories))
        for part in ("before", "last")
    )
    varies = [
        *(np.ptp(column) > 0 for column in Z.T),
        *([np.ptp(on_before + on_last) > 0] if switched else []),
    ]
    if not names or not all(varies):
        raise LuckyError("departure model", expected=f"variation in {', '.join(names) or 'a covariate'}")
    x, recency, age = (histories[name].to_numpy(float) for name in ("frequency", "recency", "age"))
    weight = histories["n"].to_numpy(float)
    # Many rows share their orders and covariates, or a date: evaluate each of these once.
    orders = np.column_stack([x, on_before, on_last, Z])
    kinds, kind = np.unique(orders, axis=0, return_inverse=True)
    x_of, before_of, last_of, z_of = kinds[:, 0], kinds[:, 1], kinds[:, 2], kinds[:, 3:]
    ages, age_of = np.unique(age, return_inverse=True)
    recencies, recency_of = np.unique(recency, return_inverse=True)

    def loss(theta: Floats) -> float:
        r, alpha, a, b = np.exp(theta[:4])
        scale = np.exp(z_of @ theta[4 : 4 + len(fixed)])
        ratio = np.exp(theta[-1]) if switched else 1.0
        # Hazards add up: of the orders before the last (there are x of them), and of all.
        before = scale * (x_of - before_of + ratio * before_of)
        total = before + scale * np.where(last_of > 0, ratio, 1.0)
        stay, stay_before = betaln(a, b + total), betaln(a, b + before)
        left = stay_before + np.log(-np.expm1(stay - stay_before))
        until_now = stay[kind] - (r + x) * np.log(alpha + ages)[age_of]
        until_last = left[kind] - (r + x) * np.log(alpha + recencies)[recency_of]
        # Terms of x and r alone: the same for each ratio, but r is estimated too.
        counts = _log_rising(r, x_of)[kind] + r * np.log(alpha) - betaln(a, b)
        return -float(weight @ (counts + np.logaddexp(until_now, until_last))) / weight.sum()

    first = np.concatenate([np.log(start.parameters), np.zeros(len(names))])
    best = minimize(loss, first, method="BFGS", options={"gtol": 1e-6})
    hessian = _hessian(loss, best.x) * weight.sum()
    if not np.all(np.linalg.eigvalsh(hessian) > 0):
        raise LuckyError("departure model", expected=f"data that identify {', '.join(names)}")
    log_ratio, se = best.x[4:], np.sqrt(np.diag(np.linalg.inv(hessian)))[4:]
    half = norm.ppf(0.5 + level / 2) * se
    return pd.DataFrame(
        {
            "name": names,
            "log_ratio": log_ratio,
            "se": se,
            "ratio": np.exp(log_ratio),
            "low": np.exp(log_ratio - half),
            "high": np.exp(log_ratio + half),
        }
    )


def _log_rising(r: float, x: Floats) -> Floats:
    """ln of r (r + 1) ... (r + x - 1), once per distinct count."""
    counts, position = np.unique(x, return_inverse=True)
    steps = np.concatenate([[0.0], np.cumsum(np.log(r + np.arange(counts.max())))])
    return steps[counts.astype(int)][position]


def _hessian(function: Callable[[Floats], float], at: Floats, step: float = 1e-3) -> Floats:
    """Second derivatives by central differences."""
    k, h = len(at), step * np.eye(len(at))
    matrix = np.zeros((k, k))
    middle = function(at)
    for i in range(k):
        matrix[i, i] = (function(at + h[i]) - 2 * middle + function(at - h[i])) / step**2
        for j in range(i):
            corners = [function(at + s * h[i] + t * h[j]) * s * t for s in (1, -1) for t in (1, -1)]
            matrix[i, j] = matrix[j, i] = sum(corners) / (4 * step**2)
    return matrix
