"""Whose orders a coupon changes: what is predicted of each, held against what came, of other customers."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights
from lucky_analytics.methods.policies.outcome_model import assign_folds
from lucky_analytics.methods.uplift.heterogeneity import (
    Calibration,
    calibrate_gains,
    group_gains,
    rank_within,
    sort_into_groups,
)
from lucky_analytics.methods.uplift.learners import FIRST_JUDGED, LEARNERS, contrast_line, learn_gains
from lucky_analytics.methods.uplift.qini import N_DRAWS, Qini, measure_qini
from lucky_analytics.models.drawn_coupons.coded_coupons import Coded
from lucky_analytics.models.drawn_coupons.coupon_effects import find_side
from lucky_analytics.models.drawn_coupons.depth_effects import FALSE_CLAIMS
from lucky_analytics.models.drawn_coupons.exposures import Exposures

__all__ = ["AT", "FIFTHS", "MAIN", "Who", "learn_who", "make_modifiers"]

Array = NDArray[Any]
AT = 0.3  # the depth of which a straight line through all depths is read, where one number must do
MAIN = "DR"  # the learner by which people are told apart; the others are held against it
FIFTHS = ("least", "less", "middle", "more", "most")
_PER, _LOT, _N_FOLDS = 100, 17, 8


class Who(NamedTuple):
    """``learners``: a row for each outcome (``orders``, ``margin``) and learner: ``slope`` with ends, ``p``,
    and ``area`` of the Qini curve with ends. ``fifths``: coupons by predicted extra orders, lowest first:
    for 100 coupons ``orders`` and ``margin`` that 30 % off adds, with ends that hold for all fifths together,
    ``base`` (orders with nothing off), ``before`` (USD of margin in the eight weeks before, a customer),
    shares of the groups of customers, ``verdict``, ``n``. ``qini``: of orders by the main learner;
    ``likely``: by who is likeliest to order with nothing off. ``differs``: by outcome, whether people surely
    differ. ``judged``: positions of the coupons all this is of; ``place``: where each stands among its fold
    by predicted extra orders, 0 (lowest) to 1."""

    learners: pd.DataFrame
    fifths: pd.DataFrame
    qini: Qini
    likely: Qini
    differs: dict[str, bool]
    judged: Array
    place: Array


class _Judged(NamedTuple):
    """The coupons by which predictions are judged: fold, customer (codes), the customers' weeks in hundreds,
    and draws of customers."""

    rows: Array
    fold: Array
    customer: Array
    units: Array
    draws: Array


def learn_who(exposed: Exposures, coded: Coded, level: float = 0.9) -> Who:
    """Predictions of each eighth of the customers, the first two aside, from the eighths before it.

    Were each predicted from all others, the noise of two eighths would be judged by each other: on coupons
    that do nothing people were told apart in 9 of 100 worlds, for 1 that was promised.
    """
    line = contrast_line(coded.depths, coded.shares, AT)
    modifiers = make_modifiers(exposed.drawn, coded)
    folds = assign_folds(coded.customer, _N_FOLDS, seed=_LOT)
    own = _take_judged(coded, folds)
    rows, tests, qini, predictions = [], {}, {}, {}
    for outcome in ("orders", "margin"):
        log = coded.logs[outcome]
        made = learn_gains(
            log.action, log.reward, coded.shares, coded.features, modifiers, folds, forward=True
        )
        gains = (coded.scores[outcome] @ line)[own.rows]
        for learner in LEARNERS:
            predicted = made.gains[learner][own.rows] @ line
            test = calibrate_gains(predicted, gains, own.customer, own.fold, level)
            curve = _draw_curve(predicted, gains, own, level)
            tests[outcome, learner], qini[outcome, learner] = test, curve
            rows.append(_list_learner(outcome, learner, test, curve))
            predictions[outcome, learner] = predicted
        predictions[outcome, "level"] = made.level[own.rows]
    likely = _draw_curve(
        predictions["orders", "level"], (coded.scores["orders"] @ line)[own.rows], own, level
    )
    place = rank_within(predictions["orders", MAIN], own.fold, lot=_LOT)
    differs = {name: tests[name, MAIN].p < FALSE_CLAIMS for name in ("orders", "margin")}
    return Who(
        learners=pd.DataFrame(rows),
        fifths=_list_fifths(exposed.drawn, coded, own, place, line, differs["orders"], level),
        qini=qini["orders", MAIN],
        likely=likely,
        differs=differs,
        judged=own.rows,
        place=place,
    )


def _take_judged(coded: Coded, folds: Array) -> _Judged:
    rows = np.flatnonzero(folds >= FIRST_JUDGED)
    whose, customer = np.unique(coded.customer[rows], return_inverse=True)
    draws = draw_block_weights(len(whose), N_DRAWS)
    return _Judged(rows, folds[rows] - FIRST_JUDGED, customer, coded.units[whose], draws)


def _draw_curve(predicted: Array, gains: Array, own: _Judged, level: float) -> Qini:
    place = rank_within(predicted, own.fold)
    return measure_qini(place, gains, own.customer, own.units, level, own.draws)


def make_modifiers(rows: pd.DataFrame, coded: Coded) -> Array:
    """What a coupon's effect may hang on: the group of customers, and what they bought before."""
    before, own = (np.maximum(rows[name].to_numpy(float), 0) for name in ("before", "category_before"))
    return np.column_stack([np.eye(len(coded.groups))[coded.group], np.log1p(before), np.log1p(own), own > 0])


def _list_learner(outcome: str, learner: str, test: Calibration, curve: Qini) -> dict[str, Any]:
    return {
        "outcome": outcome, "learner": learner,
        "slope": test.slope.value, "slope_low": test.slope.low, "slope_high": test.slope.high, "p": test.p,
        "area": curve.area.value, "area_low": curve.area.low, "area_high": curve.area.high,
    }  # fmt: skip


def _list_fifths(
    drawn: pd.DataFrame, coded: Coded, own: _Judged, place: Array, line: Array, differs: bool, level: float
) -> pd.DataFrame:
    n = len(FIFTHS)
    group = sort_into_groups(place, n)
    counts = np.bincount(group, minlength=n)
    table = pd.DataFrame({"fifth": FIFTHS, "n": counts})
    pairs = [(at, n) for at in range(n)]
    sides = {}
    for outcome in ("orders", "margin"):
        values = group_gains(group, (coded.scores[outcome] @ line)[own.rows], own.customer, n, _PER)
        half = values.joint_quantile(pairs, level)
        found = [values.gain(*pair, level, half) for pair in pairs]
        reach = values.joint_quantile(pairs, 1 - FALSE_CLAIMS)
        surely = [values.gain(*pair, 1 - FALSE_CLAIMS, reach) for pair in pairs]
        sides[outcome] = [find_side(each) for each in surely]
        for end, name in (("value", ""), ("low", "_low"), ("high", "_high")):
            table[f"{outcome}{name}"] = [getattr(each, end) for each in found]
    counts = np.maximum(counts, 1)
    for name, column in (("base", coded.scores["orders"][:, 0] * _PER), ("before", drawn["before"])):
        table[name] = np.bincount(group, np.asarray(column, float)[own.rows], minlength=n) / counts
    for code, name in enumerate(coded.groups):
        table[name] = np.bincount(group, coded.group[own.rows] == code, minlength=n) / counts
    table["verdict"] = [_judge(*side, differs) for side in zip(sides["orders"], sides["margin"], strict=True)]
    return table


def _judge(orders: int, margin: int, differs: bool) -> str:
    """What is sure of a fifth; where people are not known to differ, a fifth is no kind of people."""
    if not differs:
        return "cannot be told apart"
    if orders < 0:
        return "orders less with it"
    if orders == 0:
        return "no change known"
    return {1: "orders more, and it pays", -1: "orders more, at a loss"}.get(margin, "orders more")
