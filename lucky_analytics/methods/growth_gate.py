"""Reading a young unit early: what its first weeks must be for its plateau to clear a bar."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from lucky_analytics.errors import ParameterError
from lucky_analytics.methods.growth import GrowthFit
from lucky_analytics.methods.growth_paths import forecast_new_unit

__all__ = ["Gate", "estimate_gate"]


@dataclass(frozen=True)
class Gate:
    """Mean counts of an ordinary week over ``ages``: at or above ``go`` / at or below ``stop``.

    ``plateau_log_se`` is how well the plateau is known by then (log scale).
    """

    go: float
    stop: float
    plateau_log_se: float


def estimate_gate(
    fit: GrowthFit, needed_plateau: float, ages: list[float], *, confidence: float = 0.8, log_se: float = 0.0
) -> Gate:
    """The counts at ``ages`` (weeks) from which a new unit's plateau is judged against ``needed_plateau``.

    The judgement is Bayes' rule with the network as prior: the unit's own weeks (noise, and the common
    growth curve's uncertainty at those ages) and the spread of plateaus each count by their precision.
    ``go``: the plateau clears the bar with probability ``confidence``; ``stop``: it misses it with that
    probability. ``log_se`` is extra uncertainty of the bar itself (of the value of an order). Raises
    ``ParameterError`` unless ``needed_plateau`` > 0 and 0.5 <= confidence < 1.

    >>> estimate_gate(fit, 1700, [4.5, 5.5, 6.5, 7.5])                 # doctest: +SKIP
    Gate(go=1730.2, stop=1605.9, plateau_log_se=0.05)
    """
    if not (needed_plateau > 0 and 0.5 <= confidence < 1):
        raise ParameterError(
            "gate", expected="needed_plateau > 0 and 0.5 <= confidence < 1", got=f"{needed_plateau}, {confidence}"
        )
    noise_sd, plateau_sd = np.exp(fit.reml.theta[2:4])
    mean = float(fit.reml.fixed[0])
    share = float(np.mean(np.exp(fit.shape.log_level(np.asarray(ages), *fit.growth))))
    curve = forecast_new_unit(fit, ages)
    curve_variance = float((curve["log_se"] ** 2 - noise_sd**2 - plateau_sd**2).mean())
    own_variance = noise_sd**2 / len(ages) + curve_variance
    weight = plateau_sd**2 / (plateau_sd**2 + own_variance)
    posterior_sd = np.sqrt(plateau_sd**2 * (1 - weight))
    margin = norm.ppf(confidence) * np.hypot(posterior_sd, log_se)
    bar = np.log(needed_plateau)
    go, stop = (share * np.exp((bar + side * margin - (1 - weight) * mean) / weight) for side in (1, -1))
    return Gate(float(go), float(stop), float(posterior_sd))
