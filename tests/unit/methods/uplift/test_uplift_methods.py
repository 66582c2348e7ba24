"""Qini, calibration, groups and kinds against plain loops, another library, and identities."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import norm
from scipy.stats import t as student

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.block_bootstrap import draw_block_weights
from lucky_analytics.methods.uplift.heterogeneity import (
    calibrate_gains,
    group_gains,
    rank_within,
    sort_into_groups,
)
from lucky_analytics.methods.uplift.learners import FIRST_JUDGED, contrast_line, learn_gains
from lucky_analytics.methods.uplift.qini import measure_qini, rank_shares
from lucky_analytics.methods.uplift.response_types import KINDS, bound_types
from tests.reference.uplift_data import make_data


def cases(n=300, seed=2):
    rng = np.random.default_rng(seed)
    predicted = rng.normal(size=n)
    return predicted, predicted + rng.normal(size=n), rng.integers(0, 60, n), rng.integers(0, 5, n)


def test_the_curve_and_its_area_are_those_of_a_plain_loop():
    predicted, gains, cluster, _ = cases()
    units = np.bincount(cluster, minlength=60).astype(float)
    found = measure_qini(predicted, gains, cluster, units)
    order, come, area = np.argsort(-predicted), [0.0], 0.0
    for row in order:
        come.append(come[-1] + gains[row] / units.sum())
    for before, after in itertools.pairwise(come):
        area += (before + after) / 2 / len(order)
    assert found.area.value == pytest.approx(area - come[-1] / 2, abs=2e-3)  # read at 100 shares, not 300
    assert found.curve[50] == pytest.approx(come[150]) and found.whole.value == pytest.approx(come[-1])
    assert found.low[-1] < found.curve[-1] < found.high[-1] and not found.curve[0]
    assert found.area.low > 0 and measure_qini(-predicted, gains, cluster, units).area.high < 0


def test_a_wider_level_and_given_draws_change_the_interval():
    predicted, gains, cluster, _ = cases()
    units = np.ones(60)
    usual, wide = (measure_qini(predicted, gains, cluster, units, level).area for level in (0.9, 0.99))
    assert wide.low < usual.low < usual.value < usual.high < wide.high
    other = measure_qini(predicted, gains, cluster, units, 0.9, draw_block_weights(60, 50, seed=1)).area
    assert other.value == usual.value and other.low != usual.low
    with pytest.raises(LuckyError, match="two customers"):
        measure_qini(predicted, gains, np.zeros(300, int), np.ones(1))


def test_ties_are_a_lot():
    """All alike: the order says nothing, and the curve is the straight line."""
    _, gains, cluster, _ = cases()
    found = measure_qini(np.zeros(300), gains, cluster, np.ones(60))
    assert found.area.value == pytest.approx(0) and rank_shares(np.zeros(3)).tolist() == [0.5] * 3


def test_the_slope_is_that_of_least_squares_with_clustered_errors():
    """In one fold; of several, slopes are averaged by one over their errors."""
    predicted, gains, cluster, folds = cases()
    slopes, errors, zs = [], [], []
    for fold in range(5):
        rows = folds == fold
        fit = sm.OLS(gains[rows], sm.add_constant(predicted[rows])).fit(
            cov_type="cluster", cov_kwds={"groups": cluster[rows], "use_correction": False}
        )
        n = len(set(cluster[rows]))
        slopes.append(fit.params[1])
        errors.append(fit.bse[1] * np.sqrt(n / (n - 1)))
        alone = calibrate_gains(predicted[rows], gains[rows], cluster[rows], folds[rows])
        assert alone.slope.value == pytest.approx(slopes[-1])
        assert alone.slope.high - alone.slope.value == pytest.approx(1.6448536 * errors[-1])
        assert alone.p == pytest.approx(student.sf(slopes[-1] / errors[-1], n - 1))
        zs.append(norm.isf(alone.p))
    found, weights = calibrate_gains(predicted, gains, cluster, folds), 1 / np.array(errors)
    assert found.slope.value == pytest.approx(np.average(slopes, weights=weights))
    assert found.slope.high - found.slope.value == pytest.approx(1.6448536 * np.sqrt(5) / weights.sum())
    assert found.p == pytest.approx(norm.sf(sum(zs) / np.sqrt(5)))
    assert found.p < 1e-6 and calibrate_gains(-predicted, gains, cluster, folds).p > 0.99


@pytest.mark.full
def test_predicted_forward_differences_are_seen_as_often_as_said():
    """400 trials of an action that does nothing, 20 persons a fold: at 5 %, fewer than 1 in 12 are called."""
    rng, called = np.random.default_rng(5), {True: 0, False: 0}
    folds, half = np.arange(160) % 8, np.array([0.5, 0.5])
    for _ in range(400):
        features = np.column_stack([np.ones(160), rng.normal(size=(160, 2))])
        action, reward = rng.integers(0, 2, 160), rng.normal(size=160)
        gains = np.where(action == 1, 2 * reward, -2 * reward)
        for forward in called:
            made = learn_gains(action, reward, half, features, features, folds, forward=forward)
            rows = folds >= FIRST_JUDGED if forward else folds >= 0
            predicted = made.gains["DR"][rows, 1]
            test = calibrate_gains(predicted, gains[rows], np.arange(rows.sum()), folds[rows])
            called[forward] += test.p < 0.05
    assert called[True] <= 33 < called[False]


def test_what_has_no_slope_says_so():
    _, gains, cluster, folds = cases()
    found = calibrate_gains(np.ones(300), gains, cluster, folds)
    assert found.slope.value is None and found.p == 1.0
    exact = calibrate_gains(np.arange(300.0), np.arange(300.0), np.arange(300), folds)
    assert exact.slope.value is None or exact.slope.value == pytest.approx(1.0)
    with pytest.raises(LuckyError, match="two customers"):
        calibrate_gains(gains, gains, np.zeros(300, int), folds)


def test_groups_are_means_with_errors_of_persons_over_all_groups():
    predicted, gains, cluster, folds = cases()
    place = rank_within(predicted, folds, lot=1)
    group = sort_into_groups(place, 3)
    values = group_gains(group, gains, cluster, 3, per=100)
    for name in range(3):
        assert values.values[name] == pytest.approx(100 * gains[group == name].mean())
    assert values.values[3] == 0 and not values.covariance[3].any()
    for fold in range(5):
        assert np.ptp(np.bincount(group[folds == fold], minlength=3)) <= 1
    rest = np.zeros((60, 3))
    for row in range(300):
        name = group[row]
        rest[cluster[row], name] += (gains[row] - gains[group == name].mean()) / (group == name).sum()
    assert values.covariance[:3, :3] == pytest.approx(1e4 * rest.T @ rest * 60 / 59)
    assert group_gains(group * 0, gains, cluster, 2).values[1] == 0


def test_places_of_ties_fall_by_the_lot():
    alike, folds = np.zeros(6), np.array([0, 0, 0, 1, 1, 1])
    assert rank_within(alike, folds).tolist() == [0.5] * 6
    one, other = (rank_within(alike, folds, lot=seed) for seed in (1, 3))
    assert sorted(one[:3]) == sorted(other[:3]) and one.tolist() != other.tolist()


def test_the_line_through_doses_is_that_of_least_squares():
    doses, chances = np.array([0.0, 0.1, 0.4]), np.array([0.5, 0.3, 0.2])
    means = np.array([1.0, 3.0, 2.0])
    slope = np.polyfit(doses, means, 1, w=np.sqrt(chances))[0]
    weights = contrast_line(doses, chances, 0.3)
    assert weights @ means == pytest.approx(0.3 * slope) and weights.sum() == pytest.approx(0)


def test_a_fold_has_no_part_in_its_own_prediction():
    data = make_data()
    found = learn_gains(*data[:2], data.chances, data.features, data.modifiers, data.folds)
    own = data.folds == 1
    moved = np.where(own, data.reward + 50 * data.action, data.reward)
    again = learn_gains(data.action, moved, data.chances, data.features, data.modifiers, data.folds)
    for learner, gains in found.gains.items():
        assert again.gains[learner][own] == pytest.approx(gains[own]), learner
        assert np.abs(again.gains[learner][~own] - gains[~own])[:, 1:].min() > 1, learner
    assert again.level[own] == pytest.approx(found.level[own])


@pytest.mark.parametrize("folds", [np.zeros(400, int), np.arange(400) % 2])
def test_too_few_folds_are_refused(folds):
    data = make_data()
    with pytest.raises(LuckyError, match="three folds"):
        learn_gains(data.action, data.reward, data.chances, data.features, data.modifiers, folds)


def test_an_action_of_one_fold_alone_is_refused():
    data = make_data()
    action = np.where((data.action == 2) & (data.folds != 0), 1, data.action)
    with pytest.raises(LuckyError, match="each action"):
        learn_gains(action, data.reward, data.chances, data.features, data.modifiers, data.folds)


@pytest.mark.parametrize(("without", "given"), [(0.2, 0.3), (0.3, 0.2), (0.7, 0.8), (0.0, 0.0)])
def test_kinds_lie_within_every_joint_distribution(without, given):
    """All tables with these margins, by brute force: none is outside, and the ends are reached."""
    found = bound_types(without, given, np.zeros((2, 2))).set_index("kind")
    both = [each for each in np.linspace(0, 1, 2001)
            if each <= min(without, given) + 1e-12 and 1 - without - given + each >= -1e-12]  # fmt: skip
    shares = {"only with it": [given - each for each in both], "either way": both,
              "never": [1 - without - given + each for each in both],
              "only without it": [without - each for each in both]}  # fmt: skip
    for kind in KINDS:
        assert found.loc[kind, "least"] == pytest.approx(max(min(shares[kind]), 0), abs=1e-3), kind
        assert found.loc[kind, "most"] == pytest.approx(max(shares[kind]), abs=1e-3), kind
    assert found["if_none_deterred"].isna().all() == (given < without)


def test_kinds_reach_out_by_their_errors():
    exact, wide, wider = (
        bound_types(0.2, 0.3, spread * np.eye(2), level)
        for spread, level in ((0.0, 0.9), (1e-4, 0.9), (1e-4, 0.99))
    )
    assert (wide["least"] <= exact["least"]).all() and (wide["most"] > exact["most"]).all()
    assert (wider["most"] > wide["most"]).all() and wide["least"].iloc[0] == pytest.approx(
        0.1 - 1.645 * np.sqrt(2e-4), abs=1e-4
    )
