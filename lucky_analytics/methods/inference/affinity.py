"""Which products are bought together more often than their popularity explains.

The unit is a *pair*: two different products in one order. Under "no affinity" each pair is two independent
draws that happened to differ, so that within a stratum (daypart, store, month) the expected number of pairs
A-B is ``a_A a_B``, with one weight per product that reproduces how often it is in any pair. (Comparing orders
with A against orders with B would be wrong: in an order of two units, one of which is A, only one place is
left, so that even unrelated products meet half as often as their product of shares.)

Groups matter too: who likes cold brew often takes two different ones. With ``groups`` (categories) each pair
of groups has its own level, ``a_A a_B g(A, B)``, and only what goes beyond it is found: a product's affinity,
not its category's.

Strata matter: two products that both sell in the morning meet without liking each other. Pairs that are only
found when strata are pooled are such (Simpson's paradox).

The test is Fisher's exact one, upper tail, given the margins. Over strata, the count is a sum of
hypergeometric ones; its tail is that of the binomial with the same mean and variance. Every pair that is
expected often enough is tested, and false discoveries are held at a share of the findings
(``false_discovery``).

References: Fisher (1935); Mantel and Haenszel (1959); Goodman (1968) for independence without a diagonal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc
from scipy.stats import chi2

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.false_discovery import adjust_p_values

__all__ = ["estimate_affinity"]

Array = NDArray[Any]
# Weights and levels are fitted in turn, few steps each: fitting one to the end while the other is still off
# is wasted.
_N_ROUNDS, _N_STEPS, _CLOSE = 60, 10, 1e-4


def estimate_affinity(
    pairs: pd.DataFrame,
    groups: Mapping[str, str] | None = None,
    *,
    min_expected: float = 5.0,
    level: float = 0.9,
) -> pd.DataFrame:
    """Lift of every pair of products, within strata and pooled.

    ``pairs``: ``stratum``, ``product_a``, ``product_b`` (a < b), ``n`` orders that hold both; pairs that
    never met need no row. An order with three products counts as three pairs: keep those few. ``groups``:
    group of every product; without it all are one group.

    Returns a row per pair expected at least ``min_expected`` times, most surprising first: ``product_a``,
    ``product_b``, ``n``, ``expected``, ``lift`` = n / expected with ``lift_low``, ``lift_high`` (exact for a
    Poisson count), ``p``, ``q`` (within strata); ``pooled_lift``, ``pooled_p``, ``pooled_q`` (neither
    strata nor groups).
    One-sided: small p means together more often. Raises ``LuckyError`` without a pair.

    >>> pairs = pd.DataFrame({"stratum": 1, "product_a": list("aabbac"), "product_b": list("bcdcdd"),
    ...     "n": [90, 10, 10, 10, 10, 90]})
    >>> estimate_affinity(pairs)[["product_a", "product_b", "lift"]].round(2).head(2).to_numpy().tolist()
    [['a', 'b', 2.45], ['c', 'd', 2.45]]
    """
    if pairs["n"].sum() <= 0:
        raise LuckyError("product pairs", expected="at least one order with two products", got="none")
    names = np.unique(pairs[["product_a", "product_b"]])
    a, b = (np.searchsorted(names, pairs[column]) for column in ("product_a", "product_b"))
    stratum = pairs["stratum"].factorize()[0]
    n = pairs["n"].to_numpy(float)
    group = np.zeros(len(names), int)
    if groups is not None:
        unknown = sorted(set(names) - set(groups))
        if unknown:
            raise LuckyError(
                "product pairs", expected="a group for every product", got=f"none for {unknown[0]}"
            )
        group = np.unique([groups[name] for name in names], return_inverse=True)[1]
    within = _expected(a, b, stratum, n, group)
    pooled = _expected(a, b, np.zeros(len(n), int), n, np.zeros(len(names), int))
    observed = np.zeros((len(names), len(names)))
    np.add.at(observed, (a, b), n)
    rows, columns = np.nonzero((np.triu(within[0], 1) >= min_expected) & (np.triu(within[0], 1) > 0))
    count, expected, variance = observed[rows, columns], within[0][rows, columns], within[1][rows, columns]
    low, high = _poisson_interval(count, level)
    overall = pooled[0][rows, columns]
    result = pd.DataFrame(
        {
            "product_a": names[rows],
            "product_b": names[columns],
            "n": count.astype(int),
            "expected": expected,
            "lift": count / expected,
            "lift_low": low / expected,
            "lift_high": high / expected,
            "p": _upper_tail(count, expected, variance),
            "pooled_lift": count / overall,
            "pooled_p": _upper_tail(count, overall, pooled[1][rows, columns]),
        }
    )
    for p, q in (("p", "q"), ("pooled_p", "pooled_q")):
        result[q] = adjust_p_values(result[p].to_numpy())
    return result.sort_values(["p", "product_a", "product_b"], ignore_index=True)


def _expected(a: Array, b: Array, stratum: Array, n: Array, group: Array) -> tuple[Array, Array]:
    """Expected number of each pair and its variance given the margins, summed over strata."""
    n_products, n_strata = len(group), int(stratum.max()) + 1
    margin = np.zeros((n_strata, n_products))
    np.add.at(margin, (stratum, a), n)
    np.add.at(margin, (stratum, b), n)
    total = margin.sum(axis=1, keepdims=True)
    seen = np.zeros((n_products, n_products))
    np.add.at(seen, (np.r_[a, b], np.r_[b, a]), np.r_[n, n])
    member = (group[:, None] == np.arange(group.max() + 1)).astype(float)
    weight, level = margin / np.sqrt(total), np.ones((n_products, n_products))
    np.fill_diagonal(level, 0.0)
    if not group.max():
        weight, _ = _fit_margins(weight, margin, level, _N_ROUNDS * _N_STEPS)
    for _ in range(_N_ROUNDS if group.max() else 0):
        weight, off = _fit_margins(weight, margin, level, _N_STEPS)
        expected = level * (weight.T @ weight)
        blocks = [member.T @ table @ member for table in (seen, expected)]
        with np.errstate(divide="ignore", invalid="ignore"):
            change = np.where(blocks[1] > 0, blocks[0] / blocks[1], 1.0)
        if max(off, np.abs(change - 1).max()) < _CLOSE:
            break
        level = level * (member @ change @ member.T)
    rest = weight * (1 - margin / total)
    correction = total / np.maximum(total - 1, 1)
    return level * (weight.T @ weight), level * (rest.T @ (rest * correction))


def _fit_margins(weight: Array, margin: Array, level: Array, n_steps: int) -> tuple[Array, float]:
    """Weights with which every product is in as many pairs of each stratum as it was, and how far off one
    still was before the last step (a share)."""
    off = 0.0
    for _ in range(n_steps):
        fitted = weight * (weight @ level)
        with np.errstate(divide="ignore", invalid="ignore"):
            change = np.where(fitted > 0, margin / fitted, 1.0)
        # The square root keeps a product that is in half of all pairs from swinging to and fro.
        weight = weight * np.sqrt(change)
        off = float(np.abs(change - 1).max())
        if off < _CLOSE / 100:
            break
    return weight, off


def _upper_tail(count: Array, mean: Array, variance: Array) -> Array:
    """P(X >= count) of the binomial with this mean and variance."""
    share = np.clip(1 - variance / mean, 1e-9, 1 - 1e-9)
    size = np.maximum(mean / share, count)
    tail: Array = np.where(count > 0, betainc(np.maximum(count, 1e-9), size - count + 1, mean / size), 1.0)
    return tail


def _poisson_interval(count: Array, level: float) -> tuple[Array, Array]:
    """Exact interval of a Poisson mean (Garwood 1936)."""
    half = (1 - level) / 2
    low = np.where(count > 0, chi2.ppf(half, 2 * np.maximum(count, 1)) / 2, 0.0)
    return low, chi2.ppf(1 - half, 2 * count + 2) / 2
