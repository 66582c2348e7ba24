"""Effects net of many groups against dense least squares with a column for every level."""

from __future__ import annotations

import numpy as np
import pytest

from lucky_analytics.errors import LuckyError
from lucky_analytics.methods.inference.absorbed_effects import fit_absorbed


def world(seed, n=400, effect=0.5):
    random = np.random.default_rng(seed)
    who, day = random.integers(0, 40, n), random.integers(0, 25, n)
    own = random.normal(size=40)
    x = random.normal(size=n) + own[who]  # who has more of it also has a higher outcome
    z = random.normal(size=n)
    y = effect * x - 0.3 * z + 3 * own[who] + random.normal(size=25)[day] + random.normal(size=n)
    return y, {"x": x, "z": z}, [who, day]


def by_dummies(y, columns, groups, cluster):
    x = np.column_stack([*columns.values(), *(np.eye(group.max() + 1)[group] for group in groups)])
    beta = np.linalg.lstsq(x, y, rcond=None)[0]
    inverse, off = np.linalg.pinv(x.T @ x), y - x @ beta
    scores = np.array([(x * off[:, None])[cluster == one].sum(axis=0) for one in np.unique(cluster)])
    k, n = len(scores), len(y)
    n_used = 2 + groups[1].max() + 1  # the first grouping is the clusters themselves
    few = k / (k - 1) * (n - 1) / (n - n_used)
    return beta[:2], (inverse @ scores.T @ scores @ inverse * few)[:2, :2]


@pytest.mark.parametrize("seed", range(4))
def test_effects_and_errors_are_those_of_a_column_for_every_level(seed):
    y, columns, groups = world(seed)
    fit = fit_absorbed(y, columns, groups, groups[0])
    beta, covariance = by_dummies(y, columns, groups, groups[0])
    assert fit.effects == pytest.approx(beta, abs=1e-6)
    assert fit.covariance == pytest.approx(covariance, rel=1e-4, abs=1e-9)
    assert (fit.n, fit.n_clusters) == (400, 40)


def test_intervals_hold_what_was_planted_as_often_as_they_say():
    """80 worlds at 90 %: fewer than 63 would be chance of less than 1 in 100."""
    held = sum(
        fit_absorbed(*world(100 + seed), cluster=np.arange(400)).estimate("x", 0.9).holds(0.5)
        for seed in range(80)
    )
    assert held >= 63


def test_without_its_groups_it_would_be_misled():
    y, columns, groups = world(1)
    plain = fit_absorbed(y, columns, [np.zeros(400, int)], groups[0]).estimate("x", 0.99)
    within = fit_absorbed(y, columns, groups, groups[0]).estimate("x", 0.99)
    assert not plain.holds(0.5) and within.holds(0.5)
    assert within.high - within.low > fit_absorbed(y, columns, groups, groups[0]).estimate("x", 0.5).high - (
        fit_absorbed(y, columns, groups, groups[0]).estimate("x", 0.5).low
    )


def test_a_row_with_a_weight_counts_as_so_many_rows():
    y, columns, groups = world(3)
    weight = np.random.default_rng(1).integers(1, 4, len(y))
    found = fit_absorbed(y, columns, groups, groups[0], weight.astype(float))
    again = fit_absorbed(
        np.repeat(y, weight), {name: np.repeat(column, weight) for name, column in columns.items()},
        [np.repeat(group, weight) for group in groups], np.repeat(groups[0], weight),
    )  # fmt: skip
    assert found.effects == pytest.approx(again.effects, abs=1e-6)
    assert found.effects != pytest.approx(fit_absorbed(y, columns, groups, groups[0]).effects, abs=1e-3)
    assert found.covariance[0, 0] > again.covariance[0, 0]  # fewer rows are left over


def test_what_does_not_vary_is_left_out_and_nothing_at_all_is_refused():
    y, columns, groups = world(2)
    fit = fit_absorbed(y, {**columns, "own": groups[0].astype(float)}, groups, groups[0])
    assert fit.names == ("x", "z") and fit.estimate("own").value is None
    twice = fit_absorbed(y, {"x": columns["x"], "same": columns["x"]}, groups, groups[0])
    one = fit_absorbed(y, {"x": columns["x"]}, groups, groups[0])
    assert twice.effects.sum() == pytest.approx(one.effects[0], abs=1e-6)
    with pytest.raises(LuckyError, match="something that varies"):
        fit_absorbed(y, {"own": groups[0]}, groups, groups[0])
    with pytest.raises(LuckyError, match="2 clusters or more"):
        fit_absorbed(y, columns, groups, np.zeros(400))
    with pytest.raises(LuckyError, match="expected groups"):
        fit_absorbed(y, columns, [], groups[0])
