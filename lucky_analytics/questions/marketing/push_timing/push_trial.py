"""A test of notifications that was left to chance: what its customers left by branch, in the weeks after.

The chance of each branch is known, so the value of sending everybody in one way is an inverse-propensity
estimate; it is made surer by predicting from what a customer left before (doubly robust), which cannot make
it wrong.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy.stats import chisquare

from lucky_analytics.methods.policies import off_policy, outcome_model
from lucky_analytics.questions.marketing.push_timing.push_test import GAIN_WEEKS

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["Trial", "judge_trial", "load_trial"]

FEWEST = 50  # customers in each branch
_OUT_OF_BALANCE = 0.001  # of sound draws are as far from the planned ratio


@dataclass(frozen=True)
class Trial:
    """``table``: by branch, the reference first: ``branch``, ``n`` customers, ``margin`` (dollars a
    customer in
    ``GAIN_WEEKS``), ``gain`` over the reference with ``low``, ``high``, which hold together; ``plain``: the
    difference of means. ``is_even``: branches have the planned ratio; where not, who is in them was no
    chance.
    """

    table: pd.DataFrame
    is_even: bool
    level: float

    def find_best(self, least: float) -> dict[str, Any] | None:
        """The branch with the highest gain of those that surely leave more than the reference, and ``least``
        dollars more a customer; None where there is none, or where branches are not even."""
        sure = self.table[(self.table["low"] > 0) & (self.table["gain"] >= least)]
        if sure.empty or not self.is_even:
            return None
        return {str(key): value for key, value in sure.iloc[int(sure["gain"].argmax())].items()}


def load_trial(suite: Suite, margins: ir.Table, name: str) -> pd.DataFrame:
    """Customers of the experiment ``name`` who were assigned ``GAIN_WEEKS`` ago or more: ``branch``,
    ``is_reference``, ``planned`` (share meant for the treatment), ``margin``, ``before`` (dollars of the
    orders after the assignment, in as many weeks, and before it). Empty where there is none."""
    columns = ["branch", "is_reference", "planned", "margin", "before"]
    hits = suite.optional("experiments")
    if hits is None or not name:
        return pd.DataFrame(columns=columns)
    days = 7 * GAIN_WEEKS
    last = suite.as_of - dt.timedelta(days=days - 1)
    hits = hits.filter(hits.experiment_name == name, hits.assigned_date <= last)
    hits = hits.select(
        "customer_id", "branch", "assigned_date", "assigned_at", planned="planned_share",
        is_reference=hits.branch == hits.reference_branch,
    )  # fmt: skip
    left = margins.semi_join(hits, "customer_id")
    left = left.select("customer_id", "order_date", "ordered_at", "margin_cents")
    both = hits.select("customer_id", "assigned_date", "assigned_at").join(left, "customer_id")
    is_after = (
        both.ordered_at > both.assigned_at
    )  # the order that led to the assignment is none of its effects
    since = both.order_date.delta(both.assigned_date, unit="day")
    sums = both.group_by("customer_id").agg(
        margin=both.margin_cents.sum(where=is_after & (since < days)) / 100,
        before=both.margin_cents.sum(where=~is_after & (since > -days)) / 100,
    )
    each = hits.left_join(sums, "customer_id").drop("customer_id_right").order_by("customer_id")
    zero = {which: each[which].fill_null(0.0).cast("float64") for which in ("margin", "before")}
    return each.mutate(planned=each.planned.cast("float64"), **zero).select(*columns).execute()


def judge_trial(rows: pd.DataFrame, level: float = 0.9) -> Trial | None:
    """``rows``: ``load_trial``. None without a reference and another branch of ``FEWEST`` customers each."""
    sizes = rows.groupby("branch").size()
    kept = sizes[sizes >= FEWEST].index
    rows = rows[rows["branch"].isin(kept)].reset_index(drop=True)
    reference = rows.loc[rows["is_reference"].astype(bool), "branch"].unique()
    if len(reference) != 1 or len(kept) < 2:
        return None
    names = [reference[0], *sorted(name for name in kept if name != reference[0])]
    action = rows["branch"].map({name: place for place, name in enumerate(names)}).to_numpy(int)
    shares = _plan(rows, len(names))
    counts = np.bincount(action, minlength=len(names))
    is_even = bool(chisquare(counts, shares * len(rows)).pvalue >= _OUT_OF_BALANCE)
    log = off_policy.ChoiceLog(
        action, np.tile(shares, (len(rows), 1)), rows["margin"].to_numpy(float), np.arange(len(rows))
    )
    folds = outcome_model.assign_folds(log.cluster)
    features = np.column_stack([np.ones(len(rows)), rows["before"].to_numpy(float)])
    predicted = outcome_model.predict_rewards(log, features, np.zeros(len(rows), int), folds)
    values = off_policy.estimate_values(
        off_policy.score_actions(log, predicted), log.cluster, np.ones(len(rows))
    )
    pairs = [(place, 0) for place in range(1, len(names))]
    half = values.joint_quantile(pairs, level)
    gains = [values.gain(place, 0, level, half) for place in range(1, len(names))]
    means = rows.groupby("branch")["margin"].mean()
    table = pd.DataFrame({"branch": names, "n": counts, "margin": values.values})
    table["plain"] = [float(means[name] - means[names[0]]) for name in names]
    for end, which in (("gain", "value"), ("low", "low"), ("high", "high")):
        table[end] = [np.nan, *(getattr(gain, which) for gain in gains)]
    return Trial(table, is_even, level)


def _plan(rows: pd.DataFrame, n: int) -> np.ndarray:
    """The share meant for each branch: as planned where there are two, equal where there are more."""
    planned = rows["planned"].dropna()
    if n == 2 and len(planned) and 0 < planned.iloc[0] < 1:
        return np.array([1 - planned.iloc[0], planned.iloc[0]])
    return np.full(n, 1 / n)
