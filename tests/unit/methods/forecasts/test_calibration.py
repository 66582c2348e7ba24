from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import brier_score_loss, roc_auc_score

from lucky_analytics.errors import LuckyError, ParameterError
from lucky_analytics.methods.customers.churn_score import explain_scores, fit_scorer, score
from lucky_analytics.methods.forecasts.calibration import (
    estimate_calibration,
    estimate_skill,
    wilson_interval,
)

CHANCE = np.random.default_rng(9)
P = CHANCE.uniform(0, 1, 4000).round(2)
Y = (CHANCE.uniform(0, 1, 4000) < P).astype(int)


def test_true_probabilities_lie_in_their_bins_intervals():
    table = estimate_calibration(P, Y, 10, level=0.99)
    assert table["n"].sum() == 4000
    assert ((table["low"] <= table["predicted"]) & (table["predicted"] <= table["high"])).all()
    off = estimate_calibration(P**2, Y, 10, level=0.99)
    assert ((off["low"] > off["predicted"]) | (off["high"] < off["predicted"])).sum() > 5


def test_bins_and_level_matter():
    assert len(estimate_calibration(P, Y, 4)) == 4
    wide, narrow = estimate_calibration(P, Y, 4, 0.99), estimate_calibration(P, Y, 4, 0.5)
    assert (wide["high"] - wide["low"] > narrow["high"] - narrow["low"]).all()


def test_skill_equals_the_library():
    skill = estimate_skill(P, Y)
    assert skill.auc == pytest.approx(roc_auc_score(Y, P))
    assert skill.brier == pytest.approx(brier_score_loss(Y, P))
    assert np.isnan(estimate_skill([0.1, 0.2], [1, 1]).auc)


def test_wilson_covers_small_shares():
    low, high = wilson_interval([0, 10], [10, 10])
    assert low[0] == pytest.approx(0, abs=1e-12) and high[0] < 0.25
    assert high[1] == pytest.approx(1) and low[1] > 0.75
    assert np.isnan(wilson_interval(0, 0)).all()
    n = np.arange(1, 400) / 7.3  # as many as clustered shares count for: no end is a hair beyond 0 or 1
    assert (wilson_interval(0 * n, n)[0] == 0).all() and (wilson_interval(n, n)[1] == 1).all()


def test_probabilities_outside_0_to_1_are_refused():
    with pytest.raises(ParameterError, match="calibration"):
        estimate_calibration([1.2], [1])


def features(n, seed):
    chance = np.random.default_rng(seed)
    frame = pd.DataFrame({"silent": chance.exponential(20, n), "orders": chance.poisson(3, n) + 1.0})
    frame["noise"] = chance.normal(size=n)
    frame.loc[frame.index[:50], "noise"] = np.nan
    chance_gone = 1 / (1 + np.exp(-(-1 + 0.06 * frame["silent"] - 0.3 * frame["orders"])))
    return frame, (chance.uniform(size=n) < chance_gone).astype(int), chance_gone


def test_scores_are_probabilities_on_rows_not_seen():
    names = ["silent", "orders", "noise"]
    train, label, _ = features(8000, 1)
    test, came, truth = features(8000, 2)
    scorer = fit_scorer(train, label, names)
    p = score(scorer, test)
    assert estimate_skill(p, came).auc > 0.97 * estimate_skill(truth, came).auc
    assert np.abs(p - truth).mean() < 0.04
    effects = explain_scores(scorer, test)
    assert effects["silent"].abs().mean() > 3 * effects["noise"].abs().mean()
    long_silent = test["silent"] > 60
    assert (effects.loc[long_silent].idxmax(axis=1) == "silent").mean() > 0.9
    assert len(score(scorer, test.head(0))) == 0


def test_the_same_seed_gives_the_same_scores_and_another_one_others():
    train, label, _ = features(3000, 3)
    first, again, other = (score(fit_scorer(train, label, ["silent", "orders"], s), train) for s in (1, 1, 2))
    assert (first == again).all() and (first != other).any()


def test_labels_that_agree_are_refused():
    train, _, _ = features(300, 4)
    with pytest.raises(LuckyError, match="some with and some without"):
        fit_scorer(train, np.zeros(300), ["silent"])
