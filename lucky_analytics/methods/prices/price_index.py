"""How dear one list of prices is against another, item by item, and how far such an index may be off.

The geometric Laspeyres index: the geometric mean of the price relatives, weighted by what the base spends on
each item,

    exp( sum_i s_i ln(q_i / p_i) ),   s_i = p_i x_i / sum_j p_j x_j.

With equal weights it is Jevons' index. A geometric mean treats twice and half as dear alike; the mean of
prices does not compare like with like.

Items that nobody compared may have other relatives, and so may shops where nobody looked: errors hang
together within an item, whoever sells it, and within a place. The variance is the sum of that through items
and that through places less the one through both at once (as Cameron, Gelbach and Miller 2011), and never
below the larger of the two. Each takes clusters to scatter alike, whatever their weight: with a handful of
them, of which one weighs half, squares of weighted sums tell less. So it is right on average, with the
degrees of freedom that such a variance has (Satterthwaite 1946; Bell and McCaffrey 2002).

References: ILO, IMF, OECD, Eurostat, UN, World Bank (2004), Consumer Price Index Manual; Balk (2008), Price
and Quantity Index Numbers.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from lucky_analytics.errors import ParameterError
from lucky_analytics.estimate import Estimate

__all__ = ["IndexOff", "estimate_off", "geometric_index"]

Array = NDArray[Any]


class IndexOff(NamedTuple):
    """``off``: the index less 1, so 0.1 where the prices are 10 % above the base's, with its interval (null
    ends where nothing tells how far off it may be) and ``n``, the items; ``p_value``: how surprising it would
    be were prices alike on average, two-sided, null without an interval."""

    off: Estimate
    p_value: float


class _Spread(NamedTuple):
    """``variance`` of an index through clusters of one kind, and its degrees of freedom."""

    variance: float
    dof: float


def geometric_index(prices: ArrayLike, base: ArrayLike, weights: ArrayLike) -> float:
    """Geometric mean of ``prices`` over ``base`` (n,), any unit, weighted by ``weights`` (n,), of any sum.

    Weights that are the base's expenditure make it the geometric Laspeyres index. Raises ``ParameterError``
    for a price or a sum of weights that is not above 0.

    >>> round(geometric_index([1.2, 3.0], [1.0, 1.0], [1.0, 1.0]), 4)      # the square root of 3.6
    1.8974
    """
    q, p, w = (np.asarray(each, float) for each in (prices, base, weights))
    if not ((q > 0).all() and (p > 0).all() and (w >= 0).all() and w.sum() > 0):
        raise ParameterError("price index", expected="prices above 0 and weights", got="0 or less")
    return float(np.exp(np.average(np.log(q / p), weights=w)))


def estimate_off(
    relatives: ArrayLike, weights: ArrayLike, items: ArrayLike, places: ArrayLike, groups: ArrayLike,
    level: float = 0.9,
) -> IndexOff:  # fmt: skip
    """The mean over ``groups`` (competitors, all alike) of each one's index, with its interval.

    All (n,), one row a price seen: ``relatives``, it over the base's price, above 0; ``weights`` of its item
    (the base's expenditure, any sum); labels of its item, of its place and of its group. A group's index
    counts each of its items by its weight, and the item's places alike. Clusters that stand alone in their
    group (its only place) tell nothing of others: the interval then holds for that place. No interval where
    a group has one item, or where all clusters agree to the last digit.

    >>> found = estimate_off([1.1, 1.2, 1.3], [1, 1, 1], ["a", "b", "c"], ["x"] * 3, ["g"] * 3)
    >>> round(found.off.value, 3), round(found.off.low, 3), round(found.off.high, 3)
    (0.197, 0.04, 0.378)
    """
    counts = np.asarray(weights, float) > 0
    y = np.log(np.asarray(relatives, float)[counts])
    if not len(y):
        return IndexOff(Estimate(None, n=0), np.nan)
    item, place, group = (
        np.unique(np.asarray(each)[counts].astype(str), return_inverse=True)[1]
        for each in (items, places, groups)
    )
    n_items = int(item.max()) + 1
    share = _shares(np.asarray(weights, float)[counts], group * n_items + item, group)
    value = float(np.expm1(share @ y))
    means = np.bincount(group, share * y) / np.bincount(group, share)
    away = share * (y - means[group])
    place = group * (int(place.max()) + 1) + place
    of_items = _through_items(away, share, item, group)
    of_places, of_both = (
        _through_parts(away, share, code, group) for code in (place, place * n_items + item)
    )
    both = [of_items, of_places]
    variance = max(of_items.variance, of_places.variance, sum(s.variance for s in both) - of_both.variance)
    lone = np.bincount(group, _count_own(item, group)) < 2
    if lone.any() or not variance > 1e-18:  # what is left of rounding is no scatter
        return IndexOff(Estimate(value, n=n_items), np.nan)
    dof = sum(s.variance for s in both) ** 2 / sum(s.variance**2 / s.dof for s in both if s.variance > 0)
    se, middle = np.sqrt(variance), share @ y
    half = float(student.ppf(0.5 + level / 2, dof) * se)
    low, high = (float(np.expm1(middle + side * half)) for side in (-1, 1))
    p_value = 2 * float(student.sf(abs(middle) / se, dof))
    return IndexOff(Estimate(value, low, high, level=level, n=n_items), p_value)


def _shares(weights: Array, cell: Array, group: Array) -> Array:
    """How much each row counts: they sum to 1, the groups alike, an item's rows share its weight."""
    each = weights / np.bincount(cell)[cell]
    return each / np.bincount(group, each)[group] / len(np.unique(group))


def _count_own(code: Array, group: Array) -> Array:
    """Rows that are the first of their cluster in their group, as 1: they count a group's clusters."""
    first = np.zeros(len(code))
    first[np.unique(group * (code.max() + 1) + code, return_index=True)[1]] = 1.0
    return first


def _through_items(away: Array, share: Array, code: Array, group: Array) -> _Spread:
    """The variance through items, which several groups may share: each has one deviation, all alike."""
    held = np.zeros((int(group.max()) + 1, int(code.max()) + 1))  # of each group's mean, by item
    np.add.at(held, (group, code), share)
    size = held.sum(axis=0)
    # An item's mean deviation, as a matrix over the items' own: what it is less its groups' means.
    within = np.eye(len(size)) - held.T @ (held / held.sum(axis=1, keepdims=True)) / size[:, None]
    squares = float((within**2).sum())
    if squares <= 1e-12:
        return _Spread(0.0, 1.0)
    scatter = float(((np.bincount(code, away) / size) ** 2).sum()) / squares
    dof = squares**2 / float(((within @ within.T) ** 2).sum())
    return _Spread(scatter * float((size**2).sum()), dof)


def _through_parts(away: Array, share: Array, code: Array, group: Array) -> _Spread:
    """The same through clusters that each lie in one group (places): no matrix of thousands is needed."""
    _, first, code = np.unique(code, return_index=True, return_inverse=True)
    size, own = np.bincount(code, share), group[first]
    n = np.bincount(own)
    part = size / np.bincount(own, size)[own]
    squares = n - 2 + n * np.bincount(own, part**2)
    several = n > 1  # a place alone in its group deviates from nothing
    if not several.any():
        return _Spread(0.0, 1.0)
    scatter = float(((np.bincount(code, away) / size) ** 2).sum() / squares[several].sum())
    return _Spread(scatter * float((size[several[own]] ** 2).sum()), float((n[several] - 1).sum()))
