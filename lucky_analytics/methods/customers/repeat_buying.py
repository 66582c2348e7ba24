"""Repeat buying without a contract: BG/NBD and MBG/NBD, which differ in when a customer may first leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln, psi

from lucky_analytics.errors import LuckyError, ParameterError

__all__ = ["RepeatFit", "fit_repeat_buying", "group_histories", "log_likelihood"]

Floats = NDArray[np.float64]
Variant = Literal["bg", "mbg"]
NAMES = ("r", "alpha", "a", "b")
# Parameters are looked for between exp(-9) and exp(9), time in units of the mean age.
LOG_BOUND = 9.0


@dataclass(frozen=True)
class RepeatFit:
    """Orders arrive at a rate from Gamma(``r``, ``alpha``); after an order a customer leaves for good with a
    probability from Beta(``a``, ``b``).

    ``parameters``: r, alpha (time units), a, b. ``log_cov``: covariance of their logarithms (4, 4).
    ``log_likelihood`` at the maximum, ``n`` customers. ``variant``: "mbg" lets a customer leave after any
    order, the first included; "bg" only after a repeat order.
    """

    parameters: Floats
    log_cov: Floats
    log_likelihood: float
    n: int
    variant: Variant

    def table(self, z: float = 1.645) -> pd.DataFrame:
        """``name``, ``value``, ``low``, ``high``: each parameter, with ``z`` standard errors."""
        half = np.exp(z * np.sqrt(np.diag(self.log_cov)))
        low, high = self.parameters / half, self.parameters * half
        return pd.DataFrame({"name": NAMES, "value": self.parameters, "low": low, "high": high})


def group_histories(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> pd.DataFrame:
    """Customers with the same history counted once: ``frequency``, ``recency``, ``age``, ``n``.

    ``frequency`` repeat orders, ``recency`` time from the first to the last order, ``age`` time from the
    first order to the end of observation, both in the same unit; 0 <= recency <= age. Raises
    ``ParameterError`` where that does not hold.

    >>> group_histories([0, 0, 2], [0, 0, 3.5], [9, 9, 9])["n"].tolist()
    [2, 1]
    """
    rows = pd.DataFrame({"frequency": frequency, "recency": recency, "age": age}).astype(float)
    wrong = (
        (rows["frequency"] < 0)
        | (rows["recency"] < 0)
        | (rows["recency"] > rows["age"])
        | rows.isna().any(axis=1)
    )
    if wrong.any():
        raise ParameterError(
            "order histories",
            expected="0 <= recency <= age, frequency >= 0",
            got=f"{int(wrong.sum())} that are not",
        )
    return rows.groupby(["frequency", "recency", "age"]).size().rename("n").reset_index()


def log_likelihood(
    parameters: ArrayLike, histories: pd.DataFrame, variant: Variant = "mbg"
) -> tuple[Floats, Floats]:
    """Log likelihood of each row of ``histories``, not multiplied by its ``n``, and its derivatives by
    r, alpha, a, b (rows, 4).

    Source: Fader, Hardie and Lee (2005), equation 6 (bg); Batislam, Denizel and Filiztekin (2007) (mbg).
    """
    r, alpha, a, b = np.asarray(parameters, float)
    x, recency, age = (histories[name].to_numpy(float) for name in ("frequency", "recency", "age"))
    # Functions of the count alone are the same for most rows: evaluate them once per count.
    counts, row = np.unique(x, return_inverse=True)
    # After x repeats a customer had x (bg) or x + 1 (mbg) chances to leave. Without any, the second way to
    # have been silent since the last order does not exist: its logarithm is -inf.
    chances = counts + (variant == "mbg")
    before = np.maximum(chances - 1, 0)
    common = gammaln(r + counts) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    log_stay, log_leave = betaln(a, b + chances), np.where(chances > 0, betaln(a + 1, b + before), -np.inf)
    log_age, log_recency = np.log(alpha + age), np.log(alpha + recency)
    stayed = log_stay[row] - (r + x) * log_age
    total = np.logaddexp(stayed, log_leave[row] - (r + x) * log_recency)
    share = np.exp(stayed - total)  # the part of the likelihood of those who are still there
    drop = psi(a + b) - psi(a + b + chances)
    by_r = (psi(r + counts) - psi(r) + np.log(alpha))[row] - share * log_age - (1 - share) * log_recency
    by_alpha = r / alpha - (r + x) * (share / (alpha + age) + (1 - share) / (alpha + recency))
    by_a = drop[row] + (1 - share) / a
    by_b = (drop - psi(b) + psi(b + before))[row] + share * (psi(b + chances) - psi(b + before))[row]
    return common[row] + total, np.column_stack([by_r, by_alpha, by_a, by_b])


def fit_repeat_buying(histories: pd.DataFrame, variant: Variant = "mbg") -> RepeatFit:
    """Maximum likelihood over ``histories`` (``group_histories``).

    Assumes a customer buys at a constant rate until leaving, leaving is not seen, and rate and leaving are
    independent over customers. Seasons and store openings are not in it. Raises ``LuckyError`` when the
    parameters are not identified: fewer than 50 customers, nobody came back, or the likelihood still rises
    where the search ends (nobody ever leaves, say, or all order at one rate).

    >>> fit_repeat_buying(histories, "bg").parameters.round(3)       # doctest: +SKIP
    array([0.243, 4.414, 0.793, 2.426])
    """
    weight = histories["n"].to_numpy(float)
    n, n_repeat = int(weight.sum()), int(weight[histories["frequency"] > 0].sum())
    if n < 50 or n_repeat < 10:
        raise LuckyError(
            "repeat-buying model",
            expected="50 customers, 10 of whom came back",
            got=f"{n} customers, {n_repeat} of whom came back",
        )
    unit = float(np.average(histories["age"], weights=weight)) or 1.0
    scaled = histories.assign(recency=histories["recency"] / unit, age=histories["age"] / unit)

    def loss(theta: Floats) -> tuple[float, Floats]:
        value, derivatives = log_likelihood(np.exp(theta), scaled, variant)
        return -float(weight @ value) / n, -(weight @ derivatives) * np.exp(theta) / n

    stop = {"ftol": 1e-15, "gtol": 1e-9, "maxiter": 500}
    bounds = [(-LOG_BOUND, LOG_BOUND)] * 4
    best = minimize(loss, np.zeros(4), method="L-BFGS-B", jac=True, bounds=bounds, options=stop)
    if at_bound := [NAMES[i] for i in np.flatnonzero(np.abs(best.x) > LOG_BOUND - 1e-3)]:
        raise LuckyError(
            "repeat-buying model",
            expected="data that identify r, alpha, a and b",
            got=f"no best value of {' and '.join(at_bound)} within the bounds of the search",
        )
    steps = 1e-4 * np.eye(4)
    hessian = np.array([loss(best.x + h)[1] - loss(best.x - h)[1] for h in steps]) / 2e-4 * n
    hessian = (hessian + hessian.T) / 2
    if not np.all(np.linalg.eigvalsh(hessian) > 0):
        raise LuckyError("repeat-buying model", expected="data that identify r, alpha, a and b")
    parameters = np.exp(best.x) * np.array([1, unit, 1, 1])
    # Time was measured in units of the mean age: densities of the x arrivals change by unit ** -x.
    shift = float(weight @ histories["frequency"].to_numpy(float)) * np.log(unit)
    total = float(-best.fun * n - shift)
    return RepeatFit(parameters, np.asarray(np.linalg.inv(hessian), float), total, n, variant)
