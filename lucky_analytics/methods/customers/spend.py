"""What a customer spends an order: the Gamma-Gamma model, which pulls few orders towards the mean."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import gammaln

from lucky_analytics.errors import LuckyError

__all__ = ["SpendFit", "estimate_spend", "fit_spend"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class SpendFit:
    """Values of orders vary as Gamma(``p``, rate), rates vary over customers as Gamma(``q``, ``v``).

    ``v`` is in the unit of the values; ``mean`` is the average customer's: p v / (q - 1), infinite when
    q <= 1.
    """

    p: float
    q: float
    v: float
    log_likelihood: float
    n: int

    @property
    def mean(self) -> float:
        return self.p * self.v / (self.q - 1) if self.q > 1 else float("inf")


def fit_spend(n_orders: ArrayLike, mean_value: ArrayLike, n: ArrayLike | None = None) -> SpendFit:
    """Maximum likelihood over customers with at least one (repeat) order of positive value.

    ``n_orders`` orders that ``mean_value`` averages, ``n`` customers that each row stands for (1 by default).
    Assumes that how often and how much are independent: check their correlation. Raises ``LuckyError`` for
    rows without orders or value, or fewer than 20 customers. Source: Fader and Hardie (2013), "The
    Gamma-Gamma Model of Monetary Value".

    >>> fit_spend(x, zbar)                                             # doctest: +SKIP
    SpendFit(p=6.25, q=3.74, v=15.4, log_likelihood=-4055.9, n=946)
    """
    x, z = np.asarray(n_orders, float), np.asarray(mean_value, float)
    weight = np.ones(len(x)) if n is None else np.asarray(n, float)
    if weight.sum() < 20 or not (np.all(x > 0) and np.all(z > 0)):
        raise LuckyError(
            "spend model",
            expected="20 customers or more, each with orders of positive value",
            got=f"{weight.sum():g} customers, {int(((x <= 0) | (z <= 0)).sum())} without",
        )
    unit = float(np.average(z, weights=weight))

    def loss(theta: Floats) -> float:
        return -float(weight @ _log_likelihood(np.exp(theta), x, z / unit)) / weight.sum()

    best = minimize(loss, np.zeros(3), method="L-BFGS-B", bounds=[(-9, 9)] * 3, options={"ftol": 1e-13})
    best = minimize(loss, best.x, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-13})
    p, q, v = np.exp(best.x)
    total = -best.fun * weight.sum() - float(weight.sum()) * np.log(unit)
    return SpendFit(float(p), float(q), float(v * unit), float(total), int(weight.sum()))


def estimate_spend(fit: SpendFit, n_orders: ArrayLike, mean_value: ArrayLike) -> Floats:
    """Expected value of an order of each customer; without orders, the average customer's.

    >>> estimate_spend(SpendFit(6.25, 3.74, 15.44, 0.0, 946), [0, 2], [0.0, 22.35]).round(2).tolist()
    [35.22, 24.66]
    """
    x, z = np.asarray(n_orders, float), np.asarray(mean_value, float)
    return np.asarray(fit.p * (fit.v + x * z) / (fit.p * x + fit.q - 1), float)


def _log_likelihood(parameters: Floats, x: Floats, z: Floats) -> Floats:
    p, q, v = parameters
    return (
        gammaln(p * x + q) - gammaln(p * x) - gammaln(q) + q * np.log(v)
        + (p * x - 1) * np.log(z) + p * x * np.log(x) - (p * x + q) * np.log(v + x * z)
    )  # fmt: skip
