"""What may be said of each experiment: won, lost, no gain worth having, not yet, or not to be trusted.

One verdict an experiment, for every page that speaks of it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from lucky_analytics.decisions import LEANS_FROM
from lucky_analytics.methods.experiments.always_valid import select_evidence
from lucky_analytics.models.experiment_outcomes import follow_customers, sum_days, sum_experiments
from lucky_analytics.models.judged_experiments.looks import (
    Rules,
    compare_halves,
    find_early_calls,
    find_ratio_breaks,
    follow_looks,
    name_apart,
)
from lucky_analytics.models.judged_experiments.measured import (
    measure_gaps,
    measure_margins,
    measure_times,
    plan_more,
    read_chances,
)

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["VERDICTS", "judge_experiments", "load_verdicts", "say_money"]

# The verdicts, as readers see them, in the order of the page.
VERDICTS = {
    "won": "won",
    "unpaid": "won, may not pay",
    "small": "perhaps too little",
    "lost": "lost",
    "even": "no gain worth having",
    "slight": "little to lose",
    "running": "not decided yet",
    "open": "ended undecided",
    "young": "too few to read",
    "broken": "not to be trusted",
    "unplanned": "not registered",
}
# Of the planned run, before which nothing wins, as what is new may wear off, and nothing is given up for
# what one expects to lose: a few hundred customers by chance often say that there is little.
_LEAST_RUN = 0.5


def judge_experiments(days: pd.DataFrame, as_of: dt.date, rules: Rules) -> pd.DataFrame:
    """One row an experiment, in the order of ``VERDICTS``.

    ``days`` as from ``sum_days``. The plan and sums of ``sum_experiments``; ``share_0``, ``share_1``:
    customers of the control and of the treatment who ordered again; the columns of ``measure_gaps``,
    ``read_chances``, ``measure_margins``, ``measure_times`` and ``plan_more``; ``early``, ``late``
    (``compare_halves``), ``called``, ``side``, ``still`` (``find_early_calls``), ``ratio_since``
    (``find_ratio_breaks``);
    ``is_picked``: believed among all sound experiments, at ``alpha``; ``is_trap``: a winner that the usual
    test called on some day and that is not believed; ``verdict``.
    """
    table = sum_experiments(days)
    looks = follow_looks(days, rules)
    last = looks.groupby("experiment_id").last().reindex(table.index)
    is_known = last["value"].notna()
    evidence = last["evidence"].where(table["is_even"] & is_known)
    picked, alpha = select_evidence(evidence.to_numpy(float), rules.alpha)
    table = table.assign(
        share_0=table["again_0"] / table["n_over_0"],
        share_1=table["again_1"] / table["n_over_1"],
        is_picked=picked,
        alpha=alpha,
        ratio_since=find_ratio_breaks(looks).reindex(table.index),
    )
    table = table.join(
        [
            measure_gaps(table, last, rules, alpha),
            read_chances(table, is_known),
            measure_margins(table, is_known, rules, alpha),
            measure_times(days, table, as_of),
            find_early_calls(looks, rules),
            compare_halves(looks),
        ]
    )
    table = table.join(plan_more(table, last["se"], rules, alpha))
    table["verdict"] = [_judge(row, rules) for row in table.to_dict("records")]
    table["is_trap"] = table["called"].notna() & table["is_even"] & ~table["is_picked"]
    rank = table["verdict"].map(list(VERDICTS).index)
    order = pd.DataFrame({"rank": rank, "gap": -table["gap"], "name": table["experiment"]})
    return table.loc[order.sort_values(["rank", "gap", "name"]).index].reset_index()


def _judge(row: Mapping[Any, Any], rules: Rules) -> str:
    if math.isnan(row["planned"]):
        return "unplanned"
    if not row["is_even"]:
        return "broken"
    if math.isnan(row["gap"]):
        return "young"
    is_sure = row["is_picked"] and min(row["chance"], 1 - row["chance"]) < rules.wrong
    if is_sure and row["gap_high"] < 0:
        return "lost"
    is_early = row["is_pending"] and row["run"] < _LEAST_RUN
    if is_sure and row["loss_switch"] < rules.loss and row["gap_high"] >= rules.least:
        if is_early:
            return "running"
        if row["gap"] < rules.least:
            return "small"
        # Without any known cost the money neither speaks for it nor against it.
        return "won" if math.isnan(row["pays"]) or row["pays"] >= LEANS_FROM else "unpaid"
    if row["gap_high"] < rules.least:
        return "even"
    # A gain worth having is in the interval still: there is little to lose on average, and no more is known.
    if row["loss_keep"] < rules.loss and not is_early:
        return "slight"
    return "running" if row["is_pending"] else "open"


def load_verdicts(suite: Suite, rules: Rules | None = None) -> pd.DataFrame:
    """``judge_experiments`` of all experiments of the snapshot; without columns where there are none."""
    days = name_apart(sum_days(follow_customers(suite)))
    return pd.DataFrame() if days.empty else judge_experiments(days, suite.as_of, rules or Rules())


def say_money(low: float, high: float, cost: float = 0.0) -> str:
    """Whether the margin that a treatment adds is known to pay its ``cost`` (dollars a customer).

    >>> say_money(0.05, 0.38), say_money(-0.07, 0.5), say_money(-0.4, -0.1)
    ('adds more than it costs', 'whether it pays is not known yet', 'does not pay')
    """
    if low > cost:
        return "adds more than it costs"
    return "does not pay" if high < cost else "whether it pays is not known yet"
