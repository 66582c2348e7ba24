"""Coupons of random depth as arrays, which the formulas that judge policies take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.policies import off_policy
from lucky_analytics.methods.policies.off_policy import ChoiceLog
from lucky_analytics.methods.policies.outcome_model import assign_folds, predict_several
from lucky_analytics.models.drawn_coupons.exposures import Exposures, list_groups

__all__ = ["PER", "REWARDS", "Coded", "encode"]

Array = NDArray[Any]
PER = 100  # values are dollars a week for so many customers: of one customer they are cents
REWARDS = ("margin", "week", "basket")


@dataclass(frozen=True)
class Coded:
    """One element a coupon, if not said otherwise. ``depths`` (k,); ``shares`` (k,): of the draw; ``groups``
    and ``categories`` by code; ``group``, ``category``, ``cell`` (both together), ``customer``, ``unit`` (a
    customer's week) and ``fold`` as codes; ``units``: customer's weeks by customer, in hundreds; ``logs`` and
    ``scores`` (n, k) by reward (columns of ``Exposures.drawn``); ``features`` (n, m): what is known before
    the draw."""

    depths: Array
    shares: Array
    groups: list[str]
    categories: list[str]
    group: Array
    category: Array
    cell: Array
    customer: Array
    unit: Array
    fold: Array
    units: Array
    logs: dict[str, ChoiceLog]
    scores: dict[str, Array]
    features: Array


def encode(exposed: Exposures, rewards: tuple[str, ...] = REWARDS) -> Coded:
    """The coupons of random depth of ``exposed``, with what each depth is scored to have brought of each of
    the ``rewards``.

    Raises ``LuckyError`` for fewer than two depths, or fewer customers than there are folds.
    """
    rows, depths = exposed.drawn, exposed.depths
    if rows["depth"].nunique() < 2:
        raise LuckyError(
            "policies", expected="coupons of two random depths", got=str(rows["depth"].nunique())
        )
    groups = list_groups(rows)
    customer, customers = pd.factorize(rows["customer"])
    group = rows["segment"].map({name: place for place, name in enumerate(groups)}).to_numpy()
    category, categories = pd.factorize(rows["category"], sort=True)
    cell = group * len(categories) + category
    unit = pd.factorize(rows["unit"])[0]
    fold = assign_folds(customer)
    action = np.searchsorted(depths, rows["depth"].to_numpy(float))
    shares = np.bincount(action, minlength=len(depths)) / len(rows)
    chances = np.broadcast_to(shares, (len(rows), len(depths)))
    features = _make_features(rows, group, len(groups), category, len(categories))
    logs = {name: ChoiceLog(action, chances, rows[name].to_numpy(float), customer) for name in rewards}
    predicted = predict_several(list(logs.values()), features, cell, fold)
    return Coded(
        depths=depths,
        shares=shares,
        groups=groups,
        categories=[str(name) for name in categories],
        group=group,
        category=category,
        cell=cell,
        customer=customer,
        unit=unit,
        fold=fold,
        units=np.bincount(customer[np.unique(unit, return_index=True)[1]], minlength=len(customers)) / PER,
        logs=logs,
        scores={
            name: off_policy.score_actions(log, made)
            for (name, log), made in zip(logs.items(), predicted, strict=True)
        },
        features=features,
    )


def _make_features(rows: pd.DataFrame, group: Array, n_groups: int, category: Array, n: int) -> Array:
    """What is known before the draw: who, what, and what was bought in the weeks before, for each group."""
    who = np.eye(n_groups)[group]
    before = [who * rows[name].to_numpy(float)[:, None] for name in ("before", "category_before")]
    return np.hstack([who, *before, np.eye(n)[category][:, 1:]])
