"""Learners and the Qini curve against libraries that were run once: EconML 0.17.0, scikit-uplift 0.5.1.

EconML's ``TLearner``, ``XLearner`` and ``DRLearner`` with least squares without intercept as every model,
``tests.reference.uplift_data.make_data()``, each third of the rows predicted from the other two: levels from
``features``, effects from ``modifiers`` (``cate_models``, ``model_final``); chances known; X apart for each
action against the first; DR with a regression for each action apart, cross-fitted by the folds that are left
(``cv``). The largest difference over all 400 rows was 3e-14; below is every fortieth.
"""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.methods.uplift.learners import learn_gains
from lucky_analytics.methods.uplift.qini import measure_qini
from tests.reference.uplift_data import make_data

ECONML = {
    "T": [
        [1.97481454, -0.41119508], [0.43406332, 1.5747863], [1.61881357, 0.22008759],
        [-0.74673812, 2.2138955], [-0.11429258, 2.48669645], [-0.83554457, 2.46487569],
        [2.10298843, -0.50288263], [1.12984527, 0.89432187], [2.14201627, -0.09277042],
        [1.44612645, 0.10150737],
    ],
    "X": [
        [2.02505467, -0.4268616], [0.54310487, 1.59734018], [1.65195911, 0.21277007],
        [-0.74463733, 2.18889498], [-0.16859639, 2.46791788], [-0.68349571, 2.49626336],
        [2.07970079, -0.47847057], [1.06620087, 0.95747099], [1.75927653, 0.10784036],
        [1.46575521, 0.10135282],
    ],
    "DR": [
        [1.95916959, -0.59156302], [0.54629769, 1.60483461], [1.61709744, 0.16773939],
        [-0.66083258, 2.43626983], [-0.16296669, 2.4769806], [-0.62827856, 2.60069864],
        [2.01086233, -0.65130227], [1.0676026, 0.96381273], [1.72027562, 0.05594151],
        [1.43009784, 0.01986428],
    ],
}  # fmt: skip


@pytest.mark.parametrize("learner", ECONML)
def test_each_learner_predicts_what_econml_does(learner):
    data = make_data()
    found = learn_gains(data.action, data.reward, data.chances, data.features, data.modifiers, data.folds)
    assert found.gains[learner][::40, 1:] == pytest.approx(np.array(ECONML[learner]), abs=2e-8)
    assert not found.gains[learner][:, 0].any()


def test_the_qini_curve_is_that_of_scikit_uplift():
    """``qini_curve`` on 200 rows in pairs of one prediction, one of each treated; its area less that of a
    lot, 656 before it is normalised, counts acts of half of them over 200 rows."""
    rng, n = np.random.Generator(np.random.PCG64(7)), 200
    treated, predicted = np.tile([1, 0], n // 2), np.repeat(rng.random(n // 2), 2)
    acts = (rng.random(n) < 0.3 + 0.4 * treated * predicted).astype(float)
    gains = np.where(treated == 1, acts, -acts) / 0.5
    found = measure_qini(predicted, gains, np.arange(n), np.ones(n))
    assert found.area.value == pytest.approx(656 / n * 2 / n)
    assert found.curve[[25, 50, 100]] * n / 2 == pytest.approx([10.0, 17.0, 22.0])
