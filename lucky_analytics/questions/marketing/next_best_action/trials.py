"""Other actions that were left to chance: what those who got one left more, in the five weeks after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from scipy.stats import norm

from lucky_analytics.models.experiment_outcomes import (
    compare_sides,
    follow_customers,
    sum_days,
    sum_experiments,
)
from lucky_analytics.questions.marketing.next_best_action.action_catalogue import Action

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["compare_trials", "load_trials"]


def load_trials(suite: Suite, actions: list[Action], level: float) -> pd.DataFrame:
    """``compare_trials`` of the experiments that the ``actions`` name; empty where there are none."""
    named = [action.experiment for action in actions if action.experiment]
    return compare_trials(sum_days(follow_customers(suite, named) if named else None), level)


def compare_trials(days: pd.DataFrame, level: float) -> pd.DataFrame:
    """``experiment``, ``n``, ``adds`` (dollars a customer in five weeks) with ends, ``is_even``.

    ``days`` as from ``sum_days``. Intervals hold together over all experiments (Bonferroni). ``is_planned``:
    whether a share was meant for the treatment.
    ``is_even``: whether the branches have the planned ratio; where not, who is in them was no chance, and
    ``adds`` is null. Experiments with fewer than two customers of five weeks ago in a branch are left out.
    """
    table = sum_experiments(days)
    found = compare_sides(table, "margin")
    made = pd.DataFrame(
        {
            "experiment": table["experiment"],
            "n": table["n_over_0"] + table["n_over_1"],
            "adds": found.value,
            "se": found.se,
            "is_even": table["is_even"],
            "is_planned": table["planned"].notna(),
        }
    ).reset_index(drop=True)
    made = made[made["adds"].notna()].astype({"n": int, "is_even": bool})
    half = norm.ppf(1 - (1 - level) / 2 / max(len(made), 1)) * made["se"]
    made = made.assign(adds_low=made["adds"] - half, adds_high=made["adds"] + half)
    ends = ["adds", "adds_low", "adds_high"]
    made[ends] = made[ends].where(made["is_even"])
    return made[["experiment", "n", *ends, "is_even", "is_planned"]].reset_index(drop=True)
