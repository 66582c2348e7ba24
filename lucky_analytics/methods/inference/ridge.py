"""Regression with slopes pulled towards zero, for a handful of points and one or two features."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["RidgeFit", "fit_ridge", "ridge_predict", "ridge_weights"]

Array = NDArray[Any]


@dataclass(frozen=True)
class RidgeFit:
    """``mean`` of y, ``slopes`` per standard deviation of each feature, the features' centre and scale."""

    mean: float
    slopes: Array
    centre: Array
    scale: Array

    def contributions(self, X: ArrayLike) -> Array:
        """What each feature adds to the mean, (n, p)."""
        parts: Array = (np.asarray(X, float) - self.centre) / self.scale * self.slopes
        return parts

    def predict(self, X: ArrayLike) -> Array:
        prediction: Array = self.mean + self.contributions(X).sum(axis=1)
        return prediction


def fit_ridge(X: ArrayLike, y: ArrayLike, penalty: float = 1.0) -> RidgeFit:
    """Ridge regression on standardised features; the mean is not penalised.

    ``penalty`` is in units of the residual variance: 1 is a prior in which one standard deviation of a
    feature moves y by about one residual standard deviation. 0 is least squares, infinity the mean alone.
    A feature that does not vary gets slope 0. Raises ``ParameterError`` for a negative penalty or a missing
    value.

    >>> fit_ridge([[0.0], [2.0]], [1.0, 3.0], penalty=0.0).predict([[4.0]]).round(6).tolist()
    [5.0]
    """
    X, y = np.asarray(X, float), np.asarray(y, float)
    if penalty < 0 or not (np.isfinite(X).all() and np.isfinite(y).all()):
        raise ParameterError("ridge regression", expected="penalty >= 0 and no missing value")
    centre, scale = X.mean(axis=0), X.std(axis=0)
    scale = np.where(scale > 0, scale, np.inf)
    Z = (X - centre) / scale
    if np.isinf(penalty):
        return RidgeFit(float(y.mean()), np.zeros(X.shape[1]), centre, scale)
    gram = Z.T @ Z + penalty * np.eye(X.shape[1])
    slopes = np.linalg.lstsq(gram, Z.T @ (y - y.mean()), rcond=None)[0]
    return RidgeFit(float(y.mean()), slopes, centre, scale)


def ridge_predict(X: Array, y: Array, X_at: Array, penalty: float = 1.0) -> Array:
    """Fit and predict in one go."""
    return fit_ridge(X, y, penalty).predict(X_at)


def ridge_weights(X: Array, X_at: Array, penalty: float = 1.0) -> Array:
    """(m, n): how much each of the n values counts in the prediction at each of m points; rows sum to 1.

    ``ridge_weights(X, X_at, penalty) @ y`` is ``ridge_predict(X, y, X_at, penalty)``: what is asked of many
    ``y`` at the same ``X`` is then one product.

    >>> ridge_weights(np.array([[0.0], [2.0]]), np.array([[4.0]]), 0.0).round(6).tolist()
    [[-1.0, 2.0]]
    """
    fit = fit_ridge(X, np.zeros(len(X)), np.inf)
    mean = np.full((len(X_at), len(X)), 1 / len(X))
    if np.isinf(penalty) or not X.shape[1]:
        return mean
    Z, Z_at = (X - fit.centre) / fit.scale, (X_at - fit.centre) / fit.scale
    weights: Array = mean + Z_at @ np.linalg.lstsq(Z.T @ Z + penalty * np.eye(X.shape[1]), Z.T, rcond=None)[0]
    return weights
