"""What each depth of a weekly coupon changes against nothing off, among all to whom it was drawn."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.estimate import Estimate
from lucky_analytics.methods.inference.fieller import fieller
from lucky_analytics.methods.policies.off_policy import PolicyValues, estimate_values
from lucky_analytics.methods.uplift.response_types import bound_types
from lucky_analytics.models.drawn_coupons.coded_coupons import PER, Coded, encode
from lucky_analytics.models.drawn_coupons.depth_effects import FALSE_CLAIMS
from lucky_analytics.models.drawn_coupons.exposures import Exposures

__all__ = ["Effects", "encode_outcomes", "find_side", "measure_effects"]

Array = NDArray[Any]
_REWARDS = ("margin", "basket", "orders", "all_orders", "used")
_SHOWN = ("orders", "margin", "all_orders", "other", "used")


class Effects(NamedTuple):
    """``by_depth``: a row a depth, in units a week for 100 customers, with ``_low`` and ``_high`` that hold
    for all depths together: ``orders`` and ``margin`` (USD) of the coupons' categories over five weeks,
    ``all_orders``, ``other`` (USD, margin of all other categories), ``used`` (coupons whose category was
    bought in their week); ``<name>_clear``: 1 or -1 where a depth surely adds or takes, else 0; ``anyway``:
    share of used coupons that would have been used without the discount, taken alone. ``pooled``: the same of
    coupons with something off, as they were drawn, each taken alone; ``clear``: what is sure of them, by
    outcome. ``credited``: USD of margin in the weeks of these coupons, all of which a dashboard credits to
    them. ``base``: orders of the coupons' categories with nothing off. ``types``: ``bound_types``."""

    by_depth: pd.DataFrame
    pooled: dict[str, Estimate]
    clear: dict[str, int]
    credited: Estimate
    base: float
    types: pd.DataFrame


def encode_outcomes(exposed: Exposures) -> Coded:
    """The coupons of random depth with what each depth is scored to have brought, of every outcome here."""
    drawn = exposed.drawn.assign(used=(exposed.drawn["orders_week"] > 0).astype(float))
    coded = encode(dataclasses.replace(exposed, drawn=drawn), _REWARDS)
    coded.scores["other"] = coded.scores["basket"] - coded.scores["margin"]
    return coded


def measure_effects(exposed: Exposures, coded: Coded, level: float = 0.9) -> Effects:
    """Every depth against nothing off, customers as they were drawn, whether they used the coupon or not."""
    k = len(coded.depths)
    something = np.r_[0.0, coded.shares[1:] / coded.shares[1:].sum()]
    values = {name: _value(coded, name, something) for name in _SHOWN}
    pairs = [(at, 0) for at in range(1, k)]
    columns: dict[str, Any] = {"depth": coded.depths[1:]}
    for name in _SHOWN:
        half = values[name].joint_quantile(pairs, level)
        _put(columns, name, [values[name].gain(*pair, level, half) for pair in pairs])
        reach = values[name].joint_quantile(pairs, 1 - FALSE_CLAIMS)
        surely = [values[name].gain(*pair, 1 - FALSE_CLAIMS, reach) for pair in pairs]
        columns[f"{name}_clear"] = [find_side(each) for each in surely]
    _put(columns, "anyway", [_share_anyway(values["used"], at, level) for at in range(1, k)])
    pooled = {name: values[name].gain(k, 0, level) for name in _SHOWN}
    pooled["anyway"] = _share_anyway(values["used"], k, level)
    used = values["used"]
    scale = coded.units.sum() / len(coded.group)  # of one coupon
    shares, spread = used.values[[0, k]] * scale, used.covariance[np.ix_([0, k], [0, k])] * scale**2
    return Effects(
        by_depth=pd.DataFrame(columns),
        pooled=pooled,
        clear={name: find_side(values[name].gain(k, 0, 1 - FALSE_CLAIMS)) for name in _SHOWN},
        credited=_credit(exposed, level),
        base=float(values["orders"].values[0]),
        types=bound_types(float(shares[0]), float(shares[1]), spread, level),
    )


def find_side(gain: Estimate) -> int:
    """1 where a gain is surely above 0, -1 where below, else 0.

    >>> find_side(Estimate(2.0, 1.0, 3.0, level=0.99)), find_side(Estimate(2.0, -1.0, 3.0, level=0.99))
    (1, 0)
    """
    return 0 if gain.value is None or gain.holds(0) else int(np.sign(gain.value))


def _value(coded: Coded, name: str, something: Array) -> PolicyValues:
    """Values of each depth for all, and last of something off as it was drawn."""
    scores = coded.scores[name]
    return estimate_values(np.column_stack([scores, scores @ something]), coded.customer, coded.units)


def _credit(exposed: Exposures, level: float) -> Estimate:
    """What coupons with something off left in their weeks, a hundred customers with as many as they have."""
    own = exposed.drawn[exposed.drawn["depth"] > 0]
    codes, whose = pd.factorize(own["customer"])
    if len(whose) < 2:
        return Estimate(None, n=len(whose))
    counts = np.bincount(codes) / exposed.per_unit / PER
    return estimate_values(own[["week"]].to_numpy(float), codes, counts).of(0, level)


def _share_anyway(values: PolicyValues, at: int, level: float) -> Estimate:
    """Share of used coupons that nothing off would have seen used too; null where none can be said."""
    without, given = float(values.values[0]), float(values.values[at])
    cov = values.covariance
    ends = fieller(without, given, cov[0, 0], cov[at, at], cov[0, at], level)
    if ends is None or not given > 0:
        return Estimate(None, n=values.n_clusters)
    value, low, high = (float(np.clip(each, 0.0, 1.0)) for each in (without / given, *ends))
    return Estimate(value, low, high, level=level, n=values.n_clusters)


def _put(columns: dict[str, Any], name: str, found: list[Estimate]) -> None:
    columns[name] = [np.nan if each.value is None else each.value for each in found]
    for end in ("low", "high"):
        ends = [getattr(each, end) for each in found]
        columns[f"{name}_{end}"] = [np.nan if each is None else each for each in ends]
