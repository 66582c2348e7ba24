"""Other actions that were left to chance: what those who got one left more, in the five weeks after."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lucky_analytics.models.judged_experiments.experiment_verdicts import load_verdicts
from lucky_analytics.questions.marketing.next_best_action.action_catalogue import Action

if TYPE_CHECKING:
    from lucky_analytics.catalog import Suite

__all__ = ["list_trials", "load_trials"]

_ADDS = {"margin": "adds", "margin_low": "adds_low", "margin_high": "adds_high"}
_COLUMNS = ["experiment", "n", *_ADDS.values(), "is_even", "is_planned", "verdict"]


def load_trials(suite: Suite, actions: list[Action]) -> pd.DataFrame:
    """``list_trials`` of the experiments that the ``actions`` name; empty where there are none."""
    named = [action.experiment for action in actions if action.experiment]
    return list_trials(load_verdicts(suite) if named else pd.DataFrame(), named)


def list_trials(judged: pd.DataFrame, named: list[str]) -> pd.DataFrame:
    """``experiment``, ``n``, ``adds`` (dollars a customer in five weeks) with ends, ``is_even``,
    ``is_planned`` (whether a share was meant for the treatment), ``verdict``.

    ``judged`` as from ``judge_experiments``: values, ends and verdict are those of the page on
    experiments, which holds at every look and over all experiments together. Where branches do not have the
    planned ratio, who is in them was no chance, and ``adds`` is null. Too few to read are left out.
    """
    if judged.empty:
        return pd.DataFrame(columns=_COLUMNS).astype({"is_even": bool, "is_planned": bool})
    own = judged[judged["experiment"].isin(named) & (judged["verdict"] != "young")]
    own = own.rename(columns=_ADDS).assign(
        n=(own["n_over_0"] + own["n_over_1"]).astype(int),
        is_even=own["is_even"].astype(bool),
        is_planned=own["planned"].notna(),
    )
    ends = list(_ADDS.values())
    own[ends] = own[ends].where(own["is_even"])
    return own[_COLUMNS].reset_index(drop=True)
