"""Paths of a fitted ramp over time: each unit's fitted weeks and what follows, and a unit not yet opened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, t

from lucky_analytics.methods.growth.curves import log_share, speed_slope
from lucky_analytics.methods.growth.growth_exposure import maturity, neighbour_weights, weeks_since
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.inference.reml import predict
from lucky_analytics.methods.inference.unit_design import as_array

__all__ = ["estimate_paths", "estimate_share_path", "forecast_new_unit", "season_weights"]

Array = NDArray[Any]


def estimate_paths(fit: GrowthFit, n_ahead: int = 0, level: float = 0.9) -> pd.DataFrame:
    """Expected count of an ordinary week for each unit, from its first to ``n_ahead`` weeks past ``as_of``.

    Neighbours count as they opened; after ``as_of`` no further one opens, and the open ones grow on. The
    season is left out. The band is for the expected path, not for single weeks, which scatter around it by
    the noise. One row per unit and whole week of age: ``unique_id``, ``age_weeks``, ``y``, ``low``,
    ``high``, ``is_ahead`` (beyond ``as_of``).
    """
    now = ((fit.as_of - fit.units["opened"]).dt.days / 7).to_numpy()
    unit = np.repeat(np.arange(len(fit.units)), np.floor(now).astype(int) + 1 + n_ahead)
    age = np.concatenate([np.arange(int(a) + 1 + n_ahead) for a in now]).astype(float)
    kernel = neighbour_weights(fit.units, fit.neighbours, fit.shape.exposure_km)[unit]
    date = fit.units["opened"].to_numpy("datetime64[ns]")[unit] + (age * 7).astype("timedelta64[D]")
    then = weeks_since(fit.neighbours["opened"], date[:, None])
    today = weeks_since(fit.neighbours["opened"], fit.as_of)
    then = np.where(today >= 0, then, -1.0)

    def at(theta: Array) -> tuple[Array, Array]:
        b, k = np.exp(theta[:2])
        L = np.zeros((len(age), len(fit.reml.effects)))
        L[:, 0] = 1
        L[np.arange(len(age)), fit.reml.n_fixed + unit] = np.exp(theta[3])
        if fit.has_exposure:
            gain = maturity(fit.shape.form, then, b, k) - maturity(fit.shape.form, today, b, k)
            L[:, 1] = (kernel * gain).sum(axis=1)
        return fit.shape.log_level(age, b, k), L

    paths = _band(fit, at, norm.ppf(0.5 + level / 2), 0.0)
    paths.insert(0, "unique_id", fit.units["unique_id"].to_numpy()[unit])
    paths.insert(1, "age_weeks", age)
    paths["is_ahead"] = age > now[unit]
    return paths


def forecast_new_unit(
    fit: GrowthFit, ages: ArrayLike, level: float = 0.9, *, exposure: float | None = None
) -> pd.DataFrame:
    """Count of an ordinary week for a unit not yet opened, with a prediction interval for the single week.

    ``exposure`` is its exposure to open units (the sum of exp(-km / exposure_km) times their maturity);
    null means that of the average fitted unit on ``as_of``. The interval holds the spread of plateaus
    between units (and of their speeds), weekly noise, and the uncertainty of every parameter.
    ``age_weeks``, ``y`` (median), ``low``, ``high``, ``log_se``.
    """
    age = np.asarray(ages, float)
    shift = 0.0 if exposure is None else exposure - mean_exposure(fit)

    def at(theta: Array) -> tuple[Array, Array]:
        L = np.zeros((len(age), len(fit.reml.effects)))
        L[:, 0] = 1
        if fit.has_exposure:
            L[:, 1] = shift
        return fit.shape.log_level(age, *np.exp(theta[:2])), L

    speeds = (fit.speed_sd * speed_slope(fit.shape.form, age, *fit.growth)) ** 2
    spread = fit.noise_sd**2 + fit.plateau_sd**2 + speeds
    band = _band(fit, at, t.ppf(0.5 + level / 2, fit.n_units - 1), spread)
    band.insert(0, "age_weeks", age)
    return band


def estimate_share_path(fit: GrowthFit, ages: ArrayLike, level: float = 0.9) -> pd.DataFrame:
    """Share of the plateau reached at each age by growth alone, hump and neighbours left out.

    ``age_weeks``, ``share``, ``low``, ``high``.
    """
    age = np.asarray(ages, float)

    def at(theta: Array) -> tuple[Array, Array]:
        share = log_share(fit.shape.form, age, *np.exp(theta[:2]))
        return share, np.zeros((len(age), len(fit.reml.effects)))

    band = _band(fit, at, float(norm.ppf(0.5 + level / 2)), 0.0).rename(columns={"y": "share"})
    band["high"] = band["high"].clip(upper=1.0)
    band.insert(0, "age_weeks", age)
    return band.drop(columns="log_se")


def mean_exposure(fit: GrowthFit) -> float:
    """Exposure on ``as_of`` of the average fitted unit."""
    kernel = neighbour_weights(fit.units, fit.neighbours, fit.shape.exposure_km)
    age = weeks_since(fit.neighbours["opened"], fit.as_of)
    exposure = kernel @ maturity(fit.shape.form, age, *fit.growth)
    return float(exposure[(fit.units["role"] == "fitted").to_numpy()].mean())


def season_weights(fit: GrowthFit, week_start: pd.Series, theta: Array) -> Array:
    """Weights of all effects (n, p + q) in the season of each week; before the first and after the last
    fitted week, theirs."""
    model = fit.reml.build(theta)
    first = len(fit.units)
    steps = slice(first, model.W.shape[1] - (first if fit.shape.speed_varies else 0))
    weights = np.zeros((len(fit.weeks), len(fit.reml.effects)))
    weights[:, fit.reml.n_fixed :][:, steps] = as_array(model.W[:, steps])
    known = pd.DataFrame(weights).groupby(fit.weeks["week_start"].to_numpy()).mean()
    moments, at = known.index.astype("int64"), week_start.astype("int64")
    return np.column_stack([np.interp(at, moments, known[column].to_numpy()) for column in known])


def _band(
    fit: GrowthFit, at: Callable[[Array], tuple[Array, Array]], quantile: float, extra_variance: float | Array
) -> pd.DataFrame:
    mean, cov = predict(fit.reml, at)
    log_se = np.sqrt(np.diag(cov) + extra_variance)
    y, low, high = (np.exp(mean + side * quantile * log_se) for side in (0, -1, 1))
    return pd.DataFrame({"y": y, "low": low, "high": high, "log_se": log_se})
