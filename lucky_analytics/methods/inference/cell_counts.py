"""Events of each group held against its members' share of all events of their cells (a site's week, say)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import betainc
from scipy.stats import gamma, nbinom

__all__ = ["compare_counts"]

Array = NDArray[Any]
_COLUMNS = ["group", "n", "events", "expected", "ratio", "low", "high", "p_value"]


def compare_counts(
    rows: pd.DataFrame, group: str, cell: Sequence[str], event: str, block: str, level: float = 0.9
) -> pd.DataFrame:
    """Whether a group has more or fewer events than all members of its cells lead to expect: one row a group.

    ``rows``: one a member with ``event`` (1, 0; nulls are left out) and ``block`` (its week); cells are
    within blocks. ``n`` members and ``events`` are of cells with another group. ``expected``: over the cells,
    the group's share of the members times the events there, which is what chance gives where nobody differs
    (Cochran 1954; Mantel and Haenszel 1959). ``p_value``: two-sided, of the binomial or negative binomial
    count with the mean and variance of that chance (the sum of hypergeometric ones), times how much more the
    blocks of groups scatter about what they have on average; 1 where nothing can differ. ``ratio`` to what is
    expected, towards 1 by the group's own part of its cells, with ``low`` and ``high``: Garwood's interval
    (1936) of counts over their variance a mean.

    >>> half = pd.DataFrame({"who": list("ab") * 50, "week": np.repeat(range(10), 10), "bad": [1, 0] * 50})
    >>> compare_counts(half, "who", ["week"], "bad", "week")[["group", "events", "expected"]].values.tolist()
    [['a', 50.0, 25.0], ['b', 0.0, 25.0]]
    """
    keys = list(dict.fromkeys([*cell, block]))
    known = rows[[group, *keys, event]].dropna()
    y = known[event].to_numpy(float)
    code, names = pd.factorize(known[group], sort=True)
    week, weeks = pd.factorize(known[block])
    place = week
    for name in cell:
        codes, values = pd.factorize(known[name])
        place = pd.factorize(place * max(len(values), 1) + codes)[0]
    n_cells, n_groups, n_weeks = place.max(initial=-1) + 1, len(names), len(weeks)
    at = place * n_groups + code
    n = np.bincount(at, minlength=n_cells * n_groups).reshape(n_cells, n_groups).astype(float)
    events = np.bincount(at, y, minlength=n_cells * n_groups).reshape(n_cells, n_groups)
    of, d = n.sum(axis=1, keepdims=True), events.sum(axis=1, keepdims=True)
    is_met = (n > 0) & (n < of)
    part = np.where(is_met, n / np.maximum(of, 1), 0.0)
    variance = part * (1 - part) * d * (of - d) / np.maximum(of - 1, 1)
    parts = np.stack([n * is_met, events * is_met, part * d, variance], axis=-1)
    by_week = np.zeros((n_weeks, n_groups, 4))
    first = np.zeros(n_cells, np.int64)
    first[place] = week
    np.add.at(by_week, first, parts)
    kept = by_week[..., 0].sum(axis=0) > 0
    by_week, names = by_week[:, kept], names[kept]
    total, x, mean, spread = by_week.sum(axis=0).T
    spread = spread * _scatter(by_week)
    can_differ = spread > 0
    p = np.ones(len(x))
    held = x[can_differ], mean[can_differ], spread[can_differ]
    more, less = _tail(*held), 1 - _tail(held[0] + 1, *held[1:])
    p[can_differ] = np.minimum(1.0, 2 * np.minimum(more, less))
    scale, tail = np.divide(spread, mean, where=can_differ, out=np.ones(len(x))), (1 - level) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        low = np.where(x > 0, gamma.ppf(tail, x / scale), 0.0) * scale / np.where(mean > 0, mean, np.nan)
        high = np.where(mean > 0, gamma.ppf(1 - tail, x / scale + 1) * scale / mean, np.nan)
        ratio = np.where(mean > 0, x / mean, np.nan)
    made = dict(zip(_COLUMNS, (names, total.astype(int), x, mean, ratio, low, high, p), strict=True))
    return pd.DataFrame(made, columns=_COLUMNS)


def _scatter(by_week: Array) -> float:
    """How many times as much a group's blocks scatter about its own average as chance makes; at least 1.

    ``by_week`` (blocks, groups, 4): members, events, expected and variance."""
    _, events, expected, variance = np.moveaxis(by_week, -1, 0)
    whole = expected.sum(axis=0)
    times = np.divide(events.sum(axis=0), whole, where=whole > 0, out=np.zeros(len(whole)))
    n_blocks = (by_week[..., 0] > 0).sum(axis=0)
    usual = float((times * variance.sum(axis=0) * (n_blocks - 1) / np.maximum(n_blocks, 1)).sum())
    away = float(((events - times * expected) ** 2).sum())
    return max(1.0, away / usual) if usual > 0 else 1.0


def _tail(x: Array, mean: Array, variance: Array) -> Array:
    """The chance of ``x`` or more: binomial where the variance is below the mean (its trials need not be a
    whole number), negative binomial where it is above. All above 0."""
    # At the mean itself both are Poisson; a hair beside it they are that to all digits.
    variance = np.where(np.abs(variance - mean) < 1e-6 * mean, mean * (1 + 1e-6), variance)
    is_less = variance < mean
    chance = np.where(is_less, 1 - variance / mean, 0.5)
    trials = mean / chance
    binomial = betainc(np.maximum(x, 1e-12), np.maximum(trials - x + 1, 1e-12), chance)
    more = np.where(is_less, mean, variance - mean)
    return np.where(is_less, binomial, nbinom.sf(x - 1, mean**2 / more, mean / (mean + more)))
