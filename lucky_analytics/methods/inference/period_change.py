"""How much a mean changed between two periods, in what both have in common, where weeks hang together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import t

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.matched_groups import FEWEST

__all__ = ["compare_periods"]

Array = NDArray[Any]


def compare_periods(
    rows: pd.DataFrame, cell: Sequence[str], value: str, block: str, is_late: str, level: float = 0.9
) -> Estimate:
    """Mean of ``value`` in the late period less that in the early one, within cells (a site, say), so that
    more from one of them is no change.

    ``rows``: one an observation; ``is_late`` says its period, ``block`` its week, which lies in one period.
    Cells count by n_late n_early / (n_late + n_early) (Mantel and Haenszel 1959); those of one period alone
    say nothing. The error is from week to week, since all that is written in one may have one cause: what
    leaving out each changes (the jackknife; Miller 1974), Student's t with two fewer than the weeks. Null
    with fewer than ``FEWEST`` observations of cells that both periods share in either, or fewer than two
    weeks in either, or where no week differs from another, which tells nothing of how far off it may be;
    ``n``: those observations.

    >>> rows = pd.DataFrame({"site": "a", "week": np.repeat(range(8), 25)})
    >>> rows["late"] = rows["week"] > 3
    >>> rows["bad"] = [0.0, 1.0, 0.0, 0.0, 0.0] * 20 + [0.0, 1.0, 0.0, 1.0, 0.0] * 20
    >>> compare_periods(rows, ["site"], "bad", "week", "late").value is None  # a week is as the others
    True
    >>> rows.loc[0, "bad"] = 1.0
    >>> round(compare_periods(rows, ["site"], "bad", "week", "late").value, 2)
    0.19
    """
    known = rows[[*cell, value, block, is_late]].dropna()
    if known.empty:
        return Estimate(None, n=0)
    place = known.groupby(list(cell), sort=False).ngroup().to_numpy()
    week, weeks = pd.factorize(known[block])
    shape = int(place.max()) + 1, len(weeks)
    at, y = place * shape[1] + week, known[value].to_numpy(float)
    n, total = (np.bincount(at, w, shape[0] * shape[1]).reshape(shape).astype(float) for w in (None, y))
    late = np.zeros(shape[1], bool)
    late[week] = known[is_late].to_numpy(bool)
    met = (n[:, late].sum(axis=1) > 0) & (n[:, ~late].sum(axis=1) > 0)
    n, total = n[met], total[met]
    seen = n.sum(axis=0) > 0
    n, total, late = n[:, seen], total[:, seen], late[seen]
    counted = n[:, late].sum(), n[:, ~late].sum()
    if min(counted) < FEWEST or min(late.sum(), (~late).sum()) < 2:
        return Estimate(None, n=int(sum(counted)))
    change = _differ(n, total, late)
    kept = ~np.eye(n.shape[1], dtype=bool)
    left_out = np.array([_differ(n[:, each], total[:, each], late[each]) for each in kept])
    error = np.sqrt(((left_out - left_out.mean()) ** 2).sum() * (n.shape[1] - 1) / n.shape[1])
    if not error > 0:
        return Estimate(None, n=int(sum(counted)))
    half = float(t.ppf(0.5 + level / 2, n.shape[1] - 2) * error)
    return Estimate(change, change - half, change + half, level=level, n=int(sum(counted)))


def _differ(n: Array, total: Array, late: Array) -> float:
    """Late less early, from observations and sums by cell and week; a cell of one period weighs nothing."""
    sides = [(n[:, side].sum(axis=1), total[:, side].sum(axis=1)) for side in (late, ~late)]
    (m, late_sum), (k, early_sum) = sides
    weight = m * k / np.maximum(m + k, 1)
    gap = late_sum / np.maximum(m, 1) - early_sum / np.maximum(k, 1)
    return float((weight * gap).sum() / weight.sum())
