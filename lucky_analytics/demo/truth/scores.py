"""MBG/NBD likelihood of the candidates and its derivatives: what keeps the plant through the selection."""

from __future__ import annotations

import numpy as np
from scipy.special import betaln, gammaln

from lucky_analytics.demo.build.arrays import Floats
from lucky_analytics.demo.process.candidates import Pool
from lucky_analytics.demo.process.horizon import N_DAYS
from lucky_analytics.demo.truth.planted import Plants

__all__ = ["likelihood_scores", "log_likelihood", "protected_scores"]


def likelihood_scores(pool: Pool, planted: Plants) -> Floats:
    """Derivatives [n, 4] of each candidate's log likelihood by ln r, ln alpha, ln a, ln b, at the plant."""
    plant = planted["customers"]
    at = np.log([plant[name] for name in ("r", "alpha", "a", "b")])
    step = 1e-4 * np.eye(4)
    columns = [(log_likelihood(at + h, pool) - log_likelihood(at - h, pool)) / 2e-4 for h in step]
    return np.stack(columns, axis=1)


def protected_scores(pool: Pool, planted: Plants) -> Floats:
    """Score columns [n, 4 + ratios] of the four parameters and of the two ln hazard ratios.

    Scaled to unit variance; a hazard ratio that nobody is subject to has no column. A selection whose
    scores sum to zero leaves the maximum-likelihood estimates where they are planted.
    """
    scores = np.c_[likelihood_scores(pool, planted), pool.hazard_scores]
    spread = scores.std(0)
    return scores[:, spread > 0] / spread[spread > 0]


def log_likelihood(log_parameters: Floats, pool: Pool) -> Floats:
    """Log likelihood of each candidate's count, recency and age in days (Batislam et al. 2007)."""
    r, alpha, a, b = np.exp(log_parameters)
    repeats = np.arange(int(pool.n_orders.max()))
    # Functions of the count alone are looked up: most candidates share a few counts.
    constant = gammaln(r + repeats) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
    stayed, left = betaln(a, b + repeats + 1), betaln(a + 1, b + repeats)
    x = pool.n_orders - 1
    observed, recency = N_DAYS - pool.first_clock, pool.last_clock - pool.first_clock
    return constant[x] + np.logaddexp(
        stayed[x] - (r + x) * np.log(alpha + observed), left[x] - (r + x) * np.log(alpha + recency)
    )
