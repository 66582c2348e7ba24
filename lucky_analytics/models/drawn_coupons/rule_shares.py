"""What today's rule gives: the shares of the depths of weekly coupons, by group of customers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lucky_analytics.models.drawn_coupons.exposures import Exposures

__all__ = ["share_rule"]

Array = NDArray[Any]


def share_rule(exposed: Exposures, groups: list[str]) -> Array:
    """Shares (groups, k) of the depths that the rule gave each group; nothing off where it gave none.

    Where no rule gives any coupon, drawing them is what is done today: the shares of the draw. Depths that
    were never drawn at random are counted as the nearest that was.
    """
    depths = exposed.depths
    ruled = exposed.ruled if len(exposed.ruled) else exposed.drawn
    shares = np.zeros((len(groups), len(depths)))
    nearest = np.abs(ruled["depth"].to_numpy(float)[:, None] - depths).argmin(axis=1)
    for place, group in enumerate(groups):
        own = nearest[(ruled["segment"] == group).to_numpy()]
        counts = np.bincount(own, minlength=len(depths))
        shares[place] = counts / counts.sum() if len(own) else np.eye(len(depths))[0]
    return shares
