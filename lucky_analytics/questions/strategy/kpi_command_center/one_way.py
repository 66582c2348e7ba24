"""Figures that moved the same way for weeks: what no single week shows, counted, with its chance."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from lucky_analytics.questions.strategy.kpi_command_center.steps import UNUSUAL, USUAL

__all__ = ["FEWEST", "chance_of", "count_run", "list_runs", "split_customers"]

FEWEST = 5  # changes in a row from which a page speaks of them


def count_run(y: np.ndarray) -> int:
    """How many changes up to the newest went the same way: positive for rises, negative for falls.

    A change of nothing, or from or to a week without a value, ends the run. ``y``: oldest first.

    >>> count_run(np.array([5.0, 9.0, 8.0, 6.0, 5.0])), count_run(np.array([1.0, 2.0, 2.0]))
    (-3, 0)
    """
    signs = np.sign(np.diff(np.asarray(y, float)))[::-1]
    if not len(signs) or not signs[0] or not np.isfinite(signs[0]):
        return 0
    turned = np.flatnonzero(signs != signs[0])
    return int(signs[0] * (turned[0] if len(turned) else len(signs)))


def chance_of(n: int) -> float:
    """The chance that ``n`` changes in a row all fall where nothing changes: the ``n + 1`` weeks, in any
    order equally likely, stand in the one order that falls.

    >>> round(1 / chance_of(5))
    720
    """
    return 1 / math.factorial(n + 1)


def list_runs(weeks: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """Compared figures that moved for at least ``FEWEST`` weeks in a row, the worst by percent first.

    ``weeks`` of ``measure_weeks``, ``judged`` of ``judge_metrics``. Returns ``unique_id``, ``label``,
    ``owner``, ``n`` (changes; falls are negative), ``change`` (since the week before the run, a share of it;
    null where that was nothing), ``first`` (its value before the run, own unit), ``is_worse``.
    """
    rows = []
    known = judged[judged["state"].isin((UNUSUAL, USUAL))].set_index("unique_id")
    signs = known["worse_when"].to_dict()
    for name, own in weeks[weeks["unique_id"].isin(known.index)].groupby("unique_id", sort=False):
        y = own.sort_values("ds")["y"].to_numpy(float)
        n = count_run(y)
        if abs(n) >= FEWEST:
            first = y[-1 - abs(n)]
            change = y[-1] / first - 1 if first else float("nan")
            row = known.loc[name]
            rows.append((name, row["label"], row["owner"], n, change, first, np.sign(n) == signs[name]))
    columns = ["unique_id", "label", "owner", "n", "change", "first", "is_worse"]
    made = pd.DataFrame(rows, columns=columns).astype({"is_worse": bool})
    order = made.assign(good=~made["is_worse"], size=-made["change"].abs().fillna(0.0))
    return order.sort_values(["good", "size"], ignore_index=True)[columns]


def split_customers(weeks: pd.DataFrame) -> pd.DataFrame:
    """Customers of each window in two: ``ds``, ``kind`` (``first order`` or ``ordered before``), ``y``.

    No row where either figure lacks.
    """
    wide = weeks.pivot(index="ds", columns="unique_id", values="y")
    if not {"active_customers", "new_customers"} <= set(wide.columns):
        return pd.DataFrame(columns=["ds", "kind", "y"])
    both = wide[["active_customers", "new_customers"]].dropna()
    parts = {
        "ordered before": both["active_customers"] - both["new_customers"],
        "first order": both["new_customers"],
    }
    return pd.DataFrame(parts).reset_index().melt("ds", var_name="kind", value_name="y")
