"""Other actions that were left to chance: what those who got one left more, in the five weeks after."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd
from scipy.stats import binomtest, norm

from lucky_analytics.models.coupon_decisions import N_FOLLOWING
from lucky_analytics.models.order_margins import load_order_margins
from lucky_analytics.questions.marketing.next_best_action.action_catalogue import Action

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["DAYS", "compare_branches", "load_branches", "load_trials"]

DAYS = 7 * (N_FOLLOWING + 1)
# Branches that are out of the planned ratio once in a thousand tests by chance compare other customers.
_OUT_OF_BALANCE = 0.001


def load_trials(suite: Suite, actions: list[Action], level: float) -> pd.DataFrame:
    """``compare_branches`` of the experiments that the ``actions`` name; empty where there are none."""
    return compare_branches(load_branches(suite, [action.experiment for action in actions]), level)


def load_branches(suite: Suite, names: list[str]) -> pd.DataFrame:
    """Customers of each experiment of ``names`` who were assigned five weeks ago or more, by branch.

    ``experiment``, ``is_control``, ``planned`` (share meant for the treatment), ``n``, and ``mean`` and
    ``var`` of the contribution margin of their orders from the day of assignment on, dollars.
    """
    columns = ["experiment", "is_control", "planned", "n", "mean", "var"]
    hits = suite.optional("experiments")
    wanted = sorted({name for name in names if name})
    if hits is None or not wanted:
        return pd.DataFrame(columns=columns)
    last = suite.as_of - dt.timedelta(days=DAYS - 1)
    hits = hits.filter(hits.experiment_name.isin(wanted), hits.assigned_date <= last)
    hits = hits.select(
        "customer_id", "assigned_date", experiment="experiment_name", planned="planned_share",
        is_control=hits.branch == hits.reference_branch,
    )  # fmt: skip
    left = load_order_margins(suite).semi_join(hits, "customer_id")
    left = left.select("customer_id", "order_date", "margin_cents")
    both = hits.join(left, "customer_id")
    both = both.filter(
        both.order_date >= both.assigned_date, both.order_date < both.assigned_date + ibis.interval(days=DAYS)
    )
    sums = both.group_by("experiment", "customer_id").agg(margin=both.margin_cents.sum() / 100)
    each = hits.left_join(sums, ["experiment", "customer_id"]).drop("experiment_right", "customer_id_right")
    each = each.mutate(margin=each.margin.fill_null(0.0))
    cells = each.group_by("experiment", "is_control").agg(
        planned=each.planned.max(), n=each.count(), mean=each.margin.mean(), var=each.margin.var(how="sample")
    )
    return cells.order_by("experiment", "is_control").execute()[columns]


def compare_branches(cells: pd.DataFrame, level: float) -> pd.DataFrame:
    """``experiment``, ``n``, ``adds`` (dollars a customer in five weeks) with ends, ``is_even``.

    Intervals (Welch) hold together over all experiments (Bonferroni). ``is_even``: whether the branches have
    the planned ratio; where not, who is in them was no chance, and ``adds`` is null.

    >>> cells = pd.DataFrame({"experiment": "a", "is_control": [True, False], "planned": 0.5, "n": [50, 52],
    ...     "mean": [1.0, 3.0], "var": [4.0, 4.0]})
    >>> found = compare_branches(cells, 0.9).iloc[0]
    >>> float(found["adds"]), bool(found["adds_low"] > 0), bool(found["is_even"])
    (2.0, True, True)
    """
    rows = []
    whole = [
        (str(name), own) for name, own in cells.groupby("experiment") if own["is_control"].nunique() == 2
    ]
    half = norm.ppf(1 - (1 - level) / 2 / max(len(whole), 1))
    for name, own in whole:
        control, treated = (own[own["is_control"] == side].iloc[0] for side in (True, False))
        n = int(control["n"] + treated["n"])
        planned = float(treated["planned"]) if treated["planned"] == treated["planned"] else 0.5
        is_even = binomtest(int(treated["n"]), n, planned).pvalue >= _OUT_OF_BALANCE
        value = float(treated["mean"] - control["mean"])
        error = float(np.sqrt(treated["var"] / treated["n"] + control["var"] / control["n"]))
        ends = (value, value - half * error, value + half * error) if is_even else (np.nan,) * 3
        rows.append((name, n, *ends, is_even))
    return pd.DataFrame(rows, columns=["experiment", "n", "adds", "adds_low", "adds_high", "is_even"])
