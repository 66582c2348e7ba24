"""How long customers of one cohort are kept when leaving is seen: the shifted beta-geometric model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln

from lucky_analytics.errors import ParameterError

__all__ = ["RetentionFit", "fit_retention", "forecast_retention"]


@dataclass(frozen=True)
class RetentionFit:
    """Each customer leaves after a period with an own probability from Beta(``alpha``, ``beta``)."""

    alpha: float
    beta: float
    log_likelihood: float
    n: int


def fit_retention(kept: Sequence[float]) -> RetentionFit:
    """Maximum likelihood from the customers kept after 0, 1, 2 ... periods (never increasing).

    The churn rate falls with tenure because those who leave easily leave first, not because anybody becomes
    more loyal. Raises ``ParameterError`` for fewer than three values or an increase. Source: Fader and Hardie
    (2007), "How to project customer retention", Journal of Interactive Marketing 21(1).

    >>> fit_retention([1000, 869, 743, 653, 593, 551, 517, 491]).alpha      # doctest: +ELLIPSIS
    0.668...
    """
    count = np.asarray(kept, float)
    if len(count) < 3 or np.any(np.diff(count) > 0) or count[-1] < 0 or count[0] <= 0:
        raise ParameterError(
            "customers kept", expected="three or more numbers that never increase", got=str(list(kept))
        )
    lost = -np.diff(count)
    t = np.arange(1, len(count))

    def loss(theta: NDArray[np.float64]) -> float:
        alpha, beta = np.exp(theta)
        left = betaln(alpha + 1, beta + t - 1) - betaln(alpha, beta)
        stayed = betaln(alpha, beta + t[-1]) - betaln(alpha, beta)
        return -float(lost @ left + count[-1] * stayed)

    best = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-8})
    alpha, beta = np.exp(best.x)
    return RetentionFit(float(alpha), float(beta), -float(best.fun), int(count[0]))


def forecast_retention(fit: RetentionFit, periods: ArrayLike) -> NDArray[np.float64]:
    """Share of a cohort that is kept after ``periods``: B(alpha, beta + t) / B(alpha, beta)."""
    t = np.asarray(periods, float)
    return np.exp(betaln(fit.alpha, fit.beta + t) - betaln(fit.alpha, fit.beta))
