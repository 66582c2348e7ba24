"""Pooled growth of young units towards plateaus of their own.

Model of the weekly count y of unit s at age a (weeks), in calendar week w:

    ln y = mu + u_s + ln G(a; b, k) + ln(1 + hump exp(-a / hump_fade_weeks))
           + gamma (E_sw - E_s) + season_w + e,
    u_s ~ N(0, plateau_sd^2),  season_w - season_(w-1) ~ N(0, season_sd^2),  e ~ N(0, noise_sd^2 + 1 / y)

``G`` is the share of the plateau reached (Gompertz or logistic), ``exp(mu + u_s)`` the plateau with the
neighbours as they stand on ``as_of``. ``E_sw`` is the exposure to sister units, the sum over those open of
exp(-km / exposure_km) times their own G; ``E_s`` is its value on ``as_of``. The season is a random walk
common to all units with mean 0 over the weeks fitted: a change that lasts (a slow winter) must not be read
as exposure, which also grows slowly. The opening hump is held fixed: with k it is not identified. mu, gamma,
u and season enter linearly, so the marginal likelihood is exact (``reml``); b and k are maximised.

With ``speed_varies`` each unit has a speed of its own, ln k + v_s with v_s ~ N(0, speed_sd^2), taken to first
order: the slope of ln G in ln k, times v_s, is added (Lindstrom and Bates 1990). Where the data say nothing
about b or k (a network that does not grow), a normal prior of ln b and ln k with a standard deviation of 2
around 1.2 and .5 keeps them finite (of 1, then .5, where even that leaves the likelihood flat); where they
do, it does not count.

Assumptions: one b, and one k unless ``speed_varies``; log-normal plateaus; weeks independent given the
terms above; the opening hump as stated. Not for units whose counts fall from the first week: give those in
``exclude``.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.growth.curves import log_share, speed_slope
from lucky_analytics.methods.growth.growth_exposure import ExposurePath
from lucky_analytics.methods.inference.reml import MixedModel, RemlFit, fit_reml
from lucky_analytics.methods.inference.unit_design import mark_units, scale_rows, side_by_side

__all__ = ["GrowthFit", "GrowthShape", "fit_growth", "smallest_fit"]

Array = NDArray[Any]

# Fewer units or weeks than this leave the spread of plateaus or the speed of growth to the prior alone.
smallest_fit = {"units": 3, "rows": 12}
# Of noise, plateaus, weekly steps of the season, speeds: kept away from zero, where their logs would run off.
_SMALLEST_SD = np.array([0.01, 0.01, 0.003, 0.02])
_START = np.log([1.2, 0.5, 0.1, 0.3, 0.02, 0.2])
# Standard deviations of the prior of ln b and ln k: the next where the likelihood is flat under the last.
_PRIOR_SDS = (2.0, 1.0, 0.5)


@dataclass(frozen=True)
class GrowthShape:
    """What is held fixed: the form of growth, the opening hump, the neighbours' reach (null: no term).

    ``speed_varies``: whether each unit grows at a speed of its own.
    """

    form: str = "gompertz"
    hump: float = 0.15
    hump_fade_weeks: float = 2.0
    exposure_km: float | None = 1.0
    speed_varies: bool = False

    def log_level(self, age: Array, b: float, k: float) -> Array:
        """Log of the count at an age as a share of the plateau, hump included."""
        return log_share(self.form, age, b, k) + np.log1p(self.hump * np.exp(-age / self.hump_fade_weeks))


@dataclass(frozen=True)
class GrowthFit:
    """A fitted ramp.

    ``units``: one row per unit in the order of the random effects: ``unique_id``, ``opened``,
    ``latitude``, ``longitude``, ``n_weeks``, ``role`` (``fitted``, or ``prior only`` with fewer than
    ``min_weeks`` weeks). ``weeks``: the rows that were fitted. ``neighbours``: every unit that counts as one.
    """

    shape: GrowthShape
    reml: RemlFit
    units: pd.DataFrame
    weeks: pd.DataFrame
    neighbours: pd.DataFrame
    as_of: pd.Timestamp
    has_exposure: bool

    @property
    def n_units(self) -> int:
        """Units whose own weeks were fitted."""
        return int((self.units["role"] == "fitted").sum())

    @property
    def growth(self) -> tuple[float, float]:
        """b and k."""
        return float(np.exp(self.reml.theta[0])), float(np.exp(self.reml.theta[1]))

    @property
    def noise_sd(self) -> float:
        """Standard deviation of log weekly counts around the fitted path, counting noise aside."""
        return float(np.exp(self.reml.theta[2]))

    @property
    def plateau_sd(self) -> float:
        """Standard deviation of log plateaus between units."""
        return float(np.exp(self.reml.theta[3]))

    @property
    def speed_sd(self) -> float:
        """Standard deviation of ln k between units; 0 for one speed of all."""
        return float(np.exp(self.reml.theta[5])) if self.shape.speed_varies else 0.0


def fit_growth(
    weeks: pd.DataFrame,
    units: pd.DataFrame,
    as_of: dt.date,
    *,
    shape: GrowthShape | None = None,
    min_weeks: int = 2,
    exclude: Collection[str] = (),
) -> GrowthFit:
    """Fit the model to ``weeks`` (see ``aggregate_weeks``) of ``units``.

    ``units``: ``unique_id``, ``opened`` (datetime), ``latitude``, ``longitude`` (degrees; null: no
    neighbours known). Units in ``exclude`` are not fitted but still count as neighbours. Units with fewer
    than ``min_weeks`` rows are not fitted either: their plateau is the prior. Raises ``LuckyError`` with
    fewer than three units or twelve rows, or when the data do not identify every parameter.

    >>> fit = fit_growth(weeks, units, dt.date(2026, 2, 13))           # doctest: +SKIP
    >>> fit.growth                                                     # doctest: +SKIP
    (1.2, 0.55)
    """
    shape = shape or GrowthShape()
    kept = units[~units["unique_id"].isin(exclude) & (units["opened"] <= pd.Timestamp(as_of))].copy()
    counted = weeks[weeks["y"] > 0].groupby("unique_id").size()
    kept["n_weeks"] = kept["unique_id"].map(counted).fillna(0).astype(int)
    kept["role"] = np.where(kept["n_weeks"] >= min_weeks, "fitted", "prior only")
    kept = kept.sort_values(["opened", "unique_id"]).reset_index(drop=True)
    fitted = kept.loc[kept["role"] == "fitted", "unique_id"]
    rows = weeks[weeks["unique_id"].isin(fitted) & (weeks["y"] > 0)].reset_index(drop=True)
    if len(fitted) < smallest_fit["units"] or len(rows) < smallest_fit["rows"]:
        raise LuckyError(
            "ramp curve",
            expected=f"{smallest_fit['units']} stores of {min_weeks} weeks or more, "
            f"{smallest_fit['rows']} store-weeks in all",
            got=f"{len(fitted)} stores, {len(rows)} store-weeks",
            remedy="Choose a later as_of, or exclude fewer stores",
        )
    neighbours = units[units["opened"].notna()].reset_index(drop=True)
    exposure = ExposurePath(shape.form, shape.exposure_km, kept, neighbours, rows, pd.Timestamp(as_of))
    index = pd.Index(kept["unique_id"]).get_indexer(rows["unique_id"])
    unit_design = mark_units(index, len(kept))
    season_design = _season_steps(rows["week_start"])
    log_y, count_noise = np.log(rows["y_week"].to_numpy(float)), 1 / rows["y"].to_numpy(float)
    age, one = rows["age_weeks"].to_numpy(float), np.ones((len(rows), 1))
    has_exposure = exposure.varies

    def build(theta: Array) -> MixedModel:
        b, k, noise_sd, plateau_sd, season_sd = np.exp(theta[:5])
        X = np.hstack([one, exposure.relative(b, k)[:, None]]) if has_exposure else one
        W = side_by_side([plateau_sd * unit_design, season_sd * season_design])
        if shape.speed_varies:
            slope = np.exp(theta[5]) * speed_slope(shape.form, age, b, k)
            W = side_by_side([W, scale_rows(slope, unit_design)])
        return MixedModel(log_y - shape.log_level(age, b, k), X, W, noise_sd**2 + count_noise)

    start = _START if shape.speed_varies else _START[:5]
    reml = _fit_under_priors(build, start)
    return GrowthFit(shape, reml, kept, rows, neighbours, pd.Timestamp(as_of), has_exposure)


def _season_steps(week_start: pd.Series) -> Array:
    """Design of a random walk over calendar weeks, measured from its mean: one column per step."""
    week = ((week_start - week_start.min()).dt.days // 7).to_numpy()
    walk = np.tri(week.max() + 1)[:, 1:]
    return (walk - walk.mean(axis=0))[week]


def _fit_under_priors(build: Callable[[Array], MixedModel], start: Array) -> RemlFit:
    """The fit under the widest prior that leaves no flat likelihood; raises as under the narrowest."""
    for sd in _PRIOR_SDS[:-1]:
        with contextlib.suppress(LuckyError):
            return fit_reml(build, start, penalty=_penalty(sd), name="ramp curve")
    return fit_reml(build, start, penalty=_penalty(_PRIOR_SDS[-1]), name="ramp curve")


def _penalty(prior_sd: float) -> Callable[[Array], float]:
    def penalty(theta: Array) -> float:
        spreads = theta[2:]
        positive = ((_SMALLEST_SD[: len(spreads)] * np.exp(-spreads)) ** 2).sum()
        return -float(positive + 0.5 * (((theta[:2] - _START[:2]) / prior_sd) ** 2).sum())

    return penalty
