"""Cancelled orders: attempts that mirror a completed order of the same customer a few minutes apart."""

from __future__ import annotations

import numpy as np

from lucky_analytics.demo.build.arrays import Bools, Ints
from lucky_analytics.demo.build.targets import Targets
from lucky_analytics.errors import DemoError

__all__ = ["choose_cancelled"]


def choose_cancelled(
    size: Ints, is_delivery: Bools, excluded: Bools, targets: Targets, rng: np.random.Generator
) -> Ints:
    """Positions of the completed orders that a cancelled one copies: as many, with as many units, as wanted.

    ``size`` is the units per completed order; ``excluded`` orders are never copied. Raises ``DemoError``
    when no choice has the wanted number of units.
    """
    usable = ~excluded
    wanted = max(targets.channel_orders[3] - int(is_delivery.sum()), 0)
    n_delivery = min(wanted, int((usable & is_delivery).sum()))  # an uncalibrated world has none
    chosen = np.r_[
        rng.choice(np.flatnonzero(usable & is_delivery), n_delivery, replace=False),
        rng.choice(
            np.flatnonzero(usable & ~is_delivery), targets.cancelled_orders - n_delivery, replace=False
        ),
    ]
    gap = targets.cancelled_items - int(size[chosen].sum())
    old, new = (1, 2) if gap > 0 else (2, 1)
    leaving = np.flatnonzero((size[chosen] == old) & ~is_delivery[chosen])[: abs(gap)]
    is_free = usable & ~is_delivery & (size == new)
    is_free[chosen] = False
    entering = np.flatnonzero(is_free)
    if min(len(leaving), len(entering)) < abs(gap):
        raise DemoError(
            "units in cancelled orders", expected=str(targets.cancelled_items), got=f"{gap} short"
        )
    chosen[leaving] = rng.choice(entering, abs(gap), replace=False)
    return np.sort(chosen)
