"""What shares of branches may be, after some did and some did not: beta posteriors under flat priors."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import beta

from lucky_analytics.errors import ParameterError

__all__ = ["find_best_chances", "find_losses"]

Floats = NDArray[np.float64]
# Gauss-Legendre nodes over a span outside which all posteriors together have less than 1e-12.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(400)
_TAIL = 1e-13


def find_best_chances(hits: ArrayLike, n: ArrayLike) -> Floats:
    """The chance that each branch has the highest share: what Thompson sampling gives each of the traffic.

    ``hits`` of ``n`` customers of each of two or more branches. By quadrature, to about ten digits.

    >>> find_best_chances([2, 9], [10, 10]).round(4).tolist()
    [0.001, 0.999]
    """
    weight, density, below = _tabulate(hits, n)
    others = np.array([np.prod(np.delete(below, k, axis=0), axis=0) for k in range(len(below))])
    return np.asarray((density * others) @ weight, float)


def find_losses(hits: ArrayLike, n: ArrayLike) -> Floats:
    """What one expects to lose by choosing each branch: how far the best share is above its own, on average
    over what the shares may be (0 to 1).

    >>> find_losses([10, 10], [40, 40]).round(4).tolist()
    [0.0378, 0.0378]
    """
    weight, _, below = _tabulate(hits, n)
    rows = []
    for k in range(len(below)):
        rest = np.prod(np.delete(below, k, axis=0), axis=0)
        # E max(best of the others - own, 0): the chance of own <= t < best, over all t.
        rows.append((below[k] * (1 - rest)) @ weight)
    return np.array(rows)


def _tabulate(hits: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats, Floats]:
    """Weights of the nodes, and of each branch density and cumulated chance at the nodes."""
    yes, all_ = np.asarray(hits, float), np.asarray(n, float)
    if len(yes) < 2 or not ((yes >= 0) & (yes <= all_)).all():
        raise ParameterError(
            "branches",
            expected="two or more, with hits from 0 to n",
            got=f"{yes.tolist()} of {all_.tolist()}",
        )
    a, b = yes + 1, all_ - yes + 1
    low, high = beta.ppf(_TAIL, a, b).min(), beta.isf(_TAIL, a, b).max()
    at = low + (high - low) * (_NODES + 1) / 2
    weight = _WEIGHTS * (high - low) / 2
    density = beta.pdf(at, a[:, None], b[:, None])
    below = beta.cdf(at, a[:, None], b[:, None])
    return weight, density, below
