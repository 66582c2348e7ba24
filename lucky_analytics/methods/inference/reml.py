"""Gaussian mixed models whose covariance, offset and design may depend on a few nonlinear parameters.

Model, at nonlinear parameters ``theta``:

    y = X beta + W v + e,   v ~ N(0, I),   e ~ N(0, diag(noise))

``W`` is the design of the random effects times a factor of their covariance, so that
``cov(y) = diag(noise) + W W'``. ``beta`` and ``v`` enter linearly: both are integrated out exactly, and only
``theta`` is searched. Standard errors come from a numeric Hessian at the optimum: the inverse that a
quasi-Newton search builds on its way covers far less than it claims.

References: Patterson and Thompson (1971); Robinson (1991) for the mixed-model equations.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.unit_design import Design, factorise, scale_rows, side_by_side, weigh

__all__ = ["MixedModel", "RemlFit", "fit_reml", "numeric_hessian", "predict", "restricted_log_likelihood"]

Array = NDArray[Any]


@dataclass(frozen=True)
class MixedModel:
    """The linear model at one ``theta``: y (n,), X (n, p), W (n, q), noise variances (n,).

    ``W`` may be sparse (``unit_design``): a thousand units cost what their rows do.
    """

    y: Array
    X: Array
    W: Design
    noise: Array


@dataclass(frozen=True)
class RemlFit:
    """A fitted model: ``theta`` with its covariance, ``effects`` = (beta, v) with theirs given ``theta``."""

    build: Callable[[Array], MixedModel]
    theta: Array
    theta_cov: Array
    effects: Array
    effects_cov: Array
    n_fixed: int
    log_likelihood: float

    @property
    def fixed(self) -> Array:
        return self.effects[: self.n_fixed]


def restricted_log_likelihood(model: MixedModel) -> float:
    """Log density of the data with ``beta`` integrated out under a flat prior (REML), exact.

    Costs O(n q^2): the n x n covariance is never formed. Raises ``LinAlgError`` where the columns of ``X``
    cannot be told apart: as one of them fades away the density grows without limit, and is no density.

    >>> y, one = np.array([1.0, 2.0, 4.0]), np.ones((3, 1))
    >>> float(round(restricted_log_likelihood(MixedModel(y, one, np.zeros((3, 1)), np.ones(3))), 4))
    -4.7205
    """
    if np.linalg.matrix_rank(model.X) < model.X.shape[1]:
        raise np.linalg.LinAlgError("fixed effects that cannot be told apart")
    solve, log_det = _inverse(model)
    VX = solve(model.X)
    XVX = model.X.T @ VX
    beta = np.linalg.solve(XVX, VX.T @ model.y)
    r = model.y - model.X @ beta
    n, p = model.X.shape
    quadratic = float(r @ solve(r[:, None])[:, 0])
    log_det_x = float(np.linalg.slogdet(XVX)[1])
    return -0.5 * ((n - p) * np.log(2 * np.pi) + log_det + log_det_x + quadratic)


def fit_reml(
    build: Callable[[Array], MixedModel],
    start: Array,
    *,
    penalty: Callable[[Array], float] | None = None,
    name: str = "mixed model",
) -> RemlFit:
    """Maximise the restricted likelihood over ``theta``.

    ``penalty(theta)`` is added to the log likelihood, to keep a variance away from zero where its log would
    run off. Raises ``LuckyError`` when the optimum is not a proper maximum: then the data do not identify
    every parameter, and no interval would be honest.
    """

    def loss(theta: Array) -> float:
        try:
            value = restricted_log_likelihood(build(theta))
        except np.linalg.LinAlgError:
            return 1e10
        value += penalty(theta) if penalty is not None else 0.0
        return -value if np.isfinite(value) else 1e10

    theta, hessian = _climb(loss, np.asarray(start, float))
    if not _is_maximum(hessian):
        # A bad start: look around without derivatives first.
        around = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 100 * len(start)}).x
        theta, hessian = _climb(loss, around)
    if not _is_maximum(hessian):
        raise LuckyError(
            name,
            expected="data that identify every parameter",
            got=f"a flat likelihood at {np.round(theta, 3).tolist()}",
            remedy="Give more units, longer series, or fewer parameters",
        )
    effects, cov, n_fixed = _effects(build(theta))
    return RemlFit(build, theta, np.linalg.inv(hessian), effects, cov, n_fixed, -loss(theta))


def _climb(loss: Callable[[Array], float], start: Array) -> tuple[Array, Array]:
    theta = minimize(loss, start, method="BFGS", options={"gtol": 1e-5}).x
    return theta, numeric_hessian(loss, theta)


def _is_maximum(hessian: Array) -> bool:
    return bool(np.isfinite(hessian).all() and np.linalg.eigvalsh(hessian).min() > 1e-6)


def predict(
    fit: RemlFit, at: Callable[[Array], tuple[Array, Array]], theta_step: float = 1e-3
) -> tuple[Array, Array]:
    """Mean (m,) and covariance (m, m) of m functionals ``offset(theta) + L(theta) @ (beta, v)``.

    ``at(theta)`` returns ``offset`` (m,) and ``L`` (m, p + q). The covariance has two parts: that of
    (beta, v) given ``theta``, and that of ``theta``, carried by the numeric derivative of the prediction
    (which includes how beta and v move with ``theta``).
    """

    def mean(theta: Array) -> Array:
        offset, L = at(theta)
        return offset + L @ _effects(fit.build(theta))[0]

    L = at(fit.theta)[1]
    steps = np.eye(len(fit.theta)) * theta_step
    J = np.stack([(mean(fit.theta + h) - mean(fit.theta - h)) / (2 * theta_step) for h in steps], axis=1)
    return mean(fit.theta), L @ fit.effects_cov @ L.T + J @ fit.theta_cov @ J.T


def numeric_hessian(function: Callable[[Array], float], at: Array, step: float = 1e-2) -> Array:
    """Second derivatives (k, k) by central differences.

    >>> numeric_hessian(lambda x: float(x[0] ** 2 + x[0] * x[1] + x[1] ** 2), np.ones(2)).round(6).tolist()
    [[2.0, 1.0], [1.0, 2.0]]
    """
    k = len(at)
    e = np.eye(k) * step
    H = np.empty((k, k))
    for i in range(k):
        for j in range(i + 1):
            corners = [function(at + a * e[i] + b * e[j]) * a * b for a in (1, -1) for b in (1, -1)]
            H[i, j] = H[j, i] = sum(corners) / (4 * step**2)
    return H


def _inverse(model: MixedModel) -> tuple[Callable[[Array], Array], float]:
    """``A -> V^-1 A`` and ``log |V|`` by Woodbury."""
    scaled = _over_noise(model.W, model.noise)
    solve_inner, log_det_inner = factorise(model.W, scaled)
    log_det = float(np.log(model.noise).sum() + log_det_inner)

    def solve(A: Array) -> Array:
        inner: Array = solve_inner(scaled.T @ A)
        return A / model.noise[:, None] - scaled @ inner

    return solve, log_det


def _over_noise(design: Design, noise: Array) -> Design:
    return design / noise[:, None] if isinstance(design, np.ndarray) else scale_rows(1 / noise, design)


def _effects(model: MixedModel) -> tuple[Array, Array, int]:
    """(beta, v) by the mixed-model equations, with their joint prediction-error covariance."""
    A = side_by_side([model.X, model.W])
    p = model.X.shape[1]
    C = weigh(A, _over_noise(A, model.noise))
    C[p:, p:] += np.eye(model.W.shape[1])
    cov = np.linalg.inv(C)
    return cov @ (A.T @ (model.y / model.noise)), cov, p
