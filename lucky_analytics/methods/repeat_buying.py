"""Repeat buying without a contract: BG/NBD and MBG/NBD, which differ in when a customer may first leave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import minimize
from scipy.special import betaln, gammaln

from lucky_analytics.errors import LuckyError, ParameterError

__all__ = ["RepeatFit", "fit_repeat_buying", "group_histories", "log_likelihood"]

Floats = NDArray[np.float64]
Variant = Literal["bg", "mbg"]
NAMES = ("r", "alpha", "a", "b")


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


def log_likelihood(parameters: ArrayLike, histories: pd.DataFrame, variant: Variant = "mbg") -> Floats:
    """Log likelihood of each row of ``histories``, not multiplied by its ``n``.

    Source: Fader, Hardie and Lee (2005), equation 6 (bg); Batislam, Denizel and Filiztekin (2007) (mbg).
    """
    r, alpha, a, b = np.asarray(parameters, float)
    x, recency, age = (histories[name].to_numpy(float) for name in ("frequency", "recency", "age"))
    # After x repeats a customer had x (bg) or x + 1 (mbg) chances to leave.
    chances = x + (variant == "mbg")
    # Functions of the count alone are the same for most rows: evaluate them once per count.
    counts, position = np.unique(x, return_inverse=True)
    arrivals = (gammaln(r + counts) - gammaln(r) + r * np.log(alpha) - betaln(a, b))[position]
    with np.errstate(divide="ignore"):
        stayed = betaln(a, b + chances) - (r + x) * np.log(alpha + age)
        # With no chance to leave so far the second way does not exist: its logarithm is -inf.
        left = np.where(
            chances > 0,
            betaln(a + 1, b + np.maximum(chances - 1, 0)) - (r + x) * np.log(alpha + recency),
            -np.inf,
        )
    return arrivals + np.logaddexp(stayed, left)


def fit_repeat_buying(histories: pd.DataFrame, variant: Variant = "mbg") -> RepeatFit:
    """Maximum likelihood over ``histories`` (``group_histories``).

    Assumes a customer buys at a constant rate until leaving, leaving is not seen, and rate and leaving are
    independent over customers. Seasons and store openings are not in it. Raises ``LuckyError`` when the
    parameters are not identified (fewer than 50 customers, or nobody came back).

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

    def loss(theta: Floats) -> float:
        return -float(weight @ log_likelihood(np.exp(theta), scaled, variant)) / n

    best = minimize(loss, np.zeros(4), method="L-BFGS-B", bounds=[(-9, 9)] * 4, options={"ftol": 1e-13})
    best = minimize(loss, best.x, method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-12})
    hessian = _hessian(loss, best.x) * n
    if not np.all(np.linalg.eigvalsh(hessian) > 0):
        raise LuckyError("repeat-buying model", expected="data that identify r, alpha, a and b")
    parameters = np.exp(best.x) * np.array([1, unit, 1, 1])
    # Time was measured in units of the mean age: densities of the x arrivals change by unit ** -x.
    shift = float(weight @ histories["frequency"].to_numpy(float)) * np.log(unit)
    total = float(-best.fun * n - shift)
    return RepeatFit(parameters, np.asarray(np.linalg.inv(hessian), float), total, n, variant)


def _hessian(function: Any, at: Floats, step: float = 1e-3) -> Floats:
    """Second derivatives by central differences."""
    steps = step * np.eye(len(at))
    rows = [
        [
            function(at + i + j) - function(at + i - j) - function(at - i + j) + function(at - i - j)
            for j in steps
        ]
        for i in steps
    ]
    return np.array(rows) / (4 * step**2)
