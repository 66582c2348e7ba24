from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import multivariate_normal

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.reml import MixedModel, fit_reml, predict, restricted_log_likelihood

RNG = np.random.default_rng(3)
GROUP = np.repeat(np.arange(4), 3)
X = np.column_stack([np.ones(12), RNG.normal(size=12)])
W = 0.8 * (GROUP[:, None] == np.arange(4)).astype(float)
Y = X @ [2.0, -1.0] + W @ RNG.normal(size=4) + RNG.normal(size=12) * 0.5
NOISE = RNG.uniform(0.1, 0.4, 12)
MODEL = MixedModel(Y, X, W, NOISE)


def dense(model):
    """The same quantities from the n x n covariance, formed in full."""
    V = np.diag(model.noise) + model.W @ model.W.T
    inverse = np.linalg.inv(V)
    information = model.X.T @ inverse @ model.X
    beta = np.linalg.solve(information, model.X.T @ inverse @ model.y)
    return V, inverse, information, beta


def test_likelihood_equals_the_density_of_error_contrasts():
    # REML is the density of K'y for any K with K'X = 0, up to a constant of X alone (Harville 1974).
    V, _, _, _ = dense(MODEL)
    K = np.linalg.svd(X)[0][:, 2:]
    contrasts = multivariate_normal(np.zeros(10), K.T @ V @ K).logpdf(K.T @ Y)
    constant = 0.5 * np.linalg.slogdet(X.T @ X)[1]
    assert restricted_log_likelihood(MODEL) == pytest.approx(contrasts - constant, rel=1e-12)


def build(theta):
    return MixedModel(Y, X, W * np.exp(theta[0]), NOISE * np.exp(theta[1]))


def test_effects_equal_generalised_least_squares_and_blup():
    fit = fit_reml(build, np.zeros(2))
    model = build(fit.theta)
    _, inverse, information, beta = dense(model)
    np.testing.assert_allclose(fit.fixed, beta)
    np.testing.assert_allclose(fit.effects[2:], model.W.T @ inverse @ (Y - X @ beta))
    np.testing.assert_allclose(fit.effects_cov[:2, :2], np.linalg.inv(information))


def test_prediction_adds_the_uncertainty_of_theta():
    fit = fit_reml(build, np.zeros(2))
    L = np.zeros((1, 6))
    L[0, 2] = 1
    mean, cov = predict(fit, lambda theta: (np.array([theta[0]]), L))
    assert mean[0] == pytest.approx(fit.theta[0] + fit.effects[2])
    given_theta = fit.effects_cov[2, 2]
    assert cov[0, 0] > given_theta
    _, still = predict(fit, lambda theta: (np.zeros(1), 0 * L))
    assert still[0, 0] == 0


def test_a_parameter_the_data_do_not_touch_is_an_error():
    with pytest.raises(LuckyError, match="a parameter nobody sees: expected data that identify"):
        fit_reml(lambda theta: build(theta[:2]), np.zeros(3), name="a parameter nobody sees")


def test_penalty_moves_the_estimate():
    free = fit_reml(build, np.zeros(2)).theta[0]
    pulled = fit_reml(build, np.zeros(2), penalty=lambda theta: -50 * (theta[0] - 1) ** 2).theta[0]
    assert abs(pulled - 1) < 0.1 < abs(free - 1)


def test_a_fixed_effect_that_fades_away_is_no_likelihood():
    y, noise, W = np.array([1.0, 2.0, 4.0, 3.0]), np.ones(4), np.zeros((4, 1))
    for size in (1.0, 1e-3):
        X = np.column_stack([np.ones(4), size * np.arange(4.0)])
        assert np.isfinite(restricted_log_likelihood(MixedModel(y, X, W, noise)))
    with pytest.raises(np.linalg.LinAlgError, match="told apart"):
        restricted_log_likelihood(MixedModel(y, np.column_stack([np.ones(4), np.full(4, 1e-160)]), W, noise))
