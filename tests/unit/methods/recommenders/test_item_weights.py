"""Weights of products against brute force, plain loops and scikit-learn's factorisation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse
from sklearn.decomposition import TruncatedSVD

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.recommenders.item_weights import fit_cosine, fit_ease, fit_factors


def history(n=200, items=7, seed=3):
    rng = np.random.default_rng(seed)
    return rng.poisson(rng.gamma(0.5, 1.0, (n, 1)) * np.linspace(2.0, 0.2, items)).astype(float)


@pytest.mark.parametrize("penalty", [0.5, 40.0])
def test_ease_is_the_ridge_of_each_product_on_all_others(penalty):
    X = history()
    found = fit_ease(X, penalty)
    for j in range(X.shape[1]):
        others = np.delete(np.arange(X.shape[1]), j)
        A = X[:, others]
        ridge = np.linalg.solve(A.T @ A + penalty * np.eye(len(others)), A.T @ X[:, j])
        np.testing.assert_allclose(found[others, j], ridge, atol=1e-10)
        assert found[j, j] == 0


def test_ease_shrinks_with_its_penalty_and_refuses_none():
    X = history()
    assert np.abs(fit_ease(X, 1000.0)).sum() < np.abs(fit_ease(X, 1.0)).sum()
    with pytest.raises(ParameterError, match="penalty of EASE"):
        fit_ease(X, 0.0)


def test_cosine_equals_a_plain_loop():
    X = history()
    X[:, 3] = 0.0
    found = fit_cosine(X)
    for i in range(X.shape[1]):
        for j in range(X.shape[1]):
            length = np.sqrt((X[:, i] ** 2).sum() * (X[:, j] ** 2).sum())
            expected = (X[:, i] * X[:, j]).sum() / length if i != j and length > 0 else 0.0
            assert found[i, j] == pytest.approx(expected)


@pytest.mark.parametrize("n_factors", [1, 3])
def test_factors_are_those_of_scikit_learn(n_factors):
    X = history()
    kept = TruncatedSVD(n_factors, algorithm="arpack", random_state=1).fit(X)
    expected = kept.inverse_transform(kept.transform(X))
    np.testing.assert_allclose(X @ fit_factors(X, n_factors), expected, atol=1e-8)


def test_factors_need_fewer_than_the_products():
    for n in (0, 7):
        with pytest.raises(ParameterError, match="1 to 6"):
            fit_factors(history(), n)


def test_sparse_and_dense_histories_give_the_same():
    X = history()
    for fit in (fit_cosine, lambda x: fit_ease(x, 3.0), lambda x: fit_factors(x, 2)):
        np.testing.assert_allclose(fit(sparse.csr_matrix(X)), fit(X), atol=1e-12)
