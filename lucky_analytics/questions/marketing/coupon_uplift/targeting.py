"""Depths chosen for each customer by what is predicted, against one depth for all and against nothing off."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.policies.off_policy import estimate_values
from lucky_analytics.methods.uplift.learners import LEARNERS, learn_gains
from lucky_analytics.models.drawn_coupons.coded_coupons import Coded
from lucky_analytics.models.drawn_coupons.coupon_effects import find_side
from lucky_analytics.models.drawn_coupons.depth_effects import FALSE_CLAIMS
from lucky_analytics.models.drawn_coupons.exposures import Exposures
from lucky_analytics.models.drawn_coupons.figures import name_flat
from lucky_analytics.questions.marketing.coupon_uplift.who import MAIN, make_modifiers

__all__ = ["NOTHING", "TARGETED", "TODAY", "Targeting", "value_targeting"]

Array = NDArray[Any]
NOTHING, TODAY = "Nothing off", "Today's rule"
_NAMES = {
    "T": "Predicted best for each, T-learner",
    "X": "Predicted best for each, X-learner",
    "DR": "Predicted best for each",
}
TARGETED = _NAMES[MAIN]


class Targeting(NamedTuple):
    """``table``: a row a policy; dollars a week for 100 customers with ends that hold for all together:
    ``over`` (more than nothing off), ``gain`` (more than today's rule), ``lead`` (what the predicted depths
    bring more than it); ``clear`` (1 or -1 where it surely brings more or less than nothing off, else 0),
    ``offers`` (share of coupons with something off), ``depth`` (mean). ``best``: the best single depth for
    all, by its value, nothing off among them; ``se``: of the predicted depths' lead over it. ``given``: what
    they would give, by ``segment``: shares of coupons by depth; ``choice``: that of each coupon, as a
    position. ``quantile``: half an interval's width in errors."""

    table: pd.DataFrame
    best: str
    se: float
    given: pd.DataFrame
    choice: Array
    quantile: float
    n_units: int
    n_customers: int

    def row(self, policy: str) -> dict[str, Any]:
        found = self.table[self.table["policy"] == policy]
        return {str(name): value for name, value in found.iloc[0].items()}

    def estimate(self, policy: str, name: str, level: float) -> Estimate:
        return Estimate.of(self.row(policy), name, level=level, n=self.n_customers)


def value_targeting(
    exposed: Exposures, coded: Coded, rule: Array, withdrawn: list[float], level: float = 0.9
) -> Targeting:
    """``rule`` (groups, k): ``rule_shares.share_rule``; ``withdrawn``: depths that no policy may give,
    because the page on prices withdraws them.

    Each customer's gains are smoothed over depths by a parabola that is 0 at nothing off, and the depth with
    the highest is given, nothing off where none is above 0. All are valued on customers who had no part in
    the prediction.
    """
    scores, depths, n = coded.scores["margin"], coded.depths, len(coded.group)
    log, modifiers = coded.logs["margin"], make_modifiers(exposed.drawn, coded)
    learnt = learn_gains(log.action, log.reward, coded.shares, coded.features, modifiers, coded.fold)
    allowed = ~np.isin(depths, np.round(withdrawn, 4)) & (coded.shares > 0)
    flat = {name_flat(depths[at]): np.full(n, at) for at in np.flatnonzero(allowed) if at}
    made = {NOTHING: np.zeros(n, int)}
    made |= {_NAMES[name]: _choose(learnt.gains[name], coded, allowed) for name in LEARNERS} | flat
    columns = [scores[np.arange(n), choice] for choice in made.values()]
    ruled = (rule[coded.group] * scores).sum(axis=1)
    values = estimate_values(np.column_stack([*columns, ruled]), coded.customer, coded.units)
    names = [*made, TODAY]
    main, today = names.index(TARGETED), len(made)
    pairs = [(at, over) for at in range(len(names)) for over in (0, today) if at != over]
    pairs += [(main, names.index(name)) for name in flat]
    half = values.joint_quantile(pairs, level)
    table = pd.DataFrame({"policy": names})
    places = range(len(names))
    pairs_of = {"over": [(at, 0) for at in places], "gain": [(at, today) for at in places],
                "lead": [(main, at) for at in places]}  # fmt: skip
    for column, own in pairs_of.items():
        found = [values.gain(at, base, level, half) for at, base in own]
        for end, name in (("value", ""), ("low", "_low"), ("high", "_high")):
            table[f"{column}{name}"] = [getattr(each, end) for each in found]
    reach = values.joint_quantile([(at, 0) for at in range(1, len(names))], 1 - FALSE_CLAIMS)
    surely = [values.gain(at, 0, 1 - FALSE_CLAIMS, reach) for at in range(len(names))]
    table["clear"] = [find_side(each) for each in surely]
    shares = np.array([np.bincount(choice, minlength=len(depths)) / n for choice in made.values()])
    given = np.vstack([shares, np.bincount(coded.group, minlength=len(rule)) / n @ rule])
    table["offers"], table["depth"] = given[:, depths > 0].sum(axis=1), given @ depths
    simple = table[table["policy"].isin([NOTHING, *flat])]
    best = str(simple["policy"].iloc[int(simple["over"].to_numpy().argmax())])
    return Targeting(
        table=table,
        best=best,
        se=values.se(main, names.index(best)),
        given=_share_given(coded, made[TARGETED]),
        choice=made[TARGETED],
        quantile=half,
        n_units=len(np.unique(coded.unit)),
        n_customers=len(coded.units),
    )


def _choose(gains: Array, coded: Coded, allowed: Array) -> Array:
    """Position of the allowed depth of the highest smoothed gain, for each coupon."""
    depths, root = coded.depths, np.sqrt(coded.shares)
    shape = np.column_stack([depths, depths**2])
    fit = np.linalg.pinv(shape * root[:, None]) * root
    smooth = gains @ fit.T @ shape.T
    choice: Array = np.where(allowed, smooth, -np.inf).argmax(axis=1)
    return choice


def _share_given(coded: Coded, choice: Array) -> pd.DataFrame:
    """``segment``, a column of shares for each depth (``nothing off``, ``10 % off``...), ``n`` coupons."""
    rows = []
    for code, name in enumerate(coded.groups):
        own = choice[coded.group == code]
        shares = np.bincount(own, minlength=len(coded.depths)) / max(len(own), 1)
        words = {
            "nothing off" if depth == 0 else f"{100 * depth:.0f} % off": share
            for depth, share in zip(coded.depths, shares, strict=True)
        }
        rows.append({"segment": name, **words, "n": len(own)})
    return pd.DataFrame(rows)
