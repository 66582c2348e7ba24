"""The level to order up to where what is left over goes on sale again until it expires.

A unit too few costs ``underage``; one too many costs ``overage`` only if it is still there when its shelf life
ends. The oldest is used first, so what stands after a delivery is gone once that much was wanted, whatever
comes later. So the best level balances the chance to run out before the next delivery against the chance that
demand over the whole shelf life falls short of it:

    underage P(demand until the next delivery > level) = overage P(demand over the shelf life < level)

With a shelf life that ends before the next delivery it is the newsvendor (Arrow, Harris and Marschak 1951);
the longer goods keep, the more may stand, up to what covers demand with the chance ``most``: beyond it nothing
more is won, and shelves cost too. Reference: Nahmias (1982), "Perishable Inventory Theory: A Review",
Operations Research 30, on myopic policies with the outdating of an order as its cost.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from lucky_analytics.methods.goods.newsvendor import critical_ratio, order_normal

__all__ = ["level_perishable"]

Array = NDArray[Any]
_ROUNDS = 40


def level_perishable(
    mean: ArrayLike,
    sd: ArrayLike,
    until: ArrayLike,
    life: ArrayLike,
    underage: ArrayLike,
    overage: ArrayLike,
    most: float = 0.99,
) -> Array:
    """``mean`` and ``sd`` of a day's demand (days independent), days ``until`` the next delivery, ``life`` in
    days as in ``shelf_replay`` (0 would be used on its first day alone), ``most`` the highest chance to cover
    demand that is worth having. Broadcasts; null in, null out.

    >>> [float(level_perishable(100, 60, 1, life, 80, 20).round(1)) for life in (0, 1, 9)]
    [150.5, 170.4, 239.6]
    """
    mean, sd, until, life = (np.asarray(part, float) for part in (mean, sd, until, life))
    under, over = np.asarray(underage, float), np.asarray(overage, float)
    days = np.maximum(life + 1, until)
    # With no loss beyond the next delivery the level is the newsvendor's; it never pays to have less.
    low = np.asarray(order_normal(mean * until, sd * np.sqrt(until), critical_ratio(under, over)), float)
    high = np.maximum(low, order_normal(mean * until, sd * np.sqrt(until), most))
    error, whole = sd * np.sqrt(until), sd * np.sqrt(days)
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        gain = under * _above(middle, mean * until, error) - over * _above(-middle, -mean * days, whole)
        low, high = np.where(gain > 0, middle, low), np.where(gain > 0, high, middle)
    return np.asarray(np.where(np.isnan(mean + sd), np.nan, (low + high) / 2))


def _above(level: Array, mean: Array, sd: Array) -> Array:
    """Chance of more than ``level``; without any spread it is certain or impossible."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(sd > 0, norm.sf((level - mean) / sd), (mean > level).astype(float)))
