"""Growth curves: what share of its plateau a unit has reached at an age, and when it reaches a share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import least_squares

from lucky_analytics.errors import LuckyError, UnknownNameError

__all__ = [
    "FORMS",
    "CurveFit",
    "age_at_share",
    "fit_curve",
    "log_share",
    "logistic",
    "richards",
    "speed_slope",
]

Array = NDArray[Any]

FORMS = ("gompertz", "logistic")


def log_share(form: str, age: ArrayLike, b: float | Array, k: float | Array) -> Array:
    """Log of the share of the plateau reached at ``age``; 0 at the plateau, negative before.

    ``gompertz``: -b exp(-k age). ``logistic``: -ln(1 + b exp(-k age)). ``b`` > 0 says how low a unit starts,
    ``k`` > 0 how fast it grows, per unit of ``age``; all three broadcast. Raises ``UnknownNameError`` for
    another form.

    >>> np.exp(log_share("gompertz", [0.0, 4.0], 1.2, 0.55)).round(3).tolist()
    [0.301, 0.875]
    """
    decay = b * np.exp(-k * np.asarray(age, float))
    if form == "gompertz":
        return -decay
    if form == "logistic":
        return -np.log1p(decay)
    raise UnknownNameError("growth form", form, FORMS)


def speed_slope(form: str, age: ArrayLike, b: float | Array, k: float | Array) -> Array:
    """Slope of ``log_share`` in ln k, at ``age``: how much higher a unit stands for a one percent higher
    speed.

    >>> round(float(speed_slope("gompertz", 4.0, 1.2, 0.55)), 4)
    0.2925
    """
    growth = b * np.asarray(k) * np.asarray(age, float) * np.exp(-k * np.asarray(age, float))
    slope: Array = growth if form == "gompertz" else growth * np.exp(log_share(form, age, b, k))
    return slope


def age_at_share(form: str, share: float, b: float, k: float) -> float:
    """Age at which ``share`` (0 to 1) of the plateau is reached; 0 when a unit opens above it.

    >>> round(age_at_share("gompertz", 0.9, 1.2, 0.55), 2)
    4.42
    """
    lag = {"gompertz": -np.log(share), "logistic": 1 / share - 1}
    if form not in lag:
        raise UnknownNameError("growth form", form, FORMS)
    return float(max(np.log(b / lag[form]) / k, 0.0))


def logistic(x: Array, b1: float, b2: float, b3: float) -> Array:
    """b1 / (1 + exp(b2 - b3 x)): plateau b1, steepest at x = b2 / b3."""
    return b1 / (1 + np.exp(b2 - b3 * x))


def richards(x: Array, b1: float, b2: float, b3: float, b4: float) -> Array:
    """b1 / (1 + exp(b2 - b3 x)) ^ (1 / b4): the logistic with an asymmetry b4; Gompertz as b4 goes to 0."""
    return b1 / (1 + np.exp(b2 - b3 * x)) ** (1 / b4)


@dataclass(frozen=True)
class CurveFit:
    """Parameters, their standard errors, residual sum of squares and residual degrees of freedom."""

    parameters: Array
    standard_errors: Array
    residual_sum_squares: float
    n_free: int


def fit_curve(curve: Callable[..., Array], x: ArrayLike, y: ArrayLike, start: ArrayLike) -> CurveFit:
    """Least squares of one series on ``curve(x, *parameters)``, without pooling.

    Standard errors are from the Gauss-Newton matrix. Raises ``LuckyError`` with fewer points than
    parameters, or when the curve does not settle: a series that has not bent yet has no plateau to find.

    >>> x = np.arange(9.0)
    >>> fit_curve(logistic, x, logistic(x, 10, 2, 1), [8, 1, 1]).parameters.round(6).tolist()
    [10.0, 2.0, 1.0]
    """
    x, y, start = (np.asarray(values, float) for values in (x, y, start))
    n_free = len(y) - len(start)
    if n_free < 0:
        raise LuckyError("growth curve", expected=f"at least {len(start)} points", got=str(len(y)))
    scale = np.maximum(np.abs(start), 1e-8)
    found = least_squares(
        lambda p: curve(x, *p) - y, start, method="lm", x_scale=scale, xtol=1e-14, ftol=1e-14, gtol=1e-14
    )
    information = found.jac.T @ found.jac
    if not found.success or np.linalg.cond(information / np.outer(scale, scale) ** -1) > 1e14:
        raise LuckyError(
            "growth curve", expected="a series that bends towards a plateau", got="one that does not"
        )
    rss = float((found.fun**2).sum())
    variance = rss / n_free if n_free else np.nan
    return CurveFit(found.x, np.sqrt(np.diag(np.linalg.inv(information)) * variance), rss, n_free)
