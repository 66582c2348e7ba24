"""Agreement of two judges against scikit-learn and statsmodels, and the coverage of its intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import accuracy_score, cohen_kappa_score, roc_auc_score
from statsmodels.stats.inter_rater import cohens_kappa

from lucky_analytics.methods.inference.rater_agreement import (
    estimate_accuracy,
    estimate_kappa,
    estimate_order,
)
from tests.coverage_rule import holds


def draw(seed: int, n: int = 120, share: float = 0.3, right: float = 0.85) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < share
    return np.where(rng.random(n) < right, truth, ~truth), truth


@pytest.mark.parametrize("seed", range(5))
def test_values_and_errors_are_those_of_other_libraries(seed):
    told, truth = draw(seed)
    score = np.random.default_rng(seed).normal(truth * 0.8, 1.0).round(1)
    assert estimate_accuracy(told, truth).value == accuracy_score(truth, told)
    kappa = estimate_kappa(told, truth)
    assert kappa.value == pytest.approx(cohen_kappa_score(truth, told))
    table = [[np.sum((told == i) & (truth == j)) for j in (0, 1)] for i in (0, 1)]
    error = cohens_kappa(np.array(table)).std_kappa  # Fleiss, Cohen and Everitt
    assert kappa.low <= kappa.value - 1.6448 * error and kappa.high >= min(kappa.value + 1.6448 * error, 1.0)
    assert kappa.high - kappa.low < 1.3 * 2 * 1.6448 * error
    order = estimate_order(score, truth)
    assert order.value == pytest.approx(roc_auc_score(truth, score)) and order.low < order.value < order.high


def test_the_interval_of_the_order_is_that_of_delong_by_pairs():
    _, truth = draw(3, n=40)
    score = np.random.default_rng(3).normal(truth, 1.0)
    pairs = (score[truth][:, None] > score[~truth]) + 0.5 * (score[truth][:, None] == score[~truth])
    error = np.sqrt(
        pairs.mean(axis=1).var(ddof=1) / truth.sum() + pairs.mean(axis=0).var(ddof=1) / (~truth).sum()
    )
    found = estimate_order(score, truth)
    assert found.value == pytest.approx(pairs.mean())
    assert found.high == pytest.approx(pairs.mean() + 1.6448536 * error)


def test_intervals_hold_the_truth_of_many_samples():
    big = draw(0, n=400_000)
    kappa, order = cohen_kappa_score(*big[::-1]), []
    held = []
    for seed in range(300):
        found = estimate_kappa(*draw(seed + 1))
        held.append(float(found.low <= kappa <= found.high))
        rng = np.random.default_rng(seed)
        truth = rng.random(80) < 0.3
        made = estimate_order(rng.normal(truth * 1.0, 1.0), truth)
        order.append(float(made.low <= 0.7602 <= made.high))  # Phi(1 / sqrt 2)
    assert np.mean(held) >= 0.87 and holds(order, 0.9)


def test_what_cannot_be_said_is_null_and_full_agreement_of_few_is_no_certainty():
    few = estimate_kappa([1, 1, 1, 0, 0], [1, 1, 1, 0, 0])
    assert few.value == 1.0 and few.low < 0.4
    assert estimate_kappa([1, 1, 1], [1, 0, 1]).value is None and estimate_kappa([], []).value is None
    assert estimate_accuracy([], []).value is None
    assert estimate_order([1.0], [1]).value is None and estimate_order([1.0, 1.0], [1, 0]).low is None
    sure = estimate_order(range(40), [0] * 20 + [1] * 20)
    assert sure.value == 1.0 and sure.low == pytest.approx(binomtest(20, 20).proportion_ci(0.9).low)
    assert estimate_order(range(40), [1] * 20 + [0] * 20).high == pytest.approx(1 - sure.low)
    assert estimate_kappa(*draw(1), level=0.5).low > estimate_kappa(*draw(1), level=0.99).low
