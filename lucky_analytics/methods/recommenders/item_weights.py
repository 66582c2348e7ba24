"""Which products speak for which: recommenders whose scores are a history times a table of weights.

Each function takes ``history`` (customers, products), what each customer has bought (1 or counts, sparse or
dense), and returns ``weights`` (products, products): what a customer's purchase of the product of a row says
for the product of a column. The scores of all customers are ``history @ weights``, the more the better.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.errors import ParameterError

__all__ = ["fit_cosine", "fit_ease", "fit_factors"]

Array = NDArray[Any]


def fit_ease(history: Any, penalty: float) -> Array:
    """Least squares of each product on all others, with a ridge ``penalty`` and nothing on the diagonal.

    EASE: the weights W that minimise ``|X - X W|^2 + penalty |W|^2`` subject to ``diag(W) = 0``, which are
    ``W_ij = -P_ij / P_jj`` for ``P = (X'X + penalty I)^-1``. ``penalty`` is in customers: the larger, the
    more of them must agree. Raises ``ParameterError`` unless it is above 0. Source: Steck (2019),
    Embarrassingly shallow autoencoders for sparse data, WWW.

    >>> fit_ease(np.array([[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]]), 1.0).round(3).tolist()
    [[0.0, 0.667], [0.5, 0.0]]
    """
    if not penalty > 0:
        raise ParameterError("penalty of EASE", expected="more than 0", got=str(penalty))
    gram = _gram(history)
    inverse = np.linalg.inv(gram + penalty * np.eye(len(gram)))
    weights: Array = -inverse / np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights


def fit_cosine(history: Any) -> Array:
    """Cosine between the columns of two products: 1 where the same customers bought both as often.

    Nothing on the diagonal; 0 for a product that nobody bought. Source: Sarwar et al. (2001), Item-based
    collaborative filtering, WWW.

    >>> fit_cosine(np.array([[1.0, 1.0], [1.0, 0.0]])).round(3).tolist()
    [[0.0, 0.707], [0.707, 0.0]]
    """
    gram = _gram(history)
    length = np.sqrt(np.diag(gram))
    product = np.outer(length, length)
    weights: Array = np.divide(gram, product, out=np.zeros_like(gram), where=product > 0)
    np.fill_diagonal(weights, 0.0)
    return weights


def fit_factors(history: Any, n_factors: int) -> Array:
    """A matrix factorisation: ``history`` projected on its ``n_factors`` leading directions of products.

    ``V V'`` of the truncated singular value decomposition, whose V are the leading eigenvectors of X'X; the
    diagonal stays. Raises ``ParameterError`` unless ``n_factors`` is at least 1 and below the number of
    products. Source: Cremonesi, Koren and Turrin (2010), Performance of recommender algorithms on top-N
    recommendation tasks, RecSys.

    >>> fit_factors(np.array([[1.0, 1.0, 0.0], [2.0, 2.0, 0.0]]), 1).round(3).tolist()
    [[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]
    """
    if not 1 <= n_factors < history.shape[1]:
        raise ParameterError(
            "factors of a factorisation", expected=f"1 to {history.shape[1] - 1}", got=str(n_factors)
        )
    leading = np.linalg.eigh(_gram(history))[1][:, -n_factors:]
    weights: Array = leading @ leading.T
    return weights


def _gram(history: Any) -> Array:
    gram = history.T @ history
    return np.asarray(gram.toarray() if hasattr(gram, "toarray") else gram, dtype=float)
