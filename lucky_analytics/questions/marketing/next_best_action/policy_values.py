"""What each policy would have brought, against today's rule and against nothing off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.policies import off_policy
from lucky_analytics.methods.policies.off_policy import PolicyValues
from lucky_analytics.models.drawn_coupons.coded_coupons import Coded
from lucky_analytics.questions.marketing.next_best_action.policy_choices import DRAW, RULE

__all__ = ["add_gains", "describe_depths", "value_policies"]

Array = NDArray[Any]


def value_policies(
    coded: Coded, names: list[str], choices: dict[str, Array], rule: Array, level: float
) -> tuple[pd.DataFrame, dict[str, PolicyValues]]:
    """A row a policy: its value by three formulas and its overlap; and the values by reward. ``rule`` (n, k):
    the shares of depths that today's rule gives each coupon."""
    log, n, scores = coded.logs["margin"], len(rule), coded.scores
    columns: dict[str, list[Array]] = {name: [] for name in (*scores, "ips", "weighted")}
    ruled = {reward: (rule * own).sum(axis=1) for reward, own in scores.items()}
    overlaps, rows = [], np.arange(n)
    for name in names:
        policy = log.chances if name == DRAW else _as_policy(choices[name], rule)
        weights = off_policy.weigh_choices(log, policy)
        overlaps.append(off_policy.measure_overlap(weights))
        for reward, own in scores.items():
            if name == DRAW:
                columns[reward].append((policy * own).sum(axis=1))
                continue
            made = choices[name]
            chosen = own[rows, np.maximum(made, 0)]
            columns[reward].append(np.where(made == RULE, ruled[reward], chosen))
        columns["ips"].append(off_policy.score_ips(log, weights))
        columns["weighted"].append(off_policy.normalise_scores(log, weights))
    values = {
        name: off_policy.estimate_values(np.column_stack(own), log.cluster, coded.units)
        for name, own in columns.items()
    }
    table = pd.DataFrame({"policy": names})
    for name, column in (("margin", "value"), ("ips", "ips"), ("weighted", "weighted")):
        table = _put(table, column, [values[name].of(at, level) for at in range(len(names))])
    alike = pd.DataFrame(overlaps).rename(columns={"share": "alike_share"})
    return table.join(alike), values


def add_gains(
    table: pd.DataFrame, values: dict[str, PolicyValues], halves: dict[str, float], level: float
) -> pd.DataFrame:
    """``table`` with what each policy brings more than today's rule (the first) and nothing off (the second).
    ``halves``: half an interval's width in errors, by reward."""
    places = range(len(table))
    main = values["margin"]
    table = _put(table, "gain", [main.gain(at, 0, level, halves["margin"]) for at in places])
    table = _put(table, "over", [main.gain(at, 1, level, halves["margin"]) for at in places])
    for name in ("week", "basket"):
        table = _put(
            table, f"{name}_gain", [values[name].gain(at, 0, level, halves.get(name)) for at in places]
        )
    return table.assign(se=[main.se(at, 0) for at in places])


def describe_depths(
    coded: Coded, names: list[str], choices: dict[str, Array], rule: Array
) -> tuple[list[float], list[float]]:
    """Share of coupons with something off, and the mean depth, of each policy."""
    depths, chances = coded.depths, coded.shares
    mean_rule, some_rule = rule @ depths, rule[:, depths > 0].sum(axis=1)
    shares, means = [], []
    for name in names:
        if name == DRAW:
            shares.append(float(chances[depths > 0].sum()))
            means.append(float(chances @ depths))
            continue
        made = choices[name]
        own = depths[np.maximum(made, 0)]
        shares.append(float(np.where(made == RULE, some_rule, own > 0).mean()))
        means.append(float(np.where(made == RULE, mean_rule, own).mean()))
    return shares, means


def _as_policy(choices: Array, rule: Array) -> Array:
    policy = off_policy.always(np.maximum(choices, 0), *rule.shape)
    is_rule = choices == RULE
    policy[is_rule] = rule[is_rule]
    return policy


def _put(table: pd.DataFrame, name: str, found: list[Estimate]) -> pd.DataFrame:
    ends: dict[str, Any] = {name: [each.value for each in found]}
    ends |= {f"{name}_{end}": [getattr(each, end) for each in found] for end in ("low", "high")}
    return table.assign(**ends)
