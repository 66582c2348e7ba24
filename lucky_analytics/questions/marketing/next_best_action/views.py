"""The frames that the page draws and lists."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from lucky_analytics.methods.policies.off_policy import estimate_values
from lucky_analytics.methods.policies.trial_size import find_arm_size
from lucky_analytics.models.drawn_coupons.coded_coupons import PER
from lucky_analytics.models.drawn_coupons.exposures import Exposures
from lucky_analytics.models.judged_experiments.experiment_verdicts import VERDICTS, say_money
from lucky_analytics.questions.marketing.next_best_action.action_catalogue import Action
from lucky_analytics.questions.marketing.next_best_action.advice import list_depths
from lucky_analytics.questions.marketing.next_best_action.policies import Judged
from lucky_analytics.questions.marketing.next_best_action.policy_choices import NOTHING, TODAY

__all__ = [
    "compare_at_face",
    "list_actions",
    "list_customers",
    "list_overlap",
    "list_policies",
    "show_depths",
]

AS_TODAY = "as today's rule gives"


def list_policies(judged: Judged) -> pd.DataFrame:
    """Policies but today's, the highest gain first, with ``verdict``: earns more, less, or not known yet.

    What nothing off brings over nothing off is null.
    """
    rows = judged.table[judged.table["policy"] != TODAY].sort_values("gain", ascending=False)
    verdict = np.select([rows["gain_low"] > 0, rows["gain_high"] < 0], ["more", "less"], "not known yet")
    rows = rows.assign(verdict=verdict)
    rows.loc[rows["policy"] == NOTHING, ["over", "over_low", "over_high"]] = np.nan
    return rows.reset_index(drop=True)


def list_overlap(judged: Judged) -> pd.DataFrame:
    """All policies with their values by each formula and how much of the draw they can be judged by."""
    return judged.table.sort_values("value", ascending=False, ignore_index=True)


def show_depths(judged: Judged, policy: str) -> pd.DataFrame:
    """What ``policy`` gives to whom: ``segment``, ``category``, ``gives`` in words."""
    made = list_depths(judged, policy)
    words = [AS_TODAY if pd.isna(depth) else _say(depth) for depth in made["depth"]]
    return made.assign(category=made["category"].replace("", "all"), gives=words)


def _say(depth: float) -> str:
    return f"{100 * depth:.0f} % off" if depth > 0 else "nothing off"


def compare_at_face(exposed: Exposures) -> pd.DataFrame:
    """What coupons left by their depth, drawn and by rule, taken at face value: dollars for 100 coupons.

    ``depth``, ``of`` ("drawn at random" or "given by rule"), ``value``, ``low``, ``high`` (90 %), ``n``.
    """
    rows = []
    for of, own in (("drawn at random", exposed.drawn), ("given by rule", exposed.ruled)):
        for depth in sorted({float(each) for each in own["depth"]}):
            some = own[own["depth"] == depth]
            codes, whose = pd.factorize(some["customer"])
            if len(whose) < 2:
                continue
            margin = some["margin"].to_numpy(float)[:, None]
            found = estimate_values(margin, codes, np.bincount(codes) / PER).of(0)
            rows.append((depth, of, found.value, found.low, found.high, len(some)))
    return pd.DataFrame(rows, columns=["depth", "of", "value", "low", "high", "n"])


def list_actions(
    actions: list[Action], trials: pd.DataFrame, judged: Judged, gain: float, level: float
) -> pd.DataFrame:
    """The catalogue with what is known of each action.

    ``action``, ``contact``, ``cost`` (dollars a contact), ``chance`` (what was left to chance), ``adds`` with
    ends (dollars a customer in five weeks, where an experiment tells), ``verdict``, ``needed``: customers in
    each of two halves that would show ``gain`` dollars a customer, its cost on top, where nothing tells.
    """
    rows = []
    for action in actions:
        own = trials[trials["experiment"] == action.experiment]
        found = own.iloc[0].to_dict() if len(own) and action.experiment else {}
        ends = {name: found.get(name, math.nan) for name in ("adds", "adds_low", "adds_high")}
        cost = action.cost_cents / 100
        is_open = action.drawn == "never" or (action.drawn == "experiment" and not ends["adds_low"] > cost)
        needed = find_arm_size(judged.customer_sd, gain + cost, level) if is_open else math.nan
        rows.append(
            {"action": action.title, "contact": action.contact, "cost": cost, "chance": _say_chance(action),
             **ends, "verdict": _judge_action(action, found), "needed": needed}
        )  # fmt: skip
    columns = ["action", "contact", "cost", "chance", "adds", "adds_low", "adds_high", "verdict", "needed"]
    return pd.DataFrame(rows, columns=columns)


def _say_chance(action: Action) -> str:
    if action.drawn == "depth":
        return "how much is off"
    return f"who got it: {action.experiment}" if action.drawn == "experiment" else "nothing"


def _judge_action(action: Action, found: Mapping[Any, Any]) -> str:
    if not action.launched:
        return "not known: not launched"
    if action.drawn == "depth":
        return "the policies above"
    if action.drawn == "never":
        return "not known: never left to chance"
    if not found:
        return "not known: no such experiment in the data"
    if not found["is_planned"]:
        return "not known: no share was planned for it"
    if not found["is_even"]:
        return "not known: branches out of their planned ratio"
    cost = action.cost_cents / 100
    money = say_money(float(found["adds_low"]), float(found["adds_high"]), cost)
    return f"{VERDICTS[found['verdict']]}; {money}"


def list_customers(shown: ir.Table, judged: Judged, proposed: str | None) -> pd.DataFrame:
    """Customers of the newest week of the program: ``customer_id``, ``segment``, ``category``, ``gives``."""
    newest = shown.filter(shown.week_date == shown.week_date.max())
    rows = newest.select("customer_id", "segment", "category").distinct()
    frame = rows.order_by("customer_id", "category").execute()
    if proposed is None:
        return frame.assign(gives=AS_TODAY)
    made = show_depths(judged, proposed)
    by = [name for name in ("segment", "category") if not (made[name] == "all").all()]
    if not by:
        return frame.assign(gives=made["gives"].iloc[0])
    found = frame.merge(made[[*by, "gives"]], on=by, how="left")
    return found.assign(gives=found["gives"].fillna(AS_TODAY))
