"""Proportional hazards from counts: each row stands for many subjects alike over one span of time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.customers.separation import separated

__all__ = ["fit_cox"]

Floats = NDArray[np.float64]


def fit_cox(
    spans: pd.DataFrame, covariates: Sequence[str], *, strata: str | None = None, level: float = 0.9
) -> pd.DataFrame:
    """Cox model with Efron's treatment of ties: hazard ratio of each of ``covariates``.

    ``spans``: ``start`` (exclusive), ``stop`` (inclusive), ``n_event`` subjects whose event falls on
    ``stop``, ``n_censored`` that leave observation there or go on in another row, and the covariates, numeric
    and constant over the span. ``strata`` names a column whose values each have an own baseline hazard.

    Returns ``name``, ``log_ratio``, ``se``, ``ratio``, ``low``, ``high``. Raises ``LuckyError`` without an
    event, when a covariate does not vary among those at risk, and when one separates those with an event
    from those without, so that its ratio has no finite best value. Source: Cox (1972); Efron (1977).

    >>> fit_cox(spans, ["is_control"])["log_ratio"]          # doctest: +SKIP
    0    1.5721
    """
    X = spans[list(covariates)].to_numpy(float)
    center = X.mean(axis=0)
    groups = [np.arange(len(spans))] if strata is None else list(spans.groupby(strata).indices.values())
    parts = [(spans.iloc[rows], X[rows] - center) for rows in groups]
    beta = np.zeros(X.shape[1])
    for round_number in range(50):
        score, information = _derivatives(beta, parts)
        if not np.all(np.linalg.eigvalsh(information) > 1e-9):
            if round_number:  # information there was, and it went as the ratio grew
                raise separated("proportional hazards", covariates[int(np.abs(beta).argmax())])
            raise LuckyError(
                "proportional hazards", expected=f"events, and variation in {', '.join(covariates)}"
            )
        step = np.linalg.solve(information, score)
        beta = beta + np.clip(step, -1, 1)
        if np.abs(step).max() < 1e-9:
            break
    else:
        raise separated("proportional hazards", covariates[int(np.abs(beta).argmax())])
    se = np.sqrt(np.diag(np.linalg.inv(information)))
    half = norm.ppf(0.5 + level / 2) * se
    return pd.DataFrame(
        {
            "name": list(covariates),
            "log_ratio": beta,
            "se": se,
            "ratio": np.exp(beta),
            "low": np.exp(beta - half),
            "high": np.exp(beta + half),
        }
    )


def _derivatives(beta: Floats, parts: list[tuple[pd.DataFrame, Floats]]) -> tuple[Floats, Floats]:
    """Score and information of the partial likelihood, summed over strata."""
    k = len(beta)
    score, information = np.zeros(k), np.zeros((k, k))
    for spans, X in parts:
        start, stop = spans["start"].to_numpy(float), spans["stop"].to_numpy(float)
        events = spans["n_event"].to_numpy(float)
        weight = np.exp(X @ beta)
        all_of_row = (events + spans["n_censored"].to_numpy(float)) * weight
        for time in np.unique(stop[events > 0]):
            at_risk, now = (start < time) & (time <= stop), (stop == time) & (events > 0)
            risk, tied = all_of_row[at_risk], (events * weight)[now]
            d = round(events[now].sum())
            s0, s1, s2 = _moments(risk, X[at_risk])
            t0, t1, t2 = _moments(tied, X[now])
            score += events[now] @ X[now]
            # Efron: of d tied events the j-th sees the tied subjects' weight reduced by j / d.
            share = np.arange(d) / d
            denominator = s0 - share * t0
            mean = (s1[None] - share[:, None] * t1) / denominator[:, None]
            score -= mean.sum(axis=0)
            information += s2 * (1 / denominator).sum() - t2 * (share / denominator).sum() - mean.T @ mean
    return score, information


def _moments(weight: Floats, X: Floats) -> tuple[float, Floats, Floats]:
    return float(weight.sum()), weight @ X, (X * weight[:, None]).T @ X
