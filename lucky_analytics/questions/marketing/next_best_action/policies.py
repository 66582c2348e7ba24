"""Ways to choose the depth of a weekly coupon, each held against today's rule and against nothing off.

All are judged on coupons whose depth was drawn at random, by customers from whom they were not learnt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lucky_analytics.estimate import Estimate
from lucky_analytics.models.drawn_coupons.coded_coupons import encode
from lucky_analytics.models.drawn_coupons.depth_effects import compare_depths
from lucky_analytics.models.drawn_coupons.exposures import Exposures
from lucky_analytics.models.drawn_coupons.rule_shares import share_rule
from lucky_analytics.questions.marketing.next_best_action.policy_choices import (
    DRAW,
    NOTHING,
    TODAY,
    choose_depths,
)
from lucky_analytics.questions.marketing.next_best_action.policy_values import (
    add_gains,
    describe_depths,
    value_policies,
)

__all__ = ["Judged", "judge_policies"]


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


def judge_policies(
    exposed: Exposures, cap: int = 2, withdrawn: list[float] | None = None, level: float = 0.9
) -> Judged:
    """Values of all policies; ``cap``: most offers a customer may get in a week; ``withdrawn``: depths that
    no policy may give, because the page on prices withdraws them.

    Raises ``LuckyError`` for fewer than two depths, or fewer customers than there are folds.
    """
    coded = encode(exposed)
    by_group = share_rule(exposed, coded.groups)
    rule = by_group[coded.group]
    choices = choose_depths(coded, by_group, cap, withdrawn or [], level)
    names = [*choices.made, DRAW]
    table, values = value_policies(coded, names, choices.made, rule, level)
    offers = [name for name in names if name not in (TODAY, NOTHING, DRAW)]
    pairs = [(names.index(name), base) for name in offers for base in (0, 1)]
    # The policy shown was picked by five weeks, of which the coupon's own is one: room for the pick in both.
    halves = {name: values[name].joint_quantile(pairs, level) for name in ("margin", "week")}
    table = add_gains(table, values, halves, level).assign(is_offer=table["policy"].isin(offers))
    table["offers"], table["depth"] = describe_depths(coded, names, choices.made, rule)
    proposed = table[table["is_offer"]]
    best = proposed["policy"].iloc[int(proposed["gain"].to_numpy().argmax())] if len(proposed) else NOTHING
    return Judged(
        table=table,
        best=str(best),
        quantile=halves["margin"],
        groups=choices.groups,
        by_depth=compare_depths(coded, level),
        n_units=len(np.unique(coded.unit)),
        n_customers=len(coded.units),
        customer_sd=float(exposed.drawn.drop_duplicates("unit")["basket"].std()),
    )
