"""Draws of what a new site may do: its plateau, what it takes from sister stores, how fast it grows."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from lucky_analytics.methods.growth.curves import log_share
from lucky_analytics.methods.growth.growth_fit import GrowthFit
from lucky_analytics.models.sites.site_model import SiteModel

__all__ = ["WeeklyShares", "draw_revenue", "draw_weekly_shares"]


@dataclass(frozen=True, eq=False)
class WeeklyShares:
    """Share of its plateau that a new store sells in each week, and that its pull has: (n_draws, n_weeks)."""

    own: np.ndarray
    pull: np.ndarray

    @functools.cached_property
    def own_so_far(self) -> np.ndarray:
        """Added up to the end of each week; the same for every site and lever, so summed once."""
        return self.own.cumsum(axis=1)

    @functools.cached_property
    def pull_so_far(self) -> np.ndarray:
        return self.pull.cumsum(axis=1)


def draw_revenue(
    model: SiteModel, sites: pd.DataFrame, *, seed: int = 1, n_draws: int = 4000
) -> tuple[np.ndarray, np.ndarray]:
    """Draws of what sites (as from ``predict_sites``) may sell at their plateau, and may take from sisters.

    Both (n_draws, n_sites), dollars a month. A draw gives each site the leave-one-out error of one store,
    with either sign, by the way that the other stores would have chosen; all sites of a draw share how much
    sister stores take.
    """
    chance = np.random.default_rng(seed)
    shape = (n_draws, len(sites))
    error = chance.choice(model.errors["error_anew"].to_numpy(float), size=shape) * chance.choice(
        [-1, 1], size=shape
    )
    z = chance.normal(size=(n_draws, 1))
    beside = sites["exposure"].to_numpy(float) - model.sites["exposure"].mean()
    # An effect drawn above 0 counts as none, as the estimate does.
    drawn_effect = np.minimum(model.sister.effect + z * model.sister.se, 0.0)
    crowding = (drawn_effect - model.sister.effect) * beside
    width = (sites["taken_high"] - sites["taken"]).to_numpy(float) / norm.ppf(0.5 + model.level / 2)
    taken = np.maximum(sites["taken"].to_numpy(float) - z * width, 0)
    return sites["gross"].to_numpy(float) * np.exp(error + crowding), taken


def draw_weekly_shares(fit: GrowthFit, n_weeks: int, *, seed: int = 1, n_draws: int = 4000) -> WeeklyShares:
    """What a new store sells of its plateau in weeks 1 to ``n_weeks``, and what its pull has of its own.

    The first includes the opening hump; the second is growth alone: as a store grows it takes more from its
    sisters. b and k are drawn from their estimated normal distribution (of logs).
    """
    chance = np.random.default_rng(seed)
    log_b, log_k = chance.multivariate_normal(
        fit.reml.theta[:2], fit.reml.theta_cov[:2, :2], size=n_draws, method="cholesky"
    ).T
    age = np.arange(n_weeks) + 0.5
    b, k = np.exp(log_b)[:, None], np.exp(log_k)[:, None]
    pull = log_share(fit.shape.form, age, b, k)
    hump = np.log1p(fit.shape.hump * np.exp(-age / fit.shape.hump_fade_weeks))
    return WeeklyShares(np.exp(pull + hump), np.exp(pull))
