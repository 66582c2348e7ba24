"""Reading a young unit early: what its first weeks must be for its plateau to clear a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import norm

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.growth.curves import speed_slope
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.inference.reml import predict

__all__ = ["Gate", "estimate_gate"]


@dataclass(frozen=True)
class Gate:
    """Mean counts of an ordinary week over ``ages``: ``stop`` <= ``even`` <= ``go``.

    At ``even`` the plateau is as likely above the bar as below it. ``plateau_log_se`` is how well the plateau
    is known by then (log scale).
    """

    even: float
    go: float
    stop: float
    plateau_log_se: float


def estimate_gate(
    fits: Sequence[GrowthFit],
    weights: Sequence[float] | NDArray[Any],
    needed_plateau: float,
    ages: list[float],
    *,
    confidence: float = 0.8,
    log_se: float = 0.0,
) -> Gate:
    """The counts at ``ages`` (weeks) from which a new unit's plateau is judged against ``needed_plateau``.

    The judgement is Bayes' rule with the network as prior: the unit's own weeks (noise, the common growth
    curve's uncertainty at those ages, and a speed of its own where the fit has one) and the spread of
    plateaus each count by their precision. Over several growth forms (``fits``) the probabilities are
    averaged by ``weights``. ``go``: the plateau clears the bar with probability ``confidence``; ``stop``: it
    misses it with that probability. ``log_se`` is extra uncertainty of the bar itself (of the value of an
    order). Raises ``ParameterError`` unless ``needed_plateau`` > 0 and 0.5 < confidence < 1.

    >>> estimate_gate([fit], [1.0], 1700, [4.5, 5.5, 6.5, 7.5])        # doctest: +SKIP
    Gate(even=1665.3, go=1730.2, stop=1605.9, plateau_log_se=0.05)
    """
    if not (needed_plateau > 0 and 0.5 < confidence < 1):
        raise ParameterError(
            "gate",
            expected="needed_plateau > 0 and 0.5 < confidence < 1",
            got=f"{needed_plateau}, {confidence}",
        )
    judged = [_judge(fit, np.asarray(ages, float)) for fit in fits]
    bar = np.log(needed_plateau)

    def chance(log_count: float) -> float:
        """That the plateau clears the bar, given the mean log count at these ages."""
        parts = [
            norm.cdf((j.level + j.weight * log_count - bar) / np.hypot(j.posterior_sd, log_se))
            for j in judged
        ]
        return float(np.asarray(weights, float) @ parts)

    start = float(np.asarray(weights, float) @ [(bar - j.level) / j.weight for j in judged])
    wanted = (0.5, confidence, 1 - confidence)
    ends = [brentq(lambda x, p=p: chance(x) - p, start - 30.0, start + 30.0) for p in wanted]
    even, go, stop = (float(np.exp(end)) for end in ends)
    posterior_sd = float(np.asarray(weights, float) @ [j.posterior_sd for j in judged])
    return Gate(even, go, stop, posterior_sd)


@dataclass(frozen=True)
class _Judgement:
    """The plateau of a unit as its weeks say: normal on the log scale, around level + weight x log count."""

    level: float
    weight: float
    posterior_sd: float


def _judge(fit: GrowthFit, age: NDArray[Any]) -> _Judgement:
    n_effects = len(fit.reml.effects)

    def at(theta: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """The mean log plateau, and the log share of a plateau that these weeks show on average."""
        share = fit.shape.log_level(age, *np.exp(theta[:2])).mean()
        return np.array([0.0, share]), np.eye(2, n_effects) * [[1], [0]]

    (prior_mean, share), cov = predict(fit.reml, at)
    prior_variance = fit.plateau_sd**2 + cov[0, 0]
    of_speed = speed_slope(fit.shape.form, age, *fit.growth).mean() * fit.speed_sd
    own_variance = fit.noise_sd**2 / len(age) + cov[1, 1] + of_speed**2
    weight = prior_variance / (prior_variance + own_variance)
    level = (1 - weight) * prior_mean - weight * share
    return _Judgement(float(level), float(weight), float(np.sqrt(prior_variance * (1 - weight))))
