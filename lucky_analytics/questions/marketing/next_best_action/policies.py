"""Ways to choose the depth of a weekly coupon, each held against today's rule and against nothing off.

All are judged on coupons whose depth was drawn at random, by customers from whom they were not learnt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.policies import off_policy
from lucky_analytics.methods.policies.group_choice import choose_best, choose_clear, limit_offers
from lucky_analytics.methods.policies.off_policy import ChoiceLog, PolicyValues
from lucky_analytics.methods.policies.outcome_model import assign_folds, predict_rewards
from lucky_analytics.questions.marketing.next_best_action.exposures import Exposures, list_groups

__all__ = [
    "BY_CATEGORY",
    "BY_CLEAR",
    "BY_GROUP",
    "BY_ONE",
    "DRAW",
    "NOTHING",
    "PER",
    "TODAY",
    "Judged",
    "judge_policies",
    "share_rule",
]

Array = NDArray[Any]
TODAY, NOTHING, DRAW = "Today's rule", "Nothing off", "Depth drawn at random"
BY_GROUP, BY_CLEAR = "Best depth by group", "Today's rule, changed where clear"
BY_CATEGORY, BY_ONE = "Best depth by group and category", "By group and category, one offer a week"
PER = 100  # values are dollars a week for so many customers: of one customer they are cents
_REWARDS = ("margin", "week", "basket")
_FALSE_CLAIMS = 0.01
_RULE = -1  # of a choice: whatever today's rule gives


@dataclass(frozen=True)
class Judged:
    """Every policy judged, and what of it is for use.

    ``table``: a row a policy (``policy``, ``is_offer``: whether it can be proposed). In dollars a week for
    100 customers, with ``_low`` and ``_high``: ``value``; ``gain``, more than today's rule, and ``over``,
    more than nothing off, and ``week_gain``, in the coupon's week alone: as one of many that were looked at;
    ``basket_gain``: of all categories, taken alone. ``se``: of ``gain``; ``ips``, ``weighted``: the
    value by other formulas; ``n_alike``, ``alike_share``, ``largest``: overlap; ``offers``: share of coupons
    with something off; ``depth``: mean depth.

    ``best``: the policy with the highest gain of those that can be proposed; ``quantile``: half an interval's
    width in errors. ``groups``: depth by ``segment`` (and ``category``) of each learnt policy, for use.
    ``by_depth``: ``segment``, ``depth``, ``gain`` over nothing off with ends (dollars, 100 coupons), ``n``;
    ``clear``: 1 where it surely adds, -1 where it surely takes, else 0.
    ``customer_sd``: standard deviation of what one customer leaves in five weeks, all categories.
    """

    table: pd.DataFrame
    best: str
    quantile: float
    groups: pd.DataFrame
    by_depth: pd.DataFrame
    n_units: int
    n_customers: int
    customer_sd: float

    def row(self, policy: str) -> dict[str, Any]:
        found = self.table[self.table["policy"] == policy]
        return {str(name): value for name, value in found.iloc[0].items()}

    def estimate(self, policy: str, name: str, level: float) -> Estimate:
        return Estimate.of(self.row(policy), name, level=level, n=self.n_customers)


def share_rule(exposed: Exposures, groups: list[str]) -> Array:
    """Shares (groups, k) of the depths that the rule gave each group; nothing off where it gave none.

    Where no rule gives any coupon, drawing them is what is done today: the shares of the draw. Depths that
    were never drawn at random are counted as the nearest that was.
    """
    depths = exposed.depths
    ruled = exposed.ruled if len(exposed.ruled) else exposed.drawn
    shares = np.zeros((len(groups), len(depths)))
    nearest = np.abs(ruled["depth"].to_numpy(float)[:, None] - depths).argmin(axis=1)
    for place, group in enumerate(groups):
        own = nearest[(ruled["segment"] == group).to_numpy()]
        counts = np.bincount(own, minlength=len(depths))
        shares[place] = counts / counts.sum() if len(own) else np.eye(len(depths))[0]
    return shares


def judge_policies(
    exposed: Exposures, cap: int = 2, withdrawn: list[float] | None = None, level: float = 0.9
) -> Judged:
    """Values of all policies; ``cap``: most offers a customer may get in a week; ``withdrawn``: depths that
    no policy may give, because the page on prices withdraws them.

    Raises ``LuckyError`` for fewer than two depths, or fewer customers than there are folds.
    """
    rows, depths = exposed.drawn, exposed.depths
    if rows["depth"].nunique() < 2:
        raise LuckyError(
            "policies", expected="coupons of two random depths", got=str(rows["depth"].nunique())
        )
    groups = list_groups(rows)
    codes, customers = pd.factorize(rows["customer"])
    group = rows["segment"].map({name: place for place, name in enumerate(groups)}).to_numpy()
    category, categories = pd.factorize(rows["category"], sort=True)
    cell = group * len(categories) + category
    unit = pd.factorize(rows["unit"])[0]
    units = np.bincount(codes[np.unique(unit, return_index=True)[1]], minlength=len(customers)) / PER
    folds = assign_folds(codes)
    action = np.searchsorted(depths, rows["depth"].to_numpy(float))
    shares = np.bincount(action, minlength=len(depths)) / len(rows)
    chances = np.broadcast_to(shares, (len(rows), len(depths)))
    features = _make_features(rows, group, len(groups), category, len(categories))
    logs = {name: ChoiceLog(action, chances, rows[name].to_numpy(float), codes) for name in _REWARDS}
    scores = {
        name: off_policy.score_actions(log, predict_rewards(log, features, cell, folds))
        for name, log in logs.items()
    }
    rule = share_rule(exposed, groups)
    main = scores["margin"]
    today = (rule[group] * main).sum(axis=1)
    allowed = np.flatnonzero(~np.isin(depths, np.round(withdrawn or [], 4)) & (shares > 0))
    kept, allowed_depths = main[:, allowed], depths[allowed]
    by_group, final_group = choose_best(kept, group, folds, allowed_depths)
    by_cell, final_cell = choose_best(kept, cell, folds, allowed_depths)
    clear, final_clear = choose_clear(kept, today, group, folds, codes, level)
    place = np.r_[allowed, _RULE]  # -1 stays today's rule
    n = len(rows)
    choices: dict[str, Array] = {TODAY: np.full(n, _RULE), NOTHING: np.zeros(n, int)}
    choices |= {_name_flat(depths[at]): np.full(n, at) for at in allowed if depths[at] > 0}
    choices |= {BY_GROUP: place[by_group], BY_CLEAR: place[clear], BY_CATEGORY: place[by_cell]}
    expected = _expect(main, cell, folds)[np.arange(n), np.maximum(choices[BY_CATEGORY], 0)]
    if np.bincount(unit).max() > cap or (choices[BY_CLEAR] == _RULE).all():
        choices.pop(BY_CLEAR)  # today's rule knows no cap; and unchanged it is no other way
    capped = {
        name: made if name in (TODAY, BY_CLEAR) else limit_offers(made, expected, unit, cap)
        for name, made in choices.items()
    }
    capped[BY_ONE] = limit_offers(choices[BY_CATEGORY], expected, unit, 1)
    names = [*capped, DRAW]
    table, values = _compare(names, capped, logs, scores, rule[group], units, level)
    offers = [name for name in names if name not in (TODAY, NOTHING, DRAW)]
    pairs = [(names.index(name), base) for name in offers for base in (0, 1)]
    # The policy shown was picked by five weeks, of which the coupon's own is one: room for the pick in both.
    halves = {name: values[name].joint_quantile(pairs, level) for name in ("margin", "week")}
    table = _add_gains(table, values, halves, level).assign(is_offer=table["policy"].isin(offers))
    table["offers"], table["depth"] = _describe_depths(names, capped, rule[group], depths, shares)
    proposed = table[table["is_offer"]]
    learnt = _list_groups(groups, categories, depths, place, final_group, final_clear, final_cell)
    whole = rows.drop_duplicates("unit")["basket"]
    return Judged(
        table=table,
        best=str(proposed["policy"].iloc[int(proposed["gain"].to_numpy().argmax())])
        if len(proposed)
        else NOTHING,
        quantile=halves["margin"],
        groups=learnt,
        by_depth=_compare_depths(main, groups, group, codes, depths, level),
        n_units=len(np.unique(unit)),
        n_customers=len(customers),
        customer_sd=float(whole.std()),
    )


def _name_flat(depth: float) -> str:
    return f"{100 * depth:.0f} % off for all"


def _make_features(rows: pd.DataFrame, group: Array, n_groups: int, category: Array, n: int) -> Array:
    """What is known before the draw: who, what, and what was bought in the weeks before, for each group."""
    who = np.eye(n_groups)[group]
    before = [who * rows[name].to_numpy(float)[:, None] for name in ("before", "category_before")]
    return np.hstack([who, *before, np.eye(n)[category][:, 1:]])


def _expect(scores: Array, cell: Array, folds: Array) -> Array:
    """What each depth adds to nothing off by cell, from the other folds: which offers a cap should keep."""
    gains = scores - scores[:, :1]
    n_cells, n_folds = int(cell.max()) + 1, int(folds.max()) + 1
    key = folds * n_cells + cell
    sums = np.stack([np.bincount(key, one, minlength=n_cells * n_folds) for one in gains.T], axis=-1)
    sums = sums.reshape(n_folds, n_cells, -1)
    counts = np.bincount(key, minlength=n_cells * n_folds).reshape(n_folds, n_cells)
    others, n_others = sums.sum(axis=0) - sums, np.maximum(counts.sum(axis=0) - counts, 1)
    expected: Array = (others / n_others[..., None])[folds, cell]
    return expected


def _compare(
    names: list[str],
    choices: dict[str, Array],
    logs: dict[str, ChoiceLog],
    scores: dict[str, Array],
    rule: Array,
    units: Array,
    level: float,
) -> tuple[pd.DataFrame, dict[str, PolicyValues]]:
    """A row a policy: its value by three formulas and its overlap; and the values by reward."""
    log, n = logs["margin"], len(rule)
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
            columns[reward].append(np.where(made == _RULE, ruled[reward], chosen))
        columns["ips"].append(off_policy.score_ips(log, weights))
        columns["weighted"].append(off_policy.normalise_scores(log, weights))
    values = {
        name: off_policy.estimate_values(np.column_stack(own), log.cluster, units)
        for name, own in columns.items()
    }
    table = pd.DataFrame({"policy": names})
    for name, column in (("margin", "value"), ("ips", "ips"), ("weighted", "weighted")):
        table = _put(table, column, [values[name].of(at, level) for at in range(len(names))])
    alike = pd.DataFrame(overlaps).rename(columns={"share": "alike_share"})
    return table.join(alike), values


def _as_policy(choices: Array, rule: Array) -> Array:
    policy = off_policy.always(np.maximum(choices, 0), *rule.shape)
    is_rule = choices == _RULE
    policy[is_rule] = rule[is_rule]
    return policy


def _add_gains(
    table: pd.DataFrame, values: dict[str, PolicyValues], halves: dict[str, float], level: float
) -> pd.DataFrame:
    places = range(len(table))
    main = values["margin"]
    table = _put(table, "gain", [main.gain(at, 0, level, halves["margin"]) for at in places])
    table = _put(table, "over", [main.gain(at, 1, level, halves["margin"]) for at in places])
    for name in ("week", "basket"):
        table = _put(
            table, f"{name}_gain", [values[name].gain(at, 0, level, halves.get(name)) for at in places]
        )
    return table.assign(se=[main.se(at, 0) for at in places])


def _put(table: pd.DataFrame, name: str, found: list[Estimate]) -> pd.DataFrame:
    ends: dict[str, Any] = {name: [each.value for each in found]}
    ends |= {f"{name}_{end}": [getattr(each, end) for each in found] for end in ("low", "high")}
    return table.assign(**ends)


def _describe_depths(
    names: list[str], choices: dict[str, Array], rule: Array, depths: Array, chances: Array
) -> tuple[list[float], list[float]]:
    """Share of coupons with something off, and the mean depth, of each policy."""
    mean_rule, some_rule = rule @ depths, rule[:, depths > 0].sum(axis=1)
    shares, means = [], []
    for name in names:
        if name == DRAW:
            shares.append(float(chances[depths > 0].sum()))
            means.append(float(chances @ depths))
            continue
        made = choices[name]
        own = depths[np.maximum(made, 0)]
        shares.append(float(np.where(made == _RULE, some_rule, own > 0).mean()))
        means.append(float(np.where(made == _RULE, mean_rule, own).mean()))
    return shares, means


def _list_groups(
    groups: list[str],
    categories: Any,
    depths: Array,
    place: Array,
    by_group: Array,
    clear: Array,
    by_cell: Array,
) -> pd.DataFrame:
    """Depth of each learnt policy for use, from all customers: null depth is today's rule."""
    rows = []
    for policy, final in ((BY_GROUP, by_group), (BY_CLEAR, clear)):
        rows += [(policy, name, "", place[at]) for name, at in zip(groups, final, strict=False)]
    final = np.zeros(len(groups) * len(categories), int)
    final[: len(by_cell)] = by_cell
    for at, name in enumerate(groups):
        for other, category in enumerate(categories):
            rows.append((BY_CATEGORY, name, str(category), place[final[at * len(categories) + other]]))
    frame = pd.DataFrame(rows, columns=["policy", "segment", "category", "place"])
    chosen = frame.pop("place").to_numpy(int)
    return frame.assign(depth=np.where(chosen == _RULE, np.nan, depths[np.maximum(chosen, 0)]))


def _compare_depths(
    scores: Array, groups: list[str], group: Array, cluster: Array, depths: Array, level: float
) -> pd.DataFrame:
    """What each depth adds to nothing off, a coupon, by group."""
    parts = []
    for place, name in enumerate(groups):
        own = group == place
        codes, whose = pd.factorize(cluster[own])
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
