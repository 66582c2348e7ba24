"""Values of policies: by hand, by a plain loop, and on simulated logs whose values are known."""

from __future__ import annotations

import functools

import numpy as np
import pytest
from scipy.stats import binom

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.policies import off_policy as off
from lucky_analytics.methods.policies.outcome_model import assign_folds, predict_rewards
from lucky_analytics.methods.policies.trial_size import find_arm_size, find_more

N_LOGS, N_PEOPLE, K = 300, 150, 4
CHANCES = np.array([0.4, 0.3, 0.2, 0.1])
EFFECT = np.array([[0.0, 0.3, 0.5, -0.2], [0.0, -0.4, 0.2, 0.8]])  # by group and action


def simulate(rng):
    """People with 1 to 12 choices each; what each brings hangs together, and the more choices the more."""
    size = rng.integers(1, 13, N_PEOPLE)
    who = np.repeat(np.arange(N_PEOPLE), size)
    group = (rng.random(N_PEOPLE) < 0.4).astype(int)[who]
    usual = (0.1 * size + rng.gamma(1.0, 1.0, N_PEOPLE))[who]
    action = rng.choice(K, len(who), p=CHANCES)
    reward = usual + EFFECT[group, action] + rng.normal(size=len(who)) * (0.5 + group)
    log = off.ChoiceLog(action, np.tile(CHANCES, (len(who), 1)), reward, who)
    return log, group, usual, size


def policies(group):
    """Always the second, the best by group, and a chance of each: the truth of all is known."""
    n = len(group)
    mixed = np.tile([0.1, 0.2, 0.3, 0.4], (n, 1))
    return [off.always(1, n, K), off.always(np.array([2, 3])[group], n, K), mixed, off.always(0, n, K)]


@functools.cache
def judged():
    """Of each log: estimates, errors, truths by policy; IPS, doubly robust, and with a wrong prediction."""
    rng = np.random.default_rng(20)
    found = {"ips": [], "dr": [], "wrong": [], "rows": []}
    for _ in range(N_LOGS):
        log, group, usual, size = simulate(rng)
        truth = np.array([(usual + (p * EFFECT[group]).sum(1)).sum() / size.sum() for p in policies(group)])
        expected = np.array([0.3 * 0.6 - 0.4 * 0.4, 0.5 * 0.6 + 0.8 * 0.4])
        folds = assign_folds(log.cluster)
        features = np.column_stack([np.ones(len(group)), group, usual])
        good = off.score_actions(log, predict_rewards(log, features, group, folds))
        bad = off.score_actions(log, np.tile([9.0, -5.0, 3.0, 0.0], (len(group), 1)))
        scores = {
            "ips": np.column_stack([off.score_ips(log, off.weigh_choices(log, p)) for p in policies(group)]),
            "dr": np.column_stack([(p * good).sum(1) for p in policies(group)]),
            "wrong": np.column_stack([(p * bad).sum(1) for p in policies(group)]),
        }
        for name, columns in scores.items():
            values = off.estimate_values(columns, log.cluster, size.astype(float))
            found[name].append([values.values, np.sqrt(np.diag(values.covariance)), truth])
            if name == "dr":
                gains = [values.gain(k, 3, 0.95) for k in (0, 1)]
                found["rows"].append(
                    [[g.value, g.low, g.high, e] for g, e in zip(gains, expected, strict=True)]
                )
    return {name: np.array(rows) for name, rows in found.items()}


@pytest.mark.parametrize("name", ["ips", "dr", "wrong"])
def test_values_of_simulated_logs_are_right_on_average(name):
    estimate, _, truth = judged()[name].transpose(1, 0, 2)
    miss = estimate - truth
    assert (np.abs(miss.mean(axis=0)) < 3.5 * miss.std(axis=0) / np.sqrt(N_LOGS)).all()


def test_intervals_of_gains_hold_as_often_as_they_say():
    """95 % intervals of the gain over doing nothing, of 300 logs; of people drawn anew, so is the truth."""
    value, low, high, truth = judged()["rows"].transpose(2, 0, 1)
    held = ((low <= truth) & (truth <= high)).sum(axis=0)
    least, most = binom.ppf([0.005, 0.995], N_LOGS, 0.95)
    assert (least - 2 <= held).all() and (held <= most + 1).all()  # 2: clusters are few, 150
    assert abs((value - truth).mean()) < 0.02


def test_a_good_prediction_makes_the_interval_narrower_and_a_wrong_one_only_wider():
    errors = {name: judged()[name][:, 1].mean(axis=0) for name in ("ips", "dr", "wrong")}
    assert (errors["dr"] < 0.9 * errors["ips"]).all()
    assert (errors["wrong"] > errors["dr"]).all()


def test_scores_and_values_are_those_of_a_plain_loop():
    log, group, _, size = simulate(np.random.default_rng(3))
    policy = policies(group)[2]
    predicted = np.random.default_rng(4).normal(size=(len(group), K))
    ips, robust = [], []
    for i in range(len(group)):
        weight = policy[i, log.action[i]] / CHANCES[log.action[i]]
        ips.append(weight * log.reward[i])
        plain = sum(policy[i, k] * predicted[i, k] for k in range(K))
        robust.append(plain + weight * (log.reward[i] - predicted[i, log.action[i]]))
    assert off.score_ips(log, off.weigh_choices(log, policy)) == pytest.approx(np.array(ips))
    mine = (policy * off.score_actions(log, predicted)).sum(1)
    assert mine == pytest.approx(np.array(robust))
    found = off.estimate_values(mine[:, None], log.cluster, size.astype(float))
    value = sum(robust) / size.sum()
    spread = 0.0
    for person in range(N_PEOPLE):
        own = sum(s for s, who in zip(robust, log.cluster, strict=True) if who == person)
        spread += (own - value * size[person]) ** 2
    assert found.values[0] == pytest.approx(value)
    assert found.covariance[0, 0] == pytest.approx(spread / size.sum() ** 2 * N_PEOPLE / (N_PEOPLE - 1))


def test_a_small_log_by_hand():
    """Two people, drawn with chances 1/4 and 3/4; always the first action: 4, 0, 4/3 of it made up anew."""
    chances = np.tile([0.25, 0.75], (3, 1))
    log = off.ChoiceLog(np.array([0, 1, 0]), chances, np.array([2.0, 5.0, 4.0]), np.array([0, 0, 1]))
    first = off.always(0, 3, 2)
    assert off.score_ips(log, off.weigh_choices(log, first)).tolist() == [8.0, 0.0, 16.0]
    assert off.normalise_scores(log, off.weigh_choices(log, first)).mean() == 3.0  # (8 + 16) / 8
    predicted = np.tile([3.0, 5.0], (3, 1))
    assert off.score_actions(log, predicted).tolist() == [[-1.0, 5.0], [3.0, 5.0], [7.0, 5.0]]
    assert off.measure_overlap(off.weigh_choices(log, first)) == {
        "n_alike": 2.0,
        "share": 2 / 3,
        "largest": 4.0,
    }
    values = off.estimate_values(off.score_actions(log, predicted), log.cluster, np.array([2.0, 1.0]))
    assert values.values.tolist() == [3.0, 5.0]
    gain = values.gain(0, 1)
    # sums less their units' value: (2 - 2 * 3, 7 - 3) for the first, nothing for the second
    assert gain.value == -2.0 and values.se(0, 1) == pytest.approx(np.sqrt((16 + 16) / 9 * 2))
    assert gain.low < gain.value < gain.high and gain.n == 2


def test_choices_alike_cancel_out_in_a_gain():
    log, group, _, size = simulate(np.random.default_rng(5))
    scores = np.column_stack([off.score_ips(log, off.weigh_choices(log, policies(group)[1]))] * 2)
    values = off.estimate_values(scores, log.cluster, size.astype(float))
    gain = values.gain(0, 1)
    assert (gain.value, gain.low, gain.high) == (0.0, 0.0, 0.0)
    assert values.of(0).high > values.of(0).low
    assert values.joint_quantile([(0, 1)]) == pytest.approx(1.645, abs=1e-3)


def test_joint_intervals_hold_together_as_often_as_they_say():
    """The largest of many correlated errors stays within its quantile, where the usual one does not."""
    rng = np.random.default_rng(8)
    root = rng.normal(size=(6, 6)) + 1.5
    values = off.PolicyValues(np.zeros(6), root @ root.T, 100)
    pairs = [(k, 0) for k in range(1, 6)]
    joint = values.joint_quantile(pairs, 0.9)
    drawn = rng.normal(size=(4000, 6)) @ root.T
    errors = np.array([values.se(*pair) for pair in pairs])
    largest = np.abs((drawn[:, 1:] - drawn[:, :1]) / errors).max(axis=1)
    assert (largest < joint).mean() == pytest.approx(0.9, abs=0.015)
    assert (largest < 1.645).mean() < 0.85


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"chances": np.array([[0.5, 0.4]])}, "a sum of 1"),
        ({"chances": np.array([[0.0, 1.0]])}, "above 0"),
        ({"reward": np.array([np.nan])}, "a null"),
        ({"action": np.array([], int)}, "one at least"),
    ],
)
def test_a_log_that_is_none_is_refused(change, words):
    whole = {"action": np.array([0]), "chances": np.array([[0.5, 0.5]]), "reward": np.ones(1)}
    with pytest.raises(LuckyError, match=words):
        off.ChoiceLog(**{**whole, **change}, cluster=np.zeros(1, int))


def test_a_policy_that_does_what_was_never_tried_has_no_value():
    log = off.ChoiceLog(np.array([0]), np.array([[1.0, 0.0]]), np.ones(1), np.zeros(1, int))
    with pytest.raises(LuckyError, match="only what was tried"):
        off.weigh_choices(log, off.always(1, 1, 2))
    with pytest.raises(LuckyError, match="some choices"):
        never = off.ChoiceLog(np.array([0]), np.array([[0.5, 0.5]]), np.ones(1), np.zeros(1, int))
        off.normalise_scores(never, off.weigh_choices(never, off.always(1, 1, 2)))
    with pytest.raises(LuckyError, match="two customers"):
        off.estimate_values(np.ones((1, 1)), np.zeros(1, int), np.ones(1))


def test_sizes_of_trials_are_those_of_the_normal_formula():
    assert find_arm_size(10.0, 1.0, 0.95, 0.8) == 1570  # Fleiss: 2 (1.96 + 0.8416)^2 100
    assert find_more(1.0, 2.48645, 1.645) == pytest.approx(1.0, abs=1e-3)
    for call in (lambda: find_arm_size(1.0, 0.0), lambda: find_more(1.0, -1.0, 1.6)):
        with pytest.raises(LuckyError, match="a gain above 0"):
            call()
