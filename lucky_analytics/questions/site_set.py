"""Several sites opened together: how they grow, and when all of their build-outs are back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.questions.site_draws import draw_revenue
from lucky_analytics.questions.site_payback import Lease, summarise_income
from lucky_analytics.questions.site_scoring import SiteModel
from lucky_analytics.questions.store_ramp_curves import WEEKS_A_MONTH

__all__ = ["estimate_set", "month_weights"]

Array = NDArray[Any]


def estimate_set(
    model: SiteModel,
    crowded: pd.DataFrame,
    ramp: Array,
    lease: Lease,
    shares: tuple[Array, Array],
    *,
    seed: int = 1,
) -> tuple[dict[str, float], pd.DataFrame]:
    """When sites that open in the same week have earned all their build-outs back, and their sales by month.

    ``crowded``: as from ``predict_sites``, each site's ``gross`` and ``crowding`` with the other sites open;
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
        drawn.sum(axis=1, keepdims=True)
        for drawn in draw_revenue(model, crowded, seed=seed, n_draws=len(shares[0]))
    )
    own_share, pull_share = shares
    scale = lease.margin_rate / WEEKS_A_MONTH
    row = summarise_income(own_share * gross * scale, pull_share * taken * scale, lease, model.level)
    weights = month_weights(own_share.shape[1], len(ramp))
    ends = np.quantile((own_share @ weights) * gross, [0.5 - model.level / 2, 0.5 + model.level / 2], axis=0)
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
