"""What each policy would have brought, against today's rule and against nothing off."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.policies import off_policy
from lucky_analytics.methods.policies.off_policy import PolicyValues
from lucky_analytics.questions.marketing.next_best_action.coded_coupons import PER, Coded
from lucky_analytics.questions.marketing.next_best_action.policy_choices import DRAW, RULE

__all__ = ["add_gains", "compare_depths", "describe_depths", "value_policies"]

Array = NDArray[Any]
_FALSE_CLAIMS = 0.01


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


def compare_depths(coded: Coded, level: float) -> pd.DataFrame:
    """What each depth adds to nothing off, a coupon, by group."""
    scores, groups, depths = coded.scores["margin"], coded.groups, coded.depths
    parts = []
    for place, name in enumerate(groups):
        own = coded.group == place
        codes, whose = pd.factorize(coded.customer[own])
        if len(whose) < 2:
            continue
        counts = np.bincount(codes) / PER
        values = off_policy.estimate_values(scores[own], codes, counts)
        # Six depths of four groups are looked at together: room for all (Bonferroni over groups).
        own_level = 1 - (1 - level) / len(groups)
        pairs = [(at, 0) for at in range(1, len(depths))]
        half = values.joint_quantile(pairs, own_level)
        # What a title claims is held to more: where no depth does anything, one page in a hundred claims.
        reach = values.joint_quantile(pairs, 1 - _FALSE_CLAIMS / len(groups))
        rows: list[tuple[Any, ...]] = []
        for at, depth in enumerate(depths):
            gain, surely = values.gain(at, 0, level, half), values.gain(at, 0, level, reach)
            clear = 0 if at == 0 or surely.holds(0) else int(np.sign(values.values[at] - values.values[0]))
            rows.append((name, depth, gain.value, gain.low, gain.high, clear))
        part = pd.DataFrame(rows, columns=["segment", "depth", "gain", "gain_low", "gain_high", "clear"])
        parts.append(part.assign(n=int(own.sum())))
    return pd.concat(parts, ignore_index=True)


def _as_policy(choices: Array, rule: Array) -> Array:
    policy = off_policy.always(np.maximum(choices, 0), *rule.shape)
    is_rule = choices == RULE
    policy[is_rule] = rule[is_rule]
    return policy


def _put(table: pd.DataFrame, name: str, found: list[Estimate]) -> pd.DataFrame:
    ends: dict[str, Any] = {name: [each.value for each in found]}
    ends |= {f"{name}_{end}": [getattr(each, end) for each in found] for end in ("low", "high")}
    return table.assign(**ends)
