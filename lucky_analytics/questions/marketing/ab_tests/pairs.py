"""Experiments that ran at once: were their draws separate, and does one change what another does?"""

from __future__ import annotations

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import chi2, norm

from lucky_analytics.methods.inference.false_discovery import adjust_p_values

__all__ = ["MOST_FALSE", "compare_pairs", "count_pairs"]

MOST_FALSE = 0.05  # share of pairs named that may be chance
_FEWEST = 50  # customers in each of the four groups of a pair


def count_pairs(each: ir.Table, days: pd.DataFrame) -> pd.DataFrame:
    """Customers that two experiments share, by their branches in both.

    ``each`` as from ``follow_customers``, ``days`` has their names. ``first``, ``second`` (names),
    ``treated_first``, ``treated_second``, ``n``, ``n_over``, and ``again`` of those, as the first experiment
    counts them.
    """
    own = each.select("experiment_id", "customer_id", "is_control", "is_over", "again")
    other = each.select("customer_id", second="experiment_id", other="is_control")
    both = own.join(other, "customer_id")
    both = both.filter(both.experiment_id < both.second)
    both = both.mutate(first=both.experiment_id, treated_first=~both.is_control, treated_second=~both.other)
    cells = both.group_by("first", "second", "treated_first", "treated_second").agg(
        n=both.count(), n_over=both.is_over.sum(), again=both.again.sum()
    )
    found = cells.order_by("first", "second", "treated_first", "treated_second").execute()
    names = days.groupby("experiment_id")["experiment"].first()
    return found.assign(first=found["first"].map(names), second=found["second"].map(names))


def compare_pairs(cells: pd.DataFrame, level: float) -> pd.DataFrame:
    """One row a pair: ``first``, ``second``, ``n``, ``draw_q`` (branches drawn apart from one another: the
    q-value of a chi-square test), ``more`` with ends (by how much what the first adds differs where the
    second's treatment was given, share of customers), ``more_q``.

    Null where a group has fewer than 50 customers. q-values are of all pairs together.

    >>> cells = pd.DataFrame({"first": "a", "second": "b", "treated_first": [False, False, True, True],
    ...     "treated_second": [False, True] * 2, "n": 100, "n_over": 100, "again": [30, 30, 40, 50]})
    >>> compare_pairs(cells, 0.95)[["n", "draw_q", "more"]].round(2).to_numpy().tolist()
    [[400.0, 1.0, 0.1]]
    """
    rows = []
    for (first, second), own in cells.groupby(["first", "second"]):
        square = own.pivot_table(
            index="treated_first", columns="treated_second", values=["n", "n_over", "again"], aggfunc="sum"
        )
        n, over, again = (square[name].to_numpy(float) for name in ("n", "n_over", "again"))
        if n.shape != (2, 2) or np.isnan(n).any() or n.min() < _FEWEST:
            rows.append((first, second, np.nansum(n), np.nan, np.nan, np.nan))
            continue
        expected = n.sum(axis=1, keepdims=True) * n.sum(axis=0) / n.sum()
        p = chi2.sf(((n - expected) ** 2 / expected).sum(), 1)
        more = se = np.nan
        if over.min() >= _FEWEST:
            share = again / over
            more = share[1, 1] - share[0, 1] - share[1, 0] + share[0, 0]
            se = np.sqrt((share * (1 - share) / over).sum())
        rows.append((first, second, n.sum(), p, more, se))
    made = pd.DataFrame(rows, columns=["first", "second", "n", "draw_p", "more", "se"])
    half = norm.ppf(0.5 + level / 2) * made["se"]
    with np.errstate(divide="ignore", invalid="ignore"):
        more_p = 2 * norm.sf((made["more"] / made["se"]).abs().to_numpy(float))
    return made.assign(
        draw_q=adjust_p_values(made["draw_p"].to_numpy(float)),
        more_low=made["more"] - half,
        more_high=made["more"] + half,
        more_q=adjust_p_values(more_p),
    )
