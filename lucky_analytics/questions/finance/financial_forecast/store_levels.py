"""What the stores sell in the weeks ahead: levels of the open ones and of those to come, as the ramp has
them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.growth_exposure import maturity, neighbour_weights, weeks_since
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.methods.growth.growth_paths import season_weights
from lucky_analytics.methods.growth.level_walks import estimate_step
from lucky_analytics.methods.inference.reml import predict
from lucky_analytics.models import ramp

__all__ = ["Levels", "find_levels"]

Array = np.ndarray[Any, Any]
RECENT_WEEKS = 4  # whose mean is the level of a store that is on no ramp


@dataclass(frozen=True)
class Levels:
    """Log orders of an ordinary week ahead, and how they may be off.

    ``ids`` of open stores: those on a ramp first, then ``n_launch`` that opened with the chain. ``mean`` and
    ``root``: of one row for each open store and week, then one for each week of a new store's age, then the
    effect of a sister store (per unit of exposure); draws are ``mean + root @ z``. ``values``: log dollars of
    an order by open store, ``value_se``; ``new_value``, ``new_value_se`` of a store not yet opened."""

    ids: tuple[str, ...]
    n_launch: int
    n_weeks: int
    mean: Array
    root: Array
    values: Array
    value_se: Array
    new_value: float
    new_value_se: float
    own_step: Array
    common_step: float
    noise_sd: float
    plateau_sd: float
    n_fitted: int
    nearness: float
    growth: tuple[float, float]
    form: str

    @property
    def effect(self) -> float:
        """What a whole unit of exposure does to log orders; 0 where none could be told."""
        return float(self.mean[-1])


def find_levels(days: pd.DataFrame, stores: pd.DataFrame, as_of: dt.date, n_weeks: int) -> Levels:
    """Levels ahead from ``days`` and ``stores`` (of ``ramp.load_days``, ``ramp.load_stores``), what is known
    by ``as_of`` alone. Raises ``LuckyError`` as ``ramp.fit_ramp``."""
    moment = pd.Timestamp(as_of)
    known = stores[stores["opened"] <= moment].reset_index(drop=True)
    weekly = ramp.aggregate_store_weeks(days[days["ds"] <= moment], known, as_of)
    launch = ramp.find_launch_stores(known)
    fit = ramp.fit_ramp(weekly, known, as_of, exclude=launch)
    launched = known[known["unique_id"].isin(launch)].reset_index(drop=True)
    starts, steps, spread = _launch_levels(weekly.weeks, launched, fit)
    mean, cov = predict(fit.reml, _functionals(fit, launched, n_weeks))
    n_ramp = len(fit.units) * n_weeks
    n_open = n_ramp + len(launched) * n_weeks
    mean[n_ramp:n_open] += np.repeat(starts, n_weeks)
    for place, variance in enumerate(spread):  # how well four weeks tell a level
        own = slice(n_ramp + place * n_weeks, n_ramp + (place + 1) * n_weeks)
        cov[own, own] += variance
    if not np.isfinite(cov).all():  # stores that do not grow leave the curve without an error
        raise LuckyError("levels ahead", expected="stores that grow towards a level", got="none that does")
    ids = (*fit.units["unique_id"], *launched["unique_id"])
    value = ramp.estimate_order_value(weekly).set_index("unique_id")
    anew = value[value.index.isna()].iloc[0]
    own_value = value.reindex(list(ids))
    return Levels(
        ids, len(launched), n_weeks, mean, _root(cov),
        np.log(own_value["value"].fillna(anew["value"]).to_numpy(float)),
        own_value["log_se"].fillna(anew["log_se"]).to_numpy(float),
        float(np.log(anew["value"])), float(anew["log_se"]),
        np.concatenate([np.zeros(len(fit.units)), steps]), float(np.exp(fit.reml.theta[4])),
        fit.noise_sd, fit.plateau_sd, fit.n_units, _mean_nearness(fit, known), fit.growth, fit.shape.form,
    )  # fmt: skip


def _launch_levels(weeks: pd.DataFrame, launched: pd.DataFrame, fit: GrowthFit) -> tuple[Array, Array, Array]:
    """Of each store that opened with the chain: its log level now, its weekly step, the level's variance."""
    levels, steps = [], []
    for store in launched["unique_id"]:
        own = weeks[(weeks["unique_id"] == store) & (weeks["n_days"] == 7) & (weeks["y_week"] > 0)]
        logs = np.log(own["y_week"].to_numpy(float))
        levels.append(float(logs[-RECENT_WEEKS:].mean()) if len(logs) else -np.inf)
        steps.append(estimate_step(logs[8:], fit.noise_sd))  # its first weeks are those of any opening
    variance = fit.noise_sd**2 / RECENT_WEEKS + np.array(steps) ** 2
    return np.array(levels), np.array(steps), variance


def _functionals(fit: GrowthFit, launched: pd.DataFrame, n_weeks: int) -> Any:
    """``at`` of ``reml.predict`` for the rows of ``Levels.mean``, launch stores as changes of their
    exposure."""
    ahead = np.arange(n_weeks) + 0.5
    units = pd.concat([fit.units, launched])[["unique_id", "opened", "latitude", "longitude"]]
    kernel = neighbour_weights(units, fit.neighbours, fit.shape.exposure_km)
    when = fit.as_of.to_datetime64() + ((7 * ahead + 1) * 86_400).astype("timedelta64[s]")
    then = weeks_since(fit.neighbours["opened"], when[:, None])
    today = weeks_since(fit.neighbours["opened"], fit.as_of)
    recent = weeks_since(fit.neighbours["opened"], fit.as_of - pd.Timedelta(weeks=RECENT_WEEKS / 2))
    age = weeks_since(fit.units["opened"], when[:, None]).T  # (units, weeks)
    n_units, p = len(fit.units), len(fit.reml.effects)
    last = pd.Series([fit.weeks["week_start"].max()])

    def at(theta: Array) -> tuple[Array, Array]:
        b, k = np.exp(theta[:2])
        now = season_weights(fit, last, theta)[0]
        on_ramp = np.zeros((n_units, n_weeks, p)) + now
        on_ramp[:, :, 0] = 1
        on_ramp[np.arange(n_units), :, fit.reml.n_fixed + np.arange(n_units)] = np.exp(theta[3])
        from_launch = np.zeros((len(launched), n_weeks, p))
        new = np.zeros((n_weeks, p)) + now
        new[:, 0] = 1
        effect = np.zeros((1, p))
        if fit.has_exposure:
            grown = maturity(fit.shape.form, then, b, k)
            on_ramp[:, :, 1] = kernel[:n_units] @ (grown - maturity(fit.shape.form, today, b, k)).T
            from_launch[:, :, 1] = kernel[n_units:] @ (grown - maturity(fit.shape.form, recent, b, k)).T
            effect[0, 1] = 1
        L = np.concatenate([on_ramp.reshape(-1, p), from_launch.reshape(-1, p), new, effect])
        offset = np.concatenate([
            fit.shape.log_level(age, b, k).ravel(), np.zeros(len(launched) * n_weeks),
            fit.shape.log_level(ahead, b, k), np.zeros(1),
        ])  # fmt: skip
        return offset, L

    return at


def _mean_nearness(fit: GrowthFit, known: pd.DataFrame) -> float:
    """exp(-km / reach) of two of our stores, on average: how near a new one may come to each."""
    kernel = neighbour_weights(known, known, fit.shape.exposure_km)
    n = len(known)
    return float(kernel.sum() / (n * (n - 1))) if n > 1 else 0.0


def _root(cov: Array) -> Array:
    values, vectors = np.linalg.eigh(cov)
    kept = values > 1e-10 * max(float(values.max(initial=0.0)), np.finfo(float).tiny)
    root: Array = vectors[:, kept] * np.sqrt(values[kept])
    return root
