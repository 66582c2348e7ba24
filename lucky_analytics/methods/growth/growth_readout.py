"""What a fitted ramp says: parameters, times to a share, plateaus, fitted paths, a unit not yet opened.

All intervals are two-sided at ``level``. They carry the uncertainty of every parameter but the fixed hump:
that of the linear effects exactly, that of the nonlinear ones by a numeric Hessian and the delta method.
Quantities of the network of units (mean plateau, a new unit) use Student's t with units - 1 degrees of
freedom, the others the normal distribution.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import norm, t

from lucky_analytics.methods.growth.curves import age_at_share
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.inference.reml import predict
from lucky_analytics.methods.inference.unit_design import side_by_side

__all__ = ["estimate_mean_plateau", "estimate_parameters", "estimate_plateaus", "estimate_time_to_share"]

Array = NDArray[Any]


def estimate_parameters(fit: GrowthFit, level: float = 0.9) -> pd.DataFrame:
    """``parameter``, ``value``, ``low``, ``high``, ``se`` of b, k, the standard deviations and the exposure.

    ``exposure`` is the change of log orders per unit of exposure: a mature sister store next door costs
    1 - exp(exposure); at ``exposure_km`` of distance, a 0.37th power of that. Positive parameters have
    intervals on the log scale; their ``se`` is of the log.
    """
    theta, se = fit.reml.theta, np.sqrt(np.diag(fit.reml.theta_cov))
    z = norm.ppf(0.5 + level / 2)
    names = ["b", "k", "noise_sd", "plateau_sd", "season_sd", "speed_sd"][: len(theta)]
    rows = [
        (n, np.exp(v), np.exp(v - z * s), np.exp(v + z * s), s)
        for n, v, s in zip(names, theta, se, strict=True)
    ]
    if fit.has_exposure:
        mean, cov = predict(fit.reml, lambda theta: (np.zeros(1), _effect(fit, [1])))
        value, s = float(mean[0]), float(np.sqrt(cov[0, 0]))
        rows.append(("exposure", value, value - z * s, value + z * s, s))
    return pd.DataFrame(rows, columns=["parameter", "value", "low", "high", "se"])


def estimate_time_to_share(fit: GrowthFit, share: float, level: float = 0.9) -> tuple[float, float, float]:
    """Weeks after opening at which ``share`` of the plateau is reached: value, low, high.

    It is the age at which the growth curve G passes ``share``; the opening hump and the neighbours, which
    move counts at the same time, are left out. 0 when units open above the share.

    >>> estimate_time_to_share(fit, 0.9)                              # doctest: +SKIP
    (4.4, 3.9, 4.9)
    """

    def weeks(theta: Array) -> tuple[Array, Array]:
        b, k = np.exp(theta[:2])
        return np.array([age_at_share(fit.shape.form, share, b, k)]), np.zeros((1, len(fit.reml.effects)))

    mean, cov = predict(fit.reml, weeks)
    value, half = float(mean[0]), float(norm.ppf(0.5 + level / 2) * np.sqrt(cov[0, 0]))
    return value, max(value - half, 0.0), value + half


def estimate_mean_plateau(fit: GrowthFit, level: float = 0.9) -> tuple[float, float, float]:
    """Geometric mean of the plateaus that units are drawn from, in counts a week: value, low, high."""
    mean, cov = predict(fit.reml, lambda theta: (np.zeros(1), _effect(fit, [0])))
    half = t.ppf(0.5 + level / 2, fit.n_units - 1) * np.sqrt(cov[0, 0])
    return tuple(float(v) for v in np.exp(mean[0] + np.array([0, -half, half])))  # type: ignore[return-value]


def estimate_plateaus(fit: GrowthFit, level: float = 0.9) -> pd.DataFrame:
    """Plateau of each unit with the neighbours of ``as_of``, in counts of an ordinary week.

    One row per unit: ``unique_id``, ``role``, ``n_weeks``, ``age_weeks`` on ``as_of``, ``plateau``, ``low``,
    ``high`` (pooled), ``log_se``, ``raw`` (the unit's own weeks alone under the common growth curve; null
    without weeks), and ``is_reached``: old enough to have reached 90 % of it even at the slow end of the
    interval. Where it is false, the plateau is an extrapolation (right-censored).
    """
    n = len(fit.units)
    L = _effect(fit, [0] * n)
    first = fit.reml.n_fixed

    def at(theta: Array) -> tuple[Array, Array]:
        own = L.copy()
        own[np.arange(n), first + np.arange(n)] = np.exp(theta[3])
        return np.zeros(n), own

    mean, cov = predict(fit.reml, at)
    log_se = np.sqrt(np.diag(cov))
    prior = (fit.units["role"] == "prior only").to_numpy()
    q = np.where(prior, t.ppf(0.5 + level / 2, fit.n_units - 1), norm.ppf(0.5 + level / 2))
    table = fit.units[["unique_id", "role", "n_weeks"]].copy()
    table["age_weeks"] = (fit.as_of - fit.units["opened"]).dt.days / 7
    table["plateau"], table["low"], table["high"] = (np.exp(mean + side * q * log_se) for side in (0, -1, 1))
    table["log_se"] = log_se
    table["raw"] = table["unique_id"].map(_raw_plateaus(fit))
    table["is_reached"] = ~prior & (table["age_weeks"] >= estimate_time_to_share(fit, 0.9, level)[2])
    return table


def _raw_plateaus(fit: GrowthFit) -> pd.Series:
    """Mean of what each unit's own weeks say its plateau is, without the other units' plateaus."""
    model = fit.reml.build(fit.reml.theta)
    others = fit.reml.effects.copy()
    others[0] = 0.0
    others[fit.reml.n_fixed : fit.reml.n_fixed + len(fit.units)] = 0.0
    own = model.y - side_by_side([model.X, model.W]) @ others
    rows = pd.DataFrame({"unique_id": fit.weeks["unique_id"], "w": 1 / model.noise, "wy": own / model.noise})
    sums = rows.groupby("unique_id")[["w", "wy"]].sum()
    return (sums["wy"] / sums["w"]).map(np.exp)


def _effect(fit: GrowthFit, positions: list[int]) -> Array:
    """Rows that pick single linear effects: 0 is the mean log plateau, 1 the exposure."""
    return np.eye(len(fit.reml.effects))[positions]
