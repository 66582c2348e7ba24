"""A promised time that holds in every group: offsets learnt on recent rows until each group keeps its share,
and whether later rows kept it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import betabinom

from lucky_analytics.methods.inference.false_discovery import adjust_p_values
from lucky_analytics.methods.ledgers.control_limits import bound_share

__all__ = ["REST", "add_offsets", "count_alone", "judge_groups", "learn_offsets"]

Array = NDArray[np.float64]
REST = "all others"
_PATIENCE, _CLOSE = 30, 2e-4


def learn_offsets(
    score: Array, groups: pd.DataFrame, share: float, fewest: int = 100
) -> dict[str, dict[object, float]]:
    """What to add for each group of each column so that ``share`` (0 to 1) of its scores lie at or below.

    ``score``: how far each row came out above its forecast. ``groups``: a column for each way to part the
    rows; groups with fewer than ``fewest`` rows are one, ``REST``. The offsets of the columns add up. Each
    group's is the conformal quantile (its order statistic of rank ``share`` of n + 1) of what the others
    leave; going round until none moves gives all groups of all columns their share at once, the condition of
    a quantile regression on the groups (Koenker and Bassett 1978) and of calibration within groups (Gibbs,
    Cherian and Candès 2023). Empty for no row.

    >>> kind = pd.DataFrame({"kind": ["slow"] * 3 + ["quick"] * 3})
    >>> learn_offsets(np.array([1.0, 2, 3, 0, 0, 0]), kind, 0.5, fewest=1)
    {'kind': {'quick': 0.0, 'slow': 2.0}}
    """
    parts = {str(name): _part(groups[name], fewest) for name in groups}
    offsets = {name: np.zeros(len(levels)) for name, (_, levels, _) in parts.items()}
    left = score.astype(float).copy()
    for _ in range(_PATIENCE):
        moved = 0.0
        for name, (codes, _levels, members) in parts.items():
            step = np.array([_rank(left[rows], share) for rows in members])
            offsets[name] += step
            left -= step[codes]
            moved = max(moved, float(np.abs(step).max(initial=0.0)))
        if moved < _CLOSE:
            break
    return {
        name: dict(zip(levels, offsets[name].tolist(), strict=True)) for name, (_, levels, _) in parts.items()
    }


def add_offsets(groups: pd.DataFrame, offsets: Mapping[str, Mapping[object, float]]) -> Array:
    """The offsets of each row of ``groups`` together; a group that was not learnt has that of ``REST``, else
    the mean of its column's.

    >>> add_offsets(pd.DataFrame({"kind": ["slow", "new"]}), {"kind": {"slow": 2.0, REST: 0.5}}).tolist()
    [2.0, 0.5]
    """
    total = np.zeros(len(groups))
    for name, known in offsets.items():
        usual = known.get(REST, float(np.mean(list(known.values()))) if known else 0.0)
        total += (
            groups[name].map(lambda level, known=known, usual=usual: known.get(level, usual)).to_numpy(float)
        )
    return total


def judge_groups(
    kept: NDArray[np.bool_],
    group: pd.Series,
    n_learnt: Mapping[object, int],
    share: float,
    day: pd.Series,
    false_share: float = 0.05,
) -> pd.DataFrame:
    """Which groups kept their promise on rows that it was not learnt from.

    ``n_learnt``: rows of each group that the promise was learnt from; ``day``: what rows hang together by.
    Returns by group, most rows first: ``group``, ``n``, ``kept`` with ``low`` and ``high`` (binomial, 95 %),
    ``expected`` (``share``), ``q`` and ``is_off``. Of n later rows that are alone with the n_learnt before,
    the number kept has exactly a beta-binomial law (Vovk 2012), which knows that the promise was itself
    learnt; where rows of a day hang together both are counted as so many rows alone (``count_alone``). Its
    two-sided chances become q-values over all groups (Benjamini and Hochberg), of which at most
    ``false_share`` are called off.

    >>> kept, days = np.array([True] * 90 + [False] * 10), pd.Series(range(100))
    >>> judged = judge_groups(kept, pd.Series(["a"] * 100), {"a": 500}, 0.9, days)
    >>> judged[["group", "n", "kept", "is_off"]].values.tolist()
    [['a', 100, 0.9, False]]
    """
    rows = []
    every = pd.DataFrame({"group": group.to_numpy(), "kept": kept, "day": day.to_numpy()})
    for name, own in every.groupby("group", observed=True):
        n, held = len(own), own["kept"].to_numpy(bool)
        alone = count_alone(held, own["day"])
        k = round(held.mean() * alone)
        learnt = max(round(int(n_learnt.get(name, 0)) * alone / n), 1)
        rank = min(int(np.ceil(share * (learnt + 1))), learnt)
        law = betabinom(alone, rank, learnt + 1 - rank)
        p = min(2 * min(law.cdf(k), law.sf(k - 1)), 1.0)
        low, high = bound_share(k, alone)
        rows.append((name, n, held.mean(), low, high, p, int(n_learnt.get(name, 0))))
    judged = pd.DataFrame(rows, columns=["group", "n", "kept", "low", "high", "p", "n_learnt"])
    judged["expected"], judged["q"] = share, adjust_p_values(judged["p"].to_numpy(float))
    judged["is_off"] = judged["q"] <= false_share
    return judged.sort_values(["n", "group"], ascending=[False, True], ignore_index=True)


def count_alone(kept: NDArray[np.bool_], day: pd.Series) -> int:
    """How many rows that are alone would tell the share ``kept`` as well as these, at most as many as they.

    Rows of one day may be kept or missed together. Rows over the design effect: the variance of the share
    between days over that of rows alone (Kish 1965).

    >>> count_alone(np.array([True, True, True, True, False, False]), pd.Series([1, 1, 2, 2, 3, 3]))
    2
    """
    share, n = kept.mean(), len(kept)
    off = pd.Series(kept - share).groupby(day.to_numpy()).sum()
    if len(off) < 2 or share in (0.0, 1.0):
        return n
    of_days, of_rows = len(off) / (len(off) - 1), n / (n - 1)  # each variance from its own number of parts
    effect = float((off**2).sum()) * of_days / (n * share * (1 - share) * of_rows)
    return max(round(n / max(effect, 1.0)), 1)


def _part(labels: pd.Series, fewest: int) -> tuple[NDArray[np.int64], list[object], list[NDArray[np.int64]]]:
    """Codes, names and rows of the groups, small ones together."""
    counts = labels.value_counts()
    small = counts.index[counts < fewest]
    named = labels.astype(object).where(~labels.isin(small), REST)
    codes, levels = pd.factorize(named, sort=True)
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(levels)))[:-1]
    return codes, list(levels), np.split(order, ends) if len(levels) else []


def _rank(values: Array, share: float) -> float:
    place = min(int(np.ceil(share * (len(values) + 1))), len(values)) - 1
    return float(np.partition(values, max(place, 0))[max(place, 0)])
