"""Learning a dose by group: what is planted is chosen, chance is not taken for a gain."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.policies import group_choice as learn
from lucky_analytics.methods.policies.off_policy import always, estimate_values
from lucky_analytics.methods.policies.outcome_model import assign_folds, predict_rewards
from tests.unit.methods.policies.test_off_policy import K, simulate

DOSES = np.arange(4) / 10


def test_the_dose_that_was_planted_is_chosen_and_judged_by_others():
    rng = np.random.default_rng(1)
    n = 6000
    group, who = np.arange(n) % 2, np.arange(n) // 3
    scores = rng.normal(size=(n, 4)) + np.array([[0, 1, 2, 3], [0, -1, -2, -3]])[group] * 0.3
    folds = assign_folds(who)
    choices, final = learn.choose_best(scores, group, folds, DOSES)
    assert final.tolist() == [3, 0] and (choices == final[group]).all()
    careful, kept = learn.choose_clear(scores, scores[:, 0], group, folds, who)
    assert kept.tolist() == [3, -1] and (careful == kept[group]).all()


def test_what_is_chosen_for_a_fold_does_not_hang_on_that_fold():
    rng = np.random.default_rng(2)
    group, who = np.zeros(400, int), np.arange(400)
    folds = assign_folds(who, 4)
    scores = rng.normal(size=(400, 4))
    choices, _ = learn.choose_best(scores, group, folds, DOSES)
    changed = scores.copy()
    changed[folds == 2] += [0.0, 0.0, 0.0, 99.0]
    again, final = learn.choose_best(changed, group, folds, DOSES)
    assert (again[folds == 2] == choices[folds == 2]).all() and final.tolist() == [3]
    assert (again[folds != 2] == 3).all()


def test_chance_is_not_judged_a_gain():
    """Where no dose does anything the learnt policy's value is right on average, however it was picked."""
    rng, gains = np.random.default_rng(3), []
    for _ in range(100):
        scores, group, who = rng.normal(size=(600, 4)), np.arange(600) % 6, np.arange(600) // 2
        choices, _ = learn.choose_best(scores, group, assign_folds(who), DOSES)
        own = (always(choices, 600, 4) * scores).sum(1)
        values = estimate_values(np.column_stack([own, scores[:, 0]]), who, np.full(300, 2.0))
        gains.append(values.gain(0, 1).value)
    assert abs(np.mean(gains)) < 3 * np.std(gains) / 10


def test_a_group_that_the_other_folds_do_not_have_gets_nothing():
    choices, _ = learn.choose_best(
        np.ones((4, 3)) * [0, 1, 2], np.array([0, 0, 0, 1]), np.array([0, 1, 0, 1]), np.arange(3)
    )
    assert choices.tolist() == [2, 2, 2, 0]
    careful, final = learn.choose_clear(
        np.ones((3, 2)), np.zeros(3), np.array([0, 2, 2]), np.array([0, 1, 0]), np.arange(3)
    )
    assert careful.tolist() == [-1, -1, -1] and final.tolist() == [
        -1,
        -1,
        -1,
    ]  # without spread nothing is sure


def test_the_cap_keeps_the_offers_that_add_most():
    choices = np.array([1, 2, 3, 0, 2, 1])
    gains, unit = np.array([0.1, 0.3, 0.2, 9.0, 0.1, 0.1]), np.array([5, 5, 5, 6, 6, 7])
    assert learn.limit_offers(choices, gains, unit, 2).tolist() == [0, 2, 3, 0, 2, 1]
    assert learn.limit_offers(choices, gains, unit, 1).tolist() == [0, 2, 0, 0, 2, 1]
    assert learn.limit_offers(choices, gains, unit, 9).tolist() == choices.tolist()
    counts = np.bincount(unit, learn.limit_offers(choices, gains, unit, 1) > 0)
    assert counts.max() == 1


def test_two_doses_cannot_be_smoothed():
    values = np.array([[1.0, 5.0, 9.0], [2.0, 2.0, 2.0]])
    counts = np.array([[3.0, 3.0, 0.0], [0.0, 0.0, 0.0]])
    smooth = learn.smooth_doses(values, counts, np.arange(3))
    assert smooth[0, :2].tolist() == [1.0, 5.0] and np.isnan(smooth[0, 2]) and np.isnan(smooth[1]).all()


def test_predictions_rest_on_the_other_folds_alone():
    log, group, usual, _ = simulate(np.random.default_rng(6))
    folds = assign_folds(log.cluster)
    features = np.column_stack([np.ones(len(group)), usual])
    before = predict_rewards(log, features, group, folds)
    log.reward[folds == 1] += 100.0
    after = predict_rewards(log, features, group, folds)
    assert after[folds == 1] == pytest.approx(before[folds == 1])
    assert (np.abs(after[folds != 1] - before[folds != 1]) > 1).any()
    assert before.shape == (len(group), K)
    with pytest.raises(LuckyError, match="at least 5 customers"):
        assign_folds(np.arange(3))
