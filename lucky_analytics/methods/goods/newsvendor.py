"""How much to order when demand is not known: the newsvendor, and the level to order up to between reviews.

A unit too few costs ``underage`` (what its sale would have left), one too many ``overage`` (what it cost less
what is got for it in the end), both in money and above 0. The best quantity is the smallest that covers
demand with the chance underage / (underage + overage), the critical ratio. Demand is a normal, a list of
values with chances, or draws (of any model, or days that were). Ordered up to a level at every review, that
level must last until the order after this one arrives: review + lead days.

Arrow, Harris and Marschak (1951), "Optimal inventory policy"; Cachon and Terwiesch, "Matching Supply with
Demand", chapter on the newsvendor, whose worked example the tests hold to. All functions broadcast.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm

from lucky_analytics.errors import ParameterError

__all__ = [
    "Outcome",
    "critical_ratio",
    "expect_from_draws",
    "expect_normal",
    "order_discrete",
    "order_from_draws",
    "order_normal",
    "order_up_to_normal",
]

Floats = NDArray[np.float64]
_ROUNDING = 1e-12


@dataclass(frozen=True)
class Outcome:
    """What a quantity comes to on average, in units: ``sold``, ``short`` (wanted and not there), ``left``.

    sold + short = mean demand; sold + left = the quantity. ``covered``: the chance that it is enough.
    """

    sold: Any
    short: Any
    left: Any
    covered: Any


def critical_ratio(underage: ArrayLike, overage: ArrayLike) -> Any:
    """The chance, 0 to 1, with which the best quantity covers demand. Null in, null out.

    A wetsuit sold at 190 that cost 110 and fetches 90 at the end of the season:

    >>> float(critical_ratio(190 - 110, 110 - 90))
    0.8

    Raises ``ParameterError`` where a cost is below 0 or both are 0.
    """
    under, over = np.asarray(underage, float), np.asarray(overage, float)
    if (under < 0).any() or (over < 0).any() or (under + over == 0).any():
        raise ParameterError(
            "costs of too few and too many", expected="0 or more, not both 0", got=f"{under} and {over}"
        )
    return (under / (under + over))[()]


def order_normal(mean: ArrayLike, sd: ArrayLike, ratio: ArrayLike) -> Any:
    """The quantity that covers a normal demand with the chance ``ratio``; never below 0.

    >>> float(round(order_normal(3192, 1181, 0.8)))
    4186.0
    """
    means, sds = np.asarray(mean, float), _at_least_0("standard deviation of demand", sd)
    return np.maximum(means + sds * norm.ppf(_ratio(ratio)), 0.0)[()]


def order_discrete(values: ArrayLike, chances: ArrayLike, ratio: float) -> float:
    """The smallest of ``values`` (any order) that covers demand with at least the chance ``ratio``.

    ``chances`` add up to 1.

    >>> order_discrete([10, 20, 30, 40], [0.2, 0.3, 0.4, 0.1], 0.5)
    20.0
    >>> order_discrete([10, 20, 30, 40], [0.2, 0.3, 0.4, 0.1], 0.51)
    30.0
    """
    amounts, weights = np.asarray(values, float), np.asarray(chances, float)
    if amounts.shape != weights.shape or not len(amounts) or (weights < 0).any():
        raise ParameterError(
            "chances of demand", expected="one of 0 or more for each value", got=f"{weights}"
        )
    if abs(weights.sum() - 1) > 1e-9:
        raise ParameterError("chances of demand", expected="a sum of 1", got=f"{weights.sum():g}")
    at = np.argsort(amounts)
    covered = np.cumsum(weights[at])
    place = int(np.searchsorted(covered, float(_ratio(ratio)) - _ROUNDING))
    return float(amounts[at][min(place, len(amounts) - 1)])


def order_from_draws(draws: ArrayLike, ratio: ArrayLike) -> Any:
    """The smallest draw that at least the share ``ratio`` of the draws do not exceed.

    ``draws``: n x items (or n alone), each as likely as the others; ``ratio`` one for all or one an item.

    >>> order_from_draws([10, 20, 20, 30, 40], 0.6), order_from_draws([[1, 5], [2, 9]], [0.5, 0.9])
    (np.float64(20.0), array([1., 9.]))
    """
    ranked = np.sort(_draws(draws), axis=0)
    n = len(ranked)
    place = np.clip(np.ceil(_ratio(ratio) * n - _ROUNDING * n).astype(np.int64) - 1, 0, n - 1)
    if ranked.ndim == 1:
        return ranked[place]
    return np.take_along_axis(ranked, np.broadcast_to(place, ranked.shape[1:])[None], axis=0)[0]


def expect_normal(quantity: ArrayLike, mean: ArrayLike, sd: ArrayLike) -> Outcome:
    """What a quantity comes to against a normal demand, by its loss function.

    >>> found = expect_normal(4186, 3192, 1181)
    >>> round(float(found.short)), round(float(found.sold)), round(float(found.left))
    (132, 3060, 1126)
    """
    amount, means = np.asarray(quantity, float), np.asarray(mean, float)
    sds = _at_least_0("standard deviation of demand", sd)
    gap = amount - means
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sds > 0, gap / sds, np.where(gap >= 0, np.inf, -np.inf))
        tail = np.where(np.isfinite(z), sds * (norm.pdf(z) - z * norm.sf(z)), np.maximum(-gap, 0))
    return Outcome((means - tail)[()], tail[()], (amount - means + tail)[()], norm.cdf(z)[()])


def expect_from_draws(quantity: ArrayLike, draws: ArrayLike) -> Outcome:
    """The same against draws (n x items, or n alone): means over them.

    >>> found = expect_from_draws(20, [10, 20, 40])
    >>> round(float(found.short), 2), round(float(found.left), 2), round(float(found.covered), 2)
    (6.67, 3.33, 0.67)
    """
    amount, each = np.asarray(quantity, float), _draws(draws)
    sold = np.minimum(each, amount).mean(axis=0)
    covered = (each <= amount).mean(axis=0)
    return Outcome(sold[()], (each.mean(axis=0) - sold)[()], (amount - sold)[()], covered[()])


def order_up_to_normal(
    mean: ArrayLike, sd: ArrayLike, review: ArrayLike, lead: ArrayLike, ratio: ArrayLike
) -> Any:
    """The level that stock and what is on order are brought up to at every review.

    ``mean`` and ``sd`` of a day's demand, days independent; an order every ``review`` days arrives ``lead``
    days later. With the chance ``ratio`` a cycle ends without having run out. An order is the level less what
    is there and on order.

    >>> float(round(order_up_to_normal(mean=100, sd=20, review=3, lead=1, ratio=0.95), 1))
    465.8
    """
    days = _at_least_0("days between reviews", review) + _at_least_0("days until an order arrives", lead)
    sds = _at_least_0("standard deviation of demand", sd)
    return order_normal(np.asarray(mean, float) * days, sds * np.sqrt(days), ratio)


def _ratio(ratio: ArrayLike) -> Floats:
    shares = np.asarray(ratio, float)
    if ((shares <= 0) | (shares >= 1)).any():
        raise ParameterError("chance to cover demand", expected="above 0 and below 1", got=f"{shares}")
    return shares


def _draws(draws: ArrayLike) -> Floats:
    each = np.asarray(draws, float)
    if not each.ndim or not len(each):
        raise ParameterError("draws of demand", expected="at least one", got="none")
    return each


def _at_least_0(what: str, value: ArrayLike) -> Floats:
    amount = np.asarray(value, float)
    if (amount < 0).any():
        raise ParameterError(what, expected="0 or more", got=f"{amount}")
    return amount
