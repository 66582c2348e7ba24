"""Several sites opened together: how they grow, when their build-outs are back, how they compare."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.models.calendar import WEEKS_A_MONTH
from lucky_analytics.models.sites.site_draws import WeeklyShares, draw_revenue
from lucky_analytics.models.sites.site_model import SiteModel
from lucky_analytics.models.sites.site_payback import Lease, summarise_income

__all__ = ["draw_sets", "estimate_set", "month_weights"]

Array = NDArray[Any]
N_SETS = 1000


def estimate_set(
    model: SiteModel,
    crowded: pd.DataFrame,
    ramp: Array,
    lease: Lease,
    shares: WeeklyShares,
    *,
    seed: int = 1,
) -> tuple[dict[str, float], pd.DataFrame]:
    """When sites that open in the same week have earned all their build-outs back, and their sales by month.

    ``crowded``: as from ``predict_sites``, each site's ``gross`` and ``exposure`` with the other sites open;
    ``taken``, ``taken_low`` and ``taken_high`` add up to what the set takes. ``ramp``: their sales in each
    month together, dollars. ``lease``: rent and build-out of all of them. ``shares``: of
    ``draw_weekly_shares``, over the lease's horizon. The draws are those of ``estimate_payback`` for the same
    order of sites and ``seed``: sites miss independently of each other, growth and what sister stores take
    are shared.

    The first: ``payback``, ``break_even``, ``own_payback`` (months, infinite where it does not happen within
    the horizon) and ``bearable_rent`` (dollars a month for all sites), with ``_low`` and ``_high``;
    ``p_payback``; ``rent``. The second: ``month``, ``y``, ``low``, ``high``, dollars a month. One site has
    the row that ``estimate_payback`` gives it.
    """
    gross, taken = (
        drawn.sum(axis=1) for drawn in draw_revenue(model, crowded, seed=seed, n_draws=len(shares.own))
    )
    row = summarise_income(gross, taken, shares, lease, model.level)
    sold = (shares.own @ month_weights(shares.own.shape[1], len(ramp))) * gross[:, None]
    ends = np.quantile(sold, [0.5 - model.level / 2, 0.5 + model.level / 2], axis=0)
    months = pd.DataFrame({"month": np.arange(1, len(ramp) + 1), "y": ramp})
    months = months.assign(low=np.minimum(ends[0], ramp), high=np.maximum(ends[1], ramp))
    return {"rent": lease.rent_dollars_month, **row}, months


def month_weights(n_weeks: int, n_months: int) -> Array:
    """Which part of each month (column) each week (row) is: columns add up to 1 where the weeks reach.

    >>> month_weights(10, 2).sum(axis=0).round(6).tolist()
    [1.0, 1.0]
    """
    week, month = np.arange(n_weeks)[:, None], np.arange(n_months) * WEEKS_A_MONTH
    overlap = np.minimum(week + 1, month + WEEKS_A_MONTH) - np.maximum(week, month)
    return np.clip(overlap, 0, None) / WEEKS_A_MONTH


def draw_sets(
    gross: Array,
    between: Array,
    to_stores: Array,
    sold: Array,
    effect: float,
    k: int,
    *,
    seed: int = 1,
    n_sets: int = N_SETS,
) -> tuple[Array, Array]:
    """Sets of ``k`` different points drawn at random, (n_sets, k), and what each adds net, dollars a month.

    ``gross``: what each point sells alone, (m,); ``between``: how near the points are to each other, 0 to
    itself, (m, m); ``to_stores``: how strongly each takes from each store, (m, s), and ``sold`` what those
    sell; ``effect``: log change of sales with a sister store next door. Points crowd each other and what they
    take from a store compounds, as for the sites of a scenario. For one point: every point once.

    >>> points, net = draw_sets(np.array([3.0, 5.0]), np.zeros((2, 2)), np.zeros((2, 1)), np.ones(1), -0.5, 1)
    >>> points.tolist(), net.tolist()
    ([[0], [1]], [3.0, 5.0])
    """
    chosen = _choose_sets(len(gross), k, seed, n_sets)
    crowd = between[chosen[:, :, None], chosen[:, None, :]].sum(axis=2)
    taken = (1 - np.exp(effect * to_stores[chosen].sum(axis=1))) @ sold
    return chosen, (gross[chosen] * np.exp(effect * crowd)).sum(axis=1) - taken


@functools.lru_cache(maxsize=16)
def _choose_sets(m: int, k: int, seed: int, n_sets: int) -> Array:
    if k == 1:
        return np.arange(m)[:, None]
    # The places of the k smallest of m random numbers: each set is as likely as another.
    return np.random.default_rng(seed).random((n_sets, m)).argpartition(k, axis=1)[:, :k]
